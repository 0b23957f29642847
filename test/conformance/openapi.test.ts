/**
 * Our OpenAPI document, which the declaration gives, held against Discord's own.
 *
 * Discord's document is not part of this repository: name it in `DISCORD_OPENAPI`, or put it beside the checkout as
 * `shared/discord-openapi.json` (https://github.com/discord/discord-api-spec, `specs/openapi.json`).
 */
import { DiscordHttpApi } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"
import type { Document, JsonSchema, Operation, Parameter, Part } from "./schema.ts"
import { acceptIssues, members, unknownValues, withoutEach } from "./schema.ts"

/** What Discord's document does not have. */
const undocumented: Readonly<Record<string, string>> = {
  exchangeToken: "RFC 6749 describes it; Discord's document has no token endpoint",
  revokeToken: "RFC 7009 describes it; Discord's document has no revocation endpoint"
}

/** What takes a user's token and is not declared. */
const undeclared: ReadonlyArray<readonly [reason: string, ...operations: ReadonlyArray<string>]> = [
  [
    "commands are written with a client credentials token",
    "get /applications/{application_id}/commands",
    "put /applications/{application_id}/commands",
    "post /applications/{application_id}/commands",
    "get /applications/{application_id}/commands/{command_id}",
    "delete /applications/{application_id}/commands/{command_id}",
    "patch /applications/{application_id}/commands/{command_id}",
    "get /applications/{application_id}/guilds/{guild_id}/commands",
    "put /applications/{application_id}/guilds/{guild_id}/commands",
    "post /applications/{application_id}/guilds/{guild_id}/commands",
    "get /applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
    "delete /applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
    "patch /applications/{application_id}/guilds/{guild_id}/commands/{command_id}"
  ],
  [
    "the shop of an application",
    "get /applications/{application_id}/entitlements",
    "get /applications/{application_id}/entitlements/{entitlement_id}",
    "delete /applications/{application_id}/entitlements/{entitlement_id}",
    "post /applications/{application_id}/entitlements/{entitlement_id}/consume",
    "get /users/@me/applications/{application_id}/entitlements",
    "get /skus/{sku_id}/subscriptions",
    "get /skus/{sku_id}/subscriptions/{subscription_id}"
  ],
  ["an activity uploads a file", "post /applications/{application_id}/attachment"],
  ["OpenID Connect", "get /oauth2/userinfo"]
]

/** Where what Discord may send is more than we accept, or what we may send is more than it accepts. */
const deviations: Readonly<Record<string, string>> = {
  "getCurrentUserGuilds 200: not null": "the documentation has a list, and none has been seen to be null",
  "getCurrentUserConnections 200: not null": "the documentation has a list, and none has been seen to be null",
  "addGuildMember sends .access_token: maxLength is 10240": "Discord made the token, so its length is Discord's affair",
  "editApplicationCommandPermissions sends .permissions[].type: not any integer, but one of 1, 2, 3":
    "enums are open: what was read can be written back"
}

/** Where Discord accepts more of us than we let through. */
const narrower: Readonly<Record<string, string>> = {
  "addGuildMember takes .access_token: minLength is 1": "a token is never empty",
  "editApplicationCommandPermissions takes .permissions: not null": "the documentation has a list that is required",
  "editApplicationCommandPermissions takes .permissions: may be absent": "the documentation has it required"
}

/** Where we accept more than Discord's document lets it send. */
const wider: ReadonlyArray<readonly [where: RegExp, because: string]> = [
  [/: not any (string|integer), but one of /, "enums are open: Discord adds values without notice"],
  [/\.(public_flags|flags|primary_guild|mfa_enabled|locale): may be absent$/, "optional in the documentation's tables"],
  [/\.collectibles\.nameplate: may be absent$/, "optional in the documentation's table"],
  [/\.application\.bot\.(avatar|discriminator|global_name): may be absent$/, "a partial user in the documentation"],
  [/\.application\.(type|flags_new): may be absent$/, "the documentation's example has none"],
  [
    /(Member) 20[01]\.(avatar|banner|communication_disabled_until|nick|pending|premium_since|user): may be absent$/,
    "optional in the documentation's table"
  ],
  [/\.joined_at: not null$/, "null for the guest of a voice channel"],
  [/\.platform_name: not null$/, "nullable in the documentation's table"],
  [/\.integrations\[\]\.guild: may be absent$/, "the documentation's integration object has none"],
  [/\.user\.(mfa_enabled|locale|verified|email|premium_type): not known$/, "one user model for all places"],
  [/\.application\.bot\.(mfa_enabled|locale|verified|email|premium_type): not known$/, "one user model for all places"],
  [/^addGuildMember 201\.permissions: not known$/, "one member model for all places"],
  [/\.application\.hook: not known$/, "in the documentation's example of this answer"],
  [/\.application\.(owner|team|guild): not known$/, "in the documentation's application object"],
  [/\.application\.(redirect_uris|interactions_endpoint_url): not known$/, "in the documentation's application object"],
  [
    /\.application\.(role_connections_verification_url|explicit_content_filter|eligible_oauth2_scopes): not known$/,
    "in the documentation's application object, or in Discord's document for an application that asks about itself"
  ],
  [/\.application\.(event_webhooks|approximate)_\w+: not known$/, "in the documentation's application object"],
  [/\.integrations\[\]\.\w+: not known$/, "in the documentation's integration object"]
]

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
  readonly identifier: keyof typeof DiscordHttpApi.requiredScopes
  readonly declared: Declared
  readonly ours: Operation
  readonly theirs: Operation
}

