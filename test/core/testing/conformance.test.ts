/**
 * What the simulator answers, held against Discord's own OpenAPI document, where it is at hand: `DISCORD_OPENAPI`, or
 * `../shared/discord-openapi.json` beside the repository.
 */
import type { Snowflake } from "@discord-oauth2/core"
import { DiscordHttpApi, DiscordSecurity } from "@discord-oauth2/core/api"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import addFormats from "ajv-formats"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Redacted from "effect/Redacted"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { withToken } from "./context.ts"
import { type Answer, send, simulator } from "./raw.ts"

const named = process.env.DISCORD_OPENAPI
const path = named ?? fileURLToPath(new URL("../../../../shared/discord-openapi.json", import.meta.url))
const isThere = existsSync(path)

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly headers?: Readonly<Record<string, unknown>>; readonly content?: unknown }>
  >
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** Ajv takes a document as one schema with many parts; a part is found by its pointer. */
const compile = () => {
  const document = JSON.parse(readFileSync(path, "utf8")) as Document
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat("snowflake", /^\d{1,20}$/)
  ajv.addSchema({ $id: "discord", ...document })
  const pointer = (...parts: ReadonlyArray<string>) =>
    parts.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).map(encodeURIComponent).join("/")
  return {
    document,
    validate: (parts: ReadonlyArray<string>, value: unknown) => {
      const validate = ajv.getSchema(`discord#/${pointer(...parts)}`)
      if (validate === undefined) throw new Error(`the document has no ${parts.join(" ")}`)
      return validate(value) === true ?
        [] :
        (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
    }
  }
}

const operations: Array<{ readonly identifier: string; readonly method: string; readonly path: string }> = []
HttpApi.reflect(DiscordHttpApi.DiscordHttpApi, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { identifier, method, path } }) => {
    operations.push({ identifier, method, path })
  }
})
const gets = operations.filter(({ method }) => method === "GET")

const botCalls: ReadonlySet<string> = new Set([
  "getCurrentBotApplicationInformation",
  "getCurrentApplication",
  "getApplicationRoleConnectionMetadataRecords",
  "updateApplicationRoleConnectionMetadataRecords",
  "addGuildMember",
  "groupDmAddRecipient"
])

/** A command with everything that a command can have. */
const command = {
  name: "blep",
  name_localizations: { "zh-CN": "生日" },
  description: "Send a random adorable animal photo",
  description_localizations: { de: "Schickt ein Tierbild" },
  default_member_permissions: "8",
  contexts: [0, 1],
  integration_types: [0, 1],
  nsfw: true,
  options: [
    {
      type: 3,
      name: "animal",
      name_localizations: { "en-US": "beast" },
      description: "The type of animal",
      required: true,
      choices: [{ name: "Dog", name_localizations: { "en-US": "Hound" }, value: "animal_dog" }]
    },
    { type: 4, name: "count", description: "How many", min_value: 1, max_value: null, autocomplete: true },
    { type: 7, name: "where", description: "The channel", channel_types: [0] }
  ]
}

