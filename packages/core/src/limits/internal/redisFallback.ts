/** Replaces an operation of Redis by one in memory, while Redis fails or is slow, and logs a warning from time to time. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { RedisError } from "effect/persistence/Redis"
import { monotonicMillis } from "../../internal/monotonicMillis.ts"

/** How long Redis is not used after a failure, in milliseconds. */
const pauseAfterFailure = 5000

/** The least time between two warnings, in milliseconds. */
const warnInterval = 60_000

/** Runs `inRedis` if Redis is usable and its reply is as expected, and `inMemory` otherwise. */
export type Fallback = <A>(
  inRedis: Effect.Effect<unknown, RedisError>,
  isExpected: (reply: unknown) => reply is A,
  inMemory: Effect.Effect<A>
) => Effect.Effect<A>

export const make = (timeout: Duration.Duration): Fallback => {
  const next = { attemptAt: 0, warnAt: 0 }

  const failed = (now: number, why: string) => {
    next.attemptAt = now + pauseAfterFailure
    if (next.warnAt > now) return Effect.void
    next.warnAt = now + warnInterval
    return Effect.logWarning(`Redis ${why}: this server counts Discord's rate limits in its own memory.`)
  }

  return (inRedis, isExpected, inMemory) =>
    Effect.flatMap(monotonicMillis, (now) => {
      if (next.attemptAt > now) return inMemory
      return inRedis.pipe(
        Effect.interruptible,
        Effect.timeoutOption(timeout),
        Effect.matchEffect({
          onFailure: () => Effect.andThen(failed(now, "failed"), inMemory),
          onSuccess: (reply) =>
            reply._tag === "Some" && isExpected(reply.value)
              ? Effect.succeed(reply.value)
              : Effect.andThen(
                failed(now, reply._tag === "None" ? "is too slow" : "replied something unexpected"),
                inMemory
              )
        })
      )
    })
}
