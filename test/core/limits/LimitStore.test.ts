import { LimitStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { contract, place, startClock, waits, window } from "../../support/limitStoreContract.ts"

describe("LimitStore in memory", () => {
  contract(
    (use) => Effect.suspend(() => use(LimitStore.makeMemory())),
    (millis) => TestClock.adjust(millis),
    it.effect
  )

  it.effect("F52: a wall clock that jumps a day changes nothing", () =>
    Effect.gen(function*() {
      const store = LimitStore.makeMemory()
      yield* waits(store, place("a"), 2)
      yield* TestClock.setTime(86_400_000)
      yield* TestClock.setTime(0)
      const { wait } = yield* store.reserve([place("a")], 0)
      assert.isTrue(wait <= window, `${wait} is no longer than a window`)
    }))

  it.effect("keeps no more buckets than its capacity, in use or not", () =>
    Effect.gen(function*() {
      const store = LimitStore.makeMemory({ capacity: 2000 })
      for (let user = 0; user < 20_000; user++) yield* store.reserve([place(`user ${user}`, 1, 60_000)], 0)
      assert.isTrue(store.size() <= 2200, `${store.size()} are kept`)
      const near = yield* startClock
      yield* near((yield* store.reserve([place("user 19999", 1, 60_000)], 0)).wait, 60_000, "the latest is among them")
    }))

  it.effect("forgets every bucket whose window has ended", () =>
    Effect.gen(function*() {
      const store = LimitStore.makeMemory()
      for (let user = 0; user < 5000; user++) yield* store.reserve([place(`user ${user}`, 2, 1000)], 0)
      yield* TestClock.adjust("11 seconds")
      yield* store.reserve([place("another")], 0)
      assert.strictEqual(store.size(), 1)
    }))
})
