/** Plays application commands and their permissions. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import { DiscordHttpApi } from "../../../api/DiscordHttpApi.ts"
import * as ApplicationCommand from "../../../models/ApplicationCommand.ts"
import type { GuildApplicationCommandPermissions } from "../../../models/CommandPermissions.ts"
import * as Permissions from "../../../models/Permissions.ts"
import type { ApplicationId, GuildId } from "../../../models/Snowflake.ts"
import * as commands from "../commands.ts"
import { current, currentOf, currentUser } from "../credentials.ts"
import * as refusals from "../refusals.ts"
import type { Simulation } from "../simulation.ts"
import { fromSchemaError, invalidFormBody } from "../validation.ts"
import * as worlds from "../world.ts"

interface Path {
  readonly application_id: ApplicationId
  readonly guild_id?: GuildId
}

interface CommandPath extends Path {
  readonly command_id: string
}

/** Returns the commands of the token's application: global ones, or those of a guild that the bot or the user is in. */
const placeOf = Effect.fnUntraced(function*({ world, ...simulation }: Simulation, path: Path) {
  const { userId } = yield* currentOf({ world, ...simulation }, path.application_id)
  const guildId = path.guild_id
  if (guildId !== undefined) {
    if (!world.guilds.has(guildId)) return yield* refusals.unknownGuild()
    const isIn = world.bots.get(guildId)?.has(path.application_id) === true ||
      world.members.get(guildId)?.has(userId) === true
    if (!isIn) return yield* refusals.missingAccess()
  }
  const place: commands.Place = { applicationId: path.application_id, guildId }
  return { place, known: commands.at(world, place) }
})

const commandAt = Effect.fnUntraced(function*(simulation: Simulation, path: CommandPath) {
  const { known } = yield* placeOf(simulation, path)
  const command = known.get(path.command_id)
  return command === undefined ? yield* refusals.unknownCommand() : { command, known }
})

const encode = Schema.encodeEffect(Schema.toCodecJson(Schema.Array(ApplicationCommand.ApplicationCommand)))
const createdResponse = HttpServerResponse.schemaJson(Schema.toCodecJson(ApplicationCommand.ApplicationCommand))

const list = Effect.fnUntraced(function*(simulation: Simulation, path: Path, withLocalizations = false) {
  const all = Array.from((yield* placeOf(simulation, path)).known.values())
  if (withLocalizations) return all
  const { headers } = yield* HttpServerRequest
  const { user } = yield* currentUser(simulation)
  const locale = headers["x-discord-locale"] ?? headers["accept-language"]?.split(/[,;]/, 1)[0] ?? user.locale
  return HttpServerResponse.jsonUnsafe(commands.localize(yield* Effect.orDie(encode(all)), locale))
})

/** Responds with 201 for a new command, and with 200 for one that replaces another. */
const create = Effect.fnUntraced(function*(
  simulation: Simulation,
  path: Path,
  payload: ApplicationCommand.CreateApplicationCommand
) {
  const { known, place } = yield* placeOf(simulation, path)
  const type = commands.typeOf(payload)
  const old = commands.find(known, { name: payload.name, type })
  if (old === undefined) {
    yield* commands.checkLimits(place, [...Array.from(known.values(), (command) => command.type), type])
  }
  const command = yield* commands.make(simulation.world, place, payload, old?.id)
  known.set(command.id, command)
  return old === undefined ? yield* Effect.orDie(createdResponse(command, { status: 201 })) : command
})

const checkCreation = Schema.decodeUnknownEffect(Schema.toType(ApplicationCommand.CreateApplicationCommand))

const edit = Effect.fnUntraced(function*(
  simulation: Simulation,
  path: CommandPath,
  payload: ApplicationCommand.UpdateApplicationCommand
) {
  const { command, known } = yield* commandAt(simulation, path)
  const taken = commands.find(known, { name: payload.name ?? command.name, type: command.type })
  if (taken !== undefined && taken.id !== command.id) return yield* refusals.commandNameTaken()
  const edited = yield* commands.edit(simulation.world, command, payload)
  // Which members are valid depends on the type, and an edit does not name it.
  const { description, name, name_localizations = null, options = [], type } = edited
  yield* Effect.mapError(checkCreation({ description, name, name_localizations, options, type }), fromSchemaError)
  known.set(edited.id, edited)
  return edited
})

