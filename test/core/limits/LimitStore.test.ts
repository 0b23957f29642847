/** One contract for the counts of a process and for those of Redis. */
import { LimitStore, RedisLimitStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Redis from "effect/persistence/Redis"
import { TestClock } from "effect/testing"
import { connection, keysOf, makePrefix, stub } from "../../support/redis.ts"
import { describeServer } from "../../support/servers.ts"

type Store = LimitStore.LimitStore["Service"]

/** Long enough that a machine under load does not confuse one with the next. */
const window = 1000

const place = (key: string, limit = 2, length = window): LimitStore.Place => ({ key, limit, window: length })
const unlimited = (key: string): LimitStore.Place => ({ key, limit: Number.POSITIVE_INFINITY, window: 1 })

const near = (actual: number, expected: number, message: string) =>
  assert.isTrue(Math.abs(actual - expected) <= 250, `${message}: ${actual} is not near ${expected}`)

const waits = (store: Store, one: LimitStore.Place, times: number, atMost = 10_000) =>
  Effect.map(
    Effect.forEach(Array.from({ length: times }), () => store.reserve([one], atMost)),
    (reserved) => reserved.map(({ wait }) => wait)
  )

/** Each case on a store of its own; `pass` lets time pass. */
const contract = (
  withStore: (use: (store: Store) => Effect.Effect<void>) => Effect.Effect<void, unknown>,
  pass: (millis: number) => Effect.Effect<void>,
  run: typeof it.effect | typeof it.live
) => {
  const test = (name: string, use: (store: Store) => Effect.Effect<void>) => run(name, () => withStore(use))

  test("gives each window its places, and later ones to those who come later", (store) =>
    Effect.gen(function*() {
      const [a, b, c, d, e] = yield* waits(store, place("a"), 5)
      assert.deepStrictEqual([a, b], [0, 0])
      near(c ?? 0, window, "the third")
      near(d ?? 0, window, "the fourth")
      near(e ?? 0, 2 * window, "the fifth")
    }))

  test("takes no place where the wait is longer than allowed, and says how long it would be", (store) =>
    Effect.gen(function*() {
      yield* waits(store, place("a"), 2)
      for (let n = 0; n < 5; n++) {
        const { key, wait } = yield* store.reserve([place("a")], 100)
        near(wait, window, "the wait")
        assert.strictEqual(key, "a")
      }
      near((yield* store.reserve([place("a")], window)).wait, window, "none of the refused has a place")
    }))

  test("lets a window pass, and starts the next with its first request", (store) =>
    Effect.gen(function*() {
      yield* waits(store, place("a"), 2)
      yield* pass(1500)
      assert.deepStrictEqual(yield* waits(store, place("a"), 2), [0, 0])
      near((yield* store.reserve([place("a")], window)).wait, window, "a whole window from now")
    }))

  test("takes a place in all buckets or in none", (store) =>
    Effect.gen(function*() {
      yield* waits(store, place("full"), 2)
      const refused = yield* store.reserve([place("free"), place("full")], 0)
      assert.strictEqual(refused.key, "full")
      assert.deepStrictEqual(yield* waits(store, place("free"), 2), [0, 0])
    }))

  test("gives places back", (store) =>
    Effect.gen(function*() {
      yield* waits(store, place("a"), 2)
      yield* store.giveBack([place("a")])
      assert.strictEqual((yield* store.reserve([place("a")], 0)).wait, 0)
      yield* store.giveBack([place("never seen"), unlimited("nor this")])
      assert.deepStrictEqual(yield* waits(store, place("never seen"), 2), [0, 0])
    }))

  test("takes over what Discord says, where that is less", (store) =>
    Effect.gen(function*() {
      yield* store.reserve([place("a", 5)], 0)
      yield* store.observe(place("a", 5), { limit: 5, remaining: 1, resetAfter: 800 })
      assert.deepStrictEqual(yield* waits(store, place("a", 5), 1), [0])
      near((yield* store.reserve([place("a", 5)], 1000)).wait, 800, "when Discord says that it ends")
      yield* store.observe(place("b", 5), { limit: 5, remaining: 0, resetAfter: 400 })
      yield* store.observe(place("b", 5), { limit: 5, remaining: 4, resetAfter: 400 })
      near((yield* store.reserve([place("b", 5)], 1000)).wait, 400, "an older answer gives nothing back")
    }))

  test("pauses a bucket, limited or not, and a shorter pause does not end a longer one", (store) =>
    Effect.gen(function*() {
      for (const one of [place("a"), unlimited("b")]) {
        yield* store.pause(one, 500)
        yield* store.pause(one, 100)
        near((yield* store.reserve([one], 0)).wait, 500, one.key)
        near(yield* store.pausedFor(["other", one.key]), 500, one.key)
      }
      assert.strictEqual(yield* store.pausedFor(["other"]), 0)
      yield* pass(600)
      assert.strictEqual((yield* store.reserve([unlimited("b")], 0)).wait, 0)
      assert.strictEqual(yield* store.pausedFor(["a", "b"]), 0)
    }))

  test("never limits what has no limit", (store) =>
    Effect.gen(function*() {
      assert.isTrue((yield* waits(store, unlimited("a"), 100)).every((wait) => wait === 0))
    }))

  test("counts in windows", (store) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* Effect.forEach([1, 2, 3], () => Effect.map(store.count("a", window), ({ count }) => count)),
        [1, 2, 3]
      )
      near((yield* store.count("a", window)).resetAfter, window, "what is left")
      yield* pass(1200)
      assert.strictEqual((yield* store.count("a", window)).count, 1)
    }))

  test("strange numbers do no harm", (store) =>
    Effect.gen(function*() {
      yield* store.observe(place("a", 0, 0), { limit: 0, remaining: 0, resetAfter: 0 })
      assert.isTrue(Number.isFinite((yield* store.reserve([place("a", 0, 0)], Number.POSITIVE_INFINITY)).wait))
      assert.isTrue(Number.isFinite((yield* store.reserve([place("a", 1.5, 0.5)], 0)).wait))
    }))
}

