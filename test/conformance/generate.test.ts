import { assert, describe, it } from "@effect/vitest"
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import { generator, memberPaths, unknownMember, withoutUnknown } from "./generate.ts"
import type { Document, JsonSchema } from "./JsonSchema.ts"

/** A document with every construct that Discord's document uses. */
const document: Document = {
  paths: {},
  components: {
    schemas: {
      Id: { type: "string", pattern: "^(0|[1-9][0-9]*)$", format: "snowflake" },
      Kind: { type: "integer", oneOf: [{ const: 1 }, { const: 2 }, { const: 3 }], format: "int32" },
      Cat: {
        type: "object",
        properties: { kind: { type: "integer", enum: [1], allOf: [{ $ref: "#/components/schemas/Kind" }] } },
        required: ["kind"]
      },
      Dog: {
        type: "object",
        properties: {
          kind: { type: "integer", enum: [2, 3], allOf: [{ $ref: "#/components/schemas/Kind" }] },
          tricks: { type: ["array", "null"], items: { type: "string", minLength: 2, maxLength: 5 }, maxItems: 2 }
        },
        required: ["kind", "tricks"]
      }
    }
  }
}

const pet: JsonSchema = {
  type: "object",
  properties: {
    id: { $ref: "#/components/schemas/Id" },
    owner: { oneOf: [{ type: "null" }, { $ref: "#/components/schemas/Id" }] },
    animal: { oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }] },
    born: { type: "string", format: "date-time" },
    picture: { type: ["string", "null"], format: "uri" },
    weight: { type: "number", format: "double" },
    age: { type: "integer", minimum: 0, maximum: 30 },
    kinds: { type: "array", items: { $ref: "#/components/schemas/Kind" }, minItems: 1 },
    names: { type: "object", additionalProperties: { type: "string" } }
  },
  required: ["id", "owner", "animal"]
}

const valid = (() => {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addFormat("snowflake", /^\d{1,20}$/)
  ajv.addSchema({ $id: "pets", ...document })
  return ajv.compile({ ...JSON.parse(JSON.stringify(pet).replaceAll("#/", "pets#/")) })
})()

interface Pet {
  readonly owner: string | null
  readonly age?: number
  readonly names?: object
  readonly animal: { readonly kind: number; readonly tricks?: ReadonlyArray<string> | null }
}

const take = (seed: number, count: number): ReadonlyArray<Pet> => {
  const next = generator({ document, seed }, pet)
  return Array.from({ length: count }, () => next() as Pet)
}

describe("values generated from a JSON Schema", () => {
  it("are the same for the same seed, and different for another seed", () => {
    assert.deepStrictEqual(take(1, 20), take(1, 20))
    assert.notDeepEqual(take(1, 20), take(2, 20))
  })

  it("are what the schema allows", () => {
    for (const value of take(3, 300)) assert.isTrue(valid(value), JSON.stringify(value))
  })

  it("include every alternative, every value, both ends of a range, null, and absence", () => {
    const pets = take(4, 300)
    assert.deepStrictEqual(Array.from(new Set(pets.map(({ animal }) => animal.kind))).sort(), [1, 2, 3])
    assert.includeMembers(pets.map(({ age }) => age), [0, 30, undefined])
    assert.includeMembers(pets.map(({ owner }) => owner === null), [true, false])
    assert.includeMembers(pets.map(({ animal }) => animal.tricks === null), [true, false])
    assert.includeMembers(pets.map((pet) => unknownMember in pet), [true, false])
  })

  it("have one of the given strings for a member", () => {
    const texts = new Map([["text", ["known"]]])
    const schema: JsonSchema = { type: "object", properties: { text: { type: "string" } }, required: ["text"] }
    const next = generator({ document, seed: 5, texts }, schema)
    assert.deepStrictEqual(withoutUnknown(next()), { text: "known" })
  })

  it("are not generated for a keyword that the generator does not read", () => {
    const schemas: ReadonlyArray<JsonSchema> = [
      { type: "string", format: "color" },
      { type: "string", pattern: "^#" },
      { $ref: "#/components/schemas/Bird" },
      { type: "set" }
    ]
    for (const schema of schemas) assert.throws(generator({ document, seed: 6 }, schema))
  })

  it("are compared without the members that no document has, at any depth", () => {
    const value = { a: [{ [unknownMember]: 1, b: null }], [unknownMember]: { c: 1 } }
    assert.deepStrictEqual(withoutUnknown(value), { a: [{ b: null }] })
    assert.deepStrictEqual(memberPaths(withoutUnknown(value)), [".a", ".a[].b"])
  })
})
