import { assert, describe, it } from "@effect/vitest"
import { openEnum } from "../../../../packages/core/src/models/internal/openEnum.ts"
import { decode, refuses } from "../../../fixtures/laws.ts"

const schema = openEnum(["a", "b"])

describe("openEnum", () => {
  it("keeps known and unknown strings", () => {
    for (const value of ["a", "of the future", ""]) assert.strictEqual(decode(schema, value), value)
  })

  it("rejects other values", () => {
    for (const value of [1, null, {}]) assert.isTrue(refuses(schema, value))
  })
})
