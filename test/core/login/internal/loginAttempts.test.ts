import { Denylist, DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as LoginAttempts from "../../../../packages/core/src/login/internal/loginAttempts.ts"

const inMinutes = (minutes: number) => Effect.map(DateTime.now, (now) => DateTime.add(now, { minutes }))

/** Work that counts its runs and ends when the test releases it. */
const makeWork = Effect.gen(function*() {
  const started = yield* Deferred.make<void>()
  const released = yield* Deferred.make<void>()
  let runs = 0
  const work = Effect.gen(function*() {
    runs += 1
    yield* Deferred.succeed(started, undefined)
    yield* Deferred.await(released)
    return runs
  })
  return { work, started: Deferred.await(started), release: Deferred.succeed(released, undefined), runs: () => runs }
})

describe("LoginAttempts", () => {
  it.effect("S3: does the work for the first callback only", () =>
    Effect.gen(function*() {
      const attempt = LoginAttempts.make<number, never>(Denylist.makeMemory())
      const { release, runs, work } = yield* makeWork
      yield* release
      const until = yield* inMinutes(10)
      assert.deepStrictEqual(yield* attempt("a", until, work), { _tag: "First", value: 1 })
      assert.deepStrictEqual(yield* attempt("a", until, work), { _tag: "Used" })
      assert.deepStrictEqual(yield* attempt("b", until, work), { _tag: "First", value: 2 })
      assert.strictEqual(runs(), 2)
    }))

  it.effect("F28: shares the result with a callback that arrives during the work", () =>
    Effect.gen(function*() {
      const attempt = LoginAttempts.make<number, never>(Denylist.makeMemory())
      const { release, runs, started, work } = yield* makeWork
      const until = yield* inMinutes(10)
      const first = yield* Effect.forkChild(attempt("a", until, work), { startImmediately: true })
      yield* started
      const second = yield* Effect.forkChild(attempt("a", until, work), { startImmediately: true })
      yield* release
      assert.deepStrictEqual(yield* Fiber.join(first), { _tag: "First", value: 1 })
      assert.deepStrictEqual(yield* Fiber.join(second), { _tag: "Joined", value: 1 })
      assert.strictEqual(runs(), 1)
    }))

  it.effect("F28: finishes the work if the first callback is interrupted", () =>
    Effect.gen(function*() {
      const attempt = LoginAttempts.make<number, never>(Denylist.makeMemory())
      const { release, started, work } = yield* makeWork
      const until = yield* inMinutes(10)
      const first = yield* Effect.forkChild(attempt("a", until, work), { startImmediately: true })
      yield* started
      const second = yield* Effect.forkChild(attempt("a", until, work), { startImmediately: true })
      yield* Fiber.interrupt(first)
      yield* release
      assert.deepStrictEqual(yield* Fiber.join(second), { _tag: "Joined", value: 1 })
    }))

  it.effect("S3: does no work if the denylist fails", () =>
    Effect.gen(function*() {
      const error = new DiscordError.DenylistError({ operation: "add" })
      const attempt = LoginAttempts.make<number, never>({ ...Denylist.makeMemory(), add: () => Effect.fail(error) })
      const { runs, work } = yield* makeWork
      const exit = yield* Effect.exit(attempt("a", yield* inMinutes(10), work))
      assert.deepStrictEqual(exit, Exit.fail(error))
      assert.strictEqual(runs(), 0)
    }))
})
