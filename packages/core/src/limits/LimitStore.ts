/**
 * Stores rate limit counters: in the memory of a process, or in Redis for several servers.
 *
 * **Details**
 *
 * A bucket counts requests in windows. It may also be paused. `RateLimiter` and `InvalidRequestLimiter` choose the keys.
 * No operation fails: a store that cannot be reached counts in the memory of the process. All times are milliseconds.
 *
 * **Example** (Two requests fit into the window, and a third waits)
 *
 * ```ts
 * import { LimitStore } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const bucket = { key: "getCurrentUser", limit: 2, window: 1000 }
 *
 * const program = Effect.gen(function*() {
 *   const store = yield* LimitStore.LimitStore
 *   yield* store.reserve([bucket], 5000)
 *   yield* store.reserve([bucket], 5000)
 *   const { wait } = yield* store.reserve([bucket], 5000)
 *   return wait > 0 && wait <= 1000
 * })
 *
 * Effect.runPromise(Effect.provide(program, LimitStore.layerMemory())) // => true
 * ```
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { monotonicMillis } from "../internal/monotonicMillis.ts"
import * as BucketMap from "./internal/bucketMap.ts"
import * as BucketState from "./internal/bucketState.ts"

/**
 * A bucket of requests that share a limit.
 *
 * @category models
 * @since 0.1.0
 */
export interface Bucket {
  readonly key: string
  /** How many requests a window allows. `Infinity` if that is not known: then the bucket can only be paused. */
  readonly limit: number
  /** The length of a window in milliseconds. */
  readonly window: number
}

/**
 * The result of a reservation.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reservation {
  /** How long the request has to wait, in milliseconds. If that is longer than allowed, nothing is reserved. */
  readonly wait: number
  /** The key of the bucket with the longest wait, or `undefined` without a wait. */
  readonly key: string | undefined
}

/**
 * What a response of Discord reports about a bucket.
 *
 * @category models
 * @since 0.1.0
 */
export interface Observation {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the window ends. */
  readonly resetAfter: number
}

/**
 * The state of a counter.
 *
 * @category models
 * @since 0.1.0
 */
export interface Count {
  readonly count: number
  /** Milliseconds until the count starts again at zero. */
  readonly resetAfter: number
}

/**
 * The service that stores rate limit counters.
 *
 * @category services
 * @since 0.1.0
 */
export class LimitStore extends Context.Service<LimitStore, {
  /**
   * Reserves one request in every bucket, each in its first window with room. Reserves nothing if the wait is longer than
   * `maxWait`.
   */
  readonly reserve: (buckets: ReadonlyArray<Bucket>, maxWait: number) => Effect.Effect<Reservation>

  /** Gives back one reserved request in every bucket. */
  readonly release: (buckets: ReadonlyArray<Bucket>) => Effect.Effect<void>

  /** Adopts what Discord reports about a bucket, if that leaves fewer requests than are counted. */
  readonly observe: (bucket: Bucket, observation: Observation) => Effect.Effect<void>

  /** Pauses a bucket for a number of milliseconds. A longer pause stays. */
  readonly pause: (bucket: Bucket, millis: number) => Effect.Effect<void>

  /** Returns the longest remaining pause of the buckets, in milliseconds. */
  readonly pausedFor: (keys: ReadonlyArray<string>) => Effect.Effect<number>

  /** Increments a counter. The first increment starts a window of so many milliseconds. */
  readonly count: (key: string, window: number) => Effect.Effect<Count>
}>()("@discord-oauth2/core/limits/LimitStore") {}

/**
 * Options of the store in memory.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * How many buckets are kept. Beyond that the oldest ones are forgotten, and Discord's 429 still limits their requests.
   * Expired buckets are always forgotten.
   *
   * @default 50000
   */
  readonly capacity?: number | undefined
}

/** The longest wait of the buckets, and the key of its bucket. */
const longestWait = (buckets: BucketMap.BucketMap, requested: ReadonlyArray<Bucket>, now: number): Reservation => {
  let wait = 0
  let key: string | undefined
  for (const each of requested) {
    // A bucket without a limit exists only while it is paused.
    const bucket = BucketState.isLimited(each) ? buckets.getOrMake(each, now) : buckets.get(each.key)
    const one = bucket === undefined ? 0 : BucketState.waitFor(bucket, now)
    if (one > wait) {
      wait = one
      key = each.key
    }
  }
  return { wait, key }
}

const increment = (
  counters: Map<string, { count: number; until: number }>,
  key: string,
  window: number,
  now: number
) => {
  const known = counters.get(key)
  const counter = known === undefined || known.until <= now ? { count: 0, until: now + window } : known
  counter.count += 1
  counters.set(key, counter)
  return { count: counter.count, resetAfter: counter.until - now }
}

/**
 * Makes a store in memory. `size` returns the number of buckets.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeMemory = (
  options?: Options
): LimitStore["Service"] & { readonly size: () => number } => {
  const buckets = BucketMap.make(Math.max(1, options?.capacity ?? 50_000))
  const counters = new Map<string, { count: number; until: number }>()
  const withNow = <A>(use: (now: number) => A): Effect.Effect<A> => Effect.map(monotonicMillis, use)

  return {
    size: buckets.size,
    reserve: (requested, maxWait) =>
      withNow((now) => {
        buckets.sweepIfDue(now)
        const reservation = longestWait(buckets, requested, now)
        if (reservation.wait <= maxWait) {
          for (const each of requested) if (BucketState.isLimited(each)) buckets.getOrMake(each, now).taken += 1
        }
        return reservation
      }),
    release: (reserved) =>
      withNow((now) => {
        for (const each of reserved) {
          const bucket = buckets.get(each.key)
          if (bucket !== undefined && BucketState.isLimited(each)) BucketState.release(bucket, now)
        }
      }),
    observe: (bucket, observation) =>
      withNow((now) => BucketState.observe(buckets.getOrMake(bucket, now), observation, now)),
    pause: (bucket, millis) => withNow((now) => BucketState.pause(buckets.getOrMake(bucket, now), millis, now)),
    pausedFor: (keys) =>
      withNow((now) => keys.reduce((longest, key) => Math.max(longest, (buckets.get(key)?.pausedUntil ?? 0) - now), 0)),
    count: (key, window) => withNow((now) => increment(counters, key, window, now))
  }
}

/**
 * Creates a layer that stores the counters in the memory of this process.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory = (options?: Options): Layer.Layer<LimitStore> =>
  Layer.sync(LimitStore, () => makeMemory(options))
