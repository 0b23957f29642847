/**
 * How a session retries a call that failed: after a refresh, after a rate limit (429), after a server error (5xx), and
 * after a broken connection.
 *
 * **Details**
 *
 * Each part is a `Schedule` whose input is the error. It retries the errors that it is for and ends at every other error,
 * so each part also works alone with `Effect.retry`. `anyOf` combines parts. Sessions use the `RetryPolicy` of the
 * context, which an application can replace. The default is `standard`.
 *
 * **Example** (Never wait for rate limits)
 *
 * ```ts
 * import { RetryPolicy } from "@discord-oauth2/core"
 * import { Layer } from "effect"
 *
 * const layer = Layer.succeed(
 *   RetryPolicy.RetryPolicy,
 *   ({ idempotent, refresh }) =>
 *     RetryPolicy.anyOf(
 *       RetryPolicy.refreshing(refresh),
 *       RetryPolicy.transient({ times: idempotent ? 2 : 0 })
 *     )
 * )
 * ```
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Deadline from "../api/Deadline.ts"
import { AccessTokenExpired, DiscordServerError, DiscordTransportError, RateLimited } from "../errors/DiscordError.ts"

/**
 * What a policy knows about a call.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call<E> {
  /** Refreshes the session's token. Calls that refresh at the same time share one refresh. */
  readonly refresh: Effect.Effect<void, E>

  /** Whether the call can be sent twice without harm: reads, `PUT` and `DELETE` (RFC 9110 section 9.2.2). */
  readonly idempotent: boolean
}

/** A schedule that retries one kind of error, a number of times, and ends at every other error. */
const retryOn = <A, E>(
  is: (u: unknown) => u is A,
  times: number,
  delay: (error: A, attempt: number) => Effect.Effect<Duration.Duration, E>
): Schedule.Schedule<number, unknown, E> =>
  Schedule.fromStep(Effect.sync(() => {
    let attempt = 0
    return (_now: number, error: unknown): Pull.Pull<[number, Duration.Duration], E, number> =>
      is(error) && attempt < times
        ? Effect.map(delay(error, attempt++), (wait) => [attempt, wait])
        : Cause.done(attempt)
  }))

/** A delay that doubles each time, with a jitter of ±50 %. */
const backoff = (input: Duration.Input = "200 millis") => {
  const base = Duration.toMillis(Duration.fromInputUnsafe(input))
  return (_: unknown, attempt: number) =>
    Effect.map(Random.next, (random) => Duration.millis(base * 2 ** attempt * (0.5 + random)))
}

/**
 * Refreshes the token on `AccessTokenExpired` and retries at once. Ends at a second `AccessTokenExpired`, and where the
 * token cannot be refreshed.
 *
 * @category schedules
 * @since 0.1.0
 */
export const refreshing = <E>(refresh: Effect.Effect<void, E>): Schedule.Schedule<number, unknown, E> =>
  retryOn(
    (u): u is AccessTokenExpired => u instanceof AccessTokenExpired && u.refreshable,
    1,
    () => Effect.as(refresh, Duration.zero)
  )

/**
 * Waits on `RateLimited` as long as Discord says, up to `times` times (default 3). Ends where the wait would be longer
 * than `atMost` (default 5 seconds).
 *
 * @category schedules
 * @since 0.1.0
 */
export const rateLimited = (options?: {
  readonly atMost?: Duration.Input | undefined
  readonly times?: number | undefined
}): Schedule.Schedule<number, unknown> => {
  const atMost = Duration.fromInputUnsafe(options?.atMost ?? "5 seconds")
  return retryOn(
    (u): u is RateLimited => u instanceof RateLimited && Duration.isLessThanOrEqualTo(u.retryAfter, atMost),
    options?.times ?? 3,
    (error) => Effect.succeed(error.retryAfter)
  )
}

/**
 * Retries after `DiscordServerError` and `DiscordTransportError`, up to `times` times (default 3). The first wait is
 * `base` (default 200 milliseconds), each further wait is twice as long, and each has a jitter of ±50 %.
 *
 * **Gotchas**
 *
 * Discord may have received the failed call. Use it only for calls that are `idempotent`: never for a code exchange or a
 * refresh.
 *
 * @category schedules
 * @since 0.1.0
 */
export const transient = (options?: {
  readonly base?: Duration.Input | undefined
  readonly times?: number | undefined
}): Schedule.Schedule<number, unknown> => {
  return retryOn(
    (u): u is DiscordServerError | DiscordTransportError =>
      u instanceof DiscordServerError || u instanceof DiscordTransportError,
    options?.times ?? 3,
    backoff(options?.base)
  )
}

/**
 * Retries after `DiscordTransportError` where the request was not sent, because no connection could be made, up to `times`
 * times (default 2). It waits like `transient`. Safe for every call.
 *
 * @category schedules
 * @since 0.1.0
 */
export const unsent = (options?: {
  readonly base?: Duration.Input | undefined
  readonly times?: number | undefined
}): Schedule.Schedule<number, unknown> => {
  return retryOn(
    (u): u is DiscordTransportError => u instanceof DiscordTransportError && !u.sent,
    options?.times ?? 2,
    backoff(options?.base)
  )
}

/**
 * Combines schedules: the first that retries the error decides. Each keeps its own count.
 *
 * @category combinators
 * @since 0.1.0
 */
export const anyOf = <E>(
  ...schedules: ReadonlyArray<Schedule.Schedule<number, unknown, E>>
): Schedule.Schedule<number, unknown, E> =>
  Schedule.fromStep(Effect.map(Effect.forEach(schedules, (schedule) => Schedule.toStep(schedule)), (steps) => {
    const from = (index: number, now: number, error: unknown): Pull.Pull<[number, Duration.Duration], E, number> => {
      const step = steps[index]
      return step === undefined ? Cause.done(0) : Pull.catchDone(step(now, error), () => from(index + 1, now, error))
    }
    return (now: number, error: unknown) => from(0, now, error)
  }))

/**
 * Ends a schedule where its next retry would come after the caller's `Deadline`, so that the call fails at once. Sessions
 * apply it to every policy.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withinDeadline = <E>(
  schedule: Schedule.Schedule<number, unknown, E>
): Schedule.Schedule<number, unknown, E> =>
  Schedule.fromStep(Effect.map(
    Schedule.toStep(schedule),
    (step) => (now: number, error: unknown): Pull.Pull<[number, Duration.Duration], E, number> =>
      Effect.flatMap(step(now, error), ([attempt, wait]) =>
        Effect.flatMap(
          Deadline.remaining,
          (left) => Duration.isLessThan(wait, left) ? Effect.succeed([attempt, wait] as const) : Cause.done(attempt)
        ))
  ))

/**
 * The default policy: refreshes once, waits for rate limits of up to 5 seconds, and retries server errors and broken
 * connections: three times where the call is `idempotent`, and otherwise twice where it was not sent.
 *
 * @category schedules
 * @since 0.1.0
 */
export const standard = <E>({ idempotent, refresh }: Call<E>): Schedule.Schedule<number, unknown, E> =>
  anyOf<E>(refreshing(refresh), rateLimited(), idempotent ? transient() : unsent())

/**
 * The policy of all sessions.
 *
 * @category services
 * @since 0.1.0
 */
export const RetryPolicy = Context.Reference<
  <E>(call: Call<E>) => Schedule.Schedule<number, unknown, E>
>("@discord-oauth2/core/session/RetryPolicy", { defaultValue: () => standard })
