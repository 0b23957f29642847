import { assert, describe, it } from "@effect/vitest"
import { namesOf } from "../../../../packages/core/src/models/internal/flags.ts"

const names = namesOf({ SECOND: 1 << 1, FIRST: 1 << 0, LAST: 1 << 30 })

describe("namesOf", () => {
  it("returns the names of the bits that are set, in the order of the table", () => {
    assert.deepStrictEqual(names(0b11), ["SECOND", "FIRST"])
    assert.deepStrictEqual(names(1 << 30), ["LAST"])
  })

  it("ignores bits without a name", () => {
    assert.deepStrictEqual(names(0b101), ["FIRST"])
    assert.deepStrictEqual(names(2 ** 40 + 1), ["FIRST"])
  })

  it("returns no names for 0 and for an absent number", () => {
    assert.deepStrictEqual(names(0), [])
    assert.deepStrictEqual(names(undefined), [])
  })
})
