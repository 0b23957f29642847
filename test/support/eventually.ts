/** Waits for an event in real time, under a `TestClock` too, however slow the machine is. */
import * as Effect from "effect/Effect"

/** Waits for a condition, and returns whether it holds. Only a condition that never holds takes five minutes. */
export const eventually = (holds: () => boolean): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const end = performance.now() + 300_000
    let timer: NodeJS.Timeout | undefined
    const check = () => {
      if (holds() || performance.now() > end) resume(Effect.sync(holds))
      else timer = setTimeout(check, 10)
    }
    check()
    return Effect.sync(() => clearTimeout(timer))
  })
