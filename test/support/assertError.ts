import { assert } from "@effect/vitest"

/** Asserts the class and all members of an error. `deepStrictEqual` compares only an error's name and message. */
export const assertError = (actual: unknown, expected: Error): void => {
  if (!(actual instanceof Error)) assert.fail(`no error: ${String(actual)}`)
  assert.strictEqual(Object.getPrototypeOf(actual), Object.getPrototypeOf(expected), String(actual))
  assert.deepStrictEqual({ ...actual }, { ...expected })
}
