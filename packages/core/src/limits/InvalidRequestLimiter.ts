/**
 * Staying on Discord's good side: the limit of invalid requests, and Cloudflare's blocks.
 *
 * **Details**
 *
 * Discord blocks an address that gets 10,000 answers with 401, 403 or 429 within ten minutes; 429 with the scope `shared`
 * does not count. This guard counts them, warns in the log as the number grows, and lets nothing through once `limit` is
 * reached, until the ten minutes are over: calls then fail with `InvalidRequestLimit`.
 *
 * An address that Cloudflare blocks gets its text (`error code: 1015`), an HTML page, or the JSON code 40333. From the
 * first of these on calls fail with `CloudflareBlocked`, without being sent, for as long as `Retry-After` says, or else for
 * `cloudflarePause`; a single request then finds out whether the block is over, and every block that follows doubles the
 * pause.
 *
 * Servers that share an address share their count in a store that they share (`RedisLimitStore`).
 *
 * **Example** (Another program uses the address too)
 *
 * ```ts
 * import { Discord, Limits } from "@discord-oauth2/core"
 *
 * const layer = Discord.layer({ guard: Limits.layerMemory({ invalidRequests: { limit: 4000 } }) })
 * ```
 *
 * @see https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Answer, Guard, Refused } from "../api/RequestMiddleware.ts"
import * as DiscordError from "../errors/DiscordError.ts"
import { monotonicMillis } from "../internal/monotonicMillis.ts"
import { LimitStore, type Place } from "./LimitStore.ts"

/**
 * When nothing is sent any more.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * How many invalid requests are made within ten minutes.
   *
   * @default 9000, which leaves a tenth of Discord's limit to whatever else uses the address
   */
  readonly limit?: number | undefined

  /**
   * How long nothing is sent after Cloudflare's first block, where it does not say itself. Doubled for every block that
   * follows, up to an hour.
   *
   * @default 1 minute
   */
  readonly cloudflarePause?: Duration.Input | undefined
}

/**
 * The counter of invalid requests, with the attribute `http.response.status_code`.
 *
 * @category metrics
 * @since 0.1.0
 */
export const metric: Metric.Counter<number> = Metric.counter("discord_oauth2.invalid_request.count", {
  description: "Answers with 401, 403 or 429, which count towards Discord's limit of invalid requests",
  incremental: true
})

/**
 * How many of them are counted in the current ten minutes, of this server and those that share its store.
 *
 * @category metrics
 * @since 0.1.0
 */
export const windowMetric: Metric.Gauge<number> = Metric.gauge("discord_oauth2.invalid_request.window", {
  description: "Invalid requests within the current ten minutes, which Discord allows 10,000 of"
})

const window = Duration.toMillis("10 minutes")

const invalidPlace: Place = { key: "invalid requests", limit: Number.POSITIVE_INFINITY, window: 1 }
const cloudflarePlace: Place = { key: "cloudflare", limit: Number.POSITIVE_INFINITY, window: 1 }

/** Whether the answer counts (the status 429 of a shared resource does not). */
const isInvalid = ({ error, status }: Answer) =>
  status === 401 || status === 403 ||
  (status === 429 && !(error instanceof DiscordError.RateLimited && error.scope === "shared"))

/** How long the block of one server is unknown to the others. */
const lookEvery = 1000

const longestPause = Duration.toMillis("1 hour")

