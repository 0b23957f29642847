/**
 * A command of an application: a slash command, an entry in a context menu, or the entry point of an Activity
 * (`applications.commands.update` scope).
 *
 * See {@link https://discord.com/developers/docs/interactions/application-commands#application-command-object}.
 *
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { CommandOption } from "./CommandOption.ts"
import { CreateCommandOptions } from "./CreateCommandOption.ts"
import { text, textOrEmpty } from "./internal/boundedText.ts"
import { commandNameRule, DescriptionLocalizations, isCommandName } from "./internal/commandText.ts"
import { Localizations, localizations } from "./internal/localizations.ts"
import { nameIn } from "./internal/nameIn.ts"
import { optional } from "./internal/optional.ts"
import { Permissions } from "./Permissions.ts"
import * as Snowflake from "./Snowflake.ts"

/**
 * The values of `type` that Discord documents.
 *
 * See {@link https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-types}.
 *
 * @category constants
 * @since 0.1.0
 */
export const CommandType = { ChatInput: 1, User: 2, Message: 3, PrimaryEntryPoint: 4 } as const

/**
 * The name of a type of command.
 *
 * @category models
 * @since 0.1.0
 */
export type CommandTypeName = keyof typeof CommandType

/**
 * The values of `contexts`: where in Discord a command can be used. Those of `integration_types` are
 * `InstallContext.InstallContext`.
 *
 * @category constants
 * @since 0.1.0
 */
export const InteractionContext = { Guild: 0, BotDm: 1, PrivateChannel: 2 } as const

/**
 * The values of `handler`: who answers an entry point, the application or Discord.
 *
 * @category constants
 * @since 0.1.0
 */
export const Handler = { AppHandler: 1, DiscordLaunchActivity: 2 } as const

/**
 * A command.
 *
 * **Details**
 *
 * The lists of commands carry `name_localized` and `description_localized`, in the language of the request, unless they
 * are asked for all localizations. `default_member_permissions` is `null` where everyone may use the command.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ApplicationCommand = Schema.Struct({
  id: Snowflake.CommandId,
  application_id: Snowflake.ApplicationId,
  version: Snowflake.Snowflake,
  default_member_permissions: Schema.NullOr(Permissions),
  type: Schema.Int,
  name: Schema.String,
  name_localized: Schema.optionalKey(Schema.String),
  name_localizations: Schema.optionalKey(Schema.NullOr(Localizations)),
  description: Schema.String,
  description_localized: Schema.optionalKey(Schema.String),
  description_localizations: Schema.optionalKey(Schema.NullOr(Localizations)),
  guild_id: Schema.optionalKey(Snowflake.GuildId),
  dm_permission: Schema.optionalKey(Schema.Boolean),
  contexts: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.Int))),
  integration_types: Schema.optionalKey(Schema.Array(Schema.Int)),
  options: Schema.optionalKey(Schema.Array(CommandOption)),
  nsfw: Schema.optionalKey(Schema.Boolean),
  handler: Schema.optionalKey(Schema.Int)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface ApplicationCommand extends Schema.Schema.Type<typeof ApplicationCommand> {}

const CommandName = text(32)
const distinctNumbers = Schema.Array(Schema.Int).check(Schema.isMinLength(1), Schema.isUnique())

const changeable = {
  name_localizations: optional(localizations(CommandName)),
  description: optional(textOrEmpty(100)),
  description_localizations: DescriptionLocalizations,
  options: optional(CreateCommandOptions),
  default_member_permissions: optional(Permissions),
  dm_permission: optional(Schema.Boolean),
  contexts: optional(distinctNumbers),
  integration_types: optional(distinctNumbers),
  nsfw: optional(Schema.Boolean),
  handler: optional(Schema.Int)
}

const creation = {
  name: CommandName,
  ...changeable,
  type: optional(Schema.Int)
}

interface Created {
  readonly name: string
  readonly name_localizations?: { readonly [locale: string]: string } | null
  readonly description?: string | null
  readonly options?: ReadonlyArray<unknown> | null
  readonly type?: number | null
}

const fitsItsType = Schema.makeFilter((command: Created) => {
  const issues: Array<Schema.FilterIssue> = []
  const type = command.type ?? CommandType.ChatInput
  const description = command.description ?? ""
  if (type === CommandType.ChatInput) {
    if (!isCommandName(command.name)) {
      issues.push({ path: ["name"], issue: `Expected the name of a slash command: ${commandNameRule}` })
    }
    for (const [locale, name] of Object.entries(command.name_localizations ?? {})) {
      if (!isCommandName(name)) {
        issues.push({
          path: ["name_localizations", locale],
          issue: `Expected the name of a slash command: ${commandNameRule}`
        })
      }
    }
    if (description === "") {
      issues.push({ path: ["description"], issue: "Expected the description of a slash command: 1 to 100 characters" })
    }
  } else if (type === CommandType.User || type === CommandType.Message) {
    if (description !== "") {
      issues.push({ path: ["description"], issue: "Expected none: a command in a context menu has no description" })
    }
    if ((command.options ?? []).length > 0) {
      issues.push({ path: ["options"], issue: "Expected none: a command in a context menu has no options" })
    }
  }
  return issues
})

/**
 * The body of "Create Global Application Command" and "Create Guild Application Command".
 *
 * **Details**
 *
 * Discord's limits are checked before anything is sent. A name has 1 to 32 characters; that of a slash command, which is
 * what a command without a type is, consists of lower-case letters, digits, `-` and `_`, also in other scripts. A slash
 * command must have a description, of at most 100 characters, and a command in a context menu has neither description
 * nor options. `contexts` and `integration_types` are not empty and name nothing twice. What the options may be is said
 * in `CreateCommandOption`.
 *
 * **Gotchas**
 *
 * A command of the same name and type is overwritten.
 *
 * **Example** (A slash command)
 *
 * ```ts
 * import { ApplicationCommand, CommandOption } from "@discord-oauth2/core/models"
 *
 * const blep: ApplicationCommand.CreateApplicationCommand = {
 *   name: "blep",
 *   description: "Send a random adorable animal photo",
 *   options: [{
 *     type: CommandOption.OptionType.Boolean,
 *     name: "only_smol",
 *     description: "Whether to show only baby animals"
 *   }]
 * }
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateApplicationCommand = Schema.Struct(creation).check(fitsItsType)

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateApplicationCommand extends Schema.Schema.Type<typeof CreateApplicationCommand> {}

/**
 * The body of "Edit Global Application Command" and "Edit Guild Application Command": what is given replaces what there
 * was.
 *
 * @category schemas
 * @since 0.1.0
 */
