/**
 * An option of a slash command: a parameter, a subcommand or a group of subcommands, as Discord answers it.
 *
 * {@link is} narrows an option to the members of its type. An option of a type that is not known is kept whole.
 *
 * See {@link https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure}.
 *
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

/**
 * A value that a user can pick for a text. The `name` is what the user sees.
 *
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
 * A value that a user can pick for an integer.
 *
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
 * A value that a user can pick for a number.
 *
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
 * A text.
 *
 * @category schemas
 * @since 0.1.0
 */
export const StringOption = Schema.Struct({
  type: Schema.Literal(OptionType.String),
  ...described,
  autocomplete: Schema.optionalKey(Schema.Boolean),
  min_length: Schema.optionalKey(Schema.Int),
  max_length: Schema.optionalKey(Schema.Int),
  choices: Schema.optionalKey(Schema.Array(StringChoice))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface StringOption extends Schema.Schema.Type<typeof StringOption> {}

/**
 * An integer between -2^53 + 1 and 2^53 - 1.
 *
 * @category schemas
 * @since 0.1.0
 */
export const IntegerOption = Schema.Struct({
  type: Schema.Literal(OptionType.Integer),
  ...described,
  autocomplete: Schema.optionalKey(Schema.Boolean),
  min_value: Schema.optionalKey(Schema.Int),
  max_value: Schema.optionalKey(Schema.Int),
  choices: Schema.optionalKey(Schema.Array(IntegerChoice))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface IntegerOption extends Schema.Schema.Type<typeof IntegerOption> {}

/**
 * A number between -2^53 and 2^53.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NumberOption = Schema.Struct({
  type: Schema.Literal(OptionType.Number),
  ...described,
  autocomplete: Schema.optionalKey(Schema.Boolean),
  min_value: Schema.optionalKey(Schema.Finite),
  max_value: Schema.optionalKey(Schema.Finite),
  choices: Schema.optionalKey(Schema.Array(NumberChoice))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface NumberOption extends Schema.Schema.Type<typeof NumberOption> {}

/**
 * A truth value, a user, a role, or either of the last two.
 *
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
 * A channel. `channel_types` holds the types that are shown, as `Channel.ChannelType` numbers them.
 *
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
 * A file. `file_types` holds `image`, `video`, `audio` or endings such as `.pdf`.
 *
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
 * An option of a type that is not known, with every member as it came.
 *
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

/**
 * A parameter of a command or subcommand.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ParameterOption = Schema.Union([
  StringOption,
  IntegerOption,
  NumberOption,
  PlainOption,
  ChannelOption,
  AttachmentOption,
  UnknownOption
])

/**
 * @category models
 * @since 0.1.0
 */
export type ParameterOption = typeof ParameterOption.Type

/**
 * A subcommand with its parameters.
 *
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
 * @category schemas
 * @since 0.1.0
 */
export const CommandOption = Schema.Union([
  StringOption,
  IntegerOption,
  NumberOption,
  PlainOption,
  ChannelOption,
  AttachmentOption,
  SubcommandOption,
  SubcommandGroupOption,
  UnknownOption
])

/**
 * @category models
 * @since 0.1.0
 */
export type CommandOption = typeof CommandOption.Type

/**
 * The options that can have a type.
 *
 * @category models
 * @since 0.1.0
 */
export type OfType<T extends number, O extends CommandOption = CommandOption> = O extends
  { readonly type: infer Type extends number } ? number extends Type ? never : T extends Type ? O : never
  : never

type KnownType = typeof OptionType[OptionTypeName]

/**
 * Whether an option is of a type; if so, the compiler knows its members.
 *
 * **Example** (The subcommands among options)
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
 * The name of the option's type; none for one that is not known.
 *
 * @category getters
 * @since 0.1.0
 */
export const typeName = (self: { readonly type: number }): Option.Option<OptionTypeName> => typeNames(self.type)
