import { assert, describe, it } from "@effect/vitest"
import { text, textOrEmpty } from "../../../../packages/core/src/models/internal/boundedText.ts"
import { refuses } from "../../../fixtures/laws.ts"

describe("boundedText", () => {
  it("counts code points, not UTF-16 code units", () => {
    for (const schema of [text(3), textOrEmpty(3)]) {
      assert.isFalse(refuses(schema, "abc"))
      assert.isTrue(refuses(schema, "abcd"))
      assert.isFalse(refuses(schema, "😀😀😀"))
      assert.isTrue(refuses(schema, "😀😀😀😀"))
    }
  })

  it("text rejects the empty string, textOrEmpty accepts it", () => {
    assert.isTrue(refuses(text(3), ""))
    assert.isFalse(refuses(textOrEmpty(3), ""))
  })
})
