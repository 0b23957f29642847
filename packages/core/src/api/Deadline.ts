/**
 * A deadline for a group of calls. It covers the waits for rate limits, the requests, and the pauses between retries.
 *
 * **Details**
 *
 * Each call has a `timeout` of its own (`DiscordConfig`). A deadline covers several calls and everything between them:
 *
 * - a call whose wait for the rate limit would pass the deadline fails with `RateLimited` at once;
 * - a request without a response at the deadline fails with `DiscordTransportError`;
 * - a call is not retried after the deadline.
 *
 * A refresh that was sent continues after the deadline, because its response cannot be asked for again.
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
import { DiscordTransportError } from "../errors/DiscordError.ts"

/**
 * The current deadline in nanoseconds of the monotonic clock, and `undefined` where none is set.
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
 * Sets the deadline of an effect. An earlier deadline that is set already stays.
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
 * Removes the deadline, for an effect that must continue when its caller gives up.
 *
 * @category combinators
 * @since 0.1.0
 */
export const without = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.provideService(effect, CurrentDeadline, undefined)

/**
 * The time that is left until the deadline: zero when it has passed, and `Duration.infinity` where none is set.
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

/**
 * The error of a call that was not sent because the deadline had passed.
 *
 * @category errors
 * @since 0.1.0
 */
export const exceeded: DiscordTransportError = new DiscordTransportError({
  sent: false,
  description: "the deadline is over"
})

/**
 * Interrupts an effect at the deadline and fails with `exceeded`.
 *
 * **When to use**
 *
 * Around work of the application between calls. The calls keep the deadline without it.
 *
 * **Example** (A lookup of the application's own that keeps the deadline)
 *
 * ```ts
 * import { Deadline } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const slow = Effect.as(Effect.sleep("1 minute"), "found")
 *
 * const page = Deadline.within(Deadline.enforce(slow), "2 seconds")
 * ```
 *
 * @category combinators
 * @since 0.1.0
 */
export const enforce = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | DiscordTransportError, R> =>
  Effect.flatMap(
    remaining,
    (left): Effect.Effect<A, E | DiscordTransportError, R> =>
      Duration.isFinite(left)
        ? Effect.timeoutOrElse(effect, { duration: left, orElse: () => Effect.fail(exceeded) })
        : effect
  )
