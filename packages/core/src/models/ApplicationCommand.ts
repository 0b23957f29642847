/**
 * A command of an application: a slash command, a context menu command, or the entry point of an Activity
 * (`applications.commands.update` scope).
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object
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
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-types
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
 * The values of `contexts`: where in Discord a command can be used. The values of `integration_types` are those of
 * `InstallContext.InstallContext`.
 *
 * @see https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-context-types
 * @category constants
 * @since 0.1.0
 */
export const InteractionContext = { Guild: 0, BotDm: 1, PrivateChannel: 2 } as const

/**
 * The values of `handler`: whether the application or Discord handles the entry point.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-entry-point-command-handler-types
 * @category constants
 * @since 0.1.0
 */
export const Handler = { AppHandler: 1, DiscordLaunchActivity: 2 } as const

/**
 * A command in a response.
 *
 * **Details**
 *
 * A list of commands has `name_localized` and `description_localized` in the language of the request, unless the
 * request asks for all localizations. `default_member_permissions` is `null` when everyone may use the command.
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
      issues.push({ path: ["description"], issue: "Expected none: a context menu command has no description" })
    }
    if ((command.options ?? []).length > 0) {
      issues.push({ path: ["options"], issue: "Expected none: a context menu command has no options" })
    }
  }
  return issues
})

/**
 * The body of "Create Global Application Command" and "Create Guild Application Command".
 *
 * **Details**
 *
 * Discord's limits are checked before the request is sent.
 *
 * - A name has 1 to 32 characters. The name of a slash command consists of lower-case letters and digits of any script,
 *   `-` and `_`. A command without a `type` is a slash command.
 * - A slash command has a description of 1 to 100 characters. A context menu command has no description and no options.
 * - `contexts` and `integration_types` are not empty and have distinct elements.
 * - `CreateCommandOption` has the rules for `options`.
 *
 * **Gotchas**
 *
 * Discord replaces a command with the same name and type.
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
 * The body of "Edit Global Application Command" and "Edit Guild Application Command". Each member that is present
 * replaces the member of the command.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#edit-global-application-command
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
 * One command of a bulk overwrite. With an `id`, Discord changes that command, which may also change its name.
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
 * commands, which replace all existing commands.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#bulk-overwrite-global-application-commands
 * @category schemas
 * @since 0.1.0
 */
export const UpdateApplicationCommands = Schema.Array(CreateOrUpdateApplicationCommand).check(
  Schema.isMaxLength(130)
)

const typeNames = nameIn<CommandTypeName>(CommandType)

/**
 * Returns the name of the command's type, or none when Discord does not document the type.
 *
 * @category getters
 * @since 0.1.0
 */
export const typeName = (self: Pick<ApplicationCommand, "type">): Option.Option<CommandTypeName> => typeNames(self.type)

/**
 * Returns the text that mentions a slash command in a message, such as `</airhorn:816437322781949972>`. `subcommand`
 * holds the name of a subcommand, after the name of its group if it has one.
 *
 * @category getters
 * @since 0.1.0
 */
export const mention = (
  self: Pick<ApplicationCommand, "id" | "name">,
  ...subcommand: ReadonlyArray<string>
): string => `</${[self.name, ...subcommand].join(" ")}:${self.id}>`

/**
 * Checks whether the command belongs to one guild.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isGuildCommand = (self: Pick<ApplicationCommand, "guild_id">): boolean => self.guild_id !== undefined

/**
 * Returns the instant at which the command was created, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Pick<ApplicationCommand, "id">): DateTime.Utc => Snowflake.timestamp(self.id)
