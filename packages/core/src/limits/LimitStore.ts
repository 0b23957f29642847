/**
 * Where it is counted how much of Discord's limits is used: in the memory of a process, or in Redis for several servers.
 *
 * **Details**
 *
 * A key is a bucket of requests, a counter or a block; `RateLimiter` and `InvalidRequestLimiter` name them. Nothing here fails:
 * a store that cannot be reached counts in the memory of its process meanwhile. All times are milliseconds.
 *
 * **Example** (Two places, and a third that has to wait)
 *
 * ```ts
 * import { LimitStore } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const place = { key: "getCurrentUser", limit: 2, window: 1000 }
 *
 * const program = Effect.gen(function*() {
 *   const store = yield* LimitStore.LimitStore
 *   yield* store.reserve([place], 5000)
 *   yield* store.reserve([place], 5000)
 *   const { wait } = yield* store.reserve([place], 5000)
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
import * as Sweeper from "../internal/sweeper.ts"

/**
 * A place in a bucket.
 *
 * @category models
 * @since 0.1.0
 */
export interface Place {
  readonly key: string
  /** How many requests a window has; `Infinity` where it is not known, and only pauses count. */
  readonly limit: number
  /** How long a window is, in milliseconds. */
  readonly window: number
}

/**
 * What a reservation came to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reserved {
  /** How long the request has to wait, in milliseconds. Where it is longer than was allowed, no place is taken. */
  readonly wait: number
  /** The place that the wait is for. */
  readonly key: string | undefined
}

/**
 * What Discord says about a bucket.
 *
 * @category models
 * @since 0.1.0
 */
export interface Observed {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the window ends. */
  readonly resetAfter: number
}

/**
 * How much of a window is counted, and for how long.
 *
 * @category models
 * @since 0.1.0
 */
export interface Counted {
  readonly count: number
  /** Milliseconds until the count starts anew. */
  readonly resetAfter: number
}

/**
 * The service.
 *
 * @category services
 * @since 0.1.0
 */
export class LimitStore extends Context.Service<LimitStore, {
  /** Takes a place in all of the buckets, each in the first window that has room, or in none. */
  readonly reserve: (places: ReadonlyArray<Place>, atMost: number) => Effect.Effect<Reserved>

  /** Gives places back that are not needed any more. */
  readonly giveBack: (places: ReadonlyArray<Place>) => Effect.Effect<void>

  /** Takes over what Discord says of a bucket, where that is less than is counted here. */
  readonly observe: (place: Place, observed: Observed) => Effect.Effect<void>

  /** Lets nobody through for so many milliseconds; a longer pause that is set already stays. */
  readonly pause: (place: Place, millis: number) => Effect.Effect<void>

  /** How long the longest of the pauses still is, in milliseconds. */
  readonly pausedFor: (keys: ReadonlyArray<string>) => Effect.Effect<number>

  /** Counts one, in windows of so many milliseconds that start with the first. */
  readonly count: (key: string, window: number) => Effect.Effect<Counted>
}>()("@discord-oauth2/core/limits/LimitStore") {}

/**
 * How much memory may be used.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * How many buckets are kept. What is forgotten beyond that is the oldest, and Discord's own answer still holds. A bucket
   * whose window is over is forgotten anyway.
   *
   * @default 50000
   */
  readonly capacity?: number | undefined
}

interface Bucket {
  limit: number
  window: number
  /** How many places are taken, from the current window on. */
  taken: number
  /** When the current window ends. */
  resetAt: number
  pausedUntil: number
}

/** Lets the windows pass that are over. */
const roll = (bucket: Bucket, now: number) => {
  if (now < bucket.resetAt) return
  const passed = 1 + Math.floor((now - bucket.resetAt) / bucket.window)
  bucket.taken = Math.max(0, bucket.taken - passed * bucket.limit)
  // A window starts with its first request; one that others wait for starts when the one before ends.
  bucket.resetAt = bucket.taken === 0 ? now + bucket.window : bucket.resetAt + passed * bucket.window
}

const waitOf = (bucket: Bucket, now: number) => {
  const full = Math.floor(bucket.taken / bucket.limit)
  const turn = full === 0 ? 0 : bucket.resetAt - now + (full - 1) * bucket.window
  return Math.max(0, turn, bucket.pausedUntil - now)
}

