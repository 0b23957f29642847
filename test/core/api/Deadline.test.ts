import { Deadline, DiscordClient, DiscordSessions, OAuth2Client } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as Stub from "../../support/StubDiscord.ts"

const open = Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.open(Stub.token({ seconds: 3600 })))

const discord = (rest: Stub.Handler): Stub.Handler => (call) =>
  call.path === "/oauth2/@me" ? Effect.succeed({ body: Stub.authorization(["identify", "guilds"]) }) : rest(call)

/** What an effect fails with, and after how many milliseconds. */
const failure = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const clock = Effect.clockWith(({ currentTimeMillis }) => currentTimeMillis)
    const start = yield* clock
    const fiber = yield* Effect.forkChild(
      Effect.flatMap(Effect.flip(effect), (error) => Effect.map(clock, (end) => ({ error, millis: end - start })))
    )
    for (let passed = 0; passed < 60_000; passed += 50) yield* TestClock.adjust(50)
    return yield* Fiber.join(fiber)
  })

describe("Deadline", () => {
  it.effect("is the earliest of those that are set", () =>
    Effect.gen(function*() {
      assert.isFalse(Duration.isFinite(yield* Deadline.remaining))
      yield* Effect.gen(function*() {
        assert.strictEqual(Duration.toMillis(yield* Deadline.remaining), 2000)
        yield* TestClock.adjust("500 millis")
        assert.strictEqual(Duration.toMillis(yield* Deadline.remaining), 1500)
        assert.strictEqual(Duration.toMillis(yield* Deadline.within(Deadline.remaining, "1 minute")), 1500)
        assert.strictEqual(Duration.toMillis(yield* Deadline.within(Deadline.remaining, "1 second")), 1000)
        assert.strictEqual(Duration.toMillis(yield* Deadline.within(Deadline.remaining, "Infinity")), 1500)
        assert.isFalse(Duration.isFinite(yield* Deadline.without(Deadline.remaining)))
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(Duration.toMillis(yield* Deadline.remaining), 0)
      }).pipe(Deadline.within("2 seconds"))
    }))

  it.effect("F12: ends a call that has no answer, and says that it may have arrived", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const { error, millis } = yield* failure(
        Deadline.within(api.getCurrentUser({ accessToken: Redacted.make("planted") }), "2 seconds")
      )
      assert.deepStrictEqual([error._tag, error._tag === "DiscordTransportError" && error.sent, millis], [
        "DiscordTransportError",
        true,
        2000
      ])
    }).pipe(Effect.provide(Stub.layer([], () => Effect.never))))

  it.effect("that is over lets nothing be sent", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const late = Effect.andThen(
        Effect.sleep("3 seconds"),
        api.getCurrentUser({ accessToken: Redacted.make("planted") })
      )
      const { error } = yield* failure(Deadline.within(late, "2 seconds"))
      assert.deepStrictEqual([error._tag, error._tag === "DiscordTransportError" && error.sent], [
        "DiscordTransportError",
        false
      ])
      assert.strictEqual(calls.length, 0)
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ body: Stub.user }))))
  })

  it.effect("does not make a call's own timeout longer", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const { millis } = yield* failure(
        Deadline.within(api.getCurrentUser({ accessToken: Redacted.make("planted") }), "50 seconds")
      )
      assert.strictEqual(millis, 30_000)
    }).pipe(Effect.provide(Stub.layer([], () => Effect.never))))

  it.effect("is for all attempts together: none begins after it", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* open
      calls.length = 0
      const { error, millis } = yield* failure(Deadline.within(session.getCurrentUser(), "900 millis"))
      assert.strictEqual(error._tag, "DiscordServerError")
      assert.isAtMost(millis, 900)
      assert.isAtMost(calls.length, 3)
    }).pipe(
      // By chance the pauses can be so short that the third attempt begins in time, and is cut off.
      Random.withSeed("two attempts"),
      Effect.provide(Stub.layer(calls, discord(() => Effect.as(Effect.sleep(200), { status: 503 }))))
    )
  })

  it.effect("F6: a rate limit that is longer is RateLimited at once, and a shorter one is waited for, beyond five seconds too", () => {
    const calls: Array<Stub.Call> = []
    const limited: Stub.Answer = { status: 429, body: { message: "", retry_after: 20, global: false } }
    return Effect.gen(function*() {
      const session = yield* open
      assert.strictEqual((yield* Effect.flip(session.getCurrentUser()))._tag, "RateLimited")
      const short = yield* failure(Deadline.within(session.getCurrentUser(), "10 seconds"))
      assert.deepStrictEqual([short.error._tag, short.millis], ["RateLimited", 0])
    }).pipe(
      Effect.provide(
        Stub.layer(calls, discord(() => Effect.succeed(calls.length === 2 ? limited : { body: Stub.user })))
      )
    )
  })

  it.effect("a longer one than five seconds is waited for by who has the time", () => {
    const calls: Array<Stub.Call> = []
    const limited: Stub.Answer = { status: 429, body: { message: "", retry_after: 20, global: false } }
    return Effect.gen(function*() {
      const session = yield* open
      yield* Effect.flip(session.getCurrentUser())
      const waiting = yield* Effect.forkChild(Deadline.within(session.getCurrentUser(), "25 seconds"))
      yield* TestClock.adjust("19 seconds")
      assert.strictEqual(calls.length, 2)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* Fiber.join(waiting)).username, "nelly")
    }).pipe(
      Effect.provide(
        Stub.layer(calls, discord(() => Effect.succeed(calls.length === 2 ? limited : { body: Stub.user })))
      )
    )
  })

  it.effect("leaves a refresh alone that is on its way: the next caller has what came of it", () => {
    const calls: Array<Stub.Call> = []
    const tokens = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* open
      yield* TestClock.adjust("2 hours")
      calls.length = 0
      const fiber = yield* Effect.forkChild(Effect.flip(Deadline.within(session.getCurrentUser(), "1 second")))
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual([error._tag, error._tag === "DiscordTransportError" && error.sent], [
        "DiscordTransportError",
        false
      ])
      const next = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* Fiber.join(next)).username, "nelly")
      assert.deepStrictEqual(calls.map(({ authorization, path }) => `${path} ${authorization?.slice(0, 15)}`), [
        "/oauth2/token Basic MTU3NzMwN",
        "/users/@me Bearer access-1"
      ])
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          discord(({ form, path }) =>
            path === "/oauth2/token"
              ? Effect.as(Effect.sleep("3 seconds"), tokens(form))
              : Effect.succeed({ body: Stub.user })
          )
        )
      )
    )
  })
})

