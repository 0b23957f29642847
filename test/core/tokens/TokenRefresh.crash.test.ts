/** What a refresh does after another process was killed or has lost its lock. */
import type { AccessToken } from "@discord-oauth2/core"
import { AccessTokenStore, DiscordSessions } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Stub from "../../support/StubDiscord.ts"
import { dead, discord, key, refreshTokenOf, sessionOf, storedToken, tokenCalls } from "../../support/tokenRefresh.ts"

/** A session whose record has the mark of another process. */
const marked = (token: AccessToken.AccessToken) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    const { generation } = yield* store.put(key, token)
    yield* store.replace(key, generation, { token, sentAt: yield* DateTime.now })
    const sessions = yield* DiscordSessions.DiscordSessions
    return yield* sessions.get(key.userId)
  })

describe("after a crash", () => {
  it.effect("F41: the record has a mark during the request, and none afterwards", () => {
    const during: Array<boolean> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const refreshed = yield* Effect.forkChild(session.refresh)
      yield* TestClock.adjust("500 millis")
      during.push(Option.getOrThrow(yield* store.get(key)).sentAt !== undefined)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(refreshed)
      during.push(Option.getOrThrow(yield* store.get(key)).sentAt !== undefined)
      assert.deepStrictEqual(during, [true, false])
    }).pipe(Effect.provide(Stub.layer(
      [],
      discord({ onToken: (form) => Effect.as(Effect.sleep("1 second"), rotate(form)) })
    )))
  })

  it.effect("F41: a record with a mark is refreshed once more, which can succeed", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* marked(Stub.token({ seconds: 0 }))
      yield* session.getCurrentUser()
      assert.strictEqual(tokenCalls(calls).length, 1)
      assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-1"))
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F41: when Discord rejects that refresh, InvalidRefreshToken has the reason \"outcome-unknown\"; the next call fails with NotSignedIn", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* marked(Stub.token({ seconds: 0 }))
      const error = yield* Effect.flip(session.getCurrentUser())
      assert.strictEqual(error._tag === "InvalidRefreshToken" ? error.reason : error._tag, "outcome-unknown")
      assert.isTrue(Option.isNone(yield* storedToken))
      assert.strictEqual((yield* Effect.flip(session.getCurrentUser()))._tag, "NotSignedIn")
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord({ onToken: () => Effect.succeed(dead) }))))
  })

  it.effect("a rejected refresh without a mark before it has the reason \"rejected\"", () =>
    Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const error = yield* Effect.flip(session.getCurrentUser())
      assert.strictEqual(error._tag === "InvalidRefreshToken" ? error.reason : error._tag, "rejected")
    }).pipe(Effect.provide(Stub.layer([], discord({ onToken: () => Effect.succeed(dead) })))))

  it.effect("a mark stays through temporary failures, and a later rejection has the reason outcome-unknown", () => {
    const limited: Stub.Answer = { status: 429, body: { message: "", retry_after: 1, global: false } }
    const answers: Array<Stub.Answer> = [limited, { status: 503 }, dead]
    return Effect.gen(function*() {
      const session = yield* marked(Stub.token({ seconds: 0 }))
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "RateLimited")
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "DiscordServerError")
      yield* TestClock.adjust("5 seconds")
      const error = yield* Effect.flip(session.refresh)
      assert.strictEqual(error._tag === "InvalidRefreshToken" ? error.reason : error._tag, "outcome-unknown")
    }).pipe(Effect.provide(Stub.layer([], discord({ onToken: () => Effect.succeed(answers.shift() ?? {}) }))))
  })

  it.effect("the record of a dead grant is removed when the application's data changed meanwhile", () =>
    Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const refreshed = yield* Effect.forkChild(Effect.flip(session.refresh))
      yield* TestClock.adjust("500 millis")
      yield* session.setData({ plan: "gold" })
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(refreshed))._tag, "InvalidRefreshToken")
      assert.isTrue(Option.isNone(yield* storedToken))
    }).pipe(Effect.provide(Stub.layer(
      [],
      discord({ onToken: () => Effect.as(Effect.sleep("1 second"), dead) })
    ))))
})

describe("a process that lost its lock and may be slow", () => {
  const withGrace = Layer.effect(
    AccessTokenStore.AccessTokenStore,
    Effect.map(AccessTokenStore.AccessTokenStore, (memory) => ({ ...memory, grace: Duration.seconds(15) }))
  ).pipe(Layer.provide(AccessTokenStore.layerMemory))

  it.effect("F42: its response is awaited, and used without a request", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* marked(Stub.token({ seconds: 0 }))
      const waiting = yield* Effect.forkChild(session.accessToken)
      yield* TestClock.adjust("14 seconds")
      const { generation } = Option.getOrThrow(yield* store.get(key))
      yield* store.replace(key, generation, { token: Stub.token({ access: "access-late", refresh: "refresh-late" }) })
      yield* TestClock.adjust("1 second")
      assert.strictEqual(Redacted.value((yield* Fiber.join(waiting)).access_token), "access-late")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: withGrace })))
  })

  it.effect("F41: when it stores nothing within `grace`, the token is sent once", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* marked(Stub.token({ seconds: 0 }))
      const waiting = yield* Effect.forkChild(session.accessToken)
      yield* TestClock.adjust("14 seconds")
      assert.deepStrictEqual(calls, [])
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(Redacted.value((yield* Fiber.join(waiting)).access_token), "access-1")
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: withGrace })))
  })

  it.effect("F52: a mark from a clock that is ahead delays no longer than `grace`", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const { generation } = yield* store.put(key, Stub.token({ seconds: 0 }))
      yield* store.replace(key, generation, { token: Stub.token({ seconds: 0 }), sentAt: DateTime.makeUnsafe(1e9) })
      const session = yield* Effect.flatMap(DiscordSessions.DiscordSessions, ({ get }) => get(key.userId))
      const waiting = yield* Effect.forkChild(session.accessToken)
      yield* TestClock.adjust("16 seconds")
      yield* Fiber.join(waiting)
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: withGrace })))
  })

  it.effect("a sign-out ends the wait", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* marked(Stub.token({ seconds: 0 }))
      const waiting = yield* Effect.forkChild(Effect.flip(session.accessToken))
      yield* TestClock.adjust("1 second")
      yield* store.remove(key)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "NotSignedIn")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: withGrace })))
  })

  it.effect("a response that is known to be lost is not awaited: the next attempt comes after the cooldown", () => {
    const calls: Array<Stub.Call> = []
    let isDown = true
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "DiscordServerError")
      isDown = false
      yield* TestClock.adjust("5 seconds")
      yield* session.refresh
      assert.strictEqual(tokenCalls(calls).length, 2)
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord({ onToken: (form) => Effect.succeed(isDown ? { status: 503 } : rotate(form)) }),
      { store: withGrace }
    )))
  })
})
