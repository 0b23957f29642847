import { DiscordSessions, Permissions, type Snowflake } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { refusal, withToken } from "../../context.ts"
import { send } from "../../raw.ts"

const fresh = DiscordSimulator.layerTest()

describe("the current user", () => {
  it.effect("has the email address only with the scope email", () =>
    Effect.gen(function*() {
      const without = yield* withToken(["identify"])
      const plain = yield* without.api.getCurrentUser(without)
      assert.notProperty(plain, "email")
      assert.notProperty(plain, "verified")
      const { accessToken, api } = yield* withToken(["identify", "email"])
      assert.deepInclude(yield* api.getCurrentUser({ accessToken }), { email: "nelly@example.com", verified: true })
    }).pipe(Effect.provide(fresh)))

  it.effect("shows changes immediately", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord, user } = yield* withToken(["identify"])
      yield* discord.updateUser(user, { global_name: "Nell" })
      assert.strictEqual((yield* api.getCurrentUser({ accessToken })).global_name, "Nell")
    }).pipe(Effect.provide(fresh)))

  it.effect("is in the authorization information only with identify", () =>
    Effect.gen(function*() {
      const guilds = yield* withToken(["guilds"])
      const info = yield* guilds.api.getCurrentAuthorizationInformation(guilds)
      assert.notProperty(info, "user")
      assert.deepStrictEqual(info.scopes, ["guilds"])
      assert.strictEqual(info.expires, "1970-01-08T00:00:00.000000+00:00")
      const { accessToken, api, user } = yield* withToken(["identify"])
      assert.strictEqual((yield* api.getCurrentAuthorizationInformation({ accessToken })).user?.id, user.id)
    }).pipe(Effect.provide(fresh)))

  it.effect("has the connections that a test adds", () =>
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

  it.effect("are sorted by id, with before, after and limit", () =>
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

  it.effect("have counts with with_counts", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* many
      const [guild] = yield* discord.guilds
      yield* discord.addMember(guild!, yield* discord.addUser())
      const [counted] = yield* api.getCurrentUserGuilds({ accessToken, with_counts: true })
      assert.deepInclude(counted, { approximate_member_count: 2, approximate_presence_count: 1 })
      const [uncounted] = yield* api.getCurrentUserGuilds({ accessToken })
      assert.notProperty(uncounted, "approximate_member_count")
    }).pipe(Effect.provide(fresh)))

  it.effect("have owner and permissions of the user", () =>
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

  it.effect("are streamed by a session in pages of 200", () =>
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

  it.effect("return the user's member, or 404 code 10004 without a membership", () =>
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
  it.effect("are empty at first, and can be set, read and deleted", () =>
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

  it.effect("of another application are rejected with 403 code 50001", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["role_connections.write"])
      const { clientId } = yield* discord.addApplication()
      assert.deepStrictEqual(
        yield* refusal(api.getCurrentUserApplicationRoleConnection({ accessToken, application_id: clientId })),
        ["DiscordForbidden", 403, 50001]
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("have limits, and nested errors above them (WIRE: reference.mdx)", () =>
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