/** A world with something behind every endpoint. */
const prepare = Effect.gen(function*() {
  const discord = yield* simulator
  const { application } = discord
  const [user] = yield* discord.users
  const [guild] = yield* discord.guilds
  const friend = yield* discord.addUser({ username: "friend" })
  yield* discord.addBot(guild!)
  const scopes = Object.values(DiscordSecurity.requiredScopes).filter((scope) => scope !== null)
  const issue = (userId: Snowflake.UserId) =>
    discord.issueToken({ userId, scopes: [...new Set([...scopes, "identify", "email"])] })
  const token = Redacted.value((yield* issue(user!.id)).access_token)
  // Of the scopes in an authorization's information the document knows all but the Social SDK's.
  const plain = Redacted.value((yield* discord.issueToken({ scopes: ["identify", "email", "guilds"] })).access_token)
  const theirs = Redacted.value((yield* issue(friend.id)).access_token)
  const bought = yield* discord.addEntitlement({ consumed: false, guild_id: guild!.id })
  const test = yield* discord.addEntitlement({ starts_at: null })
  const subscription = yield* discord.addSubscription({
    sku_ids: [bought.sku_id],
    renewal_sku_ids: [bought.sku_id],
    entitlement_ids: [bought.id]
  })
  const group = yield* discord.addGroupDm({ name: "Chess club" })
  const { id: lobby } = yield* discord.addLobby({ metadata: { topic: "redstone" } })
  yield* discord.setLobbyMember(lobby, user!, { flags: 1, additional_name: "Twindly", metadata: { level: "7" } })

  const values: Record<string, string> = {
    application_id: application.clientId,
    guild_id: guild!.id,
    user_id: friend.id,
    channel_id: group.id,
    entitlement_id: bought.id,
    sku_id: bought.sku_id,
    subscription_id: subscription.id,
    lobby_id: lobby
  }
  const fill = (path: string) =>
    path.replace(
      /:(\w+)/g,
      (_, name: string) =>
        values[name === "command_id" && /guilds.*command_id$/.test(path) ? "guild_command_id" : name]!
    )
  const call = (identifier: string, body?: unknown) => {
    const { method, path } = operations.find((each) => each.identifier === identifier)!
    const authorization = botCalls.has(identifier)
      ? `Bot ${Redacted.value(application.botToken)}`
      : `Bearer ${identifier === "getCurrentAuthorizationInformation" ? plain : token}`
    return send(method as "GET", `/api/v10${fill(path)}`, {
      headers: { authorization },
      ...(body !== undefined && { body: JSON.stringify(body) })
    })
  }
  const make = (identifier: string, body: unknown, name: string) =>
    Effect.map(call(identifier, body), ({ json }) => {
      values[name] = (json as { readonly id: string }).id
    })

  yield* call("updateCurrentUserApplicationRoleConnection", {
    platform_name: "Chess",
    platform_username: "nelly",
    metadata: { elo: "1500" }
  })
  yield* call("updateApplicationRoleConnectionMetadataRecords", [
    {
      type: 2,
      key: "elo",
      name: "Elo",
      name_localizations: { de: "Elo-Zahl" },
      description: "At least this rating"
    }
  ])
  yield* make("createGlobalApplicationCommand", command, "command_id")
  yield* make("createGuildApplicationCommand", { ...command, contexts: null }, "guild_command_id")
  yield* call("editApplicationCommandPermissions", { permissions: [{ id: guild!.id, type: 1, permission: false }] })
  yield* call("linkChannelToLobby", { channel_id: guild!.channels[0]!.id })
  yield* call("sendLobbyMessage", { content: "hi", metadata: { mood: "good" } })
  return {
    call,
    values,
    theirs,
    test,
    get: (path: string) => send("GET", `/api/v10${fill(path)}`, { headers: { authorization: `Bearer ${token}` } })
  }
})

