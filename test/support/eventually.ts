/** Waits for an event in real time, however slow the machine is. */
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

/** Waits for a condition, and returns whether it holds. Only a condition that never holds takes five minutes. */
export const eventually = (holds: () => boolean): Effect.Effect<boolean> =>
  TestClock.withLive(Effect.suspend(() => {
    const end = performance.now() + 300_000
    const check: Effect.Effect<boolean> = Effect.suspend(() =>
      holds() || performance.now() > end ? Effect.sync(holds) : Effect.delay(check, "10 millis")
    )
    return check
  }))