const isOver = (bucket: Bucket, now: number) =>
  bucket.pausedUntil <= now &&
  (bucket.limit === Number.POSITIVE_INFINITY ||
    bucket.resetAt + Math.floor(Math.max(0, bucket.taken - 1) / bucket.limit) * bucket.window <= now)

/** How often what is over is looked for, where there is little of it. */
const sweepInterval = 10_000

/**
 * Makes the store in memory, and a way to see how much is in it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeMemory = (
  options?: Options
): LimitStore["Service"] & { readonly size: () => number } => {
  const capacity = Math.max(1, options?.capacity ?? 50_000)
  const buckets = new Map<string, Bucket>()
  const counters = new Map<string, { count: number; until: number }>()
  let sweepNext = 0

  const sweeper = Sweeper.make({
    size: () => buckets.size,
    sweep: (now) => {
      for (const [key, bucket] of buckets) if (isOver(bucket, now)) buckets.delete(key)
      for (const key of buckets.keys()) {
        if (buckets.size <= capacity) break
        buckets.delete(key)
      }
      sweepNext = now + sweepInterval
    },
    first: Math.min(1000, capacity),
    // Where all is in use a tenth more fits, so that not every newcomer looks through all.
    most: Math.ceil(capacity * 1.1)
  })

  const find = ({ key, limit, window }: Place, now: number): Bucket => {
    const known = buckets.get(key)
    if (known !== undefined) {
      known.limit = Math.max(1, limit)
      known.window = Math.max(1, window)
      roll(known, now)
      return known
    }
    const bucket = {
      limit: Math.max(1, limit),
      window: Math.max(1, window),
      taken: 0,
      resetAt: now + window,
      pausedUntil: 0
    }
    sweeper.ifDoubled(now)
    buckets.set(key, bucket)
    return bucket
  }

  const withNow = <A>(use: (now: number) => A): Effect.Effect<A> => Effect.map(monotonicMillis, use)

  return {
    size: () => buckets.size,
    reserve: (places, atMost) =>
      withNow((now) => {
        if (now >= sweepNext) sweeper.sweep(now)
        let wait = 0
        let key: string | undefined
        for (const place of places) {
          // What is not limited is there only while it is paused.
          const bucket = Number.isFinite(place.limit) ? find(place, now) : buckets.get(place.key)
          const one = bucket === undefined ? 0 : waitOf(bucket, now)
          if (one > wait) {
            wait = one
            key = place.key
          }
        }
        if (wait <= atMost) {
          for (const place of places) if (Number.isFinite(place.limit)) find(place, now).taken += 1
        }
        return { wait, key }
      }),
    giveBack: (places) =>
      withNow((now) => {
        for (const place of places) {
          const bucket = buckets.get(place.key)
          if (bucket === undefined || !Number.isFinite(place.limit)) continue
          roll(bucket, now)
          bucket.taken = Math.max(0, bucket.taken - 1)
        }
      }),
    observe: (place, { limit, remaining, resetAfter }) =>
      withNow((now) => {
        const bucket = find(place, now)
        bucket.taken = Math.max(bucket.taken, limit - remaining)
        bucket.resetAt = now + resetAfter
        // Who has a place in the next window may have counted on an earlier end of this one.
        if (remaining === 0) bucket.pausedUntil = Math.max(bucket.pausedUntil, bucket.resetAt)
      }),
    pause: (place, millis) =>
      withNow((now) => {
        const bucket = find(place, now)
        bucket.pausedUntil = Math.max(bucket.pausedUntil, now + millis)
        if (!Number.isFinite(bucket.limit)) return
        // The window ends with the pause, whatever was counted here.
        bucket.taken = Math.max(bucket.taken, bucket.limit)
        bucket.resetAt = bucket.pausedUntil
      }),
    pausedFor: (keys) =>
      withNow((now) => keys.reduce((longest, key) => Math.max(longest, (buckets.get(key)?.pausedUntil ?? 0) - now), 0)),
    count: (key, window) =>
      withNow((now) => {
        const known = counters.get(key)
        const counter = known === undefined || known.until <= now ? { count: 0, until: now + window } : known
        counter.count += 1
        counters.set(key, counter)
        return { count: counter.count, resetAfter: counter.until - now }
      })
  }
}

/**
 * The memory of this process.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory = (options?: Options): Layer.Layer<LimitStore> =>
  Layer.sync(LimitStore, () => makeMemory(options))