describe("in memory", () => {
  contract(
    (use) => Effect.suspend(() => use(LimitStore.makeMemory())),
    (millis) => TestClock.adjust(millis),
    it.effect
  )

  it.effect("F52: a clock that jumps a day changes nothing", () =>
    Effect.gen(function*() {
      const store = LimitStore.makeMemory()
      yield* waits(store, place("a"), 2)
      yield* TestClock.setTime(86_400_000)
      yield* TestClock.setTime(0)
      const { wait } = yield* store.reserve([place("a")], 0)
      assert.isTrue(wait <= window, `${wait} is no longer than a window`)
    }))

  it.effect("keeps no more than its capacity, whatever is in use", () =>
    Effect.gen(function*() {
      const store = LimitStore.makeMemory({ capacity: 2000 })
      for (let user = 0; user < 20_000; user++) yield* store.reserve([place(`user ${user}`, 1, 60_000)], 0)
      assert.isTrue(store.size() <= 2200, `${store.size()} are kept`)
      near((yield* store.reserve([place("user 19999", 1, 60_000)], 0)).wait, 60_000, "the latest is among them")
    }))

  it.effect("forgets every bucket whose window is over", () =>
    Effect.gen(function*() {
      const store = LimitStore.makeMemory()
      for (let user = 0; user < 5000; user++) yield* store.reserve([place(`user ${user}`)], 0)
      yield* TestClock.adjust("11 seconds")
      yield* store.reserve([place("another")], 0)
      assert.strictEqual(store.size(), 1)
    }))
})

const inRedis = <A, E>(
  use: (store: Store, prefix: string) => Effect.Effect<A, E, Redis.Redis>,
  options?: RedisLimitStore.Options
) =>
  Effect.scoped(Effect.gen(function*() {
    const prefix = yield* makePrefix
    return yield* use(yield* RedisLimitStore.make({ prefix, ...options }), prefix)
  })).pipe(Effect.provide(connection, { local: true }))

