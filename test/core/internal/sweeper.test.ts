import { assert, describe, it } from "@effect/vitest"
import * as Sweeper from "../../../packages/core/src/internal/sweeper.ts"

/** A map of expiry times, and how often it was swept. */
const swept = (options?: Pick<Sweeper.Options, "first" | "most">) => {
  const entries = new Map<number, number>()
  let sweeps = 0
  const sweeper = Sweeper.make({
    size: () => entries.size,
    sweep: (now) => {
      sweeps += 1
      for (const [key, until] of entries) if (until <= now) entries.delete(key)
    },
    ...options
  })
  const fill = (to: number, until: number, now: number) => {
    for (let key = entries.size; key < to; key++) {
      sweeper.ifDoubled(now)
      entries.set(key, until)
    }
  }
  return { entries, fill, sweeper, sweeps: () => sweeps }
}

describe("sweeper", () => {
  it("does not sweep a map of fewer than 1,000 entries", () => {
    const { entries, fill, sweeps } = swept()
    fill(1000, 0, 1)
    assert.strictEqual(sweeps(), 0)
    assert.strictEqual(entries.size, 1000)
  })

  it("removes the expired entries at the first entry beyond 1,000", () => {
    const { entries, fill, sweeps } = swept()
    fill(1001, 0, 1)
    assert.strictEqual(sweeps(), 1)
    assert.strictEqual(entries.size, 1)
  })

  it("sweeps a map whose entries last only when it has doubled", () => {
    const { fill, sweeps } = swept()
    fill(8000, 10, 1)
    assert.strictEqual(sweeps(), 3)
    fill(8001, 10, 1)
    assert.strictEqual(sweeps(), 4)
  })

  it("starts at `first`, and waits for no more than `most` entries", () => {
    const { fill, sweeps } = swept({ first: 10, most: 1500 })
    fill(11, 10, 1)
    assert.strictEqual(sweeps(), 1)
    fill(1001, 10, 1)
    assert.strictEqual(sweeps(), 2)
    fill(1501, 10, 1)
    assert.strictEqual(sweeps(), 3)
  })

  it("sweeps at once when it is told to", () => {
    const { entries, fill, sweeper } = swept()
    fill(10, 5, 1)
    sweeper.sweep(4)
    assert.strictEqual(entries.size, 10)
    sweeper.sweep(5)
    assert.strictEqual(entries.size, 0)
  })
})
