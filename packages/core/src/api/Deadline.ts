/**
 * Until when all that a piece of work asks of Discord must be over: the waiting for limits, the requests, and the pauses
 * between them.
 *
 * **Details**
 *
 * Each call has a `timeout` of its own (`DiscordConfig`). A deadline is for several calls and what is between them. A call
 * that would have to wait longer for its rate limit fails with `RateLimited` at once, one that is not answered in time with
 * `DiscordTransportError`, and no call is repeated when its turn would come too late. A refresh that is on its way goes on: its
 * answer exists once.
 *
 * **Example** (Two seconds for a page)
 *
 * ```ts
 * import { Deadline, type DiscordSession } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const page = (session: DiscordSession.DiscordSession) =>
 *   Effect.all([session.getCurrentUser(), session.getCurrentUserGuilds()], { concurrency: 2 }).pipe(
 *     Deadline.within("2 seconds"),
 *     Effect.catchTag("RateLimited", () => Effect.succeedNone)
 *   )
 * ```
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"

/**
 * The deadline in nanoseconds of the monotonic clock.
 *
 * @category references
 * @since 0.1.0
 */
export const CurrentDeadline = Context.Reference<bigint | undefined>(
  "@discord-oauth2/core/api/Deadline/CurrentDeadline",
  {
    defaultValue: () => undefined
  }
)

/**
 * Sets the deadline of an effect; one that is set already and comes earlier stays.
 *
 * @category combinators
 * @since 0.1.0
 */
export const within: {
  (duration: Duration.Input): <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(effect: Effect.Effect<A, E, R>, duration: Duration.Input): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(effect: Effect.Effect<A, E, R>, duration: Duration.Input): Effect.Effect<A, E, R> => {
  const millis = Duration.toMillis(Duration.fromInputUnsafe(duration))
  if (millis === Number.POSITIVE_INFINITY) return effect
  return Effect.flatMap(Clock.monotonicTimeNanos, (now) =>
    Effect.updateService(effect, CurrentDeadline, (current) => {
      const deadline = now + BigInt(Math.round(millis * 1_000_000))
      return current === undefined || deadline < current ? deadline : current
    }))
})

/**
 * Takes the deadline off, for what must outlast its caller.
 *
 * @category combinators
 * @since 0.1.0
 */
export const without = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.provideService(effect, CurrentDeadline, undefined)

/**
 * How much time is left: at least none, and without a deadline `Duration.infinity`.
 *
 * @category getters
 * @since 0.1.0
 */
export const remaining: Effect.Effect<Duration.Duration> = Effect.flatMap(
  CurrentDeadline,
  (deadline) =>
    deadline === undefined
      ? Effect.succeed(Duration.infinity)
      : Effect.map(Clock.monotonicTimeNanos, (now) => deadline > now ? Duration.nanos(deadline - now) : Duration.zero)
)
