/**
 * Keeps Discord's rate limits, so that requests wait here instead of failing with 429.
 *
 * **Details**
 *
 * - Discord limits every user on every route to `X-RateLimit-Limit` requests in a window. Routes with the same
 *   `X-RateLimit-Bucket` share a limit. Each guild, channel and webhook has a limit of its own. The limits of a route are
 *   learned from its first response, to any user. Until then, a user's requests to it are sent one by one.
 * - Limits are counted for the user and not for the token, so they do not change with a refresh. The counters of a user
 *   are forgotten with their windows.
 * - A bot sends at most 50 requests in a second (`global`). The token endpoint reports no limits and has a limit of its
 *   own (`tokenEndpoint`).
 * - A request waits if its turn comes within `maxWait`, or within the caller's `Deadline`. Otherwise it fails at once with
 *   `RateLimited`, and is not counted.
 * - A 429 pauses the requests that it is about for the time that it names: all routes of the user if it is global, the
 *   resource for all users if its scope is `shared`, and the bucket otherwise. The request itself fails with
 *   `RateLimited`. `RetryPolicy.rateLimited` repeats it.
 *
 * **Example** (Wait longer, and send less)
 *
 * ```ts
 * import { Discord, Limits } from "@discord-oauth2/core"
 *
 * const layer = Discord.layer({
 *   middleware: Limits.layerMemory({
 *     rateLimit: { maxWait: "20 seconds", tokenEndpoint: { limit: 10, window: "1 second" } }
 *   })
 * })
 * ```
 *
 * @see https://discord.com/developers/docs/topics/rate-limits
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Deadline from "../api/Deadline.ts"
import type { Call, Reply, Service } from "../api/RequestMiddleware.ts"
import { RateLimited } from "../errors/DiscordError.ts"
import { monotonicMillis } from "../internal/monotonicMillis.ts"
import * as Routes from "./internal/routes.ts"
import { LimitStore } from "./LimitStore.ts"

/**
 * A number of requests in a window.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limit {
  readonly limit: number
  readonly window: Duration.Input
}

/**
 * Options of the limiter.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * How long a request may wait for its turn, if its caller has no `Deadline`. A request whose wait is longer fails at
   * once. A request that already waits may wait up to twice as long, if Discord extends the window meanwhile.
   *
   * @default 5 seconds
   */
  readonly maxWait?: Duration.Input | undefined

  /**
   * How many requests each bot may send, to all routes together.
   *
   * @default 50 in a second, as in Discord's documentation
   */
  readonly global?: Limit | undefined

  /**
   * How many requests an application may send to the token endpoint and the revocation endpoint together, from all
   * processes that share the store. `Infinity` turns this limit off.
   *
   * @default 50 in a second
   */
  readonly tokenEndpoint?: Limit | undefined
}

/**
 * Counts requests that met a limit, with the attribute `outcome`: `waited` for its turn, `refused` because the wait
 * would be too long, or `exceeded` because Discord responded with 429.
 *
 * @category metrics
 * @since 0.1.0
 */
export const metric: Metric.Counter<number> = Metric.counter("discord_oauth2.rate_limit", {
  description: "Requests that met a rate limit of Discord",
  incremental: true
})

const count = (outcome: "waited" | "refused" | "exceeded") =>
  Metric.update(Metric.withAttributes(metric, { outcome }), 1)

const toLimit = ({ limit, window }: Limit = { limit: 50, window: "1 second" }) => ({
  limit,
  window: Duration.toMillis(Duration.fromInputUnsafe(window))
})

/** How long a wait may be when it begins, and how long it may become, in milliseconds. */
interface WaitLimits {
  readonly atMost: number
  readonly patience: number
}

const makeWaitLimits = (maxWait: number): Effect.Effect<WaitLimits> =>
  Effect.map(
    Deadline.remaining,
    (left) =>
      Duration.isFinite(left)
        ? { atMost: Duration.toMillis(left), patience: Duration.toMillis(left) }
        : { atMost: maxWait, patience: 2 * maxWait }
  )

/** What the functions of one limiter share. */
interface Limiter {
  readonly store: LimitStore["Service"]
  readonly routes: Routes.Routes
  /** Those of the current caller. */
  readonly waitLimits: Effect.Effect<WaitLimits>
  /** By user and route: the request that is sent first, while the limits of the route are unknown. */
  readonly first: Map<string, Deferred.Deferred<void>>
}

const fail = ({ all, own, shared }: Routes.RequestBuckets, key: string | undefined, millis: number) =>
  Effect.andThen(
    count("refused"),
    Effect.fail(
      new RateLimited({
        retryAfter: Duration.millis(Math.ceil(millis)),
        global: key === all.key && all !== own,
        scope: key === own.key ? "user" : key === shared.key ? "shared" : "global"
      })
    )
  )

const pausedFor = ({ store }: Limiter, { each }: Routes.RequestBuckets) => store.pausedFor(each.map(({ key }) => key))

