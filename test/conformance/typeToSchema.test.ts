import { assert, describe, it } from "@effect/vitest"
import type { TSType } from "oxc-parser"
import type { JsonSchema } from "./JsonSchema.ts"
import { membersOf, readInterface, typeToSchema, typeToValue } from "./typeToSchema.ts"

const typeOf = (text: string): TSType => {
  const [member] = membersOf(
    readInterface(`export interface Other {\n}\nexport interface One {\n  it: ${text}\n}\n`, "One")
  )
  assert.isDefined(member)
  return member.type
}

describe("a TypeScript type as a JSON Schema", () => {
  it.each<readonly [type: string, JsonSchema]>([
    ["string", { type: "string" }],
    ["number", { type: "integer" }],
    ["boolean", { type: "boolean" }],
    ["null", { type: "null" }],
    ["User", { $ref: "#/components/schemas/User" }],
    ["(string | null)[]", { type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] } }],
    ["{ id: User; name?: string }", {
      type: "object",
      properties: { id: { $ref: "#/components/schemas/User" }, name: { type: "string" } },
      required: ["id"]
    }],
    ["{ [key: string]: number }", { type: "object", additionalProperties: { type: "integer" } }]
  ])("%s", (text, schema) => assert.deepStrictEqual(typeToSchema(typeOf(text)), schema))

  it.each(["Date & string", "unknown", "Map<string, number>[0]", "[string]"])("%s is not read", (text) => {
    assert.throws(() => typeToSchema(typeOf(text)), "There is no schema for a")
  })
})

describe("a TypeScript type as a value", () => {
  it("is the literals in it", () => {
    assert.deepStrictEqual(typeToValue(typeOf(`[{ BotToken: [] }, { "OAuth2": ["guilds", "email"] }]`)), [
      { BotToken: [] },
      { OAuth2: ["guilds", "email"] }
    ])
  })

  it("is none where there is no literal", () => assert.throws(() => typeToValue(typeOf("string")), "There is no value"))
})

describe("the members of an interface", () => {
  it("have a name, a type, and may be optional", () => {
    const members = membersOf(readInterface(`export interface A {\n  a?: string\n  "/b": null\n}\n`, "A"))
    assert.deepStrictEqual(members.map(({ name, optional }) => [name, optional]), [["a", true], ["/b", false]])
  })

  it("are not read where the interface is missing or wrong", () => {
    assert.throws(() => readInterface("export interface A {\n}\n", "B"), "There is no interface B")
    assert.throws(() => readInterface("export interface A {\n  a: {\n}\n", "A"), "syntax error")
  })
})
