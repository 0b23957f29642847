/**
 * Our OpenAPI document, which the declaration gives, held against Discord's own.
 *
 * Discord's document is not part of this repository: name it in `DISCORD_OPENAPI`, or put it beside the checkout as
 * `shared/discord-openapi.json` (https://github.com/discord/discord-api-spec, `specs/openapi.json`).
 */
import { DiscordHttpApi, DiscordSecurity } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"
import * as expected from "./deviations.ts"
import type { Document, JsonSchema, Operation, Parameter, Part } from "./schema.ts"
import { acceptIssues, members, unknownValues, withoutEach, withoutOpen } from "./schema.ts"

const file = process.env.DISCORD_OPENAPI ??
  fileURLToPath(new URL("../../../shared/discord-openapi.json", import.meta.url))

interface DiscordDocument extends Document {
  readonly components: Document["components"] & {
    readonly securitySchemes: {
      readonly OAuth2: {
        readonly flows: Readonly<Record<string, { readonly scopes: Readonly<Record<string, string>> }>>
      }
    }
  }
}

/** The parts of the declaration that its document shows only as text. */
interface Declared {
  readonly identifier: string
  readonly query?: Schema.Codec<unknown, unknown>
}

interface Call {
  readonly identifier: string
  readonly declared: Declared
  readonly ours: Operation
  readonly theirs: Operation
}

const requiredScopes: Readonly<Record<string, string | null>> = DiscordSecurity.requiredScopes

const declaredGroups: Readonly<Record<string, { readonly endpoints: Readonly<Record<string, unknown>> }>> =
  DiscordHttpApi.DiscordHttpApi.groups

const compare = (discord: DiscordDocument) => {
  const mine: Document = JSON.parse(JSON.stringify(DiscordHttpApi.openApi()))
  const declared = new Map(
    Object.values(declaredGroups).flatMap(({ endpoints }) => Object.entries(endpoints as Record<string, Declared>))
  )
  const operations = Object.entries(mine.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, ours]) => {
      const identifier = (ours as Operation & { readonly operationId: string }).operationId.replace(/^.*\./, "")
      return { path, method, ours, identifier, theirs: discord.paths[path]?.[method] }
    })
  )
  const calls = operations.flatMap(({ identifier, ours, path, theirs }): ReadonlyArray<Call> => {
    const endpoint = declared.get(identifier)
    if (theirs === undefined || endpoint === undefined) return []
    // What holds for every method of a path stands beside them.
    const shared = discord.paths[path]?.parameters as unknown as ReadonlyArray<Parameter> | undefined
    const parameters = [...shared ?? [], ...theirs.parameters ?? []]
    return [{ identifier, declared: endpoint, ours, theirs: { ...theirs, parameters } }]
  })
  return { mine, operations, calls }
}

type Body = { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> } | undefined

const json = (body: Body): JsonSchema | undefined => body?.content?.["application/json"]?.schema

/** A body, a form with files too. */
const sent = (body: Body): JsonSchema | undefined => json(body) ?? body?.content?.["multipart/form-data"]?.schema

/** Whether Discord says that an access token does for it. */
const takesToken = ({ security }: Operation) => security?.some(({ OAuth2 }) => OAuth2 !== undefined) === true

/** What no pattern explains, and patterns that explain nothing. */
const unexplained = (found: ReadonlyArray<string>, reasons: ReadonlyArray<readonly [RegExp, string]>) => [
  ...found.filter((issue) => !reasons.some(([where]) => where.test(issue))),
  ...reasons.filter(([where]) => !found.some((issue) => where.test(issue))).map(([where]) => where.source)
]

const statuses = (operation: Operation) => Object.keys(operation.responses).filter((status) => status.startsWith("2"))

