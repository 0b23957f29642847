/** Keeps the buckets of one process, and forgets expired ones, and the oldest ones beyond a capacity. */
import * as Sweeper from "../../internal/sweeper.ts"
import * as BucketState from "./bucketState.ts"

export interface BucketMap {
  readonly size: () => number
  readonly get: (key: string) => BucketState.BucketState | undefined
  /** Returns the bucket at `now`, and makes it if it does not exist. */
  readonly getOrMake: (bucket: BucketState.Limit & { readonly key: string }, now: number) => BucketState.BucketState
  /** Forgets expired buckets, if that has not been done for ten seconds. */
  readonly sweepIfDue: (now: number) => void
}

const sweepInterval = 10_000

export const make = (capacity: number): BucketMap => {
  const buckets = new Map<string, BucketState.BucketState>()
  let sweepAt = 0

  const sweep = (now: number) => {
    for (const [key, bucket] of buckets) if (BucketState.isExpired(bucket, now)) buckets.delete(key)
    for (const key of buckets.keys()) {
      if (buckets.size <= capacity) break
      buckets.delete(key)
    }
    sweepAt = now + sweepInterval
  }
  const sweeper = Sweeper.make({
    size: () => buckets.size,
    sweep,
    first: Math.min(1000, capacity),
    // While every bucket is in use, a tenth more than the capacity fits, so that not every new bucket causes a sweep.
    most: Math.ceil(capacity * 1.1)
  })

  return {
    size: () => buckets.size,
    get: (key) => buckets.get(key),
    getOrMake: (limit, now) => {
      const known = buckets.get(limit.key)
      if (known !== undefined) {
        BucketState.update(known, limit, now)
        return known
      }
      sweeper.ifDoubled(now)
      const bucket = BucketState.make(limit, now)
      buckets.set(limit.key, bucket)
      return bucket
    },
    sweepIfDue: (now) => {
      if (now >= sweepAt) sweeper.sweep(now)
    }
  }
}
