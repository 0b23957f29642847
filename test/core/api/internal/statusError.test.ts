import { AccessTokenStore, DiscordError, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { assertError } from "../../../support/assertError.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }

const signedIn = (token = Stub.token()) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, token)
    return yield* Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.get(key.userId))
  })

describe("statusError: 429 and blocks", () => {
  const limited = (retry_after: unknown, headers: Readonly<Record<string, string>> = {}): Stub.Answer => ({
    status: 429,
    body: { message: "You are being rate limited.", retry_after, global: false },
    headers: { "x-ratelimit-scope": "user", ...headers }
  })

  /** The error of a read, and how often it was sent, after a day in which it could have been sent again. */
  const afterADay = (answer: Stub.Answer) => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const reading = yield* Effect.forkChild(Effect.flip(session.getCurrentUser()), { startImmediately: true })
      yield* TestClock.adjust("0 millis")
      const isDone = reading.pollUnsafe() !== undefined
      yield* TestClock.adjust("1 day")
      return { error: yield* Fiber.join(reading), isDone, sent: calls.length }
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed(answer))))
  }

  it.effect("F6: a 429 of Discord's is RateLimited with its time, its scope and whether it is global", () =>
    Effect.gen(function*() {
      for (const [scope, global] of [["user", false], ["shared", false], ["global", true]] as const) {
        const { error } = yield* afterADay({
          status: 429,
          body: { message: "You are being rate limited.", retry_after: 64.57, global },
          headers: { "x-ratelimit-scope": scope }
        })
        assertError(error, new DiscordError.RateLimited({ retryAfter: Duration.seconds(64.57), global, scope }))
      }
    }))

  for (
    const [name, answer] of [
      ["429 as text", { status: 429, body: "error code: 1015", headers: { "content-type": "text/plain" } }],
      ["429 as HTML", { status: 429, body: "<!DOCTYPE html><title>Access denied</title>" }],
      ["429 without a body", { status: 429 }],
      ["429 as text with a time", { status: 429, body: "error code: 1015", headers: { "retry-after": "1" } }],
      ["403 as HTML", { status: 403, body: "<!DOCTYPE html>" }],
      ["code 40333", { status: 403, body: { message: "internal network error", code: 40333 } }]
    ] as const
  ) {
    it.effect(`F7: ${name} is CloudflareBlocked at once, and nothing is sent again within a day`, () =>
      Effect.gen(function*() {
        const { error, isDone, sent } = yield* afterADay(answer)
        assert.strictEqual(error._tag, "CloudflareBlocked")
        assert.isTrue(isDone)
        assert.strictEqual(sent, 1)
      }))
  }

  for (
    const [header, seconds] of [
      ["82721", 82_721],
      ["0", 0],
      ["-5", 0],
      ["1.5", 1.5],
      ["99999999999", 2_592_000],
      ["Thu, 01 Jan 1970 00:10:00 GMT", 600],
      ["Fri, 31 Dec 1999 23:59:59 GMT", 2_592_000],
      ["Wed, 31 Dec 1969 23:59:59 GMT", 0],
      ["NaN", undefined],
      ["Infinity", undefined],
      ["soon", undefined]
    ] as const
  ) {
    it.effect(`F8: Retry-After: ${header} with a block is reported as ${seconds} s, and not waited for`, () =>
      Effect.gen(function*() {
        const { error, isDone } = yield* afterADay({ status: 429, body: "", headers: { "retry-after": header } })
        assertError(
          error,
          new DiscordError.CloudflareBlocked({
            status: 429,
            ...(seconds !== undefined && { retryAfter: Duration.seconds(seconds) })
          })
        )
        assert.isTrue(isDone)
      }))
  }

  for (const [retryAfter, seconds] of [[82_721, 82_721], [3601, 3601], [1e300, 2_592_000]] as const) {
    it.effect(`F8: retry_after ${retryAfter} is reported at once as ${seconds} s`, () =>
      Effect.gen(function*() {
        const { error, isDone, sent } = yield* afterADay(limited(retryAfter, { "retry-after": "1" }))
        assertError(
          error,
          new DiscordError.RateLimited({ retryAfter: Duration.seconds(seconds), global: false, scope: "user" })
        )
        assert.deepStrictEqual([isDone, sent], [true, 1])
      }))
  }

  for (const retryAfter of [-1, 0, 0.001]) {
    it.effect(`F8: retry_after ${retryAfter}, sent again and again, causes at most four requests`, () =>
      Effect.gen(function*() {
        const { error, sent } = yield* afterADay(limited(retryAfter))
        assert.strictEqual(error._tag, "RateLimited")
        assert.isAtMost(sent, 4)
      }))
  }

  for (const retryAfter of [null, "NaN", "soon", [1]]) {
    it.effect(`F8: a 429 whose retry_after is ${JSON.stringify(retryAfter)} is RateLimited, and the call is not repeated`, () =>
      Effect.gen(function*() {
        const { error, isDone, sent } = yield* afterADay(limited(retryAfter))
        assertError(
          error,
          new DiscordError.RateLimited({ retryAfter: Duration.minutes(1), global: false, scope: "user" })
        )
        assert.deepStrictEqual([isDone, sent], [true, 1])
      }))
  }
})
