import { assert, describe, it } from "@effect/vitest"
import { segment } from "../../../../packages/core/src/models/internal/segment.ts"

describe("segment", () => {
  it("escapes what would end the segment or the path", () => {
    assert.strictEqual(segment("a/b?c#d e"), "a%2Fb%3Fc%23d%20e")
  })

  it("replaces half a surrogate pair by U+FFFD, and keeps whole pairs", () => {
    assert.strictEqual(segment("\ud83d"), "%EF%BF%BD")
    assert.strictEqual(segment("😀"), "%F0%9F%98%80")
  })
})
