import { DiscordError, DiscordSessions, Permissions, type Snowflake } from "@discord-oauth2/core"
import { DiscordOperation } from "@discord-oauth2/core/api"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { assertError } from "../../support/assertError.ts"
import { refusal, withToken } from "./context.ts"
import { send } from "./raw.ts"

const fresh = DiscordSimulator.layerTest()

describe("access tokens", () => {
  it.effect("a token that is unknown, missing or malformed is 401 code 0 (WIRE: next-auth#1948)", () =>
    Effect.gen(function*() {
      for (const authorization of ["Bearer unknown", "Bearer ", "unknown", "Bot unknown"]) {
        const answer = yield* send("GET", "/api/v10/users/@me", { headers: { authorization } })
        assert.deepStrictEqual([answer.status, answer.json], [401, { message: "401: Unauthorized", code: 0 }])
      }
      assert.strictEqual((yield* send("GET", "/api/v10/oauth2/@me")).status, 401)
    }).pipe(Effect.provide(fresh)))

  /** What a call's own arguments are beside those that its path names. */
  const bodies: Readonly<Record<string, object>> = {
    editApplicationCommandPermissions: { permissions: [] },
    createGlobalApplicationCommand: { name: "blep", description: "A random animal" },
    createGuildApplicationCommand: { name: "blep", description: "A random animal" },
    bulkOverwriteGlobalApplicationCommands: { payload: [] },
    bulkOverwriteGuildApplicationCommands: { payload: [] },
    createOrJoinLobby: { secret: Redacted.make("hush") },
    sendLobbyMessage: { content: "hi" }
  }

  const calls = Object.entries(DiscordOperation.requiredScopes)
    .flatMap(([name, scope]) =>
      scope === null || name === "addGuildMember" || name === "groupDmAddRecipient" ? [] : [{ name, scope }]
    )

  it("every call with a scope is among those that are refused without it", () => {
    assert.lengthOf(calls, 31)
  })

  it.effect.each(calls)(
    "$name needs the scope $scope: else 403 code 50026 (WIRE: opcodes-and-status-codes)",
    (call) =>
      Effect.gen(function*() {
        const { accessToken, api, discord } = yield* withToken([call.scope === "openid" ? "identify" : "openid"])
        const arguments_ = {
          accessToken,
          application_id: discord.application.clientId,
          guild_id: (yield* discord.guilds)[0]!.id,
          command_id: "1",
          entitlement_id: "1",
          lobby_id: "1",
          ...bodies[call.name]
        }
        const method = api[call.name as "getCurrentUser"]
        const error = yield* Effect.flip(method(arguments_))
        assertError(error, new DiscordError.MissingScope({ required: [call.scope], granted: [] }))
        assert.strictEqual((yield* discord.requests).length, 1)
      }).pipe(Effect.provide(fresh))
  )

  it.effect.each(
    Object.entries(DiscordOperation.requiredScopes).flatMap(([name, scope]) =>
      scope === null && !name.startsWith("upload") ? [{ name }] : []
    )
  )("$name takes a token of whatever scope", ({ name }) =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["openid"])
      const method = api[name as "getCurrentUser"]
      const answer = yield* Effect.result(method(
        {
          accessToken,
          application_id: discord.application.clientId,
          guild_id: (yield* discord.guilds)[0]!.id,
          sku_id: "1",
          subscription_id: "1",
          lobby_id: "1"
        } as Parameters<typeof method>[0]
      ))
      assert.isFalse(Result.isFailure(answer) && DiscordError.isOAuth2Error(answer.failure))
      assert.include([200, 404], (yield* discord.requests)[0]!.status)
    }).pipe(Effect.provide(fresh)))

  layer(DiscordSimulator.layerTest({ missingScope: 401 }))("with the other answer to a missing scope", (it) => {
    it.effect("it is 401 code 40001 (WIRE: #5239)", () =>
      Effect.gen(function*() {
        const { bearer } = yield* withToken(["openid"])
        const answer = yield* send("GET", "/api/v10/users/@me", bearer)
        assert.deepStrictEqual([answer.status, answer.json], [401, { message: "Unauthorized", code: 40001 }])
      }))
  })
})

