/** The simulator's responses, compared with Discord's OpenAPI document. */
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { withToken } from "../core/testing/context.ts"
import { type Answer as Response, send, simulator } from "../core/testing/raw.ts"
import { endpoints } from "./declaration.ts"
import { simulated, undocumented } from "./deviations.ts"
import { discord } from "./discord.ts"
import { unknownMembers } from "./members.ts"
import { command, prepare } from "./simulatedWorld.ts"
import { responseHeaders } from "./supplement.ts"
import { responseParts, validator } from "./validator.ts"

const gets = endpoints.filter(({ method }) => method === "get")

const validate = validator(discord)

/** Why a response is not one that Discord's document allows. */
const responseIssues = (identifier: string, { headers, json, status, text }: Response): ReadonlyArray<string> => {
  const endpoint = endpoints.find((each) => each.identifier === identifier)!
  const response = discord.paths[endpoint.path]?.[endpoint.method]?.responses[status]
  if (response === undefined) return [`status ${status} ${text}`]
  const sent = new Set(Object.keys(headers))
  const schema = response.content?.["application/json"]?.schema
  const unknown = schema === undefined ? [] : unknownMembers({ document: discord, schema }, json)
  return [
    ...unknown.filter((path) => !simulated.some(([where]) => where.test(path))).map((path) => `${path} is not known`),
    ...Object.keys(response.headers ?? {}).filter((name) => !sent.has(name.toLowerCase())),
    ...(response.content === undefined
      ? text === "" ? [] : [`body ${text}`]
      : validate(...responseParts(endpoint, status))(json))
  ]
}

const check = (identifier: string, response: Response) =>
  assert.deepStrictEqual(responseIssues(identifier, response), [])

describe("the simulator's response is one that Discord's document allows:", () => {
  it.effect.each(gets)(
    "$identifier",
    ({ identifier }) =>
      Effect.gen(function*() {
        const { call } = yield* prepare
        const response = yield* call(identifier)
        assert.strictEqual(response.status, 200, response.text)
        check(identifier, response)
        if (Array.isArray(response.json)) assert.isNotEmpty(response.json)
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
    "%s, status %i",
    ([identifier, status, body]) =>
      Effect.gen(function*() {
        const { call } = yield* prepare
        const response = yield* call(identifier, body)
        assert.strictEqual(response.status, status, response.text)
        check(identifier, response)
      }).pipe(Effect.provide(DiscordSimulator.layerTest()))
  )

  it.effect("the calls with a bot's and a user's token", () =>
    Effect.gen(function*() {
      const { call, theirs } = yield* prepare
      for (const identifier of ["groupDmAddRecipient", "addGuildMember"]) {
        for (const status of [201, 204]) {
          const response = yield* call(identifier, { access_token: theirs })
          assert.strictEqual(response.status, status, response.text)
          check(identifier, response)
        }
      }
    }).pipe(Effect.provide(DiscordSimulator.layerTest())))

  it.effect("a deleted test entitlement and an uploaded attachment", () =>
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
      const { headers, status } = response
      check("uploadApplicationAttachment", { status, headers, text, json: JSON.parse(text) })
    }).pipe(Effect.provide(DiscordSimulator.layerTest())))

  it("every declared operation is among these", () => {
    const covered = new Set([
      ...gets.map(({ identifier }) => identifier),
      ...writes.map(([identifier]) => identifier),
      "groupDmAddRecipient",
      "addGuildMember",
      "deleteTestEntitlement",
      "uploadApplicationAttachment",
      ...Object.keys(undocumented)
    ])
    assert.deepStrictEqual(endpoints.flatMap(({ identifier }) => covered.has(identifier) ? [] : [identifier]), [])
  })

  it.effect("an empty role connection, and empty lists", () =>
    Effect.gen(function*() {
      const world = yield* simulator
      const nobody = yield* world.addUser()
      const { access_token } = yield* world.issueToken({
        userId: nobody.id,
        scopes: ["identify", "guilds", "connections", "role_connections.write"]
      })
      const headers = { authorization: `Bearer ${Redacted.value(access_token)}` }
      for (
        const identifier of [
          "getCurrentUser",
          "getCurrentUserGuilds",
          "getCurrentUserConnections",
          "getCurrentUserApplicationRoleConnection"
        ]
      ) {
        const { path } = endpoints.find((each) => each.identifier === identifier)!
        const url = `/api/v10${path.replace("{application_id}", world.application.clientId)}`
        check(identifier, yield* send("GET", url, { headers }))
      }
    }).pipe(Effect.provide(DiscordSimulator.layerTest())))

  it.effect("an error, its nested errors excepted", () =>
    Effect.gen(function*() {
      const { get } = yield* prepare
      // The document says that the codes of nested errors are integers; Discord's pages show strings, and it sends them.
      const { errors, ...refused } = (yield* get("/users/@me/guilds?limit=0")).json as Record<string, unknown>
      assert.isObject(errors)
      const unknown = (yield* get("/nonsense")).json
      for (const error of [refused, unknown]) {
        assert.deepStrictEqual(validate("components", "schemas", "ErrorResponse")(error), [])
      }
    }).pipe(Effect.provide(DiscordSimulator.layerTest())))

  it.effect("a rate limit", () =>
    Effect.gen(function*() {
      const { get } = yield* prepare
      yield* (yield* simulator).fail(Fault.RateLimit({ retryAfter: "1.5 seconds" }))
      const limited = yield* get("/users/@me")
      assert.strictEqual(limited.status, 429)
      // The page on rate limits says that only some limits have a `code`; the document requires it.
      const body = { code: 0, ...limited.json as object }
      assert.deepStrictEqual(validate("components", "schemas", "RatelimitedResponse")(body), [])
    }).pipe(Effect.provide(DiscordSimulator.layerTest())))
})

