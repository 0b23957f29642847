/** Schemas of the names and descriptions of commands and options in requests. */
import * as Schema from "effect/Schema"
import { text } from "./boundedText.ts"
import { localizations } from "./localizations.ts"
import { optional } from "./optional.ts"

const naming = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u

/**
 * Checks whether Discord accepts the name for a slash command or an option.
 *
 * @internal
 */
export const isCommandName = (name: string): boolean => naming.test(name) && name === name.toLowerCase()

/**
 * The rule of {@link isCommandName}, for messages.
 *
 * @internal
 */
export const commandNameRule = "1 to 32 lower-case letters, digits, - and _"

/**
 * The name of an option of a slash command.
 *
 * @internal
 */
export const OptionName = Schema.String.check(Schema.makeFilter(isCommandName, {
  expected: commandNameRule,
  toJsonSchema: () => ({ minLength: 1, maxLength: 32 }),
  arbitraryConstraint: { patterns: [{ source: "^[a-z0-9_-]{1,32}$", flags: "" }] }
}))

/**
 * The description of a slash command or an option.
 *
 * @internal
 */
export const Description = text(100)

/**
 * The translations of a description in a request.
 *
 * @internal
 */
export const DescriptionLocalizations = optional(localizations(Description))
