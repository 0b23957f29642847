/** Decides when a map is searched for expired entries: whenever it has doubled, so that a sweep costs little per entry. */

/** What the sweeper needs to know of a map. */
export interface Options {
  /** The number of entries. */
  readonly size: () => number

  /** Removes the entries that have expired at `now`. */
  readonly sweep: (now: number) => void

  /** The size of the first sweep, 1,000 by default. */
  readonly first?: number | undefined

  /** The size at which the map is swept at the latest, however many entries the last sweep left. */
  readonly most?: number | undefined
}

/** The two ways to sweep a map. */
export interface Sweeper {
  /** Sweeps the map if it has doubled since the last sweep. */
  readonly ifDoubled: (now: number) => void

  /** Sweeps the map, whatever its size. */
  readonly sweep: (now: number) => void
}

/** A map with fewer entries is not worth a sweep. */
const smallest = 1000

/** Makes the sweeper of one map. */
export const make = ({ first = smallest, most = Number.POSITIVE_INFINITY, size, sweep }: Options): Sweeper => {
  let sweepAt = first
  const sweepNow = (now: number) => {
    sweep(now)
    sweepAt = Math.max(smallest, Math.min(size() * 2, most))
  }
  return {
    ifDoubled: (now) => {
      if (size() >= sweepAt) sweepNow(now)
    },
    sweep: sweepNow
  }
}
