import { Deadline, DiscordError } from "@discord-oauth2/core"
import type { AccessToken, AccessTokenStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as CurrentToken from "../../../../packages/core/src/session/internal/currentToken.ts"
import * as RejectedTokens from "../../../../packages/core/src/session/internal/rejectedTokens.ts"
import type * as TokenRefresh from "../../../../packages/core/src/tokens/TokenRefresh.ts"
import { key } from "../../../support/signedIn.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const stored = (token: AccessToken.AccessToken, generation = 1): AccessTokenStore.StoredToken => ({ token, generation })

const fresh = stored(Stub.token({ access: "access-1" }), 2)

/** A session's token, and what it asks the refresh for. */
const make = (
  current: AccessTokenStore.StoredToken,
  refresh: Effect.Effect<AccessTokenStore.StoredToken, TokenRefresh.Failure> = Effect.succeed(fresh)
) => {
  const asked: Array<string> = []
  const self: CurrentToken.CurrentToken = {
    services: {
      rejected: RejectedTokens.make(),
      tokens: {
        events: Stream.empty,
        refresh: () => Effect.suspend(() => (asked.push("refresh"), refresh)),
        refreshEarly: (_key, _stored, adopt) => Effect.suspend(() => (asked.push("refreshEarly"), adopt(fresh)))
      }
    },
    key,
    stored: current
  }
  return { self, asked }
}

describe("usable", () => {
  it.effect("returns a token that has not expired, and offers it for an early refresh", () =>
    Effect.gen(function*() {
      const current = stored(Stub.token({ seconds: 1 }))
      const { asked, self } = make(current)
      assert.strictEqual(yield* CurrentToken.usable(self), current)
      assert.deepStrictEqual(asked, ["refreshEarly"])
      assert.strictEqual(self.stored, fresh)
    }))

  it.effect("refreshes a token that expires now, and keeps the new one", () =>
    Effect.gen(function*() {
      const { asked, self } = make(stored(Stub.token({ seconds: 0 })))
      assert.strictEqual(yield* CurrentToken.usable(self), fresh)
      assert.deepStrictEqual(asked, ["refresh"])
      assert.strictEqual(self.stored, fresh)
    }))

  it.effect("fails with AccessTokenExpired when the token has no refresh token", () =>
    Effect.gen(function*() {
      const { self } = make(
        stored(Stub.token({ seconds: 0 })),
        Effect.fail(new DiscordError.AccessTokenNotRefreshable())
      )
      const error = yield* Effect.flip(CurrentToken.usable(self))
      assert.deepInclude(error, { _tag: "AccessTokenExpired", refreshable: false })
    }))
})

describe("reject", () => {
  it.effect("F23: fails the user's calls with this token for a minute, without a refresh", () =>
    Effect.gen(function*() {
      const { asked, self } = make(stored(Stub.token()))
      yield* Effect.flip(CurrentToken.reject(self, self.stored))
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual((yield* Effect.flip(CurrentToken.usable(self)))._tag, "InvalidAccessToken")
      assert.deepStrictEqual(asked, [])
      yield* TestClock.adjust("1 second")
      yield* CurrentToken.usable(self)
    }))
})

describe("refreshFrom", () => {
  it.effect("fails at the caller's deadline", () =>
    Effect.gen(function*() {
      const { self } = make(stored(Stub.token()), Effect.never)
      const refreshing = yield* Effect.forkChild(
        Effect.flip(Deadline.within(CurrentToken.refreshFrom(self, self.stored), "2 seconds"))
      )
      yield* TestClock.adjust("2 seconds")
      assert.deepInclude(yield* Fiber.join(refreshing), { _tag: "DiscordTransportError", sent: false })
    }))
})
