import { assert, describe, it } from "@effect/vitest"
import * as BucketState from "../../../../packages/core/src/limits/internal/bucketState.ts"

/** A bucket of two requests in a second that has taken some at the time 0. */
const taken = (requests: number) => ({ ...BucketState.make({ limit: 2, window: 1000 }, 0), taken: requests })
const unlimited = () => BucketState.make({ limit: Number.POSITIVE_INFINITY, window: 1 }, 0)

describe("waitFor", () => {
  for (const [requests, wait] of [[0, 0], [1, 0], [2, 1000], [3, 1000], [4, 2000], [5, 2000]] as const) {
    it(`is ${wait} after ${requests} requests`, () => {
      assert.strictEqual(BucketState.waitFor(taken(requests), 0), wait)
    })
  }

  it("is the pause, if that is longer", () => {
    const bucket = taken(2)
    bucket.pausedUntil = 5000
    assert.strictEqual(BucketState.waitFor(bucket, 1000), 4000)
  })
})

describe("advance", () => {
  it("starts the next window with its first request, if none waits for it", () => {
    const bucket = taken(2)
    BucketState.advance(bucket, 1500)
    assert.deepInclude(bucket, { taken: 0, resetAt: 2500 })
  })

  it("starts the next window at the end of this one, if requests wait for it", () => {
    const bucket = taken(3)
    BucketState.advance(bucket, 1500)
    assert.deepInclude(bucket, { taken: 1, resetAt: 2000 })
  })

  it("does nothing before the window ends", () => {
    const bucket = taken(2)
    BucketState.advance(bucket, 999)
    assert.deepInclude(bucket, { taken: 2, resetAt: 1000 })
  })
})

it("release gives back one request, and never more than are taken", () => {
  const bucket = taken(1)
  BucketState.release(bucket, 0)
  BucketState.release(bucket, 0)
  assert.strictEqual(bucket.taken, 0)
})

describe("observe", () => {
  it("adopts fewer remaining requests and the end of the window", () => {
    const bucket = taken(0)
    BucketState.observe(bucket, { limit: 2, remaining: 1, resetAfter: 300 }, 100)
    assert.deepInclude(bucket, { taken: 1, resetAt: 400, pausedUntil: 0 })
  })

  it("gives no request back", () => {
    const bucket = taken(2)
    BucketState.observe(bucket, { limit: 2, remaining: 2, resetAfter: 300 }, 100)
    assert.strictEqual(bucket.taken, 2)
  })

  it("pauses until the window ends, if none remains", () => {
    const bucket = taken(0)
    BucketState.observe(bucket, { limit: 2, remaining: 0, resetAfter: 300 }, 100)
    assert.strictEqual(bucket.pausedUntil, 400)
  })
})

describe("pause", () => {
  it("ends the window with the pause", () => {
    const bucket = taken(0)
    BucketState.pause(bucket, 5000, 100)
    assert.deepInclude(bucket, { taken: 2, resetAt: 5100, pausedUntil: 5100 })
  })

  it("does not shorten a longer pause", () => {
    const bucket = unlimited()
    BucketState.pause(bucket, 5000, 100)
    BucketState.pause(bucket, 10, 100)
    assert.strictEqual(bucket.pausedUntil, 5100)
  })
})

describe("isExpired", () => {
  for (const [requests, end] of [[0, 1000], [2, 1000], [3, 2000], [5, 3000]] as const) {
    it(`is true ${end} milliseconds after ${requests} requests`, () => {
      const bucket = taken(requests)
      assert.deepStrictEqual([BucketState.isExpired(bucket, end - 1), BucketState.isExpired(bucket, end)], [
        false,
        true
      ])
    })
  }

  it("is true after the pause of a bucket without a limit", () => {
    const bucket = unlimited()
    BucketState.pause(bucket, 500, 0)
    assert.deepStrictEqual([BucketState.isExpired(bucket, 499), BucketState.isExpired(bucket, 500)], [false, true])
  })
})