/** Waits for the reserved turn, and for pauses that begin meanwhile, as long as both end within `left`. */
const waitForTurn = (
  limiter: Limiter,
  buckets: Routes.RequestBuckets,
  millis: number,
  left: number
): Effect.Effect<void, RateLimited> =>
  Effect.sleep(millis).pipe(
    Effect.onInterrupt(() => limiter.store.release(buckets.each)),
    Effect.andThen(pausedFor(limiter, buckets)),
    Effect.flatMap((more) =>
      more === 0
        ? Effect.void
        : more > left - millis
        ? fail(buckets, buckets.own.key, more)
        : waitForTurn(limiter, buckets, more, left - millis)
    )
  )

/** Adopts the rate limit headers of a response. */
const learn = ({ routes, store }: Limiter, call: Call, buckets: Routes.RequestBuckets, response: Reply) => {
  const learned = call.subject === "client" ? undefined : routes.learn(call, buckets, response)
  return learned === undefined ? Effect.void : store.observe(learned.bucket, learned.observation)
}

/** Pauses the requests that a 429 is about. */
const pause = ({ routes, store }: Limiter, call: Call, error: RateLimited) =>
  Effect.suspend(() => {
    const { all, own, shared } = routes.bucketsOf(call)
    const bucket = error.global ? all : error.scope === "shared" ? shared : own
    return store.pause(bucket, Duration.toMillis(error.retryAfter))
  })

const observe = (limiter: Limiter, call: Call, buckets: Routes.RequestBuckets) => (response: Reply) => {
  const { error } = response
  const learned = learn(limiter, call, buckets, response)
  return error instanceof RateLimited
    ? Effect.andThen(learned, Effect.andThen(pause(limiter, call, error), count("exceeded")))
    : learned
}

/** Reserves a turn, waits for it, sends the request, and learns from the response. */
const limited = <A extends Reply, E>(
  limiter: Limiter,
  call: Call,
  send: Effect.Effect<A, E>
): Effect.Effect<A, E | RateLimited> =>
  Effect.flatMap(limiter.waitLimits, ({ atMost, patience }) => {
    const buckets = limiter.routes.bucketsOf(call)
    const sent = Effect.tap(send, observe(limiter, call, buckets))
    return Effect.flatMap(
      limiter.store.reserve(buckets.each, atMost),
      ({ key, wait }): Effect.Effect<A, E | RateLimited> =>
        wait === 0
          ? sent
          : wait > atMost
          ? fail(buckets, key, wait)
          : Effect.andThen(Effect.andThen(count("waited"), waitForTurn(limiter, buckets, wait, patience)), sent)
    )
  })

/** Waits for the response to the first request, at most `left` milliseconds. Fails if a pause is longer. */
const awaitFirst = Effect.fnUntraced(function*(
  limiter: Limiter,
  buckets: Routes.RequestBuckets,
  first: Deferred.Deferred<void>,
  left: number
) {
  const paused = yield* pausedFor(limiter, buckets)
  if (paused > left) return yield* fail(buckets, buckets.own.key, paused)
  yield* Effect.timeoutOption(Deferred.await(first), left)
})

/** Sends a user's requests to a route one by one, until the limits of the route are known or `until` is over. */
const oneByOne = <A extends Reply, E>(
  limiter: Limiter,
  call: Call,
  send: Effect.Effect<A, E>,
  until: number
): Effect.Effect<A, E | RateLimited> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(monotonicMillis, (now) => {
      const buckets = limiter.routes.bucketsOf(call)
      const { key } = buckets.own
      const running = limiter.first.get(key)
      if (limiter.routes.isKnown(call.endpoint) || (running !== undefined && now >= until)) {
        return restore(limited(limiter, call, send))
      }
      if (running !== undefined) {
        return restore(
          Effect.andThen(awaitFirst(limiter, buckets, running, until - now), oneByOne(limiter, call, send, until))
        )
      }
      const first = Deferred.makeUnsafe<void>()
      limiter.first.set(key, first)
      return Effect.ensuring(
        restore(limited(limiter, call, send)),
        Effect.suspend(() => {
          limiter.first.delete(key)
          return Deferred.succeed(first, undefined)
        })
      )
    })
  )

/**
 * Makes the limiter over the store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options?: Options
): Effect.fn.Return<Service, never, LimitStore> {
  const maxWait = Duration.toMillis(Duration.fromInputUnsafe(options?.maxWait ?? "5 seconds"))
  const limiter: Limiter = {
    store: yield* LimitStore,
    routes: Routes.make({ global: toLimit(options?.global), tokenEndpoint: toLimit(options?.tokenEndpoint) }),
    waitLimits: makeWaitLimits(maxWait),
    first: new Map()
  }
  return (call, send) =>
    Effect.suspend(() =>
      call.subject === "client" || limiter.routes.isKnown(call.endpoint)
        ? limited(limiter, call, send)
        : Effect.flatMap(
          Effect.zip(monotonicMillis, limiter.waitLimits),
          ([now, { atMost }]) => oneByOne(limiter, call, send, now + Math.min(atMost, maxWait))
        )
    )
})
