import { assert, describe, it } from "@effect/vitest"
import { unknownType } from "../../../../packages/core/src/models/internal/unknownType.ts"
import { refuses } from "../../../fixtures/laws.ts"

describe("unknownType", () => {
  it("accepts integers other than the known ones", () => {
    assert.isFalse(refuses(unknownType([1, 2]), 3))
    assert.isTrue(refuses(unknownType([1, 2]), 2))
    assert.isTrue(refuses(unknownType([1, 2]), 3.5))
  })
})
