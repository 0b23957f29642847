/** Plays joining guilds and group DMs, and what a guild shows. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import { DiscordHttpApi } from "../../../api/DiscordHttpApi.ts"
import { requiredScopes } from "../../../api/DiscordOperation.ts"
import * as DiscordError from "../../../errors/DiscordError.ts"
import { PrivateGroupChannel } from "../../../models/Channel.ts"
import * as Permissions from "../../../models/Permissions.ts"
import type { GuildId } from "../../../models/Snowflake.ts"
import type { GroupDm } from "../../World.ts"
import * as channels from "../channels.ts"
import { botApplication, current, joining } from "../credentials.ts"
import * as refusals from "../refusals.ts"
import type { Request } from "../request.ts"
import type { Simulation } from "../simulation.ts"
import { publicUser } from "../visibleUser.ts"
import * as worlds from "../world.ts"

/** The permission that the bot needs for each member of the body. */
const needed = {
  nick: "MANAGE_NICKNAMES",
  roles: "MANAGE_ROLES",
  mute: "MUTE_MEMBERS",
  deaf: "DEAFEN_MEMBERS"
} as const satisfies Record<string, Permissions.Name>

/** Returns the permissions that the requesting bot has in a guild. */
const botIn = Effect.fnUntraced(function*(simulation: Simulation, guildId: GuildId) {
  const { world } = simulation
  const application = yield* botApplication(simulation)
  const guild = world.guilds.get(guildId)
  if (guild === undefined) return yield* refusals.unknownGuild()
  const permissions = world.bots.get(guildId)?.get(application.clientId)
  if (permissions === undefined) return yield* refusals.missingAccess()
  return { application, permissions }
})

const groupResponse = HttpServerResponse.schemaJson(Schema.toCodecJson(PrivateGroupChannel))

const addGuildMember = Effect.fnUntraced(function*(simulation: Simulation, request: Request<"addGuildMember">) {
  const { world } = simulation
  const { application, permissions } = yield* botIn(simulation, request.guild_id)
  const wanted = Object.entries(needed).flatMap(([member, name]) =>
    Object.entries(request).some(([key, value]) => key === member && value !== null) ? [name] : []
  )
  if (!["CREATE_INSTANT_INVITE" as const, ...wanted].every((name) => Permissions.can(permissions, name))) {
    return yield* refusals.missingPermissions()
  }
  yield* joining(simulation, {
    application,
    accessToken: request.access_token,
    userId: request.user_id,
    scope: requiredScopes.addGuildMember
  })
  const user = world.users.get(request.user_id)
  if (user === undefined) return yield* refusals.unknownUser()
  if (world.bans.get(request.guild_id)?.has(user.id) === true) return yield* refusals.bannedFromGuild()
  if (world.members.get(request.guild_id)?.has(user.id) === true) return undefined
  if (worlds.guildsOf(world, user.id).length >= simulation.guildLimit) {
    return yield* new DiscordError.UserIsAtGuildLimit()
  }
  const member = worlds.addMember(world, yield* Clock.currentTimeMillis, request.guild_id, user, {
    nick: request.nick ?? null,
    roles: request.roles ?? [],
    mute: request.mute ?? false,
    deaf: request.deaf ?? false,
    flags: request.flags ?? 0
  })
  return { ...member, user: publicUser(user) }
})

const getGuildChannels = Effect.fnUntraced(function*(simulation: Simulation, guildId: GuildId) {
  const { userId } = yield* current(simulation)
  const guild = simulation.world.guilds.get(guildId)
  if (guild === undefined) return yield* refusals.unknownGuild()
  return simulation.world.members.get(guild.id)?.has(userId) === true
    ? channels.ofGuild(guild)
    : yield* refusals.missingAccess()
})

const groupDmAddRecipient = Effect.fnUntraced(
  function*(simulation: Simulation, request: Request<"groupDmAddRecipient">) {
    const { world } = simulation
    const application = yield* botApplication(simulation)
    const group = world.groupDms.get(request.channel_id)
    if (group === undefined) {
      return yield* channels.find(world, request.channel_id) === undefined
        ? refusals.unknownChannel()
        : refusals.wrongChannelType()
    }
    if (group.application_id !== application.clientId) return yield* refusals.missingAccess()
    yield* joining(simulation, {
      application,
      accessToken: request.access_token,
      userId: request.user_id,
      scope: requiredScopes.groupDmAddRecipient
    })
    if (group.recipients.includes(request.user_id)) return HttpServerResponse.empty({ status: 204 })
    if (group.recipients.length >= 10) return yield* refusals.tooManyRecipients()
    const joined: GroupDm = {
      ...group,
      recipients: [...group.recipients, request.user_id],
      nicks: typeof request.nick === "string" ? { ...group.nicks, [request.user_id]: request.nick } : group.nicks
    }
    world.groupDms.set(group.id, joined)
    return yield* Effect.orDie(groupResponse(channels.ofGroupDm(world, joined), { status: 201 }))
  }
)

export const layer = (simulation: Simulation) =>
  HttpApiBuilder.group(DiscordHttpApi, "guilds", (handlers) =>
    handlers
      .handle("addGuildMember", ({ params, payload }) => addGuildMember(simulation, { ...params, ...payload }))
      .handle("getGuildChannels", ({ params }) => getGuildChannels(simulation, params.guild_id))
      .handle(
        "groupDmAddRecipient",
        ({ params, payload }) => groupDmAddRecipient(simulation, { ...params, ...payload })
      ))