describe("the current user", () => {
  it.effect("shows the email address with the scope email alone", () =>
    Effect.gen(function*() {
      const without = yield* withToken(["identify"])
      const plain = yield* without.api.getCurrentUser(without)
      assert.notProperty(plain, "email")
      assert.notProperty(plain, "verified")
      const { accessToken, api } = yield* withToken(["identify", "email"])
      assert.deepInclude(yield* api.getCurrentUser({ accessToken }), { email: "nelly@example.com", verified: true })
    }).pipe(Effect.provide(fresh)))

  it.effect("shows a change at once", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord, user } = yield* withToken(["identify"])
      yield* discord.updateUser(user, { global_name: "Nell" })
      assert.strictEqual((yield* api.getCurrentUser({ accessToken })).global_name, "Nell")
    }).pipe(Effect.provide(fresh)))

  it.effect("is in the authorization information with identify alone", () =>
    Effect.gen(function*() {
      const guilds = yield* withToken(["guilds"])
      const info = yield* guilds.api.getCurrentAuthorizationInformation(guilds)
      assert.notProperty(info, "user")
      assert.deepStrictEqual(info.scopes, ["guilds"])
      assert.strictEqual(info.expires, "1970-01-08T00:00:00.000000+00:00")
      const { accessToken, api, user } = yield* withToken(["identify"])
      assert.strictEqual((yield* api.getCurrentAuthorizationInformation({ accessToken })).user?.id, user.id)
    }).pipe(Effect.provide(fresh)))

  it.effect("has the connections that were added", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord, user } = yield* withToken(["connections"])
      yield* discord.addConnection(user, { type: "spotify", name: "tunes" })
      const connections = yield* api.getCurrentUserConnections({ accessToken })
      assert.deepStrictEqual(connections.map(({ type }) => type), ["github", "steam", "spotify"])
      const other = yield* discord.addUser()
      const theirs = yield* discord.issueToken({ userId: other.id, scopes: ["connections"] })
      assert.deepStrictEqual(yield* api.getCurrentUserConnections({ accessToken: theirs }), [])
    }).pipe(Effect.provide(fresh)))
})

describe("the current user's guilds", () => {
  const many = Effect.gen(function*() {
    const context = yield* withToken(["guilds"])
    for (let index = 0; index < 5; index++) yield* context.discord.addGuild({ name: `g${index}` })
    const list = (query: { before?: Snowflake.GuildId; after?: Snowflake.GuildId; limit?: number } = {}) =>
      Effect.map(
        context.api.getCurrentUserGuilds({ accessToken: context.accessToken, ...query }),
        (guilds) => guilds.map(({ id }) => id)
      )
    return { ...context, list, all: yield* list() }
  })

  it.effect("come in the order of their ids, with before, after and limit", () =>
    Effect.gen(function*() {
      const { all, discord, list, user } = yield* many
      const early = yield* discord.addGuild({ id: "20" as Snowflake.GuildId })
      assert.deepStrictEqual(yield* list(), [early.id, ...all])
      yield* discord.removeMember(early, user)
      assert.deepStrictEqual(all, [...all].sort((a, b) => BigInt(a) < BigInt(b) ? -1 : 1))
      assert.lengthOf(all, 7)
      assert.deepStrictEqual(yield* list({ limit: 2 }), all.slice(0, 2))
      assert.deepStrictEqual(yield* list({ after: all[2]! }), all.slice(3))
      assert.deepStrictEqual(yield* list({ after: all[2]!, limit: 2 }), all.slice(3, 5))
      assert.deepStrictEqual(yield* list({ before: all[4]! }), all.slice(0, 4))
      assert.deepStrictEqual(yield* list({ before: all[4]!, limit: 2 }), all.slice(2, 4))
      assert.deepStrictEqual(yield* list({ after: all[1]!, before: all[5]! }), all.slice(2, 5))
      assert.deepStrictEqual(yield* list({ after: all[6]! }), [])
    }).pipe(Effect.provide(fresh)))

  it.effect("have counts when asked for", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* many
      const [guild] = yield* discord.guilds
      yield* discord.addMember(guild!, yield* discord.addUser())
      const [counted] = yield* api.getCurrentUserGuilds({ accessToken, with_counts: true })
      assert.deepInclude(counted, { approximate_member_count: 2, approximate_presence_count: 1 })
      const [uncounted] = yield* api.getCurrentUserGuilds({ accessToken })
      assert.notProperty(uncounted, "approximate_member_count")
    }).pipe(Effect.provide(fresh)))

  it.effect("say who owns them and what the user may do", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord, user } = yield* withToken(["guilds"])
      const owner = yield* discord.addUser()
      const guild = yield* discord.addGuild({ owner_id: owner.id })
      yield* discord.addMember(guild, user, { permissions: Permissions.fromNames(["MANAGE_GUILD"]) })
      const guilds = yield* api.getCurrentUserGuilds({ accessToken })
      assert.deepInclude(guilds.at(-1), {
        id: guild.id,
        owner: false,
        permissions: Permissions.fromNames(["MANAGE_GUILD"])
      })
      assert.isTrue(guilds[0]!.owner)
      assert.isTrue(Permissions.can(guilds[0]!.permissions, "ADMINISTRATOR"))
    }).pipe(Effect.provide(fresh)))

  it.effect("are all found by a session, page after page of 200", () =>
    Effect.gen(function*() {
      const { accessToken, discord } = yield* withToken(["identify", "guilds"])
      for (let index = 0; index < 250; index++) yield* discord.addGuild()
      const sessions = yield* DiscordSessions.DiscordSessions
      const session = yield* sessions.open(accessToken)
      yield* discord.clearRequests
      const page = yield* session.getCurrentUserGuilds()
      assert.lengthOf(page, 200)
      const rest = yield* session.getCurrentUserGuilds({ after: page.at(-1)!.id })
      assert.lengthOf(rest, 52)
    }).pipe(Effect.provide(fresh)))

  it.effect("tell of a membership, and 404 code 10004 where there is none", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord, user } = yield* withToken(["guilds.members.read"])
      const guild = yield* discord.addGuild()
      yield* discord.addMember(guild, user, { nick: "Nel", roles: ["5" as Snowflake.RoleId] })
      const member = yield* api.getCurrentUserGuildMember({ accessToken, guild_id: guild.id })
      assert.deepInclude(member, { nick: "Nel", roles: ["5" as Snowflake.RoleId] })
      assert.strictEqual(member.user?.id, user.id)
      assert.notProperty(member.user, "email")
      yield* discord.removeMember(guild, user)
      assert.deepStrictEqual(
        yield* refusal(api.getCurrentUserGuildMember({ accessToken, guild_id: guild.id })),
        ["UnknownGuild"]
      )
    }).pipe(Effect.provide(fresh)))
})

