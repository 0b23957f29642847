import { assert, describe, it } from "@effect/vitest"
import { decode, encode, unreadable } from "../../../../packages/core/src/tokens/internal/keyValueText.ts"

const record = { generation: 1_755_000_000_000, value: "some\ntext ü 👩‍👩‍👧" }

describe("keyValueText", () => {
  it("reads back what it wrote", () => {
    assert.deepStrictEqual(decode(encode(record)), record)
    assert.deepStrictEqual(decode(encode({ generation: 1, value: "" })), { generation: 1, value: "" })
  })

  it("reads no text as no record", () => {
    assert.isUndefined(decode(undefined))
  })

  it("F43: reads no beginning of a text as a record", () => {
    const text = encode(record)
    for (let length = 0; length < text.length; length++) assert.strictEqual(decode(text.slice(0, length)), unreadable)
  })

  it("reads the first release's record, whose generation is in the value", () => {
    const text = JSON.stringify({ version: 1, generation: 7, token: {} })
    assert.deepStrictEqual(decode(text), { generation: 7, value: text })
    assert.strictEqual(decode(JSON.stringify({ version: 1, generation: 0 })), unreadable)
  })
})
