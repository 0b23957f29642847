import * as Equal from "effect/Equal"
import { deepStrictEqual } from "node:assert"

/** Holds a value against the one that the documentation shows. */
export const check = (actual: unknown, shown: unknown) => {
  if (!Equal.equals(actual, shown)) deepStrictEqual(actual, shown)
}
