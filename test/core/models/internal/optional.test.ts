import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { optional } from "../../../../packages/core/src/models/internal/optional.ts"
import { decode, refuses } from "../../../fixtures/laws.ts"

const schema = Schema.Struct({ member: optional(Schema.Int) })

describe("optional", () => {
  it("accepts a value, null and an absent member", () => {
    for (const value of [{ member: 1 }, { member: null }, {}]) assert.deepStrictEqual(decode(schema, value), value)
  })

  it("rejects another value", () => {
    assert.isTrue(refuses(schema, { member: "1" }))
  })
})
