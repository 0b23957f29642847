import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Redacted from "effect/Redacted"
import type { GuildApplicationCommandPermissions } from "../../CommandPermissions.ts"
import { Credential, requiredScopes } from "../../DiscordEndpoint.ts"
import * as DiscordError from "../../DiscordError.ts"
import { DiscordHttpApi } from "../../DiscordHttpApi.ts"
import * as Permissions from "../../Permissions.ts"
import type { GuildId } from "../../Snowflake.ts"
import { current, publicUser } from "./handlersOAuth2.ts"
import { findBot } from "./middleware.ts"
import * as refusals from "./refusals.ts"
import type { Simulation } from "./simulation.ts"
import * as worlds from "./world.ts"

/** What the bot must be allowed for each member of the body that is set. */
const needed = {
  nick: "MANAGE_NICKNAMES",
  roles: "MANAGE_ROLES",
  mute: "MUTE_MEMBERS",
  deaf: "DEAFEN_MEMBERS"
} as const satisfies Record<string, Permissions.Name>

/** The permissions of the bot that the request came from, in a guild that it is in. */
const botIn = Effect.fnUntraced(function*({ world, ...simulation }: Simulation, guildId: GuildId) {
  const application = findBot({ world, ...simulation }, yield* Credential)
  if (application === undefined) return yield* new DiscordError.InvalidBotToken()
  const guild = world.guilds.get(guildId)
  if (guild === undefined) return yield* refusals.unknownGuild()
  const permissions = world.bots.get(guildId)?.get(application.clientId)
  if (permissions === undefined) return yield* refusals.missingAccess()
  return { application, permissions }
})

const guildsLayer = (simulation: Simulation) =>
  HttpApiBuilder.group(
    DiscordHttpApi,
    "guilds",
    (handlers) =>
      handlers.handle("addGuildMember", ({ params, payload }) =>
        Effect.gen(function*() {
          const { world } = simulation
          const { application, permissions } = yield* botIn(simulation, params.guild_id)
          const wanted = Object.entries(needed).flatMap(([member, name]) =>
            Object.entries(payload).some(([key, value]) => key === member && value !== null) ? [name] : []
          )
          if (!["CREATE_INSTANT_INVITE" as const, ...wanted].every((name) => Permissions.can(permissions, name))) {
            return yield* refusals.missingPermissions()
          }
          const issued = yield* simulation.grants.find(Redacted.value(payload.access_token))
          if (issued?.userId !== params.user_id || issued.clientId !== application.clientId) {
            return yield* new DiscordError.InvalidAccessToken({ reason: "refused" })
          }
          const scope = requiredScopes.addGuildMember
          if (!issued.scopes.includes(scope)) {
            return yield* new DiscordError.MissingScope({ required: [scope], granted: issued.scopes })
          }
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
  )

interface CommandPath {
  readonly application_id: string
  readonly guild_id: GuildId
}

/** The permissions of an application's commands in a guild, for a user of the guild with a token of the application. */
const commandsIn = Effect.fnUntraced(function*(
  simulation: Simulation,
  path: CommandPath,
  required: ReadonlyArray<Permissions.Name>
) {
  const { clientId, userId } = yield* current(simulation)
  const guild = simulation.world.guilds.get(path.guild_id)
  const member = simulation.world.members.get(path.guild_id)?.get(userId)
  if (guild === undefined) return yield* refusals.unknownGuild()
  if (member === undefined || clientId !== path.application_id) return yield* refusals.missingAccess()
  const permissions = worlds.permissionsOf(guild, userId, member)
  return required.every((name) => Permissions.can(permissions, name))
    ? worlds.within(simulation.world.commandPermissions, `${path.application_id}:${path.guild_id}`)
    : yield* refusals.missingPermissions()
})

const commandsLayer = (simulation: Simulation) =>
  HttpApiBuilder.group(DiscordHttpApi, "applicationCommands", (handlers) =>
    handlers
      .handle("getGuildApplicationCommandPermissions", ({ params }) =>
        Effect.map(commandsIn(simulation, params, []), (commands) => Array.from(commands.values())))
      .handle("getApplicationCommandPermissions", ({ params }) =>
        Effect.gen(function*() {
          const commands = yield* commandsIn(simulation, params, [])
          return commands.get(params.command_id) ?? (yield* refusals.unknownCommandPermissions())
        }))
      .handle("editApplicationCommandPermissions", ({ params, payload }) =>
        Effect.map(commandsIn(simulation, params, ["MANAGE_GUILD", "MANAGE_ROLES"]), (commands) => {
          const edited: GuildApplicationCommandPermissions = {
            id: params.command_id,
            application_id: params.application_id,
            guild_id: params.guild_id,
            permissions: payload.permissions
          }
          commands.set(params.command_id, edited)
          return edited
        })))

export { commandsLayer, guildsLayer }
