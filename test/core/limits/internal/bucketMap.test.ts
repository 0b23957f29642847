import { assert, describe, it } from "@effect/vitest"
import * as BucketMap from "../../../../packages/core/src/limits/internal/bucketMap.ts"

const bucket = (key: string, limit = 1, window = 60_000) => ({ key, limit, window })

describe("BucketMap", () => {
  it("returns the same bucket for a key, with the latest limit", () => {
    const buckets = BucketMap.make(10)
    const first = buckets.getOrMake(bucket("a"), 0)
    first.taken = 1
    const second = buckets.getOrMake(bucket("a", 5, 1000), 0)
    assert.strictEqual(second, first)
    assert.deepInclude(second, { limit: 5, window: 1000, taken: 1 })
    assert.isUndefined(buckets.get("b"))
  })

  it("forgets the oldest buckets beyond its capacity", () => {
    const buckets = BucketMap.make(2000)
    for (let n = 0; n < 10_000; n++) buckets.getOrMake(bucket(`user ${n}`), 0)
    assert.isAtMost(buckets.size(), 2200)
    assert.isUndefined(buckets.get("user 0"))
    assert.isDefined(buckets.get("user 9999"))
  })

  it("forgets expired buckets every ten seconds, and keeps the others", () => {
    const buckets = BucketMap.make(2000)
    buckets.sweepIfDue(0)
    buckets.getOrMake(bucket("expired", 1, 1000), 0)
    buckets.getOrMake(bucket("in use"), 0)
    buckets.sweepIfDue(9999)
    assert.strictEqual(buckets.size(), 2)
    buckets.sweepIfDue(10_000)
    assert.isUndefined(buckets.get("expired"))
    assert.isDefined(buckets.get("in use"))
  })
})
