import { AccessTokenStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import * as RefreshMark from "../../../../packages/core/src/tokens/internal/refreshMark.ts"
import { key } from "../../../support/signedIn.ts"
import * as Stub from "../../../support/StubDiscord.ts"

/** A store with a record, whose grace is 15 seconds. */
const prepare = Effect.gen(function*() {
  const memory = yield* AccessTokenStore.AccessTokenStore
  const store: typeof memory = { ...memory, grace: Duration.seconds(15) }
  const stored = yield* store.put(key, Stub.token())
  const found = Effect.map(store.get(key), Option.getOrThrow)
  /** What another process does at the same time: it changes the application's data. */
  const changeData = Effect.flatMap(
    found,
    ({ generation, ...content }) =>
      store.replace(key, generation, { ...content, token: { ...content.token, data: { plan: "gold" } } })
  )
  return { store, stored, found, changeData, signInAgain: store.put(key, Stub.token({ access: "access-newer" })) }
}).pipe(Effect.provide(AccessTokenStore.layerMemory))

describe("mark", () => {
  it.effect("F41: writes when the refresh token is sent", () =>
    Effect.gen(function*() {
      const { found, store, stored } = yield* prepare
      yield* TestClock.adjust("1 second")
      const marked = yield* RefreshMark.mark(store, key, stored)
      assert.deepStrictEqual(marked, Option.some(yield* found))
      assert.strictEqual((yield* found).sentAt?.epochMilliseconds, 1000)
    }))

  it.effect("writes nothing when the record has another generation", () =>
    Effect.gen(function*() {
      const { changeData, found, store, stored } = yield* prepare
      yield* changeData
      assert.deepStrictEqual(yield* RefreshMark.mark(store, key, stored), Option.none())
      assert.isUndefined((yield* found).sentAt)
    }))
})

describe("updateMark", () => {
  it.effect("changes the mark, and keeps data that changed meanwhile", () =>
    Effect.gen(function*() {
      const { changeData, found, store, stored } = yield* prepare
      yield* changeData
      yield* RefreshMark.updateMark(store, key, stored, { sentAt: DateTime.makeUnsafe(0), isLost: true })
      const { isLost, token } = yield* found
      assert.deepStrictEqual([isLost, token.data], [true, { plan: "gold" }])
    }))

  it.effect("leaves the record of another token", () =>
    Effect.gen(function*() {
      const { found, signInAgain, store, stored } = yield* prepare
      const newer = yield* signInAgain
      yield* RefreshMark.updateMark(store, key, stored, { sentAt: DateTime.makeUnsafe(0), isLost: true })
      assert.deepStrictEqual(yield* found, newer)
    }))
})

describe("removeIfUnchanged", () => {
  it.effect("F14: removes the record, also when its data changed", () =>
    Effect.gen(function*() {
      const { changeData, store, stored } = yield* prepare
      yield* changeData
      assert.deepStrictEqual(yield* RefreshMark.removeIfUnchanged(store, key, stored), Option.none())
      assert.deepStrictEqual(yield* store.get(key), Option.none())
    }))

  it.effect("F14: returns the record of another token, which stays", () =>
    Effect.gen(function*() {
      const { found, signInAgain, store, stored } = yield* prepare
      const newer = yield* signInAgain
      assert.deepStrictEqual(yield* RefreshMark.removeIfUnchanged(store, key, stored), Option.some(newer))
      assert.deepStrictEqual(yield* found, newer)
    }))
})

describe("awaitSender", () => {
  /** Waits for the sender of a mark, and returns whether the waiting has ended after each of some durations. */
  const isOverAfter = (
    durations: ReadonlyArray<Duration.Input>,
    sentAt: number,
    meanwhile: (prepared: Effect.Success<typeof prepare>) => Effect.Effect<unknown, unknown> = () => Effect.void
  ) =>
    Effect.gen(function*() {
      const prepared = yield* prepare
      const { store, stored } = prepared
      const mark = DateTime.makeUnsafe(sentAt)
      yield* store.replace(key, stored.generation, { token: stored.token, sentAt: mark })
      const waiting = yield* Effect.forkChild(RefreshMark.awaitSender(store, key, stored, mark))
      yield* TestClock.adjust("1 second")
      yield* meanwhile(prepared)
      return yield* Effect.forEach(durations, (duration) =>
        Effect.andThen(
          TestClock.adjust(duration),
          Effect.map(Effect.sync(() => waiting.pollUnsafe()), (exit) => exit !== undefined)
        )).pipe(Effect.ensuring(Fiber.interrupt(waiting)))
    })

  it.effect("F42: ends when the mark is as old as the grace", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(100_000)
      assert.deepStrictEqual(yield* isOverAfter(["13 seconds", "1 second"], 100_000), [false, true])
    }))

  it.effect("F52: a mark from a clock that is ahead delays no longer than the grace", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* isOverAfter(["13 seconds", "1 second"], 1_000_000_000), [false, true])
    }))

  it.effect("does not wait for a mark that is older than the grace", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(100_000)
      assert.deepStrictEqual(yield* isOverAfter([0], 85_000), [true])
    }))

  it.effect("F42: ends when the response is stored", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* isOverAfter(["200 millis"], 0, ({ signInAgain }) => signInAgain), [true])
    }))

  it.effect("ends when the user signs out", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* isOverAfter(["200 millis"], 0, ({ store }) => store.remove(key)), [true])
    }))

  it.effect("continues when only the data change", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* isOverAfter(["200 millis"], 0, ({ changeData }) => changeData), [false])
    }))
})