const isCall = (identifier: string): identifier is Call["identifier"] =>
  Object.hasOwn(DiscordHttpApi.requiredScopes, identifier)

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
    if (theirs === undefined || endpoint === undefined || !isCall(identifier)) return []
    // What holds for every method of a path stands beside them.
    const shared = discord.paths[path]?.parameters as unknown as ReadonlyArray<Parameter> | undefined
    const parameters = [...shared ?? [], ...theirs.parameters ?? []]
    return [{ identifier, declared: endpoint, ours, theirs: { ...theirs, parameters } }]
  })
  return { mine, operations, calls }
}

type Body = { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> } | undefined

const json = (body: Body): JsonSchema | undefined => body?.content?.["application/json"]?.schema

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
    const pair = { mine: json(ours.requestBody), discord: json(theirs.requestBody) }
    return pair.mine === undefined || pair.discord === undefined
      ? []
      : [{ name: identifier, mine: pair.mine, discord: pair.discord }]
  })

  it("declares paths and methods that Discord has", () => {
    const missing = operations.filter(({ theirs }) => theirs === undefined).map(({ identifier }) => identifier)
    assert.deepStrictEqual(missing, Object.keys(undocumented))
    assert.isAtLeast(calls.length, 12)
    assert.strictEqual(calls.length + missing.length, operations.length)
  })

  it("declares whatever takes a user's token, but for a list", () => {
    const takesToken = Object.entries(discord.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) =>
        security?.some(({ OAuth2 }) => OAuth2 !== undefined && OAuth2.length > 0) ? [`${method} ${path}`] : []
      )
    )
    const declared = new Set(operations.map(({ method, path }) => `${method} ${path}`))
    assert.deepStrictEqual(
      takesToken.filter((operation) => !declared.has(operation)).sort(),
      undeclared.flatMap(([, ...operations]) => operations).sort()
    )
  })

  describe.each(calls)("$identifier", ({ identifier, ours, theirs }) => {
    it("has Discord's parameters, each where it belongs and as required", () => {
      const shape = ({ parameters }: Operation) =>
        (parameters ?? []).map(({ in: where, name, required }) => `${where} ${name}${required === true ? "" : "?"}`)
      assert.deepStrictEqual(shape(ours), shape(theirs))
    })

    it("takes a body where Discord does", () => {
      assert.strictEqual(json(ours.requestBody) === undefined, json(theirs.requestBody) === undefined)
      assert.strictEqual(ours.requestBody?.required, theirs.requestBody?.required)
    })

    it("has Discord's success statuses, with a body where Discord sends one", () => {
      const shape = (operation: Operation) =>
        statuses(operation).map((status) => [status, json(operation.responses[status]) !== undefined])
      assert.deepStrictEqual(shape(ours), shape(theirs))
    })

    it("proves itself as Discord asks, with the scope of requiredScopes", () => {
      const schemes = (ours.security ?? []).flatMap((requirement) => Object.keys(requirement))
      const scopes = theirs.security?.find(({ OAuth2 }) => OAuth2 !== undefined)?.OAuth2
      const required = DiscordHttpApi.requiredScopes[identifier]
      if (schemes[0] === "BotToken") {
        // The scope is that of the access token in the body.
        assert.deepStrictEqual(theirs.security, [{ BotToken: [] }])
        assert.isUndefined(scopes)
        assert.strictEqual(identifier, "addGuildMember")
      } else if (required === null) {
        const every = Object.values(discord.components.securitySchemes.OAuth2.flows)
          .flatMap(({ scopes }) => Object.keys(scopes))
        assert.deepStrictEqual(every.filter((scope) => scopes?.includes(scope) !== true), [])
      } else {
        assert.deepStrictEqual(schemes, ["OAuth2"])
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
    assert.isAtLeast(queries.length, 4)
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
    assert.deepStrictEqual(found.sort(), Object.keys(deviations).sort())
  })

  it("lets through whatever body Discord takes, but for a list", () => {
    const found = bodies.flatMap(({ discord, mine, name }) =>
      acceptIssues(ours(mine), theirs(discord), `${name} takes `)
    )
    assert.deepStrictEqual(found.sort(), Object.keys(narrower).sort())
  })

  it("accepts more than Discord's document has only for a reason", () => {
    const found = successes.flatMap(({ discord, mine, name }) => acceptIssues(theirs(discord), ours(mine), name))
    assert.deepStrictEqual(found.filter((issue) => !wider.some(([where]) => where.test(issue))), [])
    assert.deepStrictEqual(wider.filter(([where]) => !found.some((issue) => where.test(issue))), [])
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
    for (const { discord, mine, name } of [...successes, ...bodies]) {
      const less = withoutEach(mine)
      const before = acceptIssues(ours(mine), theirs(discord), name)
      for (const path of members(theirs(discord))) {
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

/** Values inside and outside of a query parameter's schema. */
const probes = ({ format, maximum, minimum, type }: JsonSchema) => {
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