export const UpdateApplicationCommand = Schema.Struct({
  name: Schema.optionalKey(CommandName),
  ...changeable
})

/**
 * @category models
 * @since 0.1.0
 */
export interface UpdateApplicationCommand extends Schema.Schema.Type<typeof UpdateApplicationCommand> {}

/**
 * One command of a bulk overwrite. With an `id`, it is that command that is changed, which may change its name.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateOrUpdateApplicationCommand = Schema.Struct({
  id: optional(Snowflake.CommandId),
  ...creation
}).check(fitsItsType)

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateOrUpdateApplicationCommand extends Schema.Schema.Type<typeof CreateOrUpdateApplicationCommand> {}

/**
 * The body of "Bulk Overwrite Global Application Commands" and "Bulk Overwrite Guild Application Commands": at most 130
 * commands, which replace all that there were.
 *
 * @category schemas
 * @since 0.1.0
 */
export const UpdateApplicationCommands = Schema.Array(CreateOrUpdateApplicationCommand).check(
  Schema.isMaxLength(130)
)

const typeNames = nameIn<CommandTypeName>(CommandType)

/**
 * The name of the command's type; none for one that Discord does not document.
 *
 * @category getters
 * @since 0.1.0
 */
export const typeName = (self: Pick<ApplicationCommand, "type">): Option.Option<CommandTypeName> => typeNames(self.type)

/**
 * The text that mentions the slash command in a message, such as `</airhorn:816437322781949972>`, with the names of a
 * subcommand and its group where there are any.
 *
 * @category getters
 * @since 0.1.0
 */
export const mention = (
  self: Pick<ApplicationCommand, "id" | "name">,
  ...subcommand: ReadonlyArray<string>
): string => `</${[self.name, ...subcommand].join(" ")}:${self.id}>`

/**
 * Whether the command belongs to one guild.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isGuildCommand = (self: Pick<ApplicationCommand, "guild_id">): boolean => self.guild_id !== undefined

/**
 * When the command was made.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Pick<ApplicationCommand, "id">): DateTime.Utc => Snowflake.timestamp(self.id)
