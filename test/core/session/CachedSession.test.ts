import { CachedSession } from "@discord-oauth2/core/session"
import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { signedIn } from "../../support/signedIn.ts"
import * as Stub from "../../support/StubDiscord.ts"

const shared = (timeToLive: Duration.Input) =>
  Effect.gen(function*() {
    const session = yield* signedIn(Stub.token({ scopes: ["identify", "guilds", "role_connections.write"] }))
    return yield* CachedSession.make(session, { timeToLive })
  })

const requests = (calls: ReadonlyArray<Stub.Call>) =>
  calls.map(({ method, path, query }) => `${method} ${path}?${query}`)

/** Each response takes a second. */
const slow = (calls: Array<Stub.Call>) =>
  Stub.layer(
    calls,
    ({ method, path }) =>
      Effect.as(Effect.sleep("1 second"), {
        body: path.endsWith("guilds")
          ? []
          : path.endsWith("role-connection")
          ? { platform_name: method, platform_username: null, metadata: {} }
          : Stub.user
      }),
    { middleware: Stub.unlimited }
  )

describe("CachedSession", () => {
  it.effect("100 equal reads at once send one request, and each returns the value", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* shared("2 seconds")
      const running = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 100 }), () => session.getCurrentUser(), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("1 second")
      const users = yield* Fiber.join(running)
      assert.isTrue(users.every(({ username }) => username === "nelly"))
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(slow(calls)))
  })

  it.effect("F48: the request continues when the first of its callers is interrupted", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* shared("2 seconds")
      const first = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("100 millis")
      const second = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("100 millis")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(second)).username, "nelly")
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(slow(calls)))
  })

  it.effect("F48: the request is interrupted when all of its callers are, and the next read sends another", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* shared("2 seconds")
      const first = yield* Effect.forkChild(session.getCurrentUser())
      const second = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("100 millis")
      yield* Fiber.interruptAll([first, second])
      yield* TestClock.adjust("1 second")
      const third = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(third)).username, "nelly")
      assert.strictEqual(calls.length, 2)
    }).pipe(Effect.provide(slow(calls)))
  })

  it.effect("the pages of a stream are shared", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* shared("2 seconds")
      const running = yield* Effect.forkChild(Effect.all([
        Stream.runCollect(session.currentUserGuilds()),
        Stream.runCollect(session.currentUserGuilds())
      ], { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Fiber.join(running), [[], []])
      assert.deepStrictEqual(requests(calls), ["GET /users/@me/guilds?limit=200"])
    }).pipe(Effect.provide(slow(calls)))
  })

  it.effect("F50: reads with different arguments are not shared", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* shared("2 seconds")
      const running = yield* Effect.forkChild(Effect.all([
        session.getCurrentUserGuilds({ limit: 1, with_counts: true }),
        session.getCurrentUserGuilds({ with_counts: true, limit: 1 }),
        session.getCurrentUserGuilds({ limit: 2 }),
        session.getCurrentUserGuilds({ limit: 1, with_counts: true, responseMode: "response-only" })
      ], { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(running)
      assert.deepStrictEqual(requests(calls).toSorted(), [
        "GET /users/@me/guilds?limit=1&with_counts=true",
        "GET /users/@me/guilds?limit=1&with_counts=true",
        "GET /users/@me/guilds?limit=2"
      ])
    }).pipe(Effect.provide(slow(calls)))
  })

  it.effect("F50: a read after a write does not join a request from before it", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* shared("2 seconds")
      const write = yield* Effect.forkChild(session.updateCurrentUserApplicationRoleConnection({}))
      yield* TestClock.adjust("500 millis")
      const before = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("500 millis")
      yield* Fiber.join(write)
      const after = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("500 millis")
      yield* Fiber.join(before)
      const joined = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("500 millis")
      yield* Fiber.join(after)
      yield* Fiber.join(joined)
      assert.deepStrictEqual(calls.map(({ method }) => method), ["PUT", "GET", "GET"])
    }).pipe(Effect.provide(slow(calls)))
  })

  it.effect("an argument that JSON cannot encode fails with InvalidCallArgument", () =>
    Effect.gen(function*() {
      const session = yield* shared("2 seconds")
      // @ts-expect-error -- a limit is a number, but not every caller is TypeScript
      const error = yield* Effect.flip(session.getCurrentUserGuilds({ limit: 1n }))
      assert.strictEqual(error._tag, "InvalidCallArgument")
    }).pipe(Effect.provide(slow([]))))

  it.effect("a value is returned again until timeToLive has passed", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* shared("2 seconds")
      const ask = Effect.gen(function*() {
        const running = yield* Effect.forkChild(session.getCurrentUser())
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(running)
        return calls.length
      })
      assert.deepStrictEqual([yield* ask, yield* ask, yield* ask, yield* ask], [1, 1, 1, 2])
    }).pipe(Effect.provide(slow(calls)))
  })

  it.effect("a failure is not shared", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* shared("1 minute")
      for (let i = 0; i < 3; i++) {
        assert.strictEqual((yield* Effect.flip(session.getCurrentUser()))._tag, "DiscordForbidden")
      }
      assert.strictEqual(calls.length, 3)
    }).pipe(
      Effect.provide(Stub.layer(calls, () => Effect.succeed({ status: 403, body: { message: "no", code: 50001 } })))
    )
  })

  it.effect("a write discards the shared values", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* shared("1 minute")
      const program = Effect.gen(function*() {
        yield* session.getCurrentUserApplicationRoleConnection()
        yield* session.updateCurrentUserApplicationRoleConnection({ platform_name: "Chess" })
        yield* session.getCurrentUserApplicationRoleConnection()
      })
      const running = yield* Effect.forkChild(program)
      yield* Effect.forEach(Array.from({ length: 10 }), () => TestClock.adjust("1 second"), { discard: true })
      yield* Fiber.join(running)
      assert.deepStrictEqual(calls.map(({ method }) => method), ["GET", "PUT", "GET"])
      assert.deepStrictEqual(session.scopes, ["identify", "guilds", "role_connections.write"])
    }).pipe(Effect.provide(slow(calls)))
  })
})
