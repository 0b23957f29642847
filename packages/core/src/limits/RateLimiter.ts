/**
 * Discord's rate limits, kept before Discord has to say no.
 *
 * **Details**
 *
 * - Every route has its limit for every user: `X-RateLimit-Limit` requests in a window. Routes that name the same
 *   `X-RateLimit-Bucket` share one, and each guild, channel and webhook counts by itself. The limits of a route are
 *   learnt from its first answer, whoever asked; as long as it is not known, a user's requests to it go one by one.
 * - Limits are counted for the user and not for the token, and so outlive its rotation. Nothing is kept of a user whose
 *   window is over.
 * - A bot makes at most 50 requests in a second (`global`). The token endpoint tells no limits and has one of its own
 *   (`tokenEndpoint`).
 * - A request whose turn comes within `maxWait`, or within the caller's `Deadline`, waits for it. Any other fails at once
 *   with `RateLimited`, and takes no place.
 * - A 429 stops everyone it is for, for as long as it says: all routes of the user where it is global, the resource
 *   whoever asks where its scope is `shared`, the bucket otherwise. The request itself fails with `RateLimited`;
 *   `RetryPolicy.rateLimited` is what repeats it.
 *
 * **Example** (Wait longer, and send less)
 *
 * ```ts
 * import { Discord, Limits } from "@discord-oauth2/core"
 *
 * const layer = Discord.layer({
 *   guard: Limits.layerMemory({
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
import type { Headers } from "effect/http/Headers"
import * as Metric from "effect/Metric"
import * as Deadline from "../api/Deadline.ts"
import type { Answer, Call, Guard } from "../api/RequestMiddleware.ts"
import { CloudflareBlocked, RateLimited } from "../errors/DiscordError.ts"
import { monotonicMillis } from "../internal/monotonicMillis.ts"
import { LimitStore, type Place } from "./LimitStore.ts"

/**
 * So many requests in so long a time.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limit {
  readonly limit: number
  readonly window: Duration.Input
}

/**
 * How limits are kept.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * How long a request may have to wait for its turn where its caller has no `Deadline`; a longer wait is refused at once.
   * One that is foreseen right, and turns out longer because Discord says so meanwhile, may last twice as long.
   *
   * @default 5 seconds
   */
  readonly maxWait?: Duration.Input | undefined

  /**
   * What each bot may send in all.
   *
   * @default 50 in a second, as Discord's documentation has it
   */
  readonly global?: Limit | undefined

  /**
   * What an application may send to the token endpoint and the revocation endpoint, from this process or all that share
   * the store. The limit `Infinity` is none.
   *
   * @default 50 in a second
   */
  readonly tokenEndpoint?: Limit | undefined
}

/**
 * The counter of requests that met a limit, with the attribute `outcome`: `waited` for its turn, `refused` because it
 * would have been too long, and `exceeded` where Discord answered 429.
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

/** What is known of a route: nothing but that it tells no limits, or its bucket. */
type Route = { readonly limit: number; readonly window: number; readonly bucket: string }

const withoutLimits = { limit: Number.POSITIVE_INFINITY, window: 1, bucket: "" } satisfies Route

/** Milliseconds after the end of a window, so that a request does not arrive a moment before it. */
const margin = 20

/** A limit that is longer than any of Discord's is none of Discord's. */
const longestWindow = 86_400

const number = (text: string | undefined, least: number, most: number) => {
  const value = text === undefined || text === "" ? Number.NaN : Number(text)
  return value >= least && value <= most ? value : undefined
}

/** What the headers say, where they say all of it. */
const readHeaders = (headers: Headers) => {
  const limit = number(headers["x-ratelimit-limit"], 1, 1_000_000)
  const remaining = number(headers["x-ratelimit-remaining"], 0, 1_000_000)
  const resetAfter = number(headers["x-ratelimit-reset-after"], 0, longestWindow)
  const bucket = headers["x-ratelimit-bucket"]
  return limit === undefined || remaining === undefined || resetAfter === undefined || bucket === undefined ||
      bucket.length > 128
    ? undefined
    : { limit, remaining, resetAfter: resetAfter * 1000 + margin, bucket }
}

