import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { nameIn } from "../../../../packages/core/src/models/internal/nameIn.ts"

const name = nameIn({ None: 0, One: 1 })

describe("nameIn", () => {
  it("returns the name of a number in the table", () => {
    assert.deepStrictEqual(name(0), Option.some("None"))
    assert.deepStrictEqual(name(1), Option.some("One"))
  })

  it("returns none for another number, for null and for an absent number", () => {
    for (const value of [2, -1, Number.NaN, null, undefined]) assert.isTrue(Option.isNone(name(value)), String(value))
  })
})
