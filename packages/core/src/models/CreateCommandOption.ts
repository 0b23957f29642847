/**
 * An option of a slash command in a request, within the limits of Discord.
 *
 * - A name has 1 to 32 characters: lower-case letters and digits of any script, `-` and `_`. No two options of a list
 *   have the same name.
 * - A description has 1 to 100 characters.
 * - A list has at most 25 options, and required options come before optional ones.
 * - An option has at most 25 choices. The name of a choice has 1 to 100 characters, and a string value at most 6,000.
 * - Localizations have the locales of `Locale.known` as keys.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { OptionType } from "./CommandOption.ts"
import { text, textOrEmpty } from "./internal/boundedText.ts"
import { Description, DescriptionLocalizations, OptionName } from "./internal/commandText.ts"
import { distinct } from "./internal/distinct.ts"
import { localizations } from "./internal/localizations.ts"
import { optional } from "./internal/optional.ts"

const described = {
  name: OptionName,
  name_localizations: optional(localizations(OptionName)),
  description: Description,
  description_localizations: DescriptionLocalizations,
  required: optional(Schema.Boolean)
}

const ChoiceName = text(100)

/** The members of an option whose choices have values of one schema. */
const completed = <Value extends Schema.Constraint>(value: Value) => ({
  ...described,
  autocomplete: optional(Schema.Boolean),
  choices: optional(
    Schema.Array(Schema.Struct({
      name: ChoiceName,
      name_localizations: optional(localizations(ChoiceName)),
      value
    })).check(Schema.isMaxLength(25))
  )
})

/** The members of an option whose value is a number between two bounds. */
const bounded = <Value extends Schema.Constraint>(value: Value) => ({
  ...completed(value),
  min_value: optional(value),
  max_value: optional(value)
})

const exclusiveAutocomplete = Schema.makeFilter((
  option: { readonly autocomplete?: boolean | null; readonly choices?: ReadonlyArray<unknown> | null }
) =>
  option.autocomplete !== true || option.choices === undefined || option.choices === null
    || option.choices.length === 0
    ? undefined
    : { path: ["autocomplete"], issue: "an option with choices cannot have autocomplete" }
)

/**
 * A parameter whose value is a string. `min_length` is 0 to 6,000 characters, `max_length` 1 to 6,000.
 *
 * **Example** (One of three animals)
 *
 * ```ts
 * import { CommandOption, type CreateCommandOption } from "@discord-oauth2/core/models"
 *
 * const animal: CreateCommandOption.CreateStringOption = {
 *   type: CommandOption.OptionType.String,
 *   name: "animal",
 *   description: "The type of animal",
 *   required: true,
 *   choices: ["dog", "cat", "penguin"].map((name) => ({ name, value: `animal_${name}` }))
 * }
 * ```
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const CreateStringOption = Schema.Struct({
  type: Schema.Literal(OptionType.String),
  ...completed(textOrEmpty(6000)),
  min_length: optional(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6000 }))),
  max_length: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 6000 })))
}).check(exclusiveAutocomplete)

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateStringOption extends Schema.Schema.Type<typeof CreateStringOption> {}

/**
 * A parameter whose value is an integer.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const CreateIntegerOption = Schema.Struct({
  type: Schema.Literal(OptionType.Integer),
  ...bounded(Schema.Int)
}).check(exclusiveAutocomplete)

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateIntegerOption extends Schema.Schema.Type<typeof CreateIntegerOption> {}

/**
 * A parameter whose value is a number.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const CreateNumberOption = Schema.Struct({
  type: Schema.Literal(OptionType.Number),
  ...bounded(Schema.Finite)
}).check(exclusiveAutocomplete)

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateNumberOption extends Schema.Schema.Type<typeof CreateNumberOption> {}

/**
 * A parameter whose value is a boolean, a user, a role, or a user or role.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const CreatePlainOption = Schema.Struct({
  type: Schema.Literals([OptionType.Boolean, OptionType.User, OptionType.Role, OptionType.Mentionable]),
  ...described
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreatePlainOption extends Schema.Schema.Type<typeof CreatePlainOption> {}

/**
 * A parameter whose value is a channel. `channel_types` limits the channels to these types, with the numbers of
 * `Channel.ChannelType`.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const CreateChannelOption = Schema.Struct({
  type: Schema.Literal(OptionType.Channel),
  ...described,
  channel_types: optional(Schema.Array(Schema.Int).check(Schema.isUnique()))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateChannelOption extends Schema.Schema.Type<typeof CreateChannelOption> {}

/**
 * A parameter whose value is a file. `file_types` limits the files to at most 10 types, each of 1 to 16 characters:
 * `image`, `video`, `audio` or a file extension such as `.pdf`.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const CreateAttachmentOption = Schema.Struct({
  type: Schema.Literal(OptionType.Attachment),
  ...described,
  file_types: optional(Schema.Array(text(16)).check(Schema.isMaxLength(10)))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateAttachmentOption extends Schema.Schema.Type<typeof CreateAttachmentOption> {}

interface Listed {
  readonly name: string
  readonly required?: boolean | null
}

const requiredFirst = Schema.makeFilter((options: ReadonlyArray<Listed>) => {
  const optional = options.findIndex(({ required }) => required !== true)
  const late = optional === -1 ? -1 : options.findLastIndex(({ required }) => required === true)
  return late < optional || late === -1
    ? undefined
    : { path: [late, "required"], issue: "required options come before the others" }
})

const list = <Option extends Schema.Codec<Listed, unknown>>(option: Option) =>
  Schema.Array(option).check(Schema.isMaxLength(25), distinct("name", "another option has this name"), requiredFirst)

const parameters = [
  CreateStringOption,
  CreateIntegerOption,
  CreateNumberOption,
  CreatePlainOption,
  CreateChannelOption,
  CreateAttachmentOption
] as const

/**
 * A parameter of a command or of a subcommand.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const CreateParameterOption = Schema.Union(parameters)

/**
 * @category models
 * @since 0.1.0
 */
export type CreateParameterOption = typeof CreateParameterOption.Type

/**
 * A subcommand with its parameters.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#subcommands-and-subcommand-groups
 * @category schemas
 * @since 0.1.0
 */
export const CreateSubcommandOption = Schema.Struct({
  type: Schema.Literal(OptionType.Subcommand),
  ...described,
  options: optional(list(CreateParameterOption))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateSubcommandOption extends Schema.Schema.Type<typeof CreateSubcommandOption> {}

/**
 * A group of subcommands.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#subcommands-and-subcommand-groups
 * @category schemas
 * @since 0.1.0
 */
export const CreateSubcommandGroupOption = Schema.Struct({
  type: Schema.Literal(OptionType.SubcommandGroup),
  ...described,
  options: optional(list(CreateSubcommandOption))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateSubcommandGroupOption extends Schema.Schema.Type<typeof CreateSubcommandGroupOption> {}

/**
 * Any option of a command.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const CreateCommandOption = Schema.Union([...parameters, CreateSubcommandOption, CreateSubcommandGroupOption])

/**
 * @category models
 * @since 0.1.0
 */
export type CreateCommandOption = typeof CreateCommandOption.Type

/**
 * The options of a command: at most 25, with distinct names, required ones first.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const CreateCommandOptions = list(CreateCommandOption)
