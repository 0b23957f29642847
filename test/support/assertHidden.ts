/** Asserts that no cache keeps a response and that no link on it sends its URL on. */
import { assert } from "@effect/vitest"

export const assertHidden = (headers: Headers) => {
  assert.strictEqual(headers.get("cache-control"), "no-store")
  assert.strictEqual(headers.get("referrer-policy"), "no-referrer")
}
