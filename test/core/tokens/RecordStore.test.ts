import { RecordStore, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"

const keyOf = (userId: string, clientId = "1"): RecordStore.Key => ({
  clientId: Snowflake.ApplicationId.make(clientId),
  userId: Snowflake.UserId.make(userId)
})

describe("keys", () => {
  it("as strings are different for different keys", () => {
    assert.strictEqual(RecordStore.keyToString(keyOf("3", "12")), "12:3")
    assert.notStrictEqual(RecordStore.keyToString(keyOf("3", "12")), RecordStore.keyToString(keyOf("23", "1")))
  })

  it("are ordered as text: by application, and then by user", () => {
    const sorted = [keyOf("2", "10"), keyOf("9"), keyOf("10"), keyOf("2", "2")].toSorted(RecordStore.compareKeys)
    assert.deepStrictEqual(sorted.map(RecordStore.keyToString), ["1:10", "1:9", "10:2", "2:2"])
    assert.strictEqual(RecordStore.compareKeys(keyOf("9"), keyOf("9")), 0)
  })

  it("match a filter when they match each member that it has", () => {
    const key = keyOf("3", "12")
    const { clientId, userId } = key
    for (const filter of [{}, { clientId }, { userId }, key]) assert.isTrue(RecordStore.matches(filter, key))
    assert.isFalse(RecordStore.matches({ clientId, userId: keyOf("4").userId }, key))
    assert.isFalse(RecordStore.matches({ clientId: keyOf("3", "13").clientId }, key))
  })

  it("pageOf returns the sorted keys after a key, which does not need to exist", () => {
    const keys = ["4", "1", "3", "2"].map((userId) => keyOf(userId))
    const page = (options: RecordStore.Page, filter: RecordStore.Filter = {}) =>
      RecordStore.pageOf(keys, filter, options).map(({ userId }): string => userId)
    assert.deepStrictEqual(page({ limit: 2 }), ["1", "2"])
    assert.deepStrictEqual(page({ limit: 2, after: keyOf("2") }), ["3", "4"])
    assert.deepStrictEqual(page({ limit: 2, after: keyOf("25") }), ["3", "4"])
    assert.deepStrictEqual(page({ limit: 2, after: keyOf("4") }), [])
    assert.deepStrictEqual(page({ limit: 9 }, { userId: keyOf("3").userId }), ["3"])
  })
})

describe("makeFirstGeneration", () => {
  it.effect("F52: generations are positive and at least 1,024 apart, also when the clock goes back", () =>
    Effect.gen(function*() {
      const next = yield* RecordStore.makeFirstGeneration
      const generations: Array<number> = []
      for (const millis of [0, 0, 5000, 1000, 1000, 9000]) {
        yield* TestClock.setTime(millis)
        generations.push(yield* next)
      }
      assert.isAbove(generations[0]!, 0)
      for (const [index, generation] of generations.entries()) {
        assert.isTrue(Number.isSafeInteger(generation))
        if (index > 0) assert.isAtLeast(generation - generations[index - 1]!, 1024)
      }
    }))
})

describe("makeLocks", () => {
  it.effect("one fiber at a time has the lock of a name, until its scope closes", () =>
    Effect.gen(function*() {
      const lock = yield* RecordStore.makeLocks
      const events: Array<string> = []
      const work = (name: string, label: string) =>
        Effect.scoped(
          Effect.andThen(
            lock(name),
            Effect.andThen(
              Effect.andThen(Effect.sync(() => events.push(`${label} starts`)), Effect.sleep("1 second")),
              Effect.sync(() => events.push(`${label} ends`))
            )
          )
        )
      const first = yield* Effect.forkChild(work("a", "first"), { startImmediately: true })
      const second = yield* Effect.forkChild(work("a", "second"), { startImmediately: true })
      const other = yield* Effect.forkChild(work("b", "other"), { startImmediately: true })
      yield* TestClock.adjust("2 seconds")
      yield* Effect.forEach([first, second, other], Fiber.join)
      assert.isBelow(events.indexOf("first ends"), events.indexOf("second starts"))
      assert.isBelow(events.indexOf("other starts"), events.indexOf("first ends"))
    }))

  it.effect("a fiber that is interrupted while it waits does not take the lock", () =>
    Effect.gen(function*() {
      const lock = yield* RecordStore.makeLocks
      const holder = yield* Effect.forkChild(
        Effect.scoped(Effect.andThen(lock("a"), Effect.sleep("1 second"))),
        { startImmediately: true }
      )
      const waiting = yield* Effect.forkChild(Effect.scoped(lock("a")), { startImmediately: true })
      yield* Fiber.interrupt(waiting)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(holder)
      yield* Effect.scoped(lock("a"))
    }))
})
