/**
 * An option of a slash command in a response: a parameter, a subcommand or a group of subcommands.
 *
 * {@link is} narrows an option to the members of its type. An option of an unknown type keeps all its members.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @since 0.1.0
 */
import { dual } from "effect/Function"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Localizations } from "./internal/localizations.ts"
import { nameIn } from "./internal/nameIn.ts"
import { unknownType } from "./internal/unknownType.ts"

/**
 * The values of `type` that Discord documents.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-type
 * @category constants
 * @since 0.1.0
 */
export const OptionType = {
  Subcommand: 1,
  SubcommandGroup: 2,
  String: 3,
  Integer: 4,
  Boolean: 5,
  User: 6,
  Channel: 7,
  Role: 8,
  Mentionable: 9,
  Number: 10,
  Attachment: 11
} as const

/**
 * The name of a type of option.
 *
 * @category models
 * @since 0.1.0
 */
export type OptionTypeName = keyof typeof OptionType

const named = {
  name: Schema.String,
  name_localized: Schema.optionalKey(Schema.String),
  name_localizations: Schema.optionalKey(Schema.NullOr(Localizations))
}

const described = {
  ...named,
  description: Schema.String,
  description_localized: Schema.optionalKey(Schema.String),
  description_localizations: Schema.optionalKey(Schema.NullOr(Localizations)),
  required: Schema.optionalKey(Schema.Boolean)
}

/** The members of an option whose choices have values of one schema. */
const completed = <Choice extends Schema.Constraint>(choice: Choice) => ({
  ...described,
  autocomplete: Schema.optionalKey(Schema.Boolean),
  choices: Schema.optionalKey(Schema.Array(choice))
})

/** The members of an option whose value is a number between two bounds. */
const bounded = <Value extends Schema.Constraint, Choice extends Schema.Constraint>(value: Value, choice: Choice) => ({
  ...completed(choice),
  min_value: Schema.optionalKey(value),
  max_value: Schema.optionalKey(value)
})

/**
 * A value that a user can choose for a string option. `name` is the text that the user sees.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure
 * @category schemas
 * @since 0.1.0
 */
export const StringChoice = Schema.Struct({ ...named, value: Schema.String })

/**
 * @category models
 * @since 0.1.0
 */
export interface StringChoice extends Schema.Schema.Type<typeof StringChoice> {}

/**
 * A value that a user can choose for an integer option.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure
 * @category schemas
 * @since 0.1.0
 */
export const IntegerChoice = Schema.Struct({ ...named, value: Schema.Int })

/**
 * @category models
 * @since 0.1.0
 */
export interface IntegerChoice extends Schema.Schema.Type<typeof IntegerChoice> {}

/**
 * A value that a user can choose for a number option.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure
 * @category schemas
 * @since 0.1.0
 */
export const NumberChoice = Schema.Struct({ ...named, value: Schema.Finite })

/**
 * @category models
 * @since 0.1.0
 */
export interface NumberChoice extends Schema.Schema.Type<typeof NumberChoice> {}

/**
 * A parameter whose value is a string. `min_length` and `max_length` are in characters.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const StringOption = Schema.Struct({
  type: Schema.Literal(OptionType.String),
  ...completed(StringChoice),
  min_length: Schema.optionalKey(Schema.Int),
  max_length: Schema.optionalKey(Schema.Int)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface StringOption extends Schema.Schema.Type<typeof StringOption> {}

/**
 * A parameter whose value is an integer between -2^53 + 1 and 2^53 - 1.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const IntegerOption = Schema.Struct({
  type: Schema.Literal(OptionType.Integer),
  ...bounded(Schema.Int, IntegerChoice)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface IntegerOption extends Schema.Schema.Type<typeof IntegerOption> {}

/**
 * A parameter whose value is a number between -2^53 and 2^53.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const NumberOption = Schema.Struct({
  type: Schema.Literal(OptionType.Number),
  ...bounded(Schema.Finite, NumberChoice)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface NumberOption extends Schema.Schema.Type<typeof NumberOption> {}

/**
 * A parameter whose value is a boolean, a user, a role, or a user or role.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const PlainOption = Schema.Struct({
  type: Schema.Literals([OptionType.Boolean, OptionType.User, OptionType.Role, OptionType.Mentionable]),
  ...described
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PlainOption extends Schema.Schema.Type<typeof PlainOption> {}

/**
 * A parameter whose value is a channel. `channel_types` holds the types that a user can choose, with the numbers of
 * `Channel.ChannelType`.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const ChannelOption = Schema.Struct({
  type: Schema.Literal(OptionType.Channel),
  ...described,
  channel_types: Schema.optionalKey(Schema.Array(Schema.Int))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface ChannelOption extends Schema.Schema.Type<typeof ChannelOption> {}

/**
 * A parameter whose value is a file. `file_types` holds the types that a user can choose: `image`, `video`, `audio` or
 * file extensions such as `.pdf`.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const AttachmentOption = Schema.Struct({
  type: Schema.Literal(OptionType.Attachment),
  ...described,
  file_types: Schema.optionalKey(Schema.Array(Schema.String))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface AttachmentOption extends Schema.Schema.Type<typeof AttachmentOption> {}

/**
 * An option of an unknown type. It keeps all its members.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-type
 * @category schemas
 * @since 0.1.0
 */
