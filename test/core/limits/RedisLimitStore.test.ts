import { RedisLimitStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Redis from "effect/persistence/Redis"
import { TestClock } from "effect/testing"
import { place, startClock, waits, window } from "../../support/limitStoreContract.ts"
import { stub } from "../../support/redis.ts"

describe("RedisLimitStore without Redis", () => {
  const logs: Array<string> = []
  const logger = Logger.layer([Logger.make(({ message }) => void logs.push(String(message)))])

  for (
    const [name, send] of Object.entries({
      "fails": () => Effect.fail(new Redis.RedisError({ cause: new Error("planted") })),
      "does not reply": () => Effect.never,
      "replies nonsense": () => Effect.succeed({ planted: true } as never)
    })
  ) {
    it.effect(`a server counts in memory, does not use a Redis that ${name} for five seconds, and logs one warning`, () =>
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
        const near = yield* startClock
        const first = yield* Effect.forkChild(waits(store, place("a"), 3))
        yield* TestClock.adjust("500 millis")
        const [a, b, c] = yield* Fiber.join(first)
        assert.deepStrictEqual([a, b], [0, 0])
        yield* near(c ?? 0, window, "the third")
        assert.isTrue((yield* store.count("c", 1000)).count === 1)
        assert.isAtMost(asked, 2)
        assert.strictEqual(logs.length, 1)
        assert.match(logs[0] ?? "", /Redis (failed|is too slow|replied something unexpected)/)
        assert.notInclude(logs.join(), "planted")
        yield* TestClock.adjust("5 seconds")
        const again = yield* Effect.forkChild(store.pausedFor(["a"]))
        yield* TestClock.adjust("500 millis")
        yield* Fiber.join(again)
        assert.isAtLeast(asked, 2)
      }).pipe(Effect.provide(logger)))
  }
})
