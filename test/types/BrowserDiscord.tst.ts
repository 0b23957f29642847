import type { BrowserDiscord, BrowserLogin } from "@discord-oauth2/platform-browser"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { describe, expect, test } from "tstyche"
import { bearer, callback, grant, type In, recover, type Recovered, type TagsOf } from "./tags.ts"

declare const browser: typeof BrowserDiscord
declare const login: BrowserLogin.BrowserLogin["Service"]
declare const secret: Redacted.Redacted

const clientId = "157730590492196864"

describe("S24: the options of a page take no client secret", () => {
  test("in no layer", () => {
    expect(browser.layer).type.toBeCallableWith({ clientId })
    expect(browser.layer).type.not.toBeCallableWith({ clientId, clientSecret: secret })
    expect(browser.layerSessionStorage).type.toBeCallableWith({ clientId })
    expect(browser.layerSessionStorage).type.not.toBeCallableWith({ clientId, clientSecret: secret })
    expect(browser.layerWithStore).type.toBeCallableWith({ clientId })
    expect(browser.layerWithStore).type.not.toBeCallableWith({ clientId, clientSecret: secret })
  })

  test("nor from an object that was made elsewhere", () => {
    const options = { clientId, clientSecret: secret }
    expect(browser.layer).type.not.toBeCallableWith(options)
    expect<{ clientId: string; clientSecret: string }>().type.not.toBeAssignableTo<BrowserDiscord.Options>()
  })

  test("nor a user agent, which a page must not set", () => {
    expect(browser.layer).type.not.toBeCallableWith({ clientId, userAgent: "Page" })
  })
})

describe("each call of BrowserLogin fails with these and nothing else", () => {
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
