import { RedisLimitStore } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redis from "effect/persistence/Redis"
import { contract, place, startClock, type Store, unlimited, waits, window } from "../../support/limitStoreContract.ts"
import { connection, keysOf, makePrefix } from "../../support/redis.ts"
import { describeServer } from "../../support/servers.ts"

/** With a timeout that no machine is too slow for: after it a server counts in memory. */
const make = (prefix: string) => RedisLimitStore.make({ prefix, timeout: "10 minutes" })

const inRedis = <A, E>(use: (store: Store, prefix: string) => Effect.Effect<A, E, Redis.Redis>) =>
  Effect.scoped(Effect.gen(function*() {
    const prefix = yield* makePrefix
    return yield* use(yield* make(prefix), prefix)
  })).pipe(Effect.provide(connection, { local: true }))

await describeServer("Redis", "RedisLimitStore", () => {
  contract((use) => inRedis(use), (millis) => Effect.sleep(millis), it.live)

  it.live("servers that share it share their counts", () =>
    inRedis((store, prefix) =>
      Effect.gen(function*() {
        const near = yield* startClock
        const other = yield* make(prefix)
        assert.deepStrictEqual(yield* waits(store, place("a"), 1), [0])
        assert.deepStrictEqual(yield* waits(other, place("a"), 1), [0])
        yield* near((yield* store.reserve([place("a")], 0)).wait, window, "the third")
        yield* other.pause(unlimited("b"), 700_000)
        yield* near(yield* store.pausedFor(["b"]), 700_000, "the pause")
        yield* store.count("c", window)
        assert.strictEqual((yield* other.count("c", window)).count, 2)
      })
    ))

  it.live("every key expires by itself", () =>
    inRedis((store, prefix) =>
      Effect.gen(function*() {
        yield* waits(store, place("a"), 5)
        yield* store.observe(place("b"), { limit: 2, remaining: 1, resetAfter: 800_000 })
        yield* store.pause(unlimited("c"), 500_000)
        yield* store.count("d", 500_000)
        const keys = yield* keysOf(prefix)
        assert.strictEqual(keys.length, 4)
        const redis = yield* Redis.Redis
        for (const key of keys) {
          const left = yield* redis.send<number>("PTTL", key)
          assert.isTrue(left > 0 && left <= 3 * window, `${key}: ${left}`)
        }
      })
    ))

  it.live("of 50 that ask at the same time, each window takes as many as it has places", () =>
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

  it.live("a key of another type rejects no caller", () =>
    inRedis((store, prefix) =>
      Effect.gen(function*() {
        const redis = yield* Redis.Redis
        yield* redis.send("SET", `${prefix}:limit:a`, "planted")
        assert.deepStrictEqual(yield* waits(store, place("a"), 2), [0, 0])
      })
    ))
})