const suite = (discord: DiscordDocument) => {
  const { calls, mine, operations } = compare(discord)
  const ours = (schema: JsonSchema): Part => ({ document: mine, schema })
  const theirs = (schema: JsonSchema): Part => ({ document: discord, schema })

  /** Both schemas of each success that has a body. */
  const successes = calls.flatMap((call) =>
    statuses(call.theirs).flatMap((status) => {
      const pair = { mine: json(call.ours.responses[status]), discord: json(call.theirs.responses[status]) }
      return pair.mine === undefined || pair.discord === undefined
        ? []
        : [{ name: `${call.identifier} ${status}`, mine: pair.mine, discord: pair.discord }]
    })
  )
  const bodies = calls.flatMap(({ identifier, ours, theirs }) => {
    const pair = { mine: sent(ours.requestBody), discord: sent(theirs.requestBody) }
    return pair.mine === undefined || pair.discord === undefined
      ? []
      : [{ name: identifier, mine: pair.mine, discord: pair.discord }]
  })

  const everyScope = Array.from(
    new Set(
      Object.values(discord.components.securitySchemes.OAuth2.flows).flatMap(({ scopes }) => Object.keys(scopes))
    )
  ).sort()

  it("declares paths and methods that Discord has", () => {
    const missing = operations.filter(({ theirs }) => theirs === undefined).map(({ identifier }) => identifier)
    assert.deepStrictEqual(missing, Object.keys(expected.undocumented))
    assert.strictEqual(calls.length + missing.length, operations.length)
  })

  it("declares 39 of the 39 operations that take a user's token", () => {
    const all = Object.entries(discord.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) => takesToken(operation) ? [`${method} ${path}`] : [])
    )
    const declared = operations.filter(({ theirs }) => theirs !== undefined && takesToken(theirs))
    assert.strictEqual(all.length, 39)
    assert.deepStrictEqual(declared.map(({ method, path }) => `${method} ${path}`).sort(), all.sort())
  })

  it("declares beside them only what a flow cannot be finished without", () => {
    const others = calls.filter(({ theirs }) => !takesToken(theirs)).map(({ identifier }) => identifier)
    assert.deepStrictEqual(others.sort(), Object.keys(expected.companions).sort())
  })

  it("has a scope, or none, for whatever is sent with a user's token, and for no other call", () => {
    const withToken = calls.filter(({ theirs, ours }) =>
      takesToken(theirs) || json(ours.requestBody)?.properties?.access_token !== undefined
    )
    assert.deepStrictEqual(withToken.map(({ identifier }) => identifier).sort(), Object.keys(requiredScopes).sort())
  })

  describe.each(calls)("$identifier", ({ identifier, ours, theirs }) => {
    it("has Discord's parameters, each where it belongs and as required", () => {
      const shape = ({ parameters }: Operation) =>
        (parameters ?? []).map(({ in: where, name, required }) => `${where} ${name}${required === true ? "" : "?"}`)
      assert.deepStrictEqual(shape(ours), shape(theirs))
    })

    it("takes a body where Discord does", () => {
      const kinds = ({ requestBody }: Operation) => Object.keys(requestBody?.content ?? {})
      assert.deepStrictEqual([...kinds(ours), ...expected.otherBodies[identifier] ?? []], kinds(theirs))
      assert.strictEqual(ours.requestBody?.required, theirs.requestBody?.required)
    })

    it("has Discord's success statuses, with a body where Discord sends one", () => {
      const shape = (operation: Operation) =>
        statuses(operation).map((status) => [status, json(operation.responses[status]) !== undefined])
      assert.deepStrictEqual(shape(ours), shape(theirs))
    })

    it("proves itself as Discord asks, with the scope of requiredScopes", () => {
      const schemes = (ours.security ?? []).flatMap((requirement) => Object.keys(requirement))
      if (!takesToken(theirs)) {
        // Where it has a scope, that is of the access token in the body.
        assert.deepStrictEqual(theirs.security?.at(-1), { BotToken: [] })
        assert.deepStrictEqual(schemes, identifier === "getPublicKeys" ? [] : ["BotToken"])
        assert.strictEqual(theirs.security?.length, identifier === "getPublicKeys" ? 2 : 1)
        return
      }
      const scopes = theirs.security?.flatMap(({ OAuth2 }) => OAuth2 ?? []).sort()
      const required = requiredScopes[identifier]
      assert.deepStrictEqual(schemes, ["OAuth2"])
      if (identifier in expected.documentedScopes) {
        assert.deepStrictEqual(scopes, [])
        assert.strictEqual(required, expected.documentedScopes[identifier])
      } else if (expected.withoutScope.includes(identifier)) {
        assert.deepStrictEqual(scopes, [])
        assert.isNull(required)
      } else if (required === null) {
        assert.deepStrictEqual(scopes, everyScope)
      } else {
        assert.deepStrictEqual(scopes, [required])
      }
    })
  })

  it("lets through what Discord takes as a query, and nothing beyond its bounds", () => {
    const queries = calls.flatMap(({ declared, identifier, theirs }) =>
      (theirs.parameters ?? []).flatMap(({ in: where, name, schema }) =>
        where === "query" ? [{ query: declared.query, title: `${identifier} ${name}`, name, schema }] : []
      )
    )
    assert.isAtLeast(queries.length, 20)
    for (const { name, query, schema, title } of queries) {
      assert.isDefined(query)
      const encode = (value: unknown) => Schema.encodeUnknownExit(query)({ [name]: value })
      const { bad, good } = probes(resolve(discord, schema))
      for (const value of good) {
        assert.deepStrictEqual(encode(value), Exit.succeed({ [name]: String(value) }), `${title}=${String(value)}`)
      }
      for (const value of bad) assert.isTrue(Exit.isFailure(encode(value)), `${title}=${String(value)}`)
    }
  })

  it("accepts whatever Discord sends, and sends what Discord accepts, but for a list", () => {
    const found = [
      ...successes.flatMap(({ discord, mine, name }) => acceptIssues(ours(mine), theirs(discord), name)),
      ...bodies.flatMap(({ discord, mine, name }) => acceptIssues(theirs(discord), ours(mine), `${name} sends `))
    ]
    assert.deepStrictEqual(unexplained(found, expected.deviations), [])
  })

  it("lets through whatever body Discord takes, but for a list", () => {
    const found = bodies.flatMap(({ discord, mine, name }) =>
      acceptIssues(ours(mine), theirs(discord), `${name} takes `)
    )
    assert.deepStrictEqual(unexplained(found, expected.narrower), [])
  })

  it("accepts more than Discord's document has only for a reason", () => {
    const found = successes.flatMap(({ discord, mine, name }) => acceptIssues(theirs(discord), ours(mine), name))
    assert.deepStrictEqual(unexplained(found, expected.wider), [])
  })

  it("names every value that Discord documents for an open enum", () => {
    const found = successes.flatMap(({ discord, mine, name }) => unknownValues(ours(mine), theirs(discord), name))
    assert.deepStrictEqual(found, [])
  })

  it("reads Discord's error bodies", () => {
    const error = json(discord.components.responses?.ClientErrorResponse)
    const limited = json(discord.components.responses?.ClientRatelimitedResponse)
    assert.isDefined(error)
    assert.isDefined(limited)
    for (const { identifier, ours: { responses } } of calls) {
      for (const status of ["400", "403", "404"]) {
        const body = json(responses[status])
        assert.isDefined(body)
        assert.deepStrictEqual(acceptIssues(ours(body), theirs(error), `${identifier} ${status}`), [])
      }
      const body = json(responses["429"])
      assert.isDefined(body)
      assert.deepStrictEqual(acceptIssues(ours(body), theirs(limited), `${identifier} 429`), [])
    }
  })

  it("this comparison notices each member of Discord's that one of our models would lose", () => {
    // Twelve calls have a command for an answer, and twelve times the same is no more.
    const distinct = new Map(
      [...successes, ...bodies].map((pair) => [JSON.stringify([pair.mine, pair.discord]), pair] as const).reverse()
    )
    for (const { discord, mine, name } of distinct.values()) {
      const known = withoutOpen(mine)
      const less = withoutEach(known)
      const before = acceptIssues(ours(known), theirs(discord), name)
      for (const path of members(theirs(discord))) {
        if (expected.free.test(`${name}${path}`)) continue
        const without = less.filter(([other]) => other === path)
        assert.isAbove(without.length, 0, `${name}${path}`)
        for (const [, schema] of without) {
          const after = acceptIssues(ours(schema), theirs(discord), name)
          assert.deepStrictEqual(after.filter((issue) => !before.includes(issue)), [`${name}${path}: not known`])
        }
      }
    }
  })
}

const resolve = ({ components }: Document, schema: JsonSchema): JsonSchema =>
  schema.$ref === undefined ? schema : components.schemas[schema.$ref.replace("#/components/schemas/", "")] ?? schema

/** Values inside and outside of a query parameter's schema; each good one travels as `String` writes it. */
const probes = ({ format, maximum, minimum, oneOf, type }: JsonSchema) => {
  if (oneOf !== undefined) {
    // A list, or its ids with commas between them: that is what the documentation has, and `String` writes.
    const most = oneOf.find(({ type }) => type === "array")?.maxItems
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

if (fs.existsSync(file)) {
  const discord: DiscordDocument = JSON.parse(fs.readFileSync(file, "utf8"))
  describe("our OpenAPI document and Discord's", () => suite(discord))
} else {
  describe("our OpenAPI document and Discord's", () => {
    it.skip("Discord's document is not here: set DISCORD_OPENAPI to compare with it", () => {})
  })
}