const toLimit = ({ limit, window }: Limit = { limit: 50, window: "1 second" }) => ({
  limit,
  window: Duration.toMillis(Duration.fromInputUnsafe(window))
})

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
  const maxWait = Duration.toMillis(Duration.fromInputUnsafe(options?.maxWait ?? "5 seconds"))
  const global = toLimit(options?.global)
  const tokenEndpoint = toLimit(options?.tokenEndpoint)

  /** By endpoint, of which there are as many as the declaration has. */
  const routes = new Map<string, Route>()

  /** What a request counts for: everything of who sends it, the resource whoever sends it, and its bucket. */
  const placesOf = ({ clientId, endpoint, majorParameters, subject }: Call) => {
    if (subject === "client") {
      const all: Place = { ...tokenEndpoint, key: `${clientId} token endpoint` }
      return { all, shared: all, own: all, keys: [all] }
    }
    const { bucket, limit, window } = routes.get(endpoint) ?? withoutLimits
    const name = bucket === "" ? endpoint : bucket
    const isBot = subject.startsWith("bot:")
    const all: Place = { ...(isBot ? global : withoutLimits), key: `${clientId} ${subject}` }
    const shared: Place = { ...withoutLimits, key: `${clientId} shared ${endpoint} ${majorParameters}` }
    const own: Place = { key: `${clientId} ${subject} ${name} ${majorParameters}`, limit, window }
    return { all, shared, own, keys: [all, shared, own] }
  }
  type Places = ReturnType<typeof placesOf>

  const refusal = ({ all, own, shared }: Places, key: string | undefined, millis: number) =>
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

  /** As long as it takes, and as somebody else's 429 may have added meanwhile. */
  const sleep = (places: Places, millis: number, left: number): Effect.Effect<void, RateLimited> =>
    Effect.sleep(millis).pipe(
      Effect.onInterrupt(() => store.giveBack(places.keys)),
      Effect.andThen(store.pausedFor(places.keys.map(({ key }) => key))),
      Effect.flatMap((more) =>
        more === 0
          ? Effect.void
          : more > left - millis
          ? refusal(places, places.own.key, more)
          : sleep(places, more, left - millis)
      )
    )

  /** How long a wait may be foreseen to be, and how long it may turn out to be. */
  const waitLimits = Effect.map(
    Deadline.remaining,
    (left) =>
      Duration.isFinite(left)
        ? { atMost: Duration.toMillis(left), patience: Duration.toMillis(left) }
        : { atMost: maxWait, patience: 2 * maxWait }
  )

  const learn = (call: Call, places: Places, { error, headers, status }: Answer) => {
    const told = readHeaders(headers)
    const known = routes.get(call.endpoint)
    if (told === undefined) {
      // An answer that is not Discord's own says nothing about the route.
      const says = status < 500 && status !== 429 && !(error instanceof CloudflareBlocked)
      if (known === undefined && says) routes.set(call.endpoint, withoutLimits)
      return Effect.void
    }
    const { bucket, limit, remaining, resetAfter } = told
    // The first request of a window tells how long it is, every other how long it is at least.
    const isFirst = remaining === limit - 1
    const window = isFirst || known?.bucket !== bucket ? resetAfter : Math.max(resetAfter, known.window)
    if (known?.bucket !== bucket || known.limit !== limit || known.window !== window) {
      routes.set(call.endpoint, { bucket, limit, window })
    }
    const own = known?.bucket === bucket ? { ...places.own, limit, window } : placesOf(call).own
    return store.observe(own, told)
  }

  const heed = (call: Call, places: Places) => (answer: Answer) => {
    const { error } = answer
    const learnt = call.subject === "client" ? Effect.void : learn(call, places, answer)
    if (!(error instanceof RateLimited)) return learnt
    return Effect.suspend(() => {
      const { all, own, shared } = placesOf(call)
      const place = error.global ? all : error.scope === "shared" ? shared : own
      return store.pause(place, Duration.toMillis(error.retryAfter))
    }).pipe(
      Effect.andThen(count("exceeded")),
      (paused) => Effect.andThen(learnt, paused)
    )
  }

  const limited = <A extends Answer, E>(call: Call, send: Effect.Effect<A, E>): Effect.Effect<A, E | RateLimited> =>
    Effect.flatMap(waitLimits, ({ atMost, patience }) => {
      const places = placesOf(call)
      const sent = Effect.tap(send, heed(call, places))
      return Effect.flatMap(
        store.reserve(places.keys, atMost),
        ({ key, wait }): Effect.Effect<A, E | RateLimited> =>
          wait === 0
            ? sent
            : wait > atMost
            ? refusal(places, key, wait)
            : Effect.andThen(Effect.andThen(count("waited"), sleep(places, wait, patience)), sent)
      )
    })

  /** By user and route: requests that go first, where nobody knows the route's limits. */
  const first = new Map<string, Deferred.Deferred<void>>()

  /** Waits for the one that goes first, unless a pause is longer than that may take. */
  const awaitFirst = Effect.fnUntraced(function*(places: Places, answered: Deferred.Deferred<void>, left: number) {
    const paused = yield* store.pausedFor(places.keys.map(({ key }) => key))
    if (paused > left) return yield* refusal(places, places.own.key, paused)
    yield* Effect.timeoutOption(Deferred.await(answered), left)
  })

  const oneByOne = <A extends Answer, E>(
    call: Call,
    send: Effect.Effect<A, E>,
    until: number
  ): Effect.Effect<A, E | RateLimited> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(monotonicMillis, (at) => {
        const places = placesOf(call)
        const { key } = places.own
        const running = first.get(key)
        if (routes.has(call.endpoint) || (running !== undefined && at >= until)) return restore(limited(call, send))
        if (running !== undefined) {
          return restore(Effect.andThen(awaitFirst(places, running, until - at), oneByOne(call, send, until)))
        }
        const answered = Deferred.makeUnsafe<void>()
        first.set(key, answered)
        return Effect.ensuring(
          restore(limited(call, send)),
          Effect.suspend(() => {
            first.delete(key)
            return Deferred.succeed(answered, undefined)
          })
        )
      })
    )

  return (call, send) =>
    Effect.suspend(() =>
      call.subject === "client" || routes.has(call.endpoint)
        ? limited(call, send)
        : Effect.flatMap(
          Effect.zip(monotonicMillis, waitLimits),
          ([at, { atMost }]) => oneByOne(call, send, at + Math.min(atMost, maxWait))
        )
    )
})
