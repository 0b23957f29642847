import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as Lease from "../../../../packages/core/src/tokens/internal/lease.ts"

/** A lease that is free at the given attempt. Records its operations. */
const makeLease = (freeAt: number) => {
  const calls: Array<string> = []
  const call = <A>(name: string, result: () => A) =>
    Effect.sync(() => {
      calls.push(name)
      return result()
    })
  const count = (name: string) => calls.filter((call) => call === name).length
  return {
    count,
    operations: {
      acquire: call("acquire", () => count("acquire") >= freeAt),
      renew: Effect.andThen(call("renew", () => undefined), Effect.fail("renewal")),
      release: Effect.andThen(call("release", () => undefined), Effect.fail("release"))
    }
  }
}

describe("hold", () => {
  it.effect("renews the lease three times in its duration, and releases it with the scope, even if both fail", () =>
    Effect.gen(function*() {
      const { count, operations } = makeLease(1)
      const scope = yield* Scope.make()
      yield* Scope.provide(Lease.hold(operations, Duration.seconds(9)), scope)
      assert.deepStrictEqual([count("acquire"), count("renew")], [1, 0])
      yield* TestClock.adjust("9 seconds")
      assert.deepStrictEqual([count("acquire"), count("renew"), count("release")], [1, 3, 0])
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("9 seconds")
      assert.deepStrictEqual([count("renew"), count("release")], [3, 1])
    }))

  it.effect("retries after 5 to 100 milliseconds while another holder has the lease", () =>
    Effect.gen(function*() {
      const { count, operations } = makeLease(8)
      const waiting = yield* Effect.forkChild(Effect.scoped(Lease.hold(operations, Duration.seconds(9))))
      // The delays are at least half of 5 + 10 + 20 + 40 + 80 + 100 + 100 milliseconds, and at most the whole.
      yield* TestClock.adjust("177 millis")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("178 millis")
      yield* Fiber.join(waiting)
      assert.strictEqual(count("acquire"), 8)
    }))

  it.effect("releases the lease after an interruption, because it may have been acquired", () =>
    Effect.gen(function*() {
      const { count, operations } = makeLease(Number.POSITIVE_INFINITY)
      const waiting = yield* Effect.forkChild(Effect.scoped(Lease.hold(operations, Duration.seconds(9))))
      yield* TestClock.adjust("20 millis")
      yield* Fiber.interrupt(waiting)
      assert.strictEqual(count("release"), 1)
    }))
})