describe("a wrong response is reported:", () => {
  const headers = Object.fromEntries(responseHeaders.map((name) => [name.toLowerCase(), "1"]))
  const json = {
    id: "80351110224678912",
    username: "nelly",
    discriminator: "0",
    global_name: null,
    avatar: null,
    public_flags: 0,
    flags: 0,
    primary_guild: null,
    mfa_enabled: true,
    locale: "en-US"
  }
  const right: Response = { status: 200, headers, text: JSON.stringify(json), json }
  const { id: _, ...withoutId } = json
  const { "x-ratelimit-bucket": __, ...withoutBucket } = headers

  it("none, when the response is right", () => assert.deepStrictEqual(responseIssues("getCurrentUser", right), []))

  it.each<readonly [mistake: string, change: Partial<Response>, issue: string]>([
    ["a missing member", { json: withoutId }, " must have required property 'id'"],
    ["a member of another type", { json: { ...json, username: 1 } }, "/username must be string"],
    ["an id that is none", { json: { ...json, id: "nelly" } }, "/id must match format \"snowflake\""],
    [
      "a value that is not documented",
      { json: { ...json, locale: "tlh" } },
      "/locale must be equal to one of the allowed values"
    ],
    ["null for what is never null", { json: { ...json, flags: null } }, "/flags must be integer"],
    ["a member that Discord does not send", { json: { ...json, nick: "Nelly" } }, ".nick is not known"],
    ["a member at a depth that Discord does not send", {
      json: {
        ...json,
        primary_guild: { identity_guild_id: null, identity_enabled: null, tag: null, badge: null, level: 3 }
      }
    }, ".primary_guild.level is not known"],
    ["another body", { json: [json] }, " must be object"],
    ["another status", { status: 201, text: "" }, "status 201 "],
    ["a missing header", { headers: withoutBucket }, "X-RateLimit-Bucket"]
  ])("%s", (_, change, issue) => {
    assert.include(responseIssues("getCurrentUser", { ...right, ...change }), issue)
  })

  it("a body where Discord sends none", () => {
    assert.deepStrictEqual(responseIssues("leaveLobby", { ...right, status: 204, text: "{}" }), ["body {}"])
  })
})
