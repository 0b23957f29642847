/** The promises of every `LimitStore`. They hold in real time too, however slow the machine is. */
import type { LimitStore } from "@discord-oauth2/core"
import { assert, type it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

export type Store = LimitStore.LimitStore["Service"]

/** A window that no test waits for, in milliseconds. */
export const window = 600_000

/** A window that a test waits for, in milliseconds. */
const short = 50

export const place = (key: string, limit = 2, length = window): LimitStore.Bucket => ({ key, limit, window: length })
export const unlimited = (key: string): LimitStore.Bucket => ({ key, limit: Number.POSITIVE_INFINITY, window: 1 })

/** Compares times with those expected at the start of a test: each is shorter by the time that has passed since. */
export const startClock = Effect.map(
  Clock.currentTimeMillis,
  (start) => (actual: number, expected: number, message: string) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const least = expected - (now - start) - 20
      assert.isTrue(
        least <= actual && actual <= expected + 20,
        `${message}: ${actual} is not from ${least} to ${expected}`
      )
    })
)

export const waits = (store: Store, one: LimitStore.Bucket, times: number, atMost = 100 * window) =>
  Effect.map(
    Effect.forEach(Array.from({ length: times }), () => store.reserve([one], atMost)),
    (reserved) => reserved.map(({ wait }) => wait)
  )

/** Each case uses a new store. `pass` waits at least the given time. */
export const contract = (
  withStore: (use: (store: Store) => Effect.Effect<void>) => Effect.Effect<void, unknown>,
  pass: (millis: number) => Effect.Effect<void>,
  run: typeof it.effect | typeof it.live
) => {
  const test = (name: string, use: (store: Store) => Effect.Effect<void>) => run(name, () => withStore(use))

  test("gives each window its places, and later callers later ones", (store) =>
    Effect.gen(function*() {
      const near = yield* startClock
      const [a, b, c, d, e] = yield* waits(store, place("a"), 5)
      assert.deepStrictEqual([a, b], [0, 0])
      yield* near(c ?? 0, window, "the third")
      yield* near(d ?? 0, window, "the fourth")
      yield* near(e ?? 0, 2 * window, "the fifth")
    }))

  test("reserves no place when the wait is longer than allowed, and returns the wait", (store) =>
    Effect.gen(function*() {
      const near = yield* startClock
      yield* waits(store, place("a"), 2)
      for (let n = 0; n < 5; n++) {
        const { key, wait } = yield* store.reserve([place("a")], 100)
        yield* near(wait, window, "the wait")
        assert.strictEqual(key, "a")
      }
      yield* near((yield* store.reserve([place("a")], window)).wait, window, "no rejected caller has a place")
    }))

  test("starts the next window with its first request after the last one", (store) =>
    Effect.gen(function*() {
      yield* waits(store, place("a", 2, short), 2)
      yield* pass(2 * short)
      const near = yield* startClock
      assert.deepStrictEqual(yield* waits(store, place("a"), 2), [0, 0])
      yield* near((yield* store.reserve([place("a")], window)).wait, window, "a whole window from now")
    }))

  test("reserves a place in all buckets or in none", (store) =>
    Effect.gen(function*() {
      yield* waits(store, place("full"), 2)
      const rejected = yield* store.reserve([place("free"), place("full")], 0)
      assert.strictEqual(rejected.key, "full")
      assert.deepStrictEqual(yield* waits(store, place("free"), 2), [0, 0])
    }))

  test("gives places back", (store) =>
    Effect.gen(function*() {
      yield* waits(store, place("a"), 2)
      yield* store.release([place("a")])
      assert.strictEqual((yield* store.reserve([place("a")], 0)).wait, 0)
      yield* store.release([place("never seen"), unlimited("nor this")])
      assert.deepStrictEqual(yield* waits(store, place("never seen"), 2), [0, 0])
    }))

  test("adopts what Discord reports when it leaves less", (store) =>
    Effect.gen(function*() {
      const near = yield* startClock
      yield* store.reserve([place("a", 5)], 0)
      yield* store.observe(place("a", 5), { limit: 5, remaining: 1, resetAfter: 400_000 })
      assert.deepStrictEqual(yield* waits(store, place("a", 5), 1), [0])
      yield* near((yield* store.reserve([place("a", 5)], window)).wait, 400_000, "the end that Discord reports")
      yield* store.observe(place("b", 5), { limit: 5, remaining: 0, resetAfter: 200_000 })
      yield* store.observe(place("b", 5), { limit: 5, remaining: 4, resetAfter: 200_000 })
      yield* near((yield* store.reserve([place("b", 5)], window)).wait, 200_000, "an older response gives nothing back")
    }))

  test("pauses a bucket with or without a limit, and a shorter pause does not end a longer one", (store) =>
    Effect.gen(function*() {
      const near = yield* startClock
      for (const one of [place("a"), unlimited("b")]) {
        yield* store.pause(one, 500_000)
        yield* store.pause(one, 100_000)
        yield* near((yield* store.reserve([one], 0)).wait, 500_000, one.key)
        yield* near(yield* store.pausedFor(["other", one.key]), 500_000, one.key)
      }
      assert.strictEqual(yield* store.pausedFor(["other"]), 0)
      yield* store.pause(unlimited("c"), short)
      yield* pass(2 * short)
      assert.strictEqual((yield* store.reserve([unlimited("c")], 0)).wait, 0)
      assert.strictEqual(yield* store.pausedFor(["c", "other"]), 0)
    }))

  test("never limits a bucket without a limit", (store) =>
    Effect.gen(function*() {
      assert.isTrue((yield* waits(store, unlimited("a"), 100)).every((wait) => wait === 0))
    }))

  test("counts in windows", (store) =>
    Effect.gen(function*() {
      const near = yield* startClock
      assert.deepStrictEqual(
        yield* Effect.forEach([1, 2, 3], () => Effect.map(store.count("a", window), ({ count }) => count)),
        [1, 2, 3]
      )
      yield* near((yield* store.count("a", window)).resetAfter, window, "the rest of the window")
      yield* store.count("b", short)
      yield* pass(2 * short)
      assert.strictEqual((yield* store.count("b", window)).count, 1)
    }))

  test("accepts numbers outside the usual range", (store) =>
    Effect.gen(function*() {
      yield* store.observe(place("a", 0, 0), { limit: 0, remaining: 0, resetAfter: 0 })
      assert.isTrue(Number.isFinite((yield* store.reserve([place("a", 0, 0)], Number.POSITIVE_INFINITY)).wait))
      assert.isTrue(Number.isFinite((yield* store.reserve([place("a", 1.5, 0.5)], 0)).wait))
    }))
}
