import type { BrowserLogin } from "@discord-oauth2/platform-browser"
import * as Effect from "effect/Effect"
import { describe, expect, test } from "tstyche"
import { bearer, callback, grant, type In, recover, type Recovered, type TagsOf } from "./tags.ts"

declare const login: BrowserLogin.BrowserLogin["Service"]

describe("each method fails with exactly these errors", () => {
  test("start", () => {
    const tags = ["InvalidScope", "InvalidCallArgument", "AccessTokenStoreError"] as const
    const call = login.start({ scopes: ["identify"] })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<void | Recovered>>()
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "DiscordTransportError", recover)
  })

  test("complete", () => {
    const tags = [
      ...grant,
      ...callback,
      ...bearer,
      "InvalidAccessToken",
      "InvalidAuthorizationCode",
      "AccessTokenStoreError"
    ] as const
    expect<TagsOf<typeof login.complete>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag).type.toBeCallableWith(login.complete, tags, recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(login.complete, "InvalidGrant", recover)
  })
})
