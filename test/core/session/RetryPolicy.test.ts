import { DiscordError, RetryPolicy } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { assertError } from "../../support/assertError.ts"
import { signedIn } from "../../support/signedIn.ts"
import * as Stub from "../../support/StubDiscord.ts"

describe("RetryPolicy", () => {
  const answers = (sequence: ReadonlyArray<Stub.Answer>) => {
    let index = 0
    return () => Effect.sync(() => sequence[Math.min(index++, sequence.length - 1)] ?? {})
  }
  const limited = (seconds: number): Stub.Answer => ({
    status: 429,
    body: { message: "You are being rate limited.", retry_after: seconds, global: false },
    headers: { "x-ratelimit-scope": "user" }
  })

  it.effect("waits for a short rate limit as long as Discord says", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const call = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("1499 millis")
      assert.strictEqual(calls.length, 1)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* Fiber.join(call)).username, "nelly")
      assert.strictEqual(calls.length, 2)
    }).pipe(Effect.provide(Stub.layer(calls, answers([limited(1.5), { body: Stub.user }]))))
  })

  it.effect("F8: fails at once on a rate limit of 82,721 seconds", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const error = yield* Effect.flip(session.getCurrentUser())
      assertError(
        error,
        new DiscordError.RateLimited({ retryAfter: Duration.seconds(82_721), global: false, scope: "user" })
      )
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, answers([limited(82_721)]))))
  })

  it.effect("retries a read three times after a server error, and then fails", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const call = yield* Effect.forkChild(Effect.flip(session.getCurrentUser()))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(call))._tag, "DiscordServerError")
      assert.strictEqual(calls.length, 4)
    }).pipe(Effect.provide(Stub.layer(calls, answers([{ status: 502 }]))))
  })

  it.effect("does not retry DiscordForbidden", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.strictEqual((yield* Effect.flip(session.getCurrentUser()))._tag, "DiscordForbidden")
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, answers([{ status: 403, body: { message: "no", code: 50001 } }]))))
  })

  it.effect("is replaced by the application: without refreshing, a call fails with AccessTokenExpired", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const error = yield* Effect.flip(session.getCurrentUser())
      assertError(error, new DiscordError.AccessTokenExpired({ refreshable: true }))
      assert.strictEqual(calls.length, 1)
    }).pipe(
      Effect.provideService(RetryPolicy.RetryPolicy, () => RetryPolicy.rateLimited()),
      Effect.provide(Stub.layer(calls, answers([Stub.unauthorized])))
    )
  })

  it.effect("each part works with Effect.retry on any effect", () =>
    Effect.gen(function*() {
      let refreshes = 0
      let attempts = 0
      const own = Effect.suspend(() =>
        ++attempts < 2
          ? Effect.fail(new DiscordError.AccessTokenExpired({ refreshable: true }))
          : Effect.succeed("done")
      )
      const refresh = Effect.sync(() => {
        refreshes += 1
      })
      assert.strictEqual(yield* Effect.retry(own, RetryPolicy.refreshing(refresh)), "done")
      assert.deepStrictEqual([attempts, refreshes], [2, 1])
    }))

  it.effect("each part of anyOf keeps its own count", () =>
    Effect.gen(function*() {
      const sequence = ["expired", "server", "server", "expired"]
      let attempts = 0
      const own = Effect.suspend(() => {
        const next = sequence[attempts++]
        return next === undefined
          ? Effect.void
          : Effect.fail(
            next === "expired"
              ? new DiscordError.AccessTokenExpired({ refreshable: true })
              : new DiscordError.DiscordServerError({ status: 500, code: 0, message: "?" })
          )
      })
      const running = yield* Effect.forkChild(
        Effect.flip(Effect.retry(own, RetryPolicy.standard({ refresh: Effect.void, idempotent: true })))
      )
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(running))._tag, "AccessTokenExpired")
      assert.strictEqual(attempts, 4)
    }))

  it.effect("F1: retries a call that is not idempotent only when it was not sent", () =>
    Effect.gen(function*() {
      for (const [sent, expected] of [[true, 1], [false, 3]] as const) {
        let attempts = 0
        const own = Effect.suspend(() => {
          attempts += 1
          return Effect.fail(new DiscordError.DiscordTransportError({ sent, description: "?" }))
        })
        const running = yield* Effect.forkChild(
          Effect.flip(Effect.retry(own, RetryPolicy.standard({ refresh: Effect.void, idempotent: false })))
        )
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(running)
        assert.strictEqual(attempts, expected)
      }
    }))
})