/**
 * Makes the guard over a store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options?: Options
): Effect.fn.Return<Guard, never, LimitStore> {
  const store = yield* LimitStore
  const limit = options?.limit ?? 9000
  const firstPause = Duration.toMillis(Duration.fromInputUnsafe(options?.cloudflarePause ?? "1 minute"))
  const warnings = new Set([0.5, 0.75, 0.9].map((part) => Math.ceil(limit * part)))

  let invalidUntil = 0
  let cloudflareUntil = 0
  /** Blocks in a row; while there are any, one request at a time finds out whether they are over. */
  let blocks = 0
  let blockedStatus = 429
  let isTrying = false
  let lookedAt = Number.NEGATIVE_INFINITY

  /** What another server has met. */
  const look = Effect.fnUntraced(function*(at: number) {
    lookedAt = at
    invalidUntil = Math.max(invalidUntil, at + (yield* store.pausedFor([invalidPlace.key])))
    const cloudflare = yield* store.pausedFor([cloudflarePlace.key])
    if (cloudflare === 0) return
    cloudflareUntil = Math.max(cloudflareUntil, at + cloudflare)
    blocks = Math.max(blocks, 1)
  })

  const countInvalid = Effect.fnUntraced(function*({ status }: Answer) {
    yield* Metric.update(Metric.withAttributes(metric, { "http.response.status_code": String(status) }), 1)
    const { count, resetAfter } = yield* store.count(invalidPlace.key, window)
    yield* Metric.update(windowMetric, count)
    if (count >= limit) {
      invalidUntil = (yield* monotonicMillis) + resetAfter
      yield* store.pause(invalidPlace, resetAfter)
      if (count === limit) {
        yield* Effect.logError(
          `${count} requests to Discord were refused within ten minutes: nothing is sent for ${
            Duration.format(Duration.seconds(Math.ceil(resetAfter / 1000)))
          }, or Discord would block this address.`
        )
      }
    } else if (warnings.has(count)) {
      yield* Effect.logWarning(
        `${count} requests to Discord were refused with 401, 403 or 429 within ten minutes. At ${limit} nothing is sent any more.`
      )
    }
  })

  const block = Effect.fnUntraced(function*({ retryAfter, status }: DiscordError.CloudflareBlocked) {
    const at = yield* monotonicMillis
    // Requests that were on their way together are one block.
    if (cloudflareUntil > at && !isTrying) return
    const told = retryAfter === undefined ? 0 : Duration.toMillis(retryAfter)
    const pause = Math.min(longestPause, told > 0 ? told : firstPause * 2 ** blocks)
    blocks = Math.min(blocks + 1, 16)
    blockedStatus = status
    cloudflareUntil = at + pause
    yield* store.pause(cloudflarePlace, pause)
    yield* Effect.logError(
      `Cloudflare blocks this address: nothing is sent to Discord for ${
        Duration.format(Duration.millis(Math.ceil(pause)))
      }.`
    )
  })

  const heed = (answer: Answer) => {
    const { error } = answer
    if (error instanceof DiscordError.CloudflareBlocked) {
      return isInvalid(answer) ? Effect.andThen(block(error), countInvalid(answer)) : block(error)
    }
    const counted = isInvalid(answer) ? countInvalid(answer) : Effect.void
    if (blocks === 0) return counted
    // One that was on its way when the block began says nothing about its end.
    return Effect.flatMap(monotonicMillis, (at) => {
      if (cloudflareUntil <= at) blocks = 0
      return counted
    })
  }

  const blocked = (millis: number) =>
    Effect.fail(
      new DiscordError.CloudflareBlocked({
        status: blockedStatus,
        retryAfter: Duration.millis(Math.ceil(millis))
      })
    )

  const admit = <A extends Answer, E>(at: number, send: Effect.Effect<A, E>): Effect.Effect<A, E | Refused> => {
    if (invalidUntil > at) {
      return Effect.fail(
        new DiscordError.InvalidRequestLimit({ retryAfter: Duration.millis(Math.ceil(invalidUntil - at)) })
      )
    }
    if (cloudflareUntil > at) return blocked(cloudflareUntil - at)
    const sent = Effect.tap(send, heed)
    if (blocks === 0) return sent
    if (isTrying) return blocked(lookEvery)
    isTrying = true
    return Effect.ensuring(
      sent,
      Effect.sync(() => {
        isTrying = false
      })
    )
  }

  // Nothing happens between the look at the state and the request that tries: no other can.
  return (_, send) =>
    Effect.flatMap(monotonicMillis, (at) =>
      at - lookedAt < lookEvery
        ? admit(at, send)
        : Effect.andThen(look(at), Effect.suspend(() => admit(at, send))))
})
