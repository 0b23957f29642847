import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import { DiscordHttpApi } from "../../../api/DiscordHttpApi.ts"
import { requiredScopes } from "../../../api/DiscordSecurity.ts"
import * as DiscordError from "../../../errors/DiscordError.ts"
import { PrivateGroupChannel } from "../../../models/Channel.ts"
import * as Permissions from "../../../models/Permissions.ts"
import type { GuildId } from "../../../models/Snowflake.ts"
import type { GroupDm } from "../../World.ts"
import * as channels from "../channels.ts"
import { botApplication, current, joining } from "../credentials.ts"
import * as refusals from "../refusals.ts"
import type { Simulation } from "../simulation.ts"
import { publicUser } from "../visibleUser.ts"
import * as worlds from "../world.ts"

/** What the bot must be allowed for each member of the body that is set. */
const needed = {
  nick: "MANAGE_NICKNAMES",
  roles: "MANAGE_ROLES",
  mute: "MUTE_MEMBERS",
  deaf: "DEAFEN_MEMBERS"
} as const satisfies Record<string, Permissions.Name>

/** The permissions of the bot that the request came from, in a guild that it is in. */
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

export const layer = (simulation: Simulation) =>
  HttpApiBuilder.group(DiscordHttpApi, "guilds", (handlers) =>
    handlers
      .handle("addGuildMember", ({ params, payload }) =>
        Effect.gen(function*() {
          const { world } = simulation
          const { application, permissions } = yield* botIn(simulation, params.guild_id)
          const wanted = Object.entries(needed).flatMap(([member, name]) =>
            Object.entries(payload).some(([key, value]) => key === member && value !== null) ? [name] : []
          )
          if (!["CREATE_INSTANT_INVITE" as const, ...wanted].every((name) => Permissions.can(permissions, name))) {
            return yield* refusals.missingPermissions()
          }
          yield* joining(simulation, {
            application,
            accessToken: payload.access_token,
            userId: params.user_id,
            scope: requiredScopes.addGuildMember
          })
          const user = world.users.get(params.user_id)
          if (user === undefined) return yield* refusals.unknownUser()
          if (world.bans.get(params.guild_id)?.has(user.id) === true) return yield* refusals.bannedFromGuild()
          if (world.members.get(params.guild_id)?.has(user.id) === true) return undefined
          if (worlds.guildsOf(world, user.id).length >= simulation.guildLimit) {
            return yield* new DiscordError.UserIsAtGuildLimit()
          }
          const member = worlds.addMember(world, yield* Clock.currentTimeMillis, params.guild_id, user, {
            nick: payload.nick ?? null,
            roles: payload.roles ?? [],
            mute: payload.mute ?? false,
            deaf: payload.deaf ?? false,
            flags: payload.flags ?? 0
          })
          return { ...member, user: publicUser(user) }
        }))
      .handle("getGuildChannels", ({ params }) =>
        Effect.gen(function*() {
          const { userId } = yield* current(simulation)
          const guild = simulation.world.guilds.get(params.guild_id)
          if (guild === undefined) return yield* refusals.unknownGuild()
          return simulation.world.members.get(guild.id)?.has(userId) === true
            ? channels.ofGuild(guild)
            : yield* refusals.missingAccess()
        }))
      .handle("groupDmAddRecipient", ({ params, payload }) =>
        Effect.gen(function*() {
          const { world } = simulation
          const application = yield* botApplication(simulation)
          const group = world.groupDms.get(params.channel_id)
          if (group === undefined) {
            return yield* channels.find(world, params.channel_id) === undefined
              ? refusals.unknownChannel()
              : refusals.wrongChannelType()
          }
          if (group.application_id !== application.clientId) return yield* refusals.missingAccess()
          yield* joining(simulation, {
            application,
            accessToken: payload.access_token,
            userId: params.user_id,
            scope: requiredScopes.groupDmAddRecipient
          })
          if (group.recipients.includes(params.user_id)) return HttpServerResponse.empty({ status: 204 })
          if (group.recipients.length >= 10) return yield* refusals.tooManyRecipients()
          const joined: GroupDm = {
            ...group,
            recipients: [...group.recipients, params.user_id],
            nicks: typeof payload.nick === "string" ? { ...group.nicks, [params.user_id]: payload.nick } : group.nicks
          }
          world.groupDms.set(group.id, joined)
          return yield* Effect.orDie(groupResponse(channels.ofGroupDm(world, joined), { status: 201 }))
        })))
