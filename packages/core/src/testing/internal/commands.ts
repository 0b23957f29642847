/** Stores application commands: global ones, and a guild's. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as ApplicationCommand from "../../models/ApplicationCommand.ts"
import { CommandOption } from "../../models/CommandOption.ts"
import type * as Snowflake from "../../models/Snowflake.ts"
import { withoutNulls } from "./json.ts"
import * as refusals from "./refusals.ts"
import { invalidFormBody } from "./validation.ts"
import * as worlds from "./world.ts"

type Command = ApplicationCommand.ApplicationCommand

/** The scope of a list of commands: global, or one guild. */
export interface Place {
  readonly applicationId: Snowflake.ApplicationId
  readonly guildId: Snowflake.GuildId | undefined
}

export const at = (world: worlds.World, { applicationId, guildId }: Place): Map<string, Command> =>
  worlds.within(world.commands, guildId === undefined ? applicationId : `${applicationId}:${guildId}`)

/** The maximum of commands of each type. A guild has no entry point. */
const limitOf = (type: number, { guildId }: Place): number | undefined =>
  type === ApplicationCommand.CommandType.ChatInput
    ? 100
    : type === ApplicationCommand.CommandType.User || type === ApplicationCommand.CommandType.Message
    ? 15
    : type === ApplicationCommand.CommandType.PrimaryEntryPoint && guildId === undefined
    ? 1
    : undefined

/** Rejects a list that has too many commands of a type, or a type that is not allowed. */
export const checkLimits = Effect.fnUntraced(function*(place: Place, types: Iterable<number>) {
  const counts = new Map<number, number>()
  for (const type of types) {
    const limit = limitOf(type, place)
    if (limit === undefined) {
      return yield* invalidFormBody([{ path: ["type"], message: "This type is not one of those there are here." }])
    }
    const count = (counts.get(type) ?? 0) + 1
    if (count > limit) return yield* refusals.tooManyCommands(limit)
    counts.set(type, count)
  }
})

export const typeOf = ({ type }: { readonly type?: number | null }): number =>
  type ?? ApplicationCommand.CommandType.ChatInput

export const find = (
  commands: ReadonlyMap<string, Command>,
  { name, type }: { readonly name: string; readonly type: number }
): Command | undefined => Array.from(commands.values()).find((each) => each.name === name && each.type === type)

const decodeOptions = Schema.decodeUnknownEffect(Schema.Array(CommandOption))

/** Returns the members that a request sets. */
const changes = Effect.fnUntraced(function*(world: worlds.World, edit: ApplicationCommand.UpdateApplicationCommand) {
  const options = edit.options === undefined
    ? undefined
    : yield* Effect.orDie(decodeOptions(withoutNulls(edit.options ?? [])))
  return {
    version: worlds.snowflake(world.nextId()),
    ...(edit.name !== undefined && { name: edit.name }),
    ...(edit.name_localizations !== undefined && { name_localizations: edit.name_localizations }),
    ...(edit.description !== undefined && { description: edit.description ?? "" }),
    ...(edit.description_localizations !== undefined &&
      { description_localizations: edit.description_localizations }),
    ...(options !== undefined && { options }),
    ...(edit.default_member_permissions !== undefined &&
      { default_member_permissions: edit.default_member_permissions }),
    ...(edit.dm_permission !== undefined && { dm_permission: edit.dm_permission ?? true }),
    ...(edit.contexts !== undefined && { contexts: edit.contexts }),
    ...(edit.integration_types !== undefined && { integration_types: edit.integration_types ?? [0] }),
    ...(edit.nsfw !== undefined && { nsfw: edit.nsfw ?? false }),
    ...(edit.handler !== undefined && edit.handler !== null && { handler: edit.handler })
  }
})

/** Makes a command. It keeps the id of the command that it replaces. */
export const make = Effect.fnUntraced(function*(
  world: worlds.World,
  place: Place,
  creation: ApplicationCommand.CreateApplicationCommand,
  id: Snowflake.CommandId = worlds.commandId(world.nextId())
): Effect.fn.Return<Command> {
  const type = typeOf(creation)
  return {
    id,
    application_id: place.applicationId,
    ...(place.guildId !== undefined && { guild_id: place.guildId }),
    type,
    name: creation.name,
    name_localizations: null,
    description: "",
    description_localizations: null,
    default_member_permissions: null,
    ...(place.guildId === undefined && { dm_permission: true, contexts: null, integration_types: [0] }),
    nsfw: false,
    ...(type === ApplicationCommand.CommandType.PrimaryEntryPoint &&
      { handler: ApplicationCommand.Handler.AppHandler }),
    ...(yield* changes(world, creation))
  }
})

export const edit = (
  world: worlds.World,
  command: Command,
  payload: ApplicationCommand.UpdateApplicationCommand
): Effect.Effect<Command> => Effect.map(changes(world, payload), (changed) => ({ ...command, ...changed }))

/** Replaces all translations of a command with the text in the reader's language. */
export const localize = (value: unknown, locale: string | undefined): unknown => {
  if (Array.isArray(value)) return value.map((each) => localize(each, locale))
  if (!Predicate.isObject(value)) return value
  const localized: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) {
    const [, name] = /^(name|description)_localizations$/.exec(key) ?? []
    if (name === undefined) localized[key] = localize(member, locale)
    else if (locale !== undefined && Predicate.hasProperty(member, locale)) {
      localized[`${name}_localized`] = member[locale]
    }
  }
  return localized
}
