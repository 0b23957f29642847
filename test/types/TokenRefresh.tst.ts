import type { AccessTokenStore, TokenRefresh } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import { describe, expect, test } from "tstyche"
import { type In, recover, type Recovered, storedRefresh, type TagsOf } from "./tags.ts"

declare const tokens: TokenRefresh.TokenRefresh["Service"]
declare const key: AccessTokenStore.Key
declare const stored: AccessTokenStore.StoredToken

test("the service has exactly these methods", () => {
  expect<keyof TokenRefresh.TokenRefresh["Service"]>().type.toBe<"events" | "refresh" | "refreshEarly">()
})

describe("each method fails with exactly these errors, and Effect.catchTag accepts each tag", () => {
  test("refresh", () => {
    const call = tokens.refresh(key, stored)
    expect<TokenRefresh.Failure["_tag"]>().type.toBe<In<typeof storedRefresh>>()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof storedRefresh>>()
    expect(Effect.catchTag(call, storedRefresh, recover)).type.toBe<
      Effect.Effect<AccessTokenStore.StoredToken | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "TokenNotPersisted", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "AccessTokenExpired", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidGrant", recover)
  })

  test("refreshEarly cannot fail", () => {
    expect(tokens.refreshEarly(key, stored, () => Effect.void)).type.toBe<Effect.Effect<void>>()
  })
})
