import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Redis from "effect/persistence/Redis"
import { TestClock } from "effect/testing"
import * as RedisFallback from "../../../../packages/core/src/limits/internal/redisFallback.ts"

const isText = (reply: unknown): reply is string => typeof reply === "string"
const failure = Effect.fail(new Redis.RedisError({ cause: new Error("planted") }))
const make = Effect.sync(() => RedisFallback.make(Duration.millis(500)))

describe("RedisFallback", () => {
  it.effect("returns the reply of Redis, if it is as expected", () =>
    Effect.gen(function*() {
      const fallback = yield* make
      assert.strictEqual(yield* fallback(Effect.succeed("redis"), isText, Effect.succeed("memory")), "redis")
      assert.strictEqual(yield* fallback(Effect.succeed(1), isText, Effect.succeed("memory")), "memory")
    }))

  it.effect("uses the memory for five seconds after a failure, and then Redis again", () =>
    Effect.gen(function*() {
      const fallback = yield* make
      const get = fallback(Effect.succeed("redis"), isText, Effect.succeed("memory"))
      assert.strictEqual(yield* fallback(failure, isText, Effect.succeed("memory")), "memory")
      yield* TestClock.adjust("4999 millis")
      assert.strictEqual(yield* get, "memory")
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* get, "redis")
    }))

  it.effect("logs one warning a minute, without the cause", () => {
    const logs: Array<string> = []
    return Effect.gen(function*() {
      const fallback = yield* make
      for (let second = 0; second < 120; second++) {
        yield* fallback(failure, isText, Effect.succeed("memory"))
        yield* TestClock.adjust("1 second")
      }
      assert.deepStrictEqual(logs, [logs[0], logs[0]])
      assert.match(logs[0] ?? "", /^Redis failed: this server counts/)
      assert.notInclude(logs.join(), "planted")
    }).pipe(Effect.provide(Logger.layer([Logger.make(({ message }) => void logs.push(String(message)))])))
  })
})
