import { assert, describe, it } from "@effect/vitest"
import { acceptIssues, unknownValues } from "./acceptIssues.ts"
import type { JsonSchema, Part } from "./JsonSchema.ts"

const Id: JsonSchema = { type: "string", format: "snowflake" }

const part = (schema: JsonSchema): Part => ({ document: { paths: {}, components: { schemas: { Id } } }, schema })

const issues = (wide: JsonSchema, narrow: JsonSchema) => acceptIssues(part(wide), part(narrow), "")

const text: JsonSchema = { type: "string" }
const id: JsonSchema = { $ref: "#/components/schemas/Id" }
const object = (properties: Readonly<Record<string, JsonSchema>>, ...required: ReadonlyArray<string>): JsonSchema => ({
  type: "object",
  properties,
  required
})

describe("the comparison of two JSON Schemas", () => {
  it.each([
    ["a string for a string", text, text],
    ["a number for an integer", { type: "number" }, { type: "integer" }],
    ["anything for an object", {}, object({ a: text })],
    ["any object for an object", { type: "object" }, object({ a: text }, "a")],
    ["integers among numbers for integers", { type: "number", enum: [1, 2] }, { type: "integer", enum: [1] }],
    ["a nullable string for a string or null", { anyOf: [text, { type: "null" }] }, { type: ["string", "null"] }],
    ["an open enum for a closed one", { anyOf: [text, { type: "string", enum: ["a"] }] }, {
      type: "string",
      enum: ["b"]
    }],
    ["a closed enum for fewer values", { oneOf: [{ const: "a" }, { const: "b" }] }, { const: "a" }],
    ["an id for an id", { type: "string", pattern: "^(?:0|[1-9][0-9]{0,19})$" }, id],
    ["an optional member for a required one", object({ a: text }), object({ a: text }, "a")],
    ["a record for members", { type: "object", additionalProperties: text }, object({ a: text })],
    ["a longer bound for a shorter one", { type: "string", maxLength: 5 }, { type: "string", maxLength: 4 }],
    [
      "allOf for its parts in one object",
      { allOf: [object({ a: text }), object({ b: id })] },
      object({ a: text, b: id })
    ]
  ])("accepts %s", (_, wide: JsonSchema, narrow: JsonSchema) => {
    assert.deepStrictEqual(issues(wide, narrow), [])
  })

  it.each<[string, JsonSchema, JsonSchema, string]>([
    ["another type", text, { type: "integer" }, ": not integer"],
    ["a number for an integer", { type: "integer" }, { type: "number" }, ": not number"],
    ["null", text, { type: ["string", "null"] }, ": not null"],
    ["a member that is missing", object({}), object({ a: text }), ".a: not known"],
    [
      "a member deep inside",
      { type: "array", items: object({}) },
      { type: "array", items: object({ a: text }) },
      "[].a: not known"
    ],
    ["a member that may be absent", object({ a: text }, "a"), object({ a: text }), ".a: may be absent"],
    ["a member of another type", object({ a: text }), object({ a: { type: "boolean" } }), ".a: not boolean"],
    ["an open enum for a closed one", { enum: ["a", "b"] }, text, ": not any string, but one of a, b"],
    ["a value that is not listed", { enum: ["a"] }, { oneOf: [{ const: "a" }, { const: "b" }] }, ": not b"],
    ["an id where any string is accepted", text, id, ": an id is not any string"],
    ["any string where an id is accepted", id, text, ": not any string is an id"],
    ["a longer string", { type: "string", maxLength: 4 }, text, ": maxLength is 4"],
    ["a smaller number", { type: "integer", minimum: 1 }, { type: "integer", minimum: 0 }, ": minimum is 1"],
    ["a longer list", { type: "array", maxItems: 4 }, { type: "array", maxItems: 5 }, ": maxItems is 4"]
  ])("reports %s", (_, wide, narrow, issue) => {
    assert.deepStrictEqual(issues(wide, narrow), [issue])
  })

  it("compares with the most similar alternative", () => {
    const wide = { anyOf: [object({ a: text }), object({ b: text, c: id })] }
    assert.deepStrictEqual(issues(wide, object({ b: text, c: id })), [])
    assert.deepStrictEqual(issues(wide, object({ b: text, c: id, d: text })), [".d: not known"])
  })

  describe("of a union of objects: those with the same type", () => {
    const kind = (tags: ReadonlyArray<number>, properties: Readonly<Record<string, JsonSchema>>): JsonSchema =>
      object({ type: { type: "number", enum: tags }, ...properties }, "type")
    const open = { type: "object", properties: { type: { type: "integer" } }, required: ["type"] }
    const theirs = {
      oneOf: [
        object({ type: { type: "integer", enum: [1], format: "int32" }, a: text, b: text }, "type"),
        object({ type: { type: "integer", enum: [2] }, c: text }, "type"),
        object({ type: { type: "integer", enum: [3] }, c: text }, "type")
      ]
    }

    it("are compared, whether one object has several types or one", () => {
      const ours = { anyOf: [kind([1], { a: text, b: text }), kind([2, 3], { c: text }), open] }
      assert.deepStrictEqual(issues(ours, theirs), [])
      assert.deepStrictEqual(issues(theirs, { anyOf: ours.anyOf.slice(0, 2) }), [])
      assert.deepStrictEqual(unknownValues(part(ours), part(theirs), ""), [])
    })

    it("are reported for a missing member, even if another object is more similar", () => {
      const ours = { anyOf: [kind([1], { a: text }), kind([2, 3], { b: text, c: text }), open] }
      assert.deepStrictEqual(issues(ours, theirs), [".b: not known"])
    })

    it("are compared with the open object, and the type is reported, if none names it", () => {
      const ours = { anyOf: [kind([1], { a: text, b: text }), kind([2], { c: text }), open] }
      assert.deepStrictEqual(issues(ours, theirs), [".c: not known"])
      assert.deepStrictEqual(unknownValues(part({ anyOf: ours.anyOf.slice(0, 2) }), part(theirs), ""), [".type: 3"])
      assert.deepStrictEqual(issues({ anyOf: ours.anyOf.slice(0, 2) }, theirs), [".type: not 3"])
    })
  })

  it("reports the values that an open enum does not name, and no others", () => {
    const theirs = part(object({ a: { oneOf: [{ const: "x" }, { const: "y" }] }, b: { enum: ["z"] } }))
    const ours = part(object({ a: { anyOf: [text, { type: "string", enum: ["x"] }] }, b: text }))
    assert.deepStrictEqual(unknownValues(ours, theirs, ""), [".a: y"])
  })
})
