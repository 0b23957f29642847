/**
 * Lobbies in the simulator (resources/lobby.mdx).
 */
import { Permissions, type Snowflake } from "@discord-oauth2/core"
import { Lobby } from "@discord-oauth2/core/models"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { refusal, withToken } from "../../context.ts"
import { authorizeUrl, parameters, token } from "../../raw.ts"

const fresh = DiscordSimulator.layerTest()
const secret = Redacted.make("hush")
const social = ["sdk.social_layer", "identify"]
const nowhere = "9" as Snowflake.LobbyId

const prepare = Effect.gen(function*() {
  const context = yield* withToken(social)
  const friend = yield* context.discord.addUser({ username: "friend" })
  const theirs = yield* context.discord.issueToken({ userId: friend.id, scopes: social })
  const [guild] = yield* context.discord.guilds
  return { ...context, friend, theirs, guild: guild!, channel_id: guild!.channels[0]!.id }
})

/** A lobby that the server made, with the user in it, who may link a channel. */
const served = Effect.gen(function*() {
  const context = yield* prepare
  const made = yield* context.discord.addLobby()
  const lobby = yield* context.discord.setLobbyMember(made, context.user, { flags: Lobby.MemberFlag.CAN_LINK_LOBBY })
  return { ...context, lobby, path: { accessToken: context.accessToken, lobby_id: lobby.id } }
})

describe("a lobby with a secret", () => {
  it.effect("is created by the first user and joined by the next with the same secret", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord, friend, theirs, user } = yield* prepare
      const made = yield* api.createOrJoinLobby({
        accessToken,
        secret,
        flags: 1,
        lobby_metadata: { topic: "redstone" },
        member_metadata: { level: "7" }
      })
      assert.deepInclude(made, {
        application_id: discord.application.clientId,
        metadata: { topic: "redstone" },
        flags: 1,
        members: [{ id: user.id, metadata: { level: "7" }, flags: 0 }]
      })
      const joined = yield* api.createOrJoinLobby({ accessToken: theirs, secret })
      assert.strictEqual(joined.id, made.id)
      assert.deepStrictEqual(joined.metadata, { topic: "redstone" }, "what is not given stays")
      assert.deepStrictEqual(joined.members.map(({ id }) => id), [user.id, friend.id])
      const again = yield* api.createOrJoinLobby({
        accessToken,
        secret,
        lobby_metadata: null,
        member_metadata: { level: "8" }
      })
      assert.strictEqual(again.metadata, null)
      assert.lengthOf(again.members, 2)
      assert.deepStrictEqual(again.members[0]!.metadata, { level: "8" })
      assert.deepStrictEqual(yield* discord.lobbies, [again])
    }).pipe(Effect.provide(fresh)))

  it.effect("is a different lobby for a different secret", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* prepare
      const first = yield* api.createOrJoinLobby({ accessToken, secret })
      const second = yield* api.createOrJoinLobby({ accessToken, secret: Redacted.make("louder") })
      assert.notStrictEqual(first.id, second.id)
      assert.lengthOf(yield* discord.lobbies, 2)
    }).pipe(Effect.provide(fresh)))

  it.effect("belongs to one application: users of another one get 404 by id, and a lobby of their own by secret", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* prepare
      const lobby = yield* api.createOrJoinLobby({ accessToken, secret })
      const other = yield* discord.addApplication({ approvedScopes: ["sdk.social_layer"] })
      const callback = yield* discord.authorize(authorizeUrl(other, { scope: "identify sdk.social_layer" }))
      const { json } = yield* token(other, {
        grant_type: "authorization_code",
        code: parameters(callback).code!,
        redirect_uri: other.redirectUris[0]!
      })
      const theirs = Redacted.make((json as { readonly access_token: string }).access_token)
      const lobby_id = lobby.id
      assert.deepStrictEqual(yield* refusal(api.leaveLobby({ accessToken: theirs, lobby_id })), ["UnknownLobby"])
      const made = yield* api.createOrJoinLobby({ accessToken: theirs, secret })
      assert.notStrictEqual(made.id, lobby_id)
      assert.strictEqual(made.application_id, other.clientId)
    }).pipe(Effect.provide(fresh)))

  it.effect("cannot be linked to a channel (linked-channels.mdx)", () =>
    Effect.gen(function*() {
      const { accessToken, api, channel_id, discord, user } = yield* prepare
      const lobby = yield* api.createOrJoinLobby({ accessToken, secret })
      yield* discord.setLobbyMember(lobby, user, { flags: 1 })
      assert.deepStrictEqual(
        yield* refusal(api.linkChannelToLobby({ accessToken, lobby_id: lobby.id, channel_id })),
        ["DiscordBadRequest", 400, 50024]
      )
    }).pipe(Effect.provide(fresh)))
})

