/** Reads the monotonic clock in milliseconds: for durations and deadlines, which must not follow a clock that is set. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** The milliseconds since an arbitrary start. They never go back, whatever happens to the wall clock. */
export const monotonicMillis: Effect.Effect<number> = Effect.map(
  Clock.monotonicTimeNanos,
  (nanos) => Number(nanos) / 1_000_000
)
