/**
 * An option of a slash command that is to be created, within Discord's limits.
 *
 * - names: 1 to 32 lower-case letters, digits, `-` and `_`, also in other scripts; no two alike in one list
 * - descriptions: 1 to 100 characters
 * - at most 25 options and 25 choices in one list, those that are required before the others
 * - names of choices: 1 to 100 characters; texts as values: at most 6,000
 * - localizations: only for the locales that Discord documents
 *
 * See {@link https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure}.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { OptionType } from "./CommandOption.ts"
import { text, textOrEmpty } from "./internal/boundedText.ts"
import { Description, DescriptionLocalizations, OptionName } from "./internal/commandText.ts"
import { localizations } from "./internal/localizations.ts"

const described = {
  name: OptionName,
  name_localizations: Schema.optionalKey(Schema.NullOr(localizations(OptionName))),
  description: Description,
  description_localizations: DescriptionLocalizations,
  required: Schema.optionalKey(Schema.NullOr(Schema.Boolean))
}

const ChoiceName = text(100)

const choices = <S extends Schema.Constraint>(value: S) =>
  Schema.optionalKey(Schema.NullOr(
    Schema.Array(Schema.Struct({
      name: ChoiceName,
      name_localizations: Schema.optionalKey(Schema.NullOr(localizations(ChoiceName))),
      value
    })).check(Schema.isMaxLength(25))
  ))

const exclusiveAutocomplete = Schema.makeFilter((
  option: { readonly autocomplete?: boolean | null; readonly choices?: ReadonlyArray<unknown> | null }
) =>
  option.autocomplete !== true || option.choices === undefined || option.choices === null
    || option.choices.length === 0
    ? undefined
    : { path: ["autocomplete"], issue: "an option with choices cannot have autocomplete" }
)

/**
 * A text. `min_length` is at most 6,000, `max_length` 1 to 6,000.
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
 * @category schemas
 * @since 0.1.0
 */
export const CreateStringOption = Schema.Struct({
  type: Schema.Literal(OptionType.String),
  ...described,
  autocomplete: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  min_length: Schema.optionalKey(
    Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6000 })))
  ),
  max_length: Schema.optionalKey(
    Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 6000 })))
  ),
  choices: choices(textOrEmpty(6000))
}).check(exclusiveAutocomplete)

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateStringOption extends Schema.Schema.Type<typeof CreateStringOption> {}

/**
 * An integer.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateIntegerOption = Schema.Struct({
  type: Schema.Literal(OptionType.Integer),
  ...described,
  autocomplete: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  min_value: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  max_value: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  choices: choices(Schema.Int)
}).check(exclusiveAutocomplete)

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateIntegerOption extends Schema.Schema.Type<typeof CreateIntegerOption> {}

/**
 * A number.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateNumberOption = Schema.Struct({
  type: Schema.Literal(OptionType.Number),
  ...described,
  autocomplete: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  min_value: Schema.optionalKey(Schema.NullOr(Schema.Finite)),
  max_value: Schema.optionalKey(Schema.NullOr(Schema.Finite)),
  choices: choices(Schema.Finite)
}).check(exclusiveAutocomplete)

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateNumberOption extends Schema.Schema.Type<typeof CreateNumberOption> {}

/**
 * A truth value, a user, a role, or either of the last two.
 *
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
 * A channel. `channel_types` limits it to types as `Channel.ChannelType` numbers them.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateChannelOption = Schema.Struct({
  type: Schema.Literal(OptionType.Channel),
  ...described,
  channel_types: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.Int).check(Schema.isUnique())))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateChannelOption extends Schema.Schema.Type<typeof CreateChannelOption> {}

/**
 * A file. `file_types` limits it: at most 10 of `image`, `video`, `audio` and endings such as `.pdf`, each of 1 to 16
 * characters.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateAttachmentOption = Schema.Struct({
  type: Schema.Literal(OptionType.Attachment),
  ...described,
  file_types: Schema.optionalKey(Schema.NullOr(Schema.Array(text(16)).check(Schema.isMaxLength(10))))
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

const uniqueNames = Schema.makeFilter((options: ReadonlyArray<Listed>) => {
  const names = options.map(({ name }) => name)
  const repeated = names.findIndex((name, index) => names.indexOf(name) < index)
  return repeated === -1 ? undefined : { path: [repeated, "name"], issue: "another option has this name" }
}, { arbitraryConstraint: { uniqueBy: ({ name }: Listed) => name } })

const requiredFirst = Schema.makeFilter((options: ReadonlyArray<Listed>) => {
  const optional = options.findIndex(({ required }) => required !== true)
  const late = optional === -1 ? -1 : options.findLastIndex(({ required }) => required === true)
  return late < optional || late === -1
    ? undefined
    : { path: [late, "required"], issue: "required options come before the others" }
})

const list = <S extends Schema.Codec<Listed, unknown>>(option: S) =>
  Schema.optionalKey(
    Schema.NullOr(Schema.Array(option).check(Schema.isMaxLength(25), uniqueNames, requiredFirst))
  )

/**
 * A parameter of a command or subcommand.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateParameterOption = Schema.Union([
  CreateStringOption,
  CreateIntegerOption,
  CreateNumberOption,
  CreatePlainOption,
  CreateChannelOption,
  CreateAttachmentOption
])

/**
 * @category models
 * @since 0.1.0
 */
export type CreateParameterOption = typeof CreateParameterOption.Type

/**
 * A subcommand with its parameters.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateSubcommandOption = Schema.Struct({
  type: Schema.Literal(OptionType.Subcommand),
  ...described,
  options: list(CreateParameterOption)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateSubcommandOption extends Schema.Schema.Type<typeof CreateSubcommandOption> {}

/**
 * A group of subcommands.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateSubcommandGroupOption = Schema.Struct({
  type: Schema.Literal(OptionType.SubcommandGroup),
  ...described,
  options: list(CreateSubcommandOption)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateSubcommandGroupOption extends Schema.Schema.Type<typeof CreateSubcommandGroupOption> {}

/**
 * Any option of a command.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateCommandOption = Schema.Union([
  CreateStringOption,
  CreateIntegerOption,
  CreateNumberOption,
  CreatePlainOption,
  CreateChannelOption,
  CreateAttachmentOption,
  CreateSubcommandOption,
  CreateSubcommandGroupOption
])

/**
 * @category models
 * @since 0.1.0
 */
export type CreateCommandOption = typeof CreateCommandOption.Type

/**
 * The options of a command: at most 25.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateCommandOptions = Schema.Array(CreateCommandOption).check(
  Schema.isMaxLength(25),
  uniqueNames,
  requiredFirst
)
