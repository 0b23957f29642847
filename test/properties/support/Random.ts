/** Choices from a seed: the same ones for the same seed. */

export interface Random {
  /** A number from 0 to 1, without 1. */
  readonly next: () => number
  /** A whole number from 0 to `below`, without it. */
  readonly int: (below: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <A>(values: readonly [A, ...ReadonlyArray<A>]) => A
  /** One of a list that may be empty. */
  readonly any: <A>(values: ReadonlyArray<A>) => A | undefined
  /** Makes one of several things, each as likely as the others. */
  readonly oneOf: <A>(...makers: readonly [() => A, ...ReadonlyArray<() => A>]) => A
  readonly times: <A>(most: number, make: (index: number) => A) => ReadonlyArray<A>
}

/** A text as 32 bits (FNV-1a). */
export const hash = (text: string): number => {
  let state = 0x811c9dc5
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193)
  return state >>> 0
}

/** Mulberry32. */
export const make = (seed: number): Random => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number) => Math.floor(next() * below)
  const any = <A>(values: ReadonlyArray<A>) => values[int(values.length)]
  const pick = <A>(values: readonly [A, ...ReadonlyArray<A>]) => any(values) ?? values[0]
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    any,
    pick,
    oneOf: (...makers) => pick(makers)(),
    times: (most, make) => Array.from({ length: int(most + 1) }, (_, index) => make(index))
  }
}
