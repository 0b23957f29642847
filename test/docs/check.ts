import * as Equal from "effect/Equal"
import { deepStrictEqual } from "node:assert"

/** Compares a value with the documented one. */
export const check = (actual: unknown, shown: unknown) => {
  if (!Equal.equals(actual, shown)) deepStrictEqual(actual, shown)
}