describe("conformance with Discord's OpenAPI document", () => {
  it("the document that CI names is there", () => {
    if (process.env.CI === "true" && named !== undefined) assert.isTrue(isThere, named)
    assert.isAbove(gets.length, 22)
  })

  describe.skipIf(!isThere)("each GET", () => {
    const discord = isThere ? compile() : undefined

    const check = (identifier: string, { json, status, text }: Answer) => {
      const { method, path } = operations.find((each) => each.identifier === identifier)!
      const template = path.replace(/:(\w+)/g, "{$1}")
      const declared = discord!.document.paths[template]![method.toLowerCase()]!.responses[status]
      assert.isDefined(declared, `${identifier} answers ${status} ${text}`)
      if (declared.content === undefined) return assert.strictEqual(text, "")
      assert.deepStrictEqual(
        discord!.validate(
          [
            "paths",
            template,
            method.toLowerCase(),
            "responses",
            String(status),
            "content",
            "application/json",
            "schema"
          ],
          json
        ),
        []
      )
    }

    it.effect.each(gets)(
      "$identifier answers what the document says, with its headers",
      ({ identifier, path }) =>
        Effect.gen(function*() {
          const { call } = yield* prepare
          const answer = yield* call(identifier)
          assert.strictEqual(answer.status, 200, answer.text)
          check(identifier, answer)
          if (Array.isArray(answer.json)) assert.isNotEmpty(answer.json)
          const { headers } = discord!.document.paths[path.replace(/:(\w+)/g, "{$1}")]!.get!.responses["200"]!
          const declared = Object.keys(headers ?? {})
          assert.includeMembers(Object.keys(answer.headers), declared.map((name) => name.toLowerCase()))
          assert.isAbove(declared.length, 3)
        }).pipe(Effect.provide(DiscordSimulator.layerTest()))
    )

    const writes: ReadonlyArray<readonly [identifier: string, status: number, body?: unknown]> = [
      ["updateCurrentUserApplicationRoleConnection", 200, { platform_name: "Chess" }],
      ["deleteCurrentUserApplicationRoleConnection", 204],
      ["updateApplicationRoleConnectionMetadataRecords", 200, []],
      ["createGlobalApplicationCommand", 201, { ...command, name: "blub" }],
      ["createGlobalApplicationCommand", 200, command],
      ["createGuildApplicationCommand", 201, { ...command, name: "blub" }],
      ["createGuildApplicationCommand", 200, command],
      ["editGlobalApplicationCommand", 200, { name: "blub", options: null, contexts: null }],
      ["editGuildApplicationCommand", 200, { nsfw: null }],
      ["bulkOverwriteGlobalApplicationCommands", 200, [command, { name: "Blub", type: 2 }, { name: "Blub", type: 3 }]],
      ["bulkOverwriteGuildApplicationCommands", 200, [command]],
      ["deleteGlobalApplicationCommand", 204],
      ["deleteGuildApplicationCommand", 204],
      ["editApplicationCommandPermissions", 200, { permissions: [] }],
      ["consumeEntitlement", 204],
      ["createOrJoinLobby", 200, { secret: "hush", lobby_metadata: { a: "b" } }],
      ["leaveLobby", 204],
      ["linkChannelToLobby", 200, {}],
      ["createLobbyChannelInviteForSelf", 200],
      ["sendLobbyMessage", 201, { content: "hi" }]
    ]

    it.effect.each(writes)(
      "%s answers %i as the document says",
      ([identifier, status, body]) =>
        Effect.gen(function*() {
          const { call } = yield* prepare
          const answer = yield* call(identifier, body)
          assert.strictEqual(answer.status, status, answer.text)
          check(identifier, answer)
        }).pipe(Effect.provide(DiscordSimulator.layerTest()))
    )

    it.effect("the calls with two tokens answer as the document says", () =>
      Effect.gen(function*() {
        const { call, theirs } = yield* prepare
        for (const identifier of ["groupDmAddRecipient", "addGuildMember"]) {
          for (const status of [201, 204]) {
            const answer = yield* call(identifier, { access_token: theirs })
            assert.strictEqual(answer.status, status, answer.text)
            check(identifier, answer)
          }
        }
      }).pipe(Effect.provide(DiscordSimulator.layerTest())))

    it.effect("what is gone and what was uploaded are as the document says", () =>
      Effect.gen(function*() {
        const { call, test, values } = yield* prepare
        values.entitlement_id = test.id
        check("deleteTestEntitlement", yield* call("deleteTestEntitlement"))
        const { accessToken, api } = yield* withToken(["identify"])
        const response = yield* api.uploadApplicationAttachment({
          accessToken,
          application_id: (yield* simulator).application.clientId,
          file: new File(["x"], "x y.txt", { type: "text/plain" }),
          responseMode: "response-only"
        })
        const text = yield* response.text
        check("uploadApplicationAttachment", { status: response.status, headers: {}, text, json: JSON.parse(text) })
      }).pipe(Effect.provide(DiscordSimulator.layerTest())))

    it("no operation is left out", () => {
      const covered = new Set([
        ...gets.map(({ identifier }) => identifier),
        ...writes.map(([identifier]) => identifier),
        "groupDmAddRecipient",
        "addGuildMember",
        "deleteTestEntitlement",
        "uploadApplicationAttachment",
        // Their bodies are not in the document.
        "exchangeToken",
        "revokeToken"
      ])
      assert.deepStrictEqual(operations.flatMap(({ identifier }) => covered.has(identifier) ? [] : [identifier]), [])
    })

    it.effect("the role connection and the lists are fit when there is nothing, too", () =>
      Effect.gen(function*() {
        const world = yield* simulator
        const nobody = yield* world.addUser()
        const { access_token } = yield* world.issueToken({
          userId: nobody.id,
          scopes: ["identify", "guilds", "connections", "role_connections.write"]
        })
        const headers = { authorization: `Bearer ${Redacted.value(access_token)}` }
        for (
          const template of [
            "/users/@me",
            "/users/@me/guilds",
            "/users/@me/connections",
            "/users/@me/applications/{application_id}/role-connection"
          ]
        ) {
          const answer = yield* send(
            "GET",
            `/api/v10${template.replace("{application_id}", world.application.clientId)}`,
            { headers }
          )
          assert.deepStrictEqual(
            discord!.validate(
              ["paths", template, "get", "responses", "200", "content", "application/json", "schema"],
              answer.json
            ),
            []
          )
        }
      }).pipe(Effect.provide(DiscordSimulator.layerTest())))

    it.effect("errors are Discord's, beside the nested ones", () =>
      Effect.gen(function*() {
        const { get } = yield* prepare
        // Of the nested errors the document says that their codes are integers; Discord's pages, and Discord, have text.
        const { errors, ...refused } = (yield* get("/users/@me/guilds?limit=0")).json as Record<string, unknown>
        assert.isObject(errors)
        const unknown = (yield* get("/nonsense")).json
        for (const error of [refused, unknown]) {
          assert.deepStrictEqual(discord!.validate(["components", "schemas", "ErrorResponse"], error), [])
        }
      }).pipe(Effect.provide(DiscordSimulator.layerTest())))

    it.effect("a rate limit is Discord's", () =>
      Effect.gen(function*() {
        const { get } = yield* prepare
        yield* (yield* simulator).fail(Fault.RateLimit({ retryAfter: "1.5 seconds" }))
        const limited = yield* get("/users/@me")
        assert.strictEqual(limited.status, 429)
        // The page on rate limits says that `code` is there for some limits alone; the document wants it always.
        const body = { code: 0, ...limited.json as object }
        assert.deepStrictEqual(discord!.validate(["components", "schemas", "RatelimitedResponse"], body), [])
      }).pipe(Effect.provide(DiscordSimulator.layerTest())))
  })
})