describe("role connections", () => {
  it.effect("are empty, are set, are read back and are deleted", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["role_connections.write"])
      const path = { accessToken, application_id: discord.application.clientId }
      const empty = { platform_username: null, metadata: {} }
      assert.deepStrictEqual(yield* api.getCurrentUserApplicationRoleConnection(path), empty)
      const wanted = { platform_name: "Chess", platform_username: "nelly", metadata: { elo: "1500" } }
      assert.deepStrictEqual(yield* api.updateCurrentUserApplicationRoleConnection({ ...path, ...wanted }), wanted)
      assert.deepStrictEqual(yield* api.getCurrentUserApplicationRoleConnection(path), wanted)
      yield* api.deleteCurrentUserApplicationRoleConnection(path)
      assert.deepStrictEqual(yield* api.getCurrentUserApplicationRoleConnection(path), empty)
    }).pipe(Effect.provide(fresh)))

  it.effect("of another application are out of reach: 403 code 50001", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["role_connections.write"])
      const { clientId } = yield* discord.addApplication()
      assert.deepStrictEqual(
        yield* refusal(api.getCurrentUserApplicationRoleConnection({ accessToken, application_id: clientId })),
        ["DiscordForbidden", 403, 50001]
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("have limits, and nested errors beyond them (WIRE: reference.mdx)", () =>
    Effect.gen(function*() {
      const { bearer, discord } = yield* withToken(["role_connections.write"])
      const put = (body: unknown) =>
        send("PUT", `/api/v10/users/@me/applications/${discord.application.clientId}/role-connection`, {
          ...bearer,
          body: JSON.stringify(body)
        })
      const cases: ReadonlyArray<readonly [unknown, ReadonlyArray<string>]> = [
        [{ platform_name: "x".repeat(51) }, ["platform_name"]],
        [{ platform_username: "x".repeat(101) }, ["platform_username"]],
        [{ metadata: { elo: "x".repeat(101) } }, ["metadata", "elo"]],
        [{ platform_name: 5 }, ["platform_name"]],
        [{ platform_name: "x".repeat(51), platform_username: 5 }, ["platform_name"]]
      ]
      for (const [body, path] of cases) {
        const { json, status } = yield* put(body)
        assert.deepInclude(json, { code: 50035, message: "Invalid Form Body" })
        assert.strictEqual(status, 400)
        const leaf = path.reduce<unknown>(
          (errors, key) => (errors as Record<string, unknown>)[key],
          (json as { errors: unknown }).errors
        )
        const { _errors } = leaf as { _errors: ReadonlyArray<object> }
        assert.isAtLeast(_errors.length, 1)
        assert.hasAllKeys(_errors[0]!, ["code", "message"])
      }
      assert.strictEqual(
        (yield* put({ platform_name: "x".repeat(50), platform_username: "y".repeat(100) })).status,
        200
      )
    }).pipe(Effect.provide(fresh)))
})

