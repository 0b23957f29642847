import { DiscordClient, DiscordError, Permissions, type Snowflake } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { assertError } from "../../../../support/assertError.ts"
import { refusal, withToken } from "../../context.ts"
import { simulator } from "../../raw.ts"

const fresh = DiscordSimulator.layerTest()

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

  it.effect("responds with 201 and the member, or with 204 for an existing member", () =>
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

  it.effect("rejects a wrong bot token", () =>
    Effect.gen(function*() {
      const { api, request } = yield* prepare()
      assert.deepStrictEqual(
        yield* refusal(api.addGuildMember({ ...request, botToken: Redacted.make("wrong") })),
        ["InvalidBotToken"]
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("rejects a banned user with 40007", () =>
    Effect.gen(function*() {
      const { add, discord, guild, user } = yield* prepare()
      yield* discord.ban(guild, user)
      assert.deepStrictEqual(yield* refusal(add), ["UserIsBanned"])
    }).pipe(Effect.provide(fresh)))

  it.effect("fails with UserIsAtGuildLimit, 400 code 30001, at the user's guild limit", () =>
    Effect.gen(function*() {
      const { add } = yield* prepare()
      assert.instanceOf(yield* Effect.flip(add), DiscordError.UserIsAtGuildLimit)
    }).pipe(Effect.provide(DiscordSimulator.layerTest({ guildLimit: 2 }))))

  it.effect("responds with 50025 to a revoked token, and to one of another user or application", () =>
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

  it.effect("fails with 50001 or 50013 unless the bot is in the guild and may set each option", () =>
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

  it.effect("accepts a bot that was added on the consent page", () =>
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

describe("a guild's channels", () => {
  it.effect("are visible to members; other users get 403 code 50001, unknown guilds 404 code 10004", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord, user } = yield* withToken(["identify"])
      const owner = yield* discord.addUser()
      const guild = yield* discord.addGuild({
        owner_id: owner.id,
        channels: [
          { id: "70" as Snowflake.ChannelId, name: "rules" },
          { id: "71" as Snowflake.ChannelId, name: "lounge" }
        ]
      })
      const channels = api.getGuildChannels({ accessToken, guild_id: guild.id })
      assert.deepStrictEqual(yield* refusal(channels), ["DiscordForbidden", 403, 50001])
      yield* discord.addMember(guild, user)
      assert.deepStrictEqual(
        (yield* channels).map((each) => [each.id, each.type, "name" in each ? each.name : undefined]),
        [["70", 0, "rules"], ["71", 0, "lounge"]]
      )
      assert.deepStrictEqual(
        yield* refusal(api.getGuildChannels({ accessToken, guild_id: "9" as Snowflake.GuildId })),
        ["UnknownGuild"]
      )
    }).pipe(Effect.provide(fresh)))
})

describe("adding a recipient to a group DM", () => {
  const prepare = (scopes: ReadonlyArray<string> = ["gdm.join"]) =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const api = yield* DiscordClient.DiscordClient
      const friend = yield* discord.addUser()
      const token = yield* discord.issueToken({ userId: friend.id, scopes })
      const group = yield* discord.addGroupDm({ name: "Chess club" })
      const request = {
        botToken: discord.application.botToken,
        channel_id: group.id,
        user_id: friend.id,
        access_token: token.access_token
      }
      const add = (change: Partial<typeof request> & { readonly nick?: string } = {}) =>
        api.groupDmAddRecipient({ ...request, ...change, responseMode: "response-only" })
      return { discord, friend, group, request, add }
    })

  it.effect("responds with 201, or with 204 for an existing recipient", () =>
    Effect.gen(function*() {
      const { add, discord, friend, group } = yield* prepare()
      assert.strictEqual((yield* add({ nick: "Fritz" })).status, 201)
      assert.strictEqual((yield* add({ nick: "Other" })).status, 204)
      assert.deepStrictEqual(yield* discord.groupDms, [{
        ...group,
        recipients: [group.owner_id, friend.id],
        nicks: { [friend.id]: "Fritz" }
      }])
    }).pipe(Effect.provide(fresh)))

  it.effect("fails with MissingScope or 50025 unless a valid token of that user has gdm.join", () =>
    Effect.gen(function*() {
      const { add, discord, group } = yield* prepare(["identify"])
      assert.deepStrictEqual(yield* refusal(add()), ["MissingScope"])
      assert.deepStrictEqual(yield* refusal(add({ user_id: group.owner_id })), ["InvalidAccessToken"])
      assert.deepStrictEqual(yield* refusal(add({ access_token: Redacted.make("no") })), ["InvalidAccessToken"])
      yield* discord.expireAccessTokens()
      assert.deepStrictEqual(yield* refusal(add()), ["InvalidAccessToken"])
      assert.deepStrictEqual((yield* discord.groupDms)[0]!.recipients, [group.owner_id])
    }).pipe(Effect.provide(fresh)))

  it.effect("fails with 50001, 10003 or 50024 unless the application's bot manages a group DM", () =>
    Effect.gen(function*() {
      const { add, discord } = yield* prepare()
      yield* discord.addApplication({ botToken: Redacted.make("other.bot") })
      const [guild] = yield* discord.guilds
      assert.deepStrictEqual(yield* refusal(add({ botToken: Redacted.make("wrong") })), ["InvalidBotToken"])
      assert.deepStrictEqual(
        yield* refusal(add({ botToken: Redacted.make("other.bot") })),
        ["DiscordForbidden", 403, 50001]
      )
      assert.deepStrictEqual(
        yield* refusal(add({ channel_id: "9" as Snowflake.ChannelId })),
        ["DiscordNotFound", 404, 10003]
      )
      assert.deepStrictEqual(
        yield* refusal(add({ channel_id: guild!.channels[0]!.id })),
        ["DiscordBadRequest", 400, 50024]
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("fails with 400 code 30004 above ten recipients", () =>
    Effect.gen(function*() {
      const { add, discord } = yield* prepare()
      for (let index = 0; index < 9; index++) {
        const user = yield* discord.addUser()
        const { access_token } = yield* discord.issueToken({ userId: user.id, scopes: ["gdm.join"] })
        assert.strictEqual((yield* add({ user_id: user.id, access_token })).status, 201)
      }
      assert.deepStrictEqual(yield* refusal(add()), ["DiscordBadRequest", 400, 30004])
    }).pipe(Effect.provide(fresh)))

  it.effect("belongs to the user that the test names", () =>
    Effect.gen(function*() {
      const { discord, friend } = yield* prepare()
      const group = yield* discord.addGroupDm({ owner: friend })
      assert.deepInclude(group, { name: null, owner_id: friend.id, recipients: [friend.id] })
    }).pipe(Effect.provide(fresh)))
})