it.effect("F12: a body that does not end within ten seconds is over, and a refresh's outcome unknown", () => {
  const endless = new ReadableStream({ pull: () => new Promise(() => {}) })
  return Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const { error, millis } = yield* failure(oauth.refresh(Stub.token()))
    assert.strictEqual(error._tag, "RefreshOutcomeUnknown")
    assert.match(error.message, /no whole body within 10s/)
    assert.strictEqual(millis, 10_000)
  }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ stream: endless }))))
})

describe("F12: a revocation whose body does not end is done", () => {
  const endless = () => Effect.succeed({ stream: new ReadableStream({ pull: () => new Promise(() => {}) }) })
  const revoke = Effect.flatMap(OAuth2Client.OAuth2Client, (oauth) => oauth.revoke(Stub.token()))

  it.effect("after ten seconds", () =>
    Effect.gen(function*() {
      const revoked = yield* Effect.forkChild(revoke)
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(revoked)
    }).pipe(Effect.provide(Stub.layer([], endless))))

  it.effect("at the deadline, where that is earlier", () =>
    Effect.gen(function*() {
      const revoked = yield* Effect.forkChild(Deadline.within(revoke, "1 second"))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(revoked)
    }).pipe(Effect.provide(Stub.layer([], endless))))

  it.effect("enforce interrupts an effect at the deadline, and leaves it alone where none is set", () =>
    Effect.gen(function*() {
      const interrupted: Array<string> = []
      const slow = Effect.onInterrupt(
        Effect.as(Effect.sleep("5 seconds"), "found"),
        () => Effect.sync(() => interrupted.push("slow"))
      )
      const late = yield* Effect.forkChild(Effect.flip(Deadline.within(Deadline.enforce(slow), "2 seconds")))
      const free = yield* Effect.forkChild(Deadline.enforce(slow))
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* Fiber.join(late), Deadline.exceeded)
      assert.deepStrictEqual(interrupted, ["slow"])
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual(yield* Fiber.join(free), "found")
    }))
})
