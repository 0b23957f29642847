/** Responses that Discord's OpenAPI document allows, generated from it, through our schemas and back. */
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as SchemaJITCompiler from "effect/schema/SchemaJITCompiler"
import { endpoints } from "./declaration.ts"
import * as expected from "./deviations.ts"
import { discord } from "./discord.ts"
import { generator, memberPaths } from "./generate.ts"
import type { JsonSchema } from "./JsonSchema.ts"
import { members } from "./members.ts"
import { roundTripIssues } from "./roundTrip.ts"
import { notNull, responseParts, validator } from "./validator.ts"

const samples = 300

/** Values for members that the document calls a string, and for which the documentation says more. */
const permissions = ["0", "2147483647", "9007199254740993", "36953089"]
const texts = new Map([
  ["permissions", permissions],
  ["allow", permissions],
  ["deny", permissions],
  ["default_member_permissions", permissions],
  // The subject of an id token is the user's id.
  ["sub", ["80351110224678912", "18446744073709551615"]]
])

const validate = validator(discord)

/** Every response with a body that the document has for a declared operation. */
const responses = endpoints.flatMap(({ successes, ...endpoint }) =>
  Object.entries(discord.paths[endpoint.path]?.[endpoint.method]?.responses ?? {}).flatMap(([status, { content }]) => {
    const schema = notNull(content?.["application/json"]?.schema)
    if (!status.startsWith("2") || schema === undefined) return []
    const ours = successes.get(Number(status))
    return [{
      name: `${endpoint.identifier} ${status}`,
      schema,
      codec: ours && (Schema.toCodecJson(Schema.Union(ours)) as Schema.Codec<unknown, unknown>),
      validate: validate(...responseParts(endpoint, status))
    }]
  })
)

const known = new Map<string, ReadonlyArray<unknown>>()

/** The values of a schema, generated once: twelve operations, for example, respond with a command. */
const generate = (schema: JsonSchema): ReadonlyArray<unknown> => {
  const key = JSON.stringify(schema)
  const values = known.get(key) ??
    Array.from({ length: samples }, generator({ document: discord, seed: 20260, texts }, schema))
  known.set(key, values)
  return values
}

const distinct = Array.from(new Map(responses.map((one) => [JSON.stringify(one.schema), one] as const)).values())

describe("the generated responses", () => {
  it("cover every declared operation that has a response body in Discord's document", () => {
    const silent = endpoints.filter(({ identifier }) =>
      !responses.some(({ name }) => name.startsWith(`${identifier} `))
    )
    const unknown = silent.filter(({ method, path }) => discord.paths[path]?.[method] === undefined)
    assert.deepStrictEqual(unknown.map(({ identifier }) => identifier), Object.keys(expected.undocumented))
    for (const { identifier, successes } of silent) {
      if (!(identifier in expected.undocumented)) assert.notInclude(Array.from(successes.keys()), 200, identifier)
    }
    assert.strictEqual(responses.length, 42)
  })
})

describe.each(distinct)("a generated response of $name", ({ schema, validate }) => {
  it("is allowed by the document, and all of them have every member of it", () => {
    const generated = generate(schema)
    const issues = generated.flatMap((value) => validate(value).map((issue) => `${issue}\n${JSON.stringify(value)}`))
    assert.deepStrictEqual(issues.slice(0, 1), [])
    const seen = new Set(generated.flatMap(memberPaths))
    const all = members({ document: discord, schema }).filter((path) => !path.includes("*"))
    assert.strictEqual(all.filter((path) => !seen.has(path)).join(" "), "")
  })
})

describe.each(responses)("a generated response of $name", ({ codec, schema, validate }) => {
  it("decodes, and encodes to the same value", () => {
    assert.isDefined(codec)
    assert.deepStrictEqual(roundTripIssues(codec, generate(schema), validate).slice(0, 1), [])
  })

  it("decodes, and encodes to the same value, with Effect's schema compiler", () => {
    assert.isDefined(codec)
    SchemaJITCompiler.enable(codec.ast)
    assert.deepStrictEqual(roundTripIssues(codec, generate(schema), validate).slice(0, 1), [])
  })
})

describe("a wrong schema for a connection is reported:", () => {
  const response = responses.find(({ name }) => name === "getCurrentUserConnections 200")
  const Integration = Schema.Struct({
    id: Schema.String,
    type: Schema.String,
    account: Schema.Json,
    guild: Schema.Json
  })
  const fields = {
    id: Schema.String,
    name: Schema.NullOr(Schema.String),
    type: Schema.String,
    friend_sync: Schema.Boolean,
    integrations: Schema.optionalKey(Schema.Array(Integration)),
    show_activity: Schema.Boolean,
    two_way_link: Schema.Boolean,
    verified: Schema.Boolean,
    visibility: Schema.Int,
    revoked: Schema.optionalKey(Schema.Boolean)
  }
  const { revoked: _, ...withoutRevoked } = fields

  type Fields = Readonly<
    Record<string, Schema.Codec<unknown, unknown> | Schema.optionalKey<Schema.Codec<unknown, unknown>>>
  >

  const issuesOf = (fields: Fields) => {
    assert.isDefined(response)
    const codec: Schema.Codec<unknown, unknown> = Schema.toCodecJson(Schema.Array(Schema.Struct(fields)))
    const kinds = roundTripIssues(codec, generate(response.schema), response.validate)
    return Array.from(new Set(kinds.map((issue) => issue.slice(0, issue.indexOf(":")))))
  }

  it("none, when the schema is right", () => assert.deepStrictEqual(issuesOf(fields), []))

  it.each<readonly [mistake: string, fields: Fields, issue: string]>([
    ["a lost member", withoutRevoked, "changed"],
    ["a member of another type", { ...fields, id: Schema.Number }, "not decoded"],
    ["a member that is not nullable", { ...fields, name: Schema.String }, "not decoded"],
    ["a member that is not optional", { ...fields, revoked: Schema.Boolean }, "not decoded"],
    ["a closed list of values", { ...fields, type: Schema.Literals(["twitch"]) }, "not decoded"],
    ["a member by another name", {
      ...withoutRevoked,
      isRevoked: Schema.optionalKey(Schema.Boolean)
    }, "changed"]
  ])("%s", (_, fields, issue) => {
    assert.deepStrictEqual(issuesOf(fields), [issue])
  })
})
