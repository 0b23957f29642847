/** The operations that we declare, compared with Discord's OpenAPI document. */
import { assert, describe, it } from "@effect/vitest"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { acceptIssues } from "./acceptIssues.ts"
import { callsOf, declaration, json, operationsOf } from "./declaration.ts"
import * as expected from "./deviations.ts"
import { discord } from "./discord.ts"
import type { JsonSchema } from "./JsonSchema.ts"
import {
  bodyIssues,
  parameterIssues,
  requiredScopes,
  securityIssues,
  successIssues,
  takesToken
} from "./operationIssues.ts"

const operations = operationsOf(declaration, discord)
const calls = callsOf(declaration, discord)

describe("the declared operations and Discord's", () => {
  it("have the same paths and methods, except the named ones", () => {
    const missing = operations.filter(({ theirs }) => theirs === undefined).map(({ identifier }) => identifier)
    assert.deepStrictEqual(missing, Object.keys(expected.undocumented))
    assert.strictEqual(calls.length + missing.length, operations.length)
  })

  it("include each of the 39 that accept a user's token", () => {
    const all = Object.entries(discord.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) => takesToken(operation) ? [`${method} ${path}`] : [])
    )
    const declared = calls.filter(({ theirs }) => takesToken(theirs))
    assert.strictEqual(all.length, 39)
    assert.deepStrictEqual(declared.map(({ method, path }) => `${method} ${path}`).sort(), all.sort())
  })

  it("include without a user's token only what a flow needs", () => {
    const others = calls.filter(({ theirs }) => !takesToken(theirs)).map(({ identifier }) => identifier)
    assert.deepStrictEqual(others.sort(), Object.keys(expected.companions).sort())
  })

  it("have a required scope, or null, exactly where a user's token is sent", () => {
    const withToken = calls.filter(({ theirs, ours }) =>
      takesToken(theirs) || json(ours.requestBody)?.properties?.access_token !== undefined
    )
    assert.deepStrictEqual(withToken.map(({ identifier }) => identifier).sort(), Object.keys(requiredScopes).sort())
  })
})

describe.each(calls)("$identifier", (call) => {
  it("has Discord's parameters", () => assert.deepStrictEqual(parameterIssues(call), []))

  it("has a body of Discord's content types", () => assert.deepStrictEqual(bodyIssues(call), []))

  it("has Discord's statuses of success", () => assert.deepStrictEqual(successIssues(call), []))

  it("has Discord's credentials and scope", () => assert.deepStrictEqual(securityIssues(call), []))

  it("reads Discord's error bodies", () => {
    const theirs = json(call.theirs.responses["4XX"])
    const limited = json(call.theirs.responses["429"])
    assert.isDefined(theirs)
    assert.isDefined(limited)
    for (const [status, error] of [["400", theirs], ["403", theirs], ["404", theirs], ["429", limited]] as const) {
      const ours = json(call.ours.responses[status])
      assert.isDefined(ours)
      const issues = acceptIssues(
        { document: declaration, schema: ours },
        { document: discord, schema: error },
        `${call.identifier} ${status}`
      )
      assert.deepStrictEqual(issues, [])
    }
  })
})

const resolve = (schema: JsonSchema): JsonSchema =>
  schema.$ref === undefined
    ? schema
    : discord.components.schemas[schema.$ref.replace("#/components/schemas/", "")] ?? schema

/** Values inside and outside of a query parameter's schema; each good one travels as `String` writes it. */
const probes = ({ anyOf, format, maximum, minimum, type }: JsonSchema) => {
  if (anyOf !== undefined) {
    // A list, or its ids with commas between them: the documentation has the second, and `String` writes it.
    const most = anyOf.find(({ type }) => type === "array")?.maxItems
    assert.isDefined(most)
    const ids = Array.from({ length: most + 1 }, (_, index) => String(80351110224678912n + BigInt(index)))
    return { good: [ids.slice(0, 1), ids.slice(0, 2), ids.slice(1)], bad: [ids, ["me"], [1], ids[0], null] }
  }
  if (type === "boolean") return { good: [true, false], bad: [2, "yes", null] }
  if (type === "integer" && minimum !== undefined && maximum !== undefined) {
    return { good: [minimum, maximum], bad: [minimum - 1, maximum + 1, minimum + 0.5, Number.NaN, "1", null] }
  }
  assert.strictEqual(format, "snowflake")
  return { good: ["0", "80351110224678912"], bad: ["", "-1", "01", "me", 1, null] }
}

const queries = calls.flatMap(({ identifier, query, theirs }) =>
  (theirs.parameters ?? []).flatMap(({ in: where, name, schema }) =>
    where !== "query" || expected.undeclaredParameters[identifier]?.includes(`query ${name}?`)
      ? []
      : [{ title: `${identifier} ${name}`, name, query, schema: resolve(schema) }]
  )
)

describe("the query parameters", () => {
  it("are compared, each of them", () => assert.strictEqual(queries.length, 23))

  it.each(queries)("$title accepts the values that Discord accepts, and no other", ({ name, query, schema }) => {
    assert.isDefined(query)
    const encode = (value: unknown) => Schema.encodeUnknownExit(query)({ [name]: value })
    const { bad, good } = probes(schema)
    for (const value of good) {
      assert.deepStrictEqual(encode(value), Exit.succeed({ [name]: String(value) }), String(value))
    }
    for (const value of bad) assert.isTrue(Exit.isFailure(encode(value)), String(value))
  })
})