describe("leaving a lobby", () => {
  it.effect("responds with 204, also to users who are not members, and with 404 code 10031 without a lobby", () =>
    Effect.gen(function*() {
      const { accessToken, api, friend, theirs } = yield* prepare
      const { id: lobby_id } = yield* api.createOrJoinLobby({ accessToken, secret })
      yield* api.createOrJoinLobby({ accessToken: theirs, secret })
      for (const attempt of [1, 2]) {
        const { status } = yield* api.leaveLobby({ accessToken, lobby_id, responseMode: "response-only" })
        assert.strictEqual(status, 204, `attempt ${attempt}`)
      }
      const { members } = yield* api.createOrJoinLobby({ accessToken: theirs, secret })
      assert.deepStrictEqual(members.map(({ id }) => id), [friend.id])
      assert.deepStrictEqual(
        yield* refusal(api.leaveLobby({ accessToken, lobby_id: nowhere })),
        ["UnknownLobby"]
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("ends the lobby after it was empty for its idle timeout, by default five minutes", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* prepare
      const short = yield* api.createOrJoinLobby({ accessToken, secret, idle_timeout_seconds: 5 })
      const long = yield* api.createOrJoinLobby({ accessToken, secret: Redacted.make("long") })
      const kept = yield* api.createOrJoinLobby({ accessToken, secret: Redacted.make("kept") })
      const open = Effect.map(discord.lobbies, (lobbies) => lobbies.map(({ id }) => id))
      for (const { id } of [short, long]) yield* api.leaveLobby({ accessToken, lobby_id: id })
      yield* TestClock.adjust("4999 millis")
      assert.deepStrictEqual(yield* open, [short.id, long.id, kept.id])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* open, [long.id, kept.id])
      yield* api.createOrJoinLobby({ accessToken, secret: Redacted.make("long") })
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* open, [long.id, kept.id], "someone came back")
      yield* api.leaveLobby({ accessToken, lobby_id: long.id })
      yield* TestClock.adjust("4 minutes")
      yield* api.leaveLobby({ accessToken, lobby_id: long.id })
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* open, [kept.id], "leaving again starts no new time")
    }).pipe(Effect.provide(fresh)))
})

