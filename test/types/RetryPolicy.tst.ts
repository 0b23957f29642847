import type { AccessTokenStore, RetryPolicy, TokenRefresh } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import type * as Schedule from "effect/Schedule"
import { expect, test } from "tstyche"

declare const tokens: TokenRefresh.TokenRefresh["Service"]
declare const policies: typeof RetryPolicy
declare const key: AccessTokenStore.Key
declare const stored: AccessTokenStore.StoredToken

test("a policy with a refresh fails with its errors, and one without a refresh cannot fail", () => {
  const refresh = Effect.asVoid(tokens.refresh(key, stored))
  expect(policies.refreshing(refresh)).type.toBe<Schedule.Schedule<number, unknown, TokenRefresh.Failure>>()
  expect(policies.standard({ refresh, idempotent: true })).type.toBe<
    Schedule.Schedule<number, unknown, TokenRefresh.Failure>
  >()
  expect(policies.rateLimited()).type.toBe<Schedule.Schedule<number>>()
  expect(policies.transient()).type.toBe<Schedule.Schedule<number>>()
  expect(policies.unsent()).type.toBe<Schedule.Schedule<number>>()
})
