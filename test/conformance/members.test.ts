import { assert, describe, it } from "@effect/vitest"
import { acceptIssues } from "./acceptIssues.ts"
import type { JsonSchema, Part } from "./JsonSchema.ts"
import { members, retypeEach, unknownMembers, withoutEach, withoutOpen } from "./members.ts"

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

describe("the members of a JSON Schema", () => {
  const schema = object({
    a: { type: "array", items: object({ b: id }) },
    c: { anyOf: [object({ d: text }), { type: "null" }] }
  }, "a")
  const paths = [".a", ".a[].b", ".c", ".c.d"]

  it("are listed inside references, lists and unions", () => {
    assert.deepStrictEqual(members(part(schema)), paths)
  })

  it("are removed one at a time", () => {
    const less = withoutEach(schema)
    assert.deepStrictEqual(less.map(([path]) => path), paths)
    for (const [path, other] of less) assert.deepStrictEqual(issues(other, schema), [`${path}: not known`])
  })

  it("get another type one at a time", () => {
    const retyped = retypeEach(schema, { type: "null" })
    assert.deepStrictEqual(retyped.map(([path]) => path), paths)
    for (const [path, other] of retyped) assert.notDeepEqual(issues(other, schema), [], path)
  })

  it("are unknown where a value has one that no alternative names", () => {
    const union = part({
      anyOf: [
        object({ a: { type: "array", items: object({ b: id }) }, free: {} }),
        object({ c: { type: "object", additionalProperties: object({ d: text }) } })
      ]
    })
    const value = { a: [{ b: "1", x: 1 }, { x: 2 }], c: { any: { d: "", y: [] } }, free: { z: 1 }, w: null }
    assert.deepStrictEqual(unknownMembers(union, value), [".a[].x", ".c.any.y", ".w"])
    assert.deepStrictEqual(unknownMembers(union, null), [])
  })

  it("do not include those of an open object, which accepts any member", () => {
    const named = { ...object({ type: { type: "number", enum: [1] }, a: text }, "type"), additionalProperties: false }
    const open: JsonSchema = { type: "object", properties: { type: { type: "integer" } }, required: ["type"] }
    const list = { type: "array", items: { anyOf: [named, open] } }
    assert.deepStrictEqual(withoutOpen(list), { type: "array", items: { anyOf: [named] } })
  })
})