describe("adding a guild member (WIRE: #5951, guild.mdx)", () => {
  const prepare = (scopes: ReadonlyArray<string> = ["guilds.join"]) =>
    Effect.gen(function*() {
      const context = yield* withToken(scopes)
      const { accessToken, api, discord, user } = context
      const owner = yield* discord.addUser()
      const guild = yield* discord.addGuild({ owner_id: owner.id })
      yield* discord.addBot(guild)
      const request = {
        botToken: discord.application.botToken,
        guild_id: guild.id,
        user_id: user.id,
        access_token: accessToken.access_token
      }
      return { ...context, guild, owner, request, add: api.addGuildMember(request) }
    })

  it.effect("is 201 with the member, and 204 for a member", () =>
    Effect.gen(function*() {
      const { api, request, user } = yield* prepare()
      const [member, response] = yield* api.addGuildMember({
        ...request,
        nick: "Nel",
        roles: ["5" as Snowflake.RoleId],
        mute: true,
        deaf: true,
        responseMode: "decoded-and-response"
      })
      assert.strictEqual(response.status, 201)
      assert.deepInclude(member, { nick: "Nel", mute: true, deaf: true, roles: ["5" as Snowflake.RoleId] })
      assert.strictEqual(member!.user?.id, user.id)
      const again = yield* api.addGuildMember({ ...request, responseMode: "response-only" })
      assert.strictEqual(again.status, 204)
    }).pipe(Effect.provide(fresh)))

  it.effect("refuses a bot token that is wrong", () =>
    Effect.gen(function*() {
      const { api, request } = yield* prepare()
      assert.deepStrictEqual(
        yield* refusal(api.addGuildMember({ ...request, botToken: Redacted.make("wrong") })),
        ["InvalidBotToken"]
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("refuses the banned with 40007", () =>
    Effect.gen(function*() {
      const { add, discord, guild, user } = yield* prepare()
      yield* discord.ban(guild, user)
      assert.deepStrictEqual(yield* refusal(add), ["UserIsBanned"])
    }).pipe(Effect.provide(fresh)))

  it.effect("is UserIsAtGuildLimit, 400 code 30001, beyond the limit", () =>
    Effect.gen(function*() {
      const { add } = yield* prepare()
      assert.instanceOf(yield* Effect.flip(add), DiscordError.UserIsAtGuildLimit)
    }).pipe(Effect.provide(DiscordSimulator.layerTest({ guildLimit: 2 }))))

  it.effect("is 50025 for a token that is dead, of another user or of another application", () =>
    Effect.gen(function*() {
      const { add, api, discord, owner, request } = yield* prepare()
      const invalid = (change: Partial<typeof request>) => Effect.flip(api.addGuildMember({ ...request, ...change }))
      assert.instanceOf(yield* invalid({ user_id: owner.id }), DiscordError.InvalidAccessToken)
      assert.instanceOf(yield* invalid({ access_token: Redacted.make("no") }), DiscordError.InvalidAccessToken)
      const other = yield* discord.addApplication({ botToken: Redacted.make("other.bot") })
      const [guild] = yield* discord.guilds
      assert.deepStrictEqual(
        yield* refusal(api.addGuildMember({ ...request, guild_id: guild!.id, botToken: other.botToken })),
        ["DiscordForbidden", 403, 50001],
        "the other application's bot is in no guild"
      )
      yield* discord.expireAccessTokens()
      assert.instanceOf(yield* Effect.flip(add), DiscordError.InvalidAccessToken)
    }).pipe(Effect.provide(fresh)))

  it.effect("needs guilds.join on the user's token", () =>
    Effect.gen(function*() {
      const { add } = yield* prepare(["identify"])
      assertError(
        yield* Effect.flip(add),
        new DiscordError.MissingScope({ required: ["guilds.join"], granted: [] })
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("needs a bot in the guild that may invite, and more for each option: else 50001 and 50013", () =>
    Effect.gen(function*() {
      const { add, api, discord, guild, request } = yield* prepare()
      yield* discord.addBot(guild, Permissions.none)
      assert.deepStrictEqual(yield* refusal(add), ["MissingPermissions"])
      yield* discord.addBot(guild, Permissions.fromNames(["CREATE_INSTANT_INVITE"]))
      for (const option of [{ nick: "x" }, { roles: [] }, { mute: true }, { deaf: true }]) {
        assert.deepStrictEqual(yield* refusal(api.addGuildMember({ ...request, ...option })), ["MissingPermissions"])
      }
      const elsewhere = yield* discord.addGuild()
      assert.deepStrictEqual(
        yield* refusal(api.addGuildMember({ ...request, guild_id: elsewhere.id })),
        ["DiscordForbidden", 403, 50001]
      )
      assert.deepStrictEqual(
        yield* refusal(api.addGuildMember({ ...request, guild_id: "9" as Snowflake.GuildId })),
        ["UnknownGuild"]
      )
      assert.isDefined(yield* add)
    }).pipe(Effect.provide(fresh)))

  it.effect("takes a bot that came through the consent page", () =>
    Effect.gen(function*() {
      const { api, discord, request } = yield* prepare()
      const guild = yield* discord.addGuild()
      yield* discord.authorize(
        `https://discord.com/oauth2/authorize?client_id=${discord.application.clientId}&scope=bot&permissions=1&guild_id=${guild.id}`
      )
      const joined = yield* api.addGuildMember({ ...request, guild_id: guild.id, responseMode: "response-only" })
      assert.strictEqual(joined.status, 204, "the owner is a member already")
    }).pipe(Effect.provide(fresh)))
})

describe("command permissions", () => {
  const prepare = Effect.gen(function*() {
    const context = yield* withToken(["applications.commands.permissions.update"])
    const [guild] = yield* context.discord.guilds
    const path = {
      accessToken: context.accessToken,
      application_id: context.discord.application.clientId,
      guild_id: guild!.id
    }
    return { ...context, path, command_id: "7" as Snowflake.CommandId }
  })

  it.effect("are edited, read one by one and listed", () =>
    Effect.gen(function*() {
      const { api, command_id, path } = yield* prepare
      const permissions = [{ id: "5" as Snowflake.Snowflake, type: 1, permission: false }]
      assert.deepStrictEqual(yield* api.getGuildApplicationCommandPermissions(path), [])
      assert.deepStrictEqual(
        yield* refusal(api.getApplicationCommandPermissions({ ...path, command_id })),
        ["DiscordNotFound", 404, 10066]
      )
      const edited = yield* api.editApplicationCommandPermissions({ ...path, command_id, permissions })
      assert.deepInclude(edited, { id: command_id, guild_id: path.guild_id, permissions })
      assert.deepStrictEqual(yield* api.getApplicationCommandPermissions({ ...path, command_id }), edited)
      assert.deepStrictEqual(yield* api.getGuildApplicationCommandPermissions(path), [edited])
    }).pipe(Effect.provide(fresh)))

  it.effect("are at most 100 in one call, more are InvalidCallArgument", () =>
    Effect.gen(function*() {
      const { api, command_id, discord, path } = yield* prepare
      const edit = (count: number) =>
        api.editApplicationCommandPermissions({
          ...path,
          command_id,
          permissions: Array.from({ length: count }, () => ({
            id: "5" as Snowflake.Snowflake,
            type: 1,
            permission: true
          }))
        })
      assert.lengthOf((yield* edit(100)).permissions, 100)
      yield* discord.clearRequests
      assert.strictEqual((yield* Effect.flip(edit(101)))._tag, "InvalidCallArgument")
      assert.deepStrictEqual(yield* discord.requests, [])
    }).pipe(Effect.provide(fresh)))

  it.effect("are edited by who manages guild and roles, and seen by members of the guild alone", () =>
    Effect.gen(function*() {
      const { api, command_id, discord, path } = yield* prepare
      const member = yield* discord.addUser()
      const accessToken = yield* discord.issueToken({
        userId: member.id,
        scopes: ["applications.commands.permissions.update"]
      })
      const edit = api.editApplicationCommandPermissions({ ...path, accessToken, command_id, permissions: [] })
      assert.deepStrictEqual(yield* refusal(edit), ["DiscordForbidden", 403, 50001])
      yield* discord.addMember(path.guild_id, member)
      assert.deepStrictEqual(yield* refusal(edit), ["MissingPermissions"])
      yield* discord.addMember(path.guild_id, member, {
        permissions: Permissions.fromNames(["MANAGE_GUILD", "MANAGE_ROLES"])
      })
      assert.deepStrictEqual((yield* edit).permissions, [])
    }).pipe(Effect.provide(fresh)))
})

describe("requests that no endpoint takes", () => {
  it.effect("an unknown path is 404 with Discord's body", () =>
    Effect.gen(function*() {
      for (const path of ["/api/v10/nonsense", "/api/v10", "/api", "/nonsense", "/api/v10/users/@me/nonsense"]) {
        const answer = yield* send("GET", path)
        assert.deepStrictEqual([answer.status, answer.json], [404, { message: "404: Not Found", code: 0 }], path)
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("a known path with another method is 405", () =>
    Effect.gen(function*() {
      const answer = yield* send("DELETE", "/api/v10/users/@me")
      assert.deepStrictEqual([answer.status, answer.json], [405, { message: "405: Method Not Allowed", code: 0 }])
    }).pipe(Effect.provide(fresh)))

  it.effect("a version that is gone is 400 code 50041", () =>
    Effect.gen(function*() {
      const answer = yield* send("GET", "/api/v3/users/@me")
      assert.deepStrictEqual([answer.status, answer.json], [400, { message: "Invalid API version", code: 50041 }])
    }).pipe(Effect.provide(fresh)))
})

describe("requests that do not fit their endpoint", () => {
  const form = (path: string, scope: string) =>
    Effect.gen(function*() {
      const { bearer } = yield* withToken([scope])
      const { json, status } = yield* send("GET", path, bearer)
      assert.strictEqual(status, 400)
      assert.deepInclude(json, { code: 50035, message: "Invalid Form Body" })
      return (json as { errors: Record<string, { _errors: ReadonlyArray<{ code: string }> }> }).errors
    })

  it.effect("a query parameter out of bounds is named (WIRE: reference.mdx)", () =>
    Effect.gen(function*() {
      for (const limit of ["0", "201", "x", "1.5"]) {
        const errors = yield* form(`/api/v10/users/@me/guilds?limit=${limit}`, "guilds")
        assert.hasAllKeys(errors, ["limit"])
        assert.lengthOf(errors.limit!._errors, 1)
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("a path parameter that is no snowflake is named", () =>
    Effect.gen(function*() {
      assert.hasAllKeys(yield* form("/api/v10/users/@me/guilds/x/member", "guilds.members.read"), ["guild_id"])
    }).pipe(Effect.provide(fresh)))

  const put = (body: string, contentType?: string) =>
    Effect.gen(function*() {
      const { discord, user } = yield* withToken(["identify"])
      const [guild] = yield* discord.guilds
      return yield* send("PUT", `/api/v10/guilds/${guild!.id}/members/${user.id}`, {
        headers: { authorization: `Bot ${Redacted.value(discord.application.botToken)}` },
        body,
        ...(contentType !== undefined && { contentType })
      })
    })

  it.effect("a missing member is BASE_TYPE_REQUIRED, as on Discord's page", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* put("{}")).json, {
        code: 50035,
        errors: { access_token: { _errors: [{ code: "BASE_TYPE_REQUIRED", message: "This field is required" }] } },
        message: "Invalid Form Body"
      })
    }).pipe(Effect.provide(fresh)))

  it.effect("text that is not JSON is code 50109, another content type 50035", () =>
    Effect.gen(function*() {
      const broken = yield* put("{")
      assert.deepStrictEqual([broken.status, broken.json], [
        400,
        { message: "The request body contains invalid JSON.", code: 50109 }
      ])
      const xml = yield* put("<a/>", "application/xml")
      assert.strictEqual(xml.status, 400)
      assert.propertyVal(xml.json, "code", 50035)
    }).pipe(Effect.provide(fresh)))

  it.effect("the refused is told before the malformed", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* send("GET", "/api/v10/users/@me/guilds?limit=0")).status, 401)
    }).pipe(Effect.provide(fresh)))
})
