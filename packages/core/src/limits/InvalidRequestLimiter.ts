/**
 * Keeps the limit of invalid requests, and stops while Cloudflare blocks the IP address.
 *
 * **Details**
 *
 * Discord blocks an IP address after 10,000 responses with 401, 403 or 429 within ten minutes. A 429 with the scope
 * `shared` does not count. The limiter counts these responses and logs warnings as their number grows. At `limit` it
 * sends no request until the ten minutes are over: calls fail with `InvalidRequestLimit`.
 *
 * A blocked IP address receives a text of Cloudflare (`error code: 1015`), an HTML page, or the JSON code 40333. After
 * the first such response, calls fail with `CloudflareBlocked` and are not sent. The pause is the time in `Retry-After`,
 * or `cloudflarePause`. After it, one request at a time checks whether the block is over. Every further block doubles
 * the pause.
 *
 * Servers that share an IP address share their count if they share a store (`RedisLimitStore`).
 *
 * **Example** (Another program uses the IP address too)
 *
 * ```ts
 * import { Discord, Limits } from "@discord-oauth2/core"
 *
 * const layer = Discord.layer({ middleware: Limits.layerMemory({ invalidRequests: { limit: 4000 } }) })
 * ```
 *
 * @see https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Rejection, Reply, Service } from "../api/RequestMiddleware.ts"
import * as DiscordError from "../errors/DiscordError.ts"
import { monotonicMillis } from "../internal/monotonicMillis.ts"
import * as CloudflareBlock from "./internal/cloudflareBlock.ts"
import { type Bucket, LimitStore } from "./LimitStore.ts"

/**
 * Options of the limiter.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * How many invalid requests are allowed within ten minutes.
   *
   * @default 9000, which leaves a tenth of Discord's limit to other programs on the IP address
   */
  readonly limit?: number | undefined

  /**
   * The pause after Cloudflare's first block, if its response names none. Every further block doubles it, up to an hour.
   *
   * @default 1 minute
   */
  readonly cloudflarePause?: Duration.Input | undefined
}

/**
 * Counts invalid requests, with the attribute `http.response.status_code`.
 *
 * @category metrics
 * @since 0.1.0
 */
export const metric: Metric.Counter<number> = Metric.counter("discord_oauth2.invalid_request.count", {
  description: "Responses with 401, 403 or 429, which count towards Discord's limit of invalid requests",
  incremental: true
})

/**
 * The number of invalid requests in the current ten minutes, of this server and those that share its store.
 *
 * @category metrics
 * @since 0.1.0
 */
export const windowMetric: Metric.Gauge<number> = Metric.gauge("discord_oauth2.invalid_request.window", {
  description: "Invalid requests in the current ten minutes, of which Discord allows 10,000"
})

const window = Duration.toMillis("10 minutes")

const bucket: Bucket = { key: "invalid requests", limit: Number.POSITIVE_INFINITY, window: 1 }

/** Whether Discord counts the response. It does not count a 429 of a shared resource. */
const isInvalid = ({ error, status }: Reply) =>
  status === 401 || status === 403 ||
  (status === 429 && !(error instanceof DiscordError.RateLimited && error.scope === "shared"))

/** How often the store is read for the pauses of other servers, in milliseconds. */
const readInterval = 1000

/** Counts invalid requests, and stops requests at the limit. */
const makeCounter = (store: LimitStore["Service"], limit: number) => {
  const warnings = new Set([0.5, 0.75, 0.9].map((part) => Math.ceil(limit * part)))
  const state = { pausedUntil: 0 }

  const stop = Effect.fnUntraced(function*({ count, resetAfter }: { count: number; resetAfter: number }) {
    state.pausedUntil = (yield* monotonicMillis) + resetAfter
    yield* store.pause(bucket, resetAfter)
    if (count !== limit) return
    yield* Effect.logError(
      `${count} requests to Discord were rejected with 401, 403 or 429 within ten minutes: no request is sent for ${
        Duration.format(Duration.seconds(Math.ceil(resetAfter / 1000)))
      }, because Discord would block this IP address.`
    )
  })

  return {
    count: Effect.fnUntraced(function*(status: number) {
      yield* Metric.update(Metric.withAttributes(metric, { "http.response.status_code": String(status) }), 1)
      const { count, resetAfter } = yield* store.count(bucket.key, window)
      yield* Metric.update(windowMetric, count)
      if (count >= limit) return yield* stop({ count, resetAfter })
      if (!warnings.has(count)) return
      yield* Effect.logWarning(
        `${count} requests to Discord were rejected with 401, 403 or 429 within ten minutes. At ${limit} no request is sent.`
      )
    }),
    /** Adopts the pause that another server has stored. */
    read: (now: number) =>
      Effect.map(store.pausedFor([bucket.key]), (millis) => {
        // Without a pause nothing changes: a request that read the clock before `now` would see a pause up to `now`.
        if (millis > 0) state.pausedUntil = Math.max(state.pausedUntil, now + millis)
      }),
    pausedFor: (now: number) => state.pausedUntil - now
  }
}

/**
 * Makes the limiter over the store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options?: Options
): Effect.fn.Return<Service, never, LimitStore> {
  const store = yield* LimitStore
  const counter = makeCounter(store, options?.limit ?? 9000)
  const cloudflare = CloudflareBlock.make(
    store,
    Duration.toMillis(Duration.fromInputUnsafe(options?.cloudflarePause ?? "1 minute"))
  )
  let readAt = Number.NEGATIVE_INFINITY

  const readStore = (now: number) => {
    readAt = now
    return Effect.andThen(counter.read(now), cloudflare.read(now))
  }

  const observe = (response: Reply) =>
    isInvalid(response)
      ? Effect.andThen(cloudflare.observe(response.error), counter.count(response.status))
      : cloudflare.observe(response.error)

  const admit = <A extends Reply, E>(now: number, send: Effect.Effect<A, E>): Effect.Effect<A, E | Rejection> => {
    const paused = counter.pausedFor(now)
    return paused > 0
      ? Effect.fail(new DiscordError.InvalidRequestLimit({ retryAfter: Duration.millis(Math.ceil(paused)) }))
      : cloudflare.admit(now, Effect.tap(send, observe))
  }

  return (_, send) =>
    Effect.flatMap(monotonicMillis, (now) =>
      now - readAt < readInterval
        ? admit(now, send)
        : Effect.andThen(readStore(now), Effect.suspend(() => admit(now, send))))
})
