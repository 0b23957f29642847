/**
 * What a session does about a call that failed, as schedules: refresh and call again, wait for a rate limit, try a read
 * again after a passing fault.
 *
 * **Details**
 *
 * Each piece is a `Schedule` whose input is the error. It steps for the errors that are its own and is done for every
 * other, so each also works alone with `Effect.retry`. `anyOf` joins them; `RetryPolicy` is what sessions use, and an
 * application replaces the whole or a part.
 *
 * **Example** (No waiting for rate limits)
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
 * What a policy is told about the call.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call<E> {
  /** Refreshes the session's token, however many calls ask for it at once. */
  readonly refresh: Effect.Effect<void, E>

  /** Whether the call may be sent again after it may have arrived: the reads, and writes that replace. */
  readonly idempotent: boolean
}

/** A schedule that steps for one kind of error, a number of times, and is done for every other. */
const stepFor = <A, E>(
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

/** Doubles each time, with a jitter of a half. */
const backoff = (input: Duration.Input = "200 millis") => {
  const base = Duration.toMillis(Duration.fromInputUnsafe(input))
  return (_: unknown, attempt: number) =>
    Effect.map(Random.next, (random) => Duration.millis(base * 2 ** attempt * (0.5 + random)))
}

/**
 * Refreshes on `AccessTokenExpired` and steps at once; done when the error comes again, or cannot be cured.
 *
 * @category schedules
 * @since 0.1.0
 */
export const refreshing = <E>(refresh: Effect.Effect<void, E>): Schedule.Schedule<number, unknown, E> =>
  stepFor(
    (u): u is AccessTokenExpired => u instanceof AccessTokenExpired && u.refreshable,
    1,
    () => Effect.as(refresh, Duration.zero)
  )

/**
 * Waits as long as Discord says on `RateLimited`, where that is at most `atMost` (default 5 seconds), `times` times
 * (default 3).
 *
 * @category schedules
 * @since 0.1.0
 */
export const rateLimited = (options?: {
  readonly atMost?: Duration.Input | undefined
  readonly times?: number | undefined
}): Schedule.Schedule<number, unknown> => {
  const atMost = Duration.fromInputUnsafe(options?.atMost ?? "5 seconds")
  return stepFor(
    (u): u is RateLimited => u instanceof RateLimited && Duration.isLessThanOrEqualTo(u.retryAfter, atMost),
    options?.times ?? 3,
    (error) => Effect.succeed(error.retryAfter)
  )
}

/**
 * Backs off on `DiscordServerError` and `DiscordTransportError`: `base` (default 200 milliseconds), doubled each of `times`
 * (default 3) times, with a jitter of a half.
 *
 * **Gotchas**
 *
 * Only for calls that may be repeated. A code exchange and a refresh may not.
 *
 * @category schedules
 * @since 0.1.0
 */
export const transient = (options?: {
  readonly base?: Duration.Input | undefined
  readonly times?: number | undefined
}): Schedule.Schedule<number, unknown> => {
  return stepFor(
    (u): u is DiscordServerError | DiscordTransportError =>
      u instanceof DiscordServerError || u instanceof DiscordTransportError,
    options?.times ?? 3,
    backoff(options?.base)
  )
}

/**
 * Repeats a call that provably was not sent: the connection was refused. Safe for every call.
 *
 * @category schedules
 * @since 0.1.0
 */
export const unsent = (options?: {
  readonly base?: Duration.Input | undefined
  readonly times?: number | undefined
}): Schedule.Schedule<number, unknown> => {
  return stepFor(
    (u): u is DiscordTransportError => u instanceof DiscordTransportError && !u.sent,
    options?.times ?? 2,
    backoff(options?.base)
  )
}

/**
 * The first of the schedules that has a step for the error. Each keeps its own count.
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
 * The same schedule, which is done where its next step would come after the caller's `Deadline`: the error is known then,
 * and waiting for nothing helps nobody. Sessions apply it to every policy.
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
 * The policy where an application sets none: refresh once, wait for short rate limits, and repeat what failed in
 * passing, a read three times, any other call only where it was not sent.
 *
 * @category schedules
 * @since 0.1.0
 */
export const standard = <E>({ idempotent, refresh }: Call<E>): Schedule.Schedule<number, unknown, E> =>
  anyOf<E>(refreshing(refresh), rateLimited(), idempotent ? transient() : unsent())

/**
 * The policy that sessions follow.
 *
 * @category services
 * @since 0.1.0
 */
export const RetryPolicy = Context.Reference<
  <E>(call: Call<E>) => Schedule.Schedule<number, unknown, E>
>("@discord-oauth2/core/session/RetryPolicy", { defaultValue: () => standard })