await describeServer("Redis", "in Redis", () => {
  contract((use) => inRedis(use), (millis) => Effect.sleep(millis), it.live)

  it.live("servers that share it share their counts", () =>
    inRedis((store, prefix) =>
      Effect.gen(function*() {
        const other = yield* RedisLimitStore.make({ prefix })
        assert.deepStrictEqual(yield* waits(store, place("a"), 1), [0])
        assert.deepStrictEqual(yield* waits(other, place("a"), 1), [0])
        near((yield* store.reserve([place("a")], 0)).wait, window, "the third")
        yield* other.pause(unlimited("b"), 700)
        near(yield* store.pausedFor(["b"]), 700, "the pause")
        yield* store.count("c", 1000)
        assert.strictEqual((yield* other.count("c", 1000)).count, 2)
      })
    ))

  it.live("every key ends by itself", () =>
    inRedis((store, prefix) =>
      Effect.gen(function*() {
        yield* waits(store, place("a"), 5)
        yield* store.observe(place("b"), { limit: 2, remaining: 1, resetAfter: 800 })
        yield* store.pause(unlimited("c"), 500)
        yield* store.count("d", 500)
        assert.strictEqual((yield* keysOf(prefix)).length, 4)
        yield* Effect.sleep(3 * window + 500)
        assert.deepStrictEqual(yield* keysOf(prefix), [])
      })
    ))

  it.live("of 50 that ask at once, as many get a place in the first window as it has", () =>
    inRedis((store) =>
      Effect.gen(function*() {
        const reserved = yield* Effect.forEach(
          Array.from({ length: 50 }),
          () => store.reserve([place("a", 10)], 10 * window),
          { concurrency: "unbounded" }
        )
        for (const turn of [0, 1, 2, 3, 4]) {
          assert.strictEqual(reserved.filter(({ wait }) => Math.round(wait / window) === turn).length, 10)
        }
      })
    ))

  it.live("what lies under a key and is something else keeps nobody out", () =>
    inRedis((store, prefix) =>
      Effect.gen(function*() {
        const redis = yield* Redis.Redis
        yield* redis.send("SET", `${prefix}:limit:a`, "planted")
        assert.deepStrictEqual(yield* waits(store, place("a"), 2), [0, 0])
      })
    ))
})

describe("where Redis is not there", () => {
  const logs: Array<string> = []
  const logger = Logger.layer([Logger.make(({ message }) => void logs.push(String(message)))])

  for (
    const [name, send] of Object.entries({
      "fails": () => Effect.fail(new Redis.RedisError({ cause: new Error("planted") })),
      "is silent": () => Effect.never,
      "answers nonsense": () => Effect.succeed({ planted: true } as never)
    })
  ) {
    it.effect(`the memory counts, one that ${name} is left alone for a while, and one warning says so`, () =>
      Effect.gen(function*() {
        logs.length = 0
        let asked = 0
        const store = yield* Effect.provide(
          RedisLimitStore.make(),
          stub(() => {
            asked += 1
            return send()
          }),
          { local: true }
        )
        const first = yield* Effect.forkChild(waits(store, place("a"), 3))
        yield* TestClock.adjust("500 millis")
        const [a, b, c] = yield* Fiber.join(first)
        assert.deepStrictEqual([a, b], [0, 0])
        near(c ?? 0, window, "the third")
        assert.isTrue((yield* store.count("c", 1000)).count === 1)
        assert.isAtMost(asked, 2)
        assert.strictEqual(logs.length, 1)
        assert.match(logs[0] ?? "", /Redis (failed|is too slow|answered something unexpected)/)
        assert.notInclude(logs.join(), "planted")
        yield* TestClock.adjust("5 seconds")
        const again = yield* Effect.forkChild(store.pausedFor(["a"]))
        yield* TestClock.adjust("500 millis")
        yield* Fiber.join(again)
        assert.isAtLeast(asked, 2)
      }).pipe(Effect.provide(logger)))
  }
})
