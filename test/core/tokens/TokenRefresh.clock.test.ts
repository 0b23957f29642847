/** What a refresh does when the wall clock is set. */
import { DiscordSessions } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Stub from "../../support/StubDiscord.ts"
import { discord, key, sessionOf, tokenCalls } from "../../support/tokenRefresh.ts"

describe("a clock that is set", () => {
  /** Sets the wall clock off by so much. The monotonic clock goes on. */
  const setOff = (milliseconds: number) =>
    Effect.updateService(Clock.Clock, (clock) => ({
      ...clock,
      sleep: (duration) => clock.sleep(duration),
      currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + milliseconds,
      currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + milliseconds)
    }))
  const day = 86_400_000

  it.effect("F52: back by a day during a cooldown, does not delay the next attempt by a day", () => {
    const calls: Array<Stub.Call> = []
    let down = true
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      yield* TestClock.adjust("2 days")
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "DiscordServerError")
      down = false
      yield* TestClock.adjust("5 seconds")
      yield* setOff(-day)(session.refresh)
      assert.strictEqual(tokenCalls(calls).length, 2)
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord({ onToken: (form) => Effect.succeed(down ? { status: 503 } : rotate(form)) })
    )))
  })

  it.effect("F52: back by a day after a refresh, causes one refresh of a token that Discord rejects", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* TestClock.adjust("2 days")
      const session = yield* sessionOf(Stub.token({ seconds: 2 * 86_400 - 60, access: "access-past" }))
      yield* setOff(-day)(
        Effect.forEach(Array.from({ length: 100 }), () => session.getCurrentUser(), { concurrency: "unbounded" })
      )
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F52: two processes whose clocks are 8 days apart do not refresh each other's tokens in turn", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const sessions = yield* DiscordSessions.DiscordSessions
      const ahead = yield* sessions.get(key.userId)
      for (let i = 0; i < 20; i++) {
        yield* session.getCurrentUser()
        yield* setOff(8 * day)(ahead.getCurrentUser())
        yield* TestClock.adjust("1 minute")
      }
      assert.isAtMost(tokenCalls(calls).length, 2)
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })
})
