import { assert, describe, it } from "@effect/vitest"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { distinct } from "../../../../packages/core/src/models/internal/distinct.ts"

const schema = Schema.Array(Schema.Struct({ key: Schema.String })).check(
  distinct("key", "another element has this key")
)
const keyed = (keys: ReadonlyArray<string>) => keys.map((key) => ({ key }))

describe("distinct", () => {
  it("accepts elements that differ in the member", () => {
    for (const keys of [[], ["a"], ["a", "b", "A"]]) {
      assert.isTrue(Exit.isSuccess(Schema.decodeUnknownExit(schema)(keyed(keys))), keys.join())
    }
  })

  it("fails at the first element that repeats the member of an earlier one", () => {
    const exit = Schema.decodeUnknownExit(schema)(keyed(["a", "b", "b", "a"]))
    assert.include(String(exit), "another element has this key")
    assert.include(String(exit), "[2][\"key\"]")
  })

  it.prop("generates only lists of distinct elements", [schema], ([elements]) => {
    assert.strictEqual(new Set(elements.map(({ key }) => key)).size, elements.length)
  })
})