describe("linking a channel", () => {
  it.effect("adds the channel to the lobby, and removes it when no channel is named", () =>
    Effect.gen(function*() {
      const { api, channel_id, discord, guild, path } = yield* served
      const linked = yield* api.linkChannelToLobby({ ...path, channel_id })
      assert.deepInclude(linked.linked_channel, { id: channel_id, guild_id: guild.id, name: "general", type: 0 })
      assert.deepStrictEqual(yield* discord.lobbies, [linked])
      for (const body of [{}, { channel_id: null }]) {
        yield* api.linkChannelToLobby({ ...path, channel_id })
        assert.notProperty(yield* api.linkChannelToLobby({ ...path, ...body }), "linked_channel")
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("fails with 403 code 50013 without the flag CanLinkLobby", () =>
    Effect.gen(function*() {
      const { api, channel_id, discord, lobby, path, user } = yield* served
      yield* discord.setLobbyMember(lobby, user, { flags: 0 })
      assert.deepStrictEqual(
        yield* refusal(api.linkChannelToLobby({ ...path, channel_id })),
        ["MissingPermissions"]
      )
      assert.deepStrictEqual(yield* refusal(api.linkChannelToLobby(path)), ["MissingPermissions"])
    }).pipe(Effect.provide(fresh)))

  it.effect("needs an existing channel of a guild that the user is in and may manage", () =>
    Effect.gen(function*() {
      const { api, discord, path, user } = yield* served
      const owner = yield* discord.addUser()
      const guild = yield* discord.addGuild({ owner_id: owner.id })
      const link = (channel_id: Snowflake.ChannelId) => api.linkChannelToLobby({ ...path, channel_id })
      const channelId = guild.channels[0]!.id
      assert.deepStrictEqual(yield* refusal(link("9" as Snowflake.ChannelId)), ["DiscordNotFound", 404, 10003])
      assert.deepStrictEqual(yield* refusal(link(channelId)), ["DiscordForbidden", 403, 50001])
      yield* discord.addMember(guild, user)
      assert.deepStrictEqual(yield* refusal(link(channelId)), ["MissingPermissions"])
      yield* discord.addMember(guild, user, {
        permissions: Permissions.fromNames(["VIEW_CHANNEL", "MANAGE_CHANNELS", "SEND_MESSAGES"])
      })
      assert.strictEqual((yield* link(channelId)).linked_channel?.id, channelId)
    }).pipe(Effect.provide(fresh)))

  it.effect("lets members create a new invite each time; without a channel they get 404 code 10003", () =>
    Effect.gen(function*() {
      const { api, channel_id, path, theirs } = yield* served
      const invite = api.createLobbyChannelInviteForSelf(path)
      assert.deepStrictEqual(yield* refusal(invite), ["DiscordNotFound", 404, 10003])
      yield* api.linkChannelToLobby({ ...path, channel_id })
      const first = yield* invite
      assert.match(first.code, /^[0-9a-z]{6,}$/)
      assert.notStrictEqual((yield* invite).code, first.code)
      assert.deepStrictEqual(
        yield* refusal(api.createLobbyChannelInviteForSelf({ ...path, accessToken: theirs })),
        ["DiscordForbidden", 403, 50001]
      )
    }).pipe(Effect.provide(fresh)))
})

describe("messages of a lobby", () => {
  it.effect("are sent with 201, and listed newest first", () =>
    Effect.gen(function*() {
      const { api, discord, friend, lobby, path, theirs, user } = yield* served
      yield* discord.setLobbyMember(lobby, friend, { additional_name: "Twindly" })
      const [first, response] = yield* api.sendLobbyMessage({
        ...path,
        content: "hi",
        metadata: { mood: "good" },
        responseMode: "decoded-and-response"
      })
      assert.strictEqual(response.status, 201)
      assert.deepInclude(first, {
        type: 0,
        content: "hi",
        lobby_id: lobby.id,
        metadata: { mood: "good" },
        flags: 0,
        application_id: discord.application.clientId
      })
      assert.strictEqual<string>(first.channel_id, lobby.id)
      assert.strictEqual(first.author.id, user.id)
      assert.notProperty(first.author, "email")
      assert.notProperty(first, "lobby_member")
      const second = yield* api.sendLobbyMessage({ ...path, accessToken: theirs, content: "hello", flags: 4096 })
      assert.deepInclude(second, { lobby_member: { additional_name: "Twindly" }, flags: 4096 })
      assert.deepStrictEqual(yield* api.getLobbyMessages(path), [second, first])
      assert.deepStrictEqual(yield* api.getLobbyMessages({ ...path, limit: 1 }), [second])
    }).pipe(Effect.provide(fresh)))

  it.effect("are listed with a default limit of 50, and up to 200", () =>
    Effect.gen(function*() {
      const { api, path } = yield* served
      for (let index = 0; index < 60; index++) yield* api.sendLobbyMessage({ ...path, content: `${index}` })
      const last = yield* api.getLobbyMessages(path)
      assert.deepStrictEqual([last.length, last[0]!.content, last[49]!.content], [50, "59", "10"])
      assert.lengthOf(yield* api.getLobbyMessages({ ...path, limit: 200 }), 60)
    }).pipe(Effect.provide(fresh)))

  it.effect("get 400 code 50006 when empty", () =>
    Effect.gen(function*() {
      const { api, path } = yield* served
      for (const body of [{}, { content: "" }, { content: null }, { content: " " }]) {
        assert.deepStrictEqual(yield* refusal(api.sendLobbyMessage({ ...path, ...body })), [
          "DiscordBadRequest",
          400,
          50006
        ])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("are rejected for other users with 403 code 50001, and without a lobby with 404 code 10031", () =>
    Effect.gen(function*() {
      const { api, path, theirs } = yield* served
      const stranger = { ...path, accessToken: theirs }
      const refused = ["DiscordForbidden", 403, 50001]
      assert.deepStrictEqual(yield* refusal(api.getLobbyMessages(stranger)), refused)
      assert.deepStrictEqual(yield* refusal(api.sendLobbyMessage({ ...stranger, content: "hi" })), refused)
      assert.deepStrictEqual(yield* refusal(api.linkChannelToLobby(stranger)), refused)
      const lost = { ...path, lobby_id: nowhere }
      const unknown = ["UnknownLobby"]
      assert.deepStrictEqual(yield* refusal(api.getLobbyMessages(lost)), unknown)
      assert.deepStrictEqual(yield* refusal(api.sendLobbyMessage({ ...lost, content: "hi" })), unknown)
      assert.deepStrictEqual(yield* refusal(api.linkChannelToLobby(lost)), unknown)
      assert.deepStrictEqual(yield* refusal(api.createLobbyChannelInviteForSelf(lost)), unknown)
    }).pipe(Effect.provide(fresh)))
})

describe("a lobby that the server creates", () => {
  it.effect("has the metadata, flags and members of the test", () =>
    Effect.gen(function*() {
      const { api, accessToken, discord, friend } = yield* prepare
      const members = [{ id: friend.id, metadata: { level: "7" }, flags: 1 }]
      const lobby = yield* discord.addLobby({ metadata: { topic: "redstone" }, flags: 1, members })
      assert.deepStrictEqual(lobby, {
        id: lobby.id,
        application_id: discord.application.clientId,
        metadata: { topic: "redstone" },
        flags: 1,
        members
      })
      yield* TestClock.adjust("1 day")
      assert.deepStrictEqual(yield* discord.lobbies, [lobby])
      const changed = yield* discord.setLobbyMember(lobby.id, friend.id, { additional_name: "Twindly" })
      assert.deepStrictEqual(changed.members, [{ ...members[0]!, additional_name: "Twindly" }])
      const other = yield* api.createOrJoinLobby({ accessToken, secret: Redacted.make("") })
      assert.notStrictEqual(other.id, lobby.id, "no secret opens it")
    }).pipe(Effect.provide(fresh)))

  it.effect("dies when it does not exist", () =>
    Effect.gen(function*() {
      const { discord, user } = yield* prepare
      const exit = yield* Effect.exit(discord.setLobbyMember(nowhere, user))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    }).pipe(Effect.provide(fresh)))
})
