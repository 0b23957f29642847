import { assert, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { monotonicMillis } from "../../../packages/core/src/internal/monotonicMillis.ts"

it.effect("monotonicMillis advances by the milliseconds that pass", () =>
  Effect.gen(function*() {
    const start = yield* monotonicMillis
    yield* TestClock.adjust("1500 millis")
    assert.strictEqual((yield* monotonicMillis) - start, 1500)
  }))

it.effect("monotonicMillis does not follow the wall clock", () =>
  Effect.gen(function*() {
    const start = yield* monotonicMillis
    const setBack = Effect.updateService(Clock.Clock, (clock) => ({
      ...clock,
      currentTimeMillis: Effect.succeed(0),
      currentTimeMillisUnsafe: () => 0
    }))
    yield* TestClock.adjust("1 second")
    assert.strictEqual((yield* setBack(monotonicMillis)) - start, 1000)
  }))
