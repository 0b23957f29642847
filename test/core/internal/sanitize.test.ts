import { assert, describe, it } from "@effect/vitest"
import { sanitize } from "../../../packages/core/src/internal/sanitize.ts"

describe("sanitize", () => {
  it("F32: line breaks, control characters and what turns the direction of writing become blanks", () => {
    assert.strictEqual(sanitize(" a\r\nb\u0000\u001b[31mc\u0085d\u2028e\u202ef\u2066g "), "a b [31mc d e f g")
  })

  it("F32: at most 200 characters are left, and no half of a pair", () => {
    assert.strictEqual(sanitize("a".repeat(201)), `${"a".repeat(199)}…`)
    assert.strictEqual(sanitize(`${"a".repeat(198)}😀😀`), `${"a".repeat(198)}…`)
    assert.strictEqual(sanitize("a\ud83db😀"), "a b😀")
  })
})
