/** A simulated world with something behind every endpoint. */
import type { Snowflake } from "@discord-oauth2/core"
import { DiscordOperation } from "@discord-oauth2/core/api"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { send, simulator } from "../core/testing/raw.ts"
import { endpoints } from "./declaration.ts"

const botCalls: ReadonlySet<string> = new Set([
  "getCurrentBotApplicationInformation",
  "getCurrentApplication",
  "getApplicationRoleConnectionMetadataRecords",
  "updateApplicationRoleConnectionMetadataRecords",
  "addGuildMember",
  "groupDmAddRecipient"
])

/** A command with everything that a command can have. */
export const command = {
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

/** A simulated world with something behind every endpoint, and a function that calls an endpoint in it. */
export const prepare = Effect.gen(function*() {
  const discord = yield* simulator
  const { application } = discord
  const [user] = yield* discord.users
  const [guild] = yield* discord.guilds
  const friend = yield* discord.addUser({ username: "friend" })
  yield* discord.addBot(guild!)
  const scopes = Object.values(DiscordOperation.requiredScopes).filter((scope) => scope !== null)
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
      /\{(\w+)\}/g,
      (_, name: string) =>
        values[name === "command_id" && /guilds.*\{command_id\}$/.test(path) ? "guild_command_id" : name]!
    )
  const call = (identifier: string, body?: unknown) => {
    const { method, path } = endpoints.find((each) => each.identifier === identifier)!
    const authorization = botCalls.has(identifier)
      ? `Bot ${Redacted.value(application.botToken)}`
      : `Bearer ${identifier === "getCurrentAuthorizationInformation" ? plain : token}`
    return send(method.toUpperCase() as "GET", `/api/v10${fill(path)}`, {
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