export const UnknownOption = Schema.StructWithRest(
  Schema.Struct({ type: unknownType(Object.values(OptionType)), name: Schema.String }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)

/**
 * @category models
 * @since 0.1.0
 */
export interface UnknownOption extends Schema.Schema.Type<typeof UnknownOption> {}

const parameters = [StringOption, IntegerOption, NumberOption, PlainOption, ChannelOption, AttachmentOption] as const

/**
 * A parameter of a command or of a subcommand.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const ParameterOption = Schema.Union([...parameters, UnknownOption])

/**
 * @category models
 * @since 0.1.0
 */
export type ParameterOption = typeof ParameterOption.Type

/**
 * A subcommand with its parameters.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#subcommands-and-subcommand-groups
 * @category schemas
 * @since 0.1.0
 */
export const SubcommandOption = Schema.Struct({
  type: Schema.Literal(OptionType.Subcommand),
  ...described,
  options: Schema.optionalKey(Schema.Array(ParameterOption))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface SubcommandOption extends Schema.Schema.Type<typeof SubcommandOption> {}

/**
 * A group of subcommands.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#subcommands-and-subcommand-groups
 * @category schemas
 * @since 0.1.0
 */
export const SubcommandGroupOption = Schema.Struct({
  type: Schema.Literal(OptionType.SubcommandGroup),
  ...described,
  options: Schema.optionalKey(Schema.Array(SubcommandOption))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface SubcommandGroupOption extends Schema.Schema.Type<typeof SubcommandGroupOption> {}

/**
 * Any option of a command.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
 * @category schemas
 * @since 0.1.0
 */
export const CommandOption = Schema.Union([...parameters, SubcommandOption, SubcommandGroupOption, UnknownOption])

/**
 * @category models
 * @since 0.1.0
 */
export type CommandOption = typeof CommandOption.Type

/**
 * The options of one type.
 *
 * @category models
 * @since 0.1.0
 */
export type OfType<T extends number, O extends CommandOption = CommandOption> = O extends
  { readonly type: infer Type extends number } ? number extends Type ? never : T extends Type ? O : never
  : never

type KnownType = typeof OptionType[OptionTypeName]

/**
 * Checks whether an option has a type, and narrows the option to the members of that type.
 *
 * **Example** (The names of the subcommands)
 *
 * ```ts
 * import { CommandOption } from "@discord-oauth2/core/models"
 *
 * const subcommands = (options: ReadonlyArray<CommandOption.CommandOption>): ReadonlyArray<string> =>
 *   options.filter(CommandOption.is(CommandOption.OptionType.Subcommand)).map(({ name }) => name)
 * ```
 *
 * @category guards
 * @since 0.1.0
 */
export const is: {
  <const T extends KnownType>(type: T): (self: CommandOption) => self is OfType<T>
  <const T extends KnownType>(self: CommandOption, type: T): self is OfType<T>
} = dual<
  <const T extends KnownType>(type: T) => (self: CommandOption) => self is OfType<T>,
  <const T extends KnownType>(self: CommandOption, type: T) => self is OfType<T>
>(2, <const T extends KnownType>(self: CommandOption, type: T): self is OfType<T> => self.type === type)

const typeNames = nameIn<OptionTypeName>(OptionType)

/**
 * Returns the name of the option's type, or none when Discord does not document the type.
 *
 * @category getters
 * @since 0.1.0
 */
export const typeName = (self: { readonly type: number }): Option.Option<OptionTypeName> => typeNames(self.type)
