/** Random numbers that can be repeated. */

/** Returns the same numbers for the same seed (mulberry32). */
export const makeRandom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

/** Deals all cards in a random order, and then all of them again in another order. */
export const makeDeck = <A>(cards: ReadonlyArray<A>, random: () => number) => {
  let left: Array<A> = []
  return (): A | undefined => {
    if (left.length === 0) left = cards.slice()
    return left.splice(Math.floor(random() * left.length), 1)[0]
  }
}
