import type { AccessTokenStore, RetryPolicy, TokenRefresh } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import type * as Schedule from "effect/Schedule"
import { describe, expect, test } from "tstyche"
import { type In, recover, type Recovered, storedRefresh, type TagsOf } from "./tags.ts"

declare const tokens: TokenRefresh.TokenRefresh["Service"]
declare const policies: typeof RetryPolicy
declare const key: AccessTokenStore.Key
declare const stored: AccessTokenStore.StoredToken

test("these are all calls", () => {
  expect<keyof TokenRefresh.TokenRefresh["Service"]>().type.toBe<"events" | "refresh" | "refreshEarly">()
})

describe("each call fails with these and nothing else, and Effect.catchTag takes each of them", () => {
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

  test("refreshEarly tells nobody of its failure", () => {
    expect(tokens.refreshEarly(key, stored, () => Effect.void)).type.toBe<Effect.Effect<void>>()
  })
})

test("a policy fails with what its refresh fails with, and the pieces without one with nothing", () => {
  const refresh = Effect.asVoid(tokens.refresh(key, stored))
  expect(policies.refreshing(refresh)).type.toBe<Schedule.Schedule<number, unknown, TokenRefresh.Failure>>()
  expect(policies.standard({ refresh, idempotent: true })).type.toBe<
    Schedule.Schedule<number, unknown, TokenRefresh.Failure>
  >()
  expect(policies.rateLimited()).type.toBe<Schedule.Schedule<number>>()
  expect(policies.transient()).type.toBe<Schedule.Schedule<number>>()
  expect(policies.unsent()).type.toBe<Schedule.Schedule<number>>()
})
