import { assert } from "@effect/vitest"

/** Whether an error is of that class with those members: `deepStrictEqual` looks at an error's name and message alone. */
export const assertError = (actual: unknown, expected: Error): void => {
  if (!(actual instanceof Error)) assert.fail(`no error: ${String(actual)}`)
  assert.strictEqual(Object.getPrototypeOf(actual), Object.getPrototypeOf(expected), String(actual))
  assert.deepStrictEqual({ ...actual }, { ...expected })
}
