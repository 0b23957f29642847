/** The assembly of Discord's OpenAPI document from `discord-api-spec`. */
import { assert, describe, it } from "@effect/vitest"
import { statuses } from "./declaration.ts"
import { discord, everyScope, unusedKeywords } from "./discord.ts"
import type { JsonSchema } from "./JsonSchema.ts"
import { contentTypes, responseHeaders } from "./supplement.ts"

const operations = Object.entries(discord.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation }))
)

/** Every schema inside a value. */
const schemasIn = (value: unknown): ReadonlyArray<JsonSchema> =>
  typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(schemasIn)] : []

const all = schemasIn(discord)

describe("the document assembled from discord-api-spec", () => {
  it("has the package's operations, schemas and scopes", () => {
    assert.strictEqual(Object.keys(discord.paths).length, 153)
    assert.strictEqual(operations.length, 246)
    assert.strictEqual(Object.keys(discord.components.schemas).length, 538)
    assert.strictEqual(everyScope.length, 34)
  })

  it("has a success, an error and a rate limit for each operation", () => {
    const without = operations.filter((operation) =>
      statuses(operation).length === 0 || !("4XX" in operation.responses) || !("429" in operation.responses)
    )
    assert.deepStrictEqual(without.map(({ name }) => name), [])
  })

  it("has a schema for each reference", () => {
    const references = new Set(all.flatMap(({ $ref }) => typeof $ref === "string" ? [$ref] : []))
    const unknown = Array.from(references).filter((reference) =>
      !(reference.replace("#/components/schemas/", "") in discord.components.schemas)
    )
    assert.isAbove(references.size, 300)
    assert.deepStrictEqual(unknown, [])
  })

  it("uses each row of the supplement", () => {
    const names = new Set(operations.map(({ name }) => name))
    assert.deepStrictEqual(unusedKeywords, [])
    assert.deepStrictEqual(Object.keys(contentTypes).filter((name) => !names.has(name)), [])
    for (const { responses } of operations) {
      for (const { headers } of Object.values(responses)) assert.hasAllKeys(headers, responseHeaders)
    }
  })

  it("has a format, and not zod's pattern and bounds, for dates, ids and 32-bit integers", () => {
    const { AccountResponse, GuildRoleResponse, SnowflakeType, UInt32Type, ...schemas } = discord.components.schemas
    assert.deepStrictEqual(AccountResponse?.properties?.name, { type: ["string", "null"] })
    assert.deepStrictEqual(GuildRoleResponse?.properties?.position, { type: "integer", format: "int32" })
    assert.deepStrictEqual(SnowflakeType, { type: "string", pattern: "^(0|[1-9][0-9]*)$", format: "snowflake" })
    assert.deepStrictEqual(UInt32Type, { type: "integer", minimum: 0, maximum: 4294967295 })
    assert.deepStrictEqual(schemas.ApplicationCommandNumberOptionResponse?.properties?.min_value, { type: "number" })
    const dates = all.filter(({ format }) => format === "date-time")
    assert.isAbove(dates.length, 50)
    assert.deepStrictEqual(dates.filter(({ pattern }) => pattern !== undefined), [])
  })

  it("has the security of an operation", () => {
    assert.deepStrictEqual(discord.paths["/users/@me/guilds"]?.get?.security, [
      { BotToken: [] },
      { OAuth2: ["guilds"] }
    ])
    assert.deepStrictEqual(discord.paths["/oauth2/keys"]?.get?.security, [{}, { BotToken: [] }])
  })
})
