import { assert, describe, it } from "@effect/vitest"
import { check } from "../../../../packages/core/src/login/internal/returnTo.ts"

const origin = "https://app.example"

const accepted: ReadonlyArray<readonly [value: string, path: string]> = [
  ["/", "/"],
  ["/a/b?c=d#e", "/a/b?c=d#e"],
  ["/ümlaut", "/%C3%BCmlaut"],
  ["/a/../b", "/b"],
  ["/a?next=//evil.example", "/a?next=//evil.example"],
  [`/${"a".repeat(1023)}`, `/${"a".repeat(1023)}`]
]

const rejected = [
  "",
  "a",
  "?a",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/a b",
  "/a\r\nb",
  "/a\u0000b",
  "/a\u007fb",
  "/.//evil.example",
  "/a/..//evil.example",
  "/%2e//evil.example",
  "https://app.example/",
  "https:evil.example",
  "javascript:alert(1)",
  `/${"a".repeat(1024)}`,
  // Each character becomes six: the path is too long once it is encoded.
  `/${"ü".repeat(500)}`
]

describe("check", () => {
  for (const [value, path] of accepted) {
    it(`S16: accepts ${JSON.stringify(value.slice(0, 40))}`, () => assert.strictEqual(check(value, origin), path))
  }

  for (const value of rejected) {
    it(`S16, F33: rejects ${JSON.stringify(value.slice(0, 40))}`, () => assert.isUndefined(check(value, origin)))
  }
})