/** Removes the permissions of a deleted command. */
const forget = ({ world }: Simulation, applicationId: string, commandId: string) => {
  for (const [key, permissions] of world.commandPermissions) {
    if (key.startsWith(`${applicationId}:`)) permissions.delete(commandId)
  }
}

const remove = Effect.fnUntraced(function*(simulation: Simulation, path: CommandPath) {
  const { command, known } = yield* commandAt(simulation, path)
  known.delete(command.id)
  forget(simulation, path.application_id, command.id)
})

const overwrite = Effect.fnUntraced(function*(
  simulation: Simulation,
  path: Path,
  payload: ReadonlyArray<ApplicationCommand.CreateOrUpdateApplicationCommand>
) {
  const { known, place } = yield* placeOf(simulation, path)
  const keys = payload.map((each) => `${commands.typeOf(each)}:${each.name}`)
  const repeated = keys.flatMap((key, index) => keys.indexOf(key) < index ? [index] : [])
  if (repeated.length > 0) {
    return yield* invalidFormBody(repeated.map((index) => ({
      path: [index, "name"],
      message: "Application command names must be unique",
      code: "APPLICATION_COMMANDS_DUPLICATE_NAME"
    })))
  }
  yield* commands.checkLimits(place, payload.map(commands.typeOf))
  if (payload.some(({ id }) => typeof id === "string" && !known.has(id))) return yield* refusals.unknownCommand()
  const made = yield* Effect.forEach(payload, ({ id, ...creation }) =>
    commands.make(
      simulation.world,
      place,
      creation,
      id ?? commands.find(known, { name: creation.name, type: commands.typeOf(creation) })?.id
    ))
  for (const id of Array.from(known.keys())) {
    if (!made.some((each) => each.id === id)) forget(simulation, path.application_id, id)
  }
  known.clear()
  for (const command of made) known.set(command.id, command)
  return made
})

interface PermissionsPath {
  readonly application_id: string
  readonly guild_id: GuildId
}

/** Returns the command permissions of an application in a guild. The token needs to be the application's, and its user in the guild. */
const permissionsIn = Effect.fnUntraced(function*(
  simulation: Simulation,
  path: PermissionsPath,
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

export const layer = (simulation: Simulation) =>
  HttpApiBuilder.group(DiscordHttpApi, "applicationCommands", (handlers) =>
    handlers
      .handle("getGlobalApplicationCommands", ({ params, query }) => list(simulation, params, query.with_localizations))
      .handle("createGlobalApplicationCommand", ({ params, payload }) => create(simulation, params, payload))
      .handle("getGlobalApplicationCommand", ({ params }) =>
        Effect.map(commandAt(simulation, params), ({ command }) => command))
      .handle("editGlobalApplicationCommand", ({ params, payload }) =>
        edit(simulation, params, payload))
      .handle("deleteGlobalApplicationCommand", ({ params }) => remove(simulation, params))
      .handle("bulkOverwriteGlobalApplicationCommands", ({ params, payload }) => overwrite(simulation, params, payload))
      .handle("getGuildApplicationCommands", ({ params, query }) => list(simulation, params, query.with_localizations))
      .handle("createGuildApplicationCommand", ({ params, payload }) => create(simulation, params, payload))
      .handle("getGuildApplicationCommand", ({ params }) =>
        Effect.map(commandAt(simulation, params), ({ command }) =>
          command))
      .handle("editGuildApplicationCommand", ({ params, payload }) =>
        edit(simulation, params, payload))
      .handle("deleteGuildApplicationCommand", ({ params }) => remove(simulation, params))
      .handle("bulkOverwriteGuildApplicationCommands", ({ params, payload }) => overwrite(simulation, params, payload))
      .handle("getGuildApplicationCommandPermissions", ({ params }) =>
        Effect.map(permissionsIn(simulation, params, []), (permissions) =>
          Array.from(permissions.values())))
      .handle("getApplicationCommandPermissions", ({ params }) =>
        Effect.gen(function*() {
          const permissions = yield* permissionsIn(simulation, params, [])
          return permissions.get(params.command_id) ?? (yield* refusals.unknownCommandPermissions())
        }))
      .handle("editApplicationCommandPermissions", ({ params, payload }) =>
        Effect.map(permissionsIn(simulation, params, ["MANAGE_GUILD", "MANAGE_ROLES"]), (permissions) => {
          const edited: GuildApplicationCommandPermissions = {
            id: params.command_id,
            application_id: params.application_id,
            guild_id: params.guild_id,
            permissions: payload.permissions
          }
          permissions.set(params.command_id, edited)
          return edited
        })))
