/** A guard for a union of error classes. */
import * as Predicate from "effect/Predicate"

/** Compares by class, so that a foreign error with the same tag is not one of ours. */
export const isOneOf = <A>(classes: ReadonlyArray<new(...args: never) => A>) => (u: unknown): u is A =>
  Predicate.isObject(u) && classes.some((Class) => u instanceof Class)
