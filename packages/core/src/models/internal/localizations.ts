/** Schemas of translations. */
import * as Schema from "effect/Schema"
import * as Locale from "../Locale.ts"

const isLocale = Schema.isPropertyNames(Schema.Literals(Locale.known), {
  expected: "an object whose keys are locales that Discord documents"
})

/**
 * Translations in a request. The keys are locales that Discord documents, and `text` checks each value.
 *
 * @internal
 */
export const localizations = <S extends Schema.Constraint>(text: S) =>
  Schema.Record(Schema.String, text).check(isLocale, Schema.isMaxProperties(Locale.known.length))

/**
 * Translations in a response, for any locale.
 *
 * @internal
 */
export const Localizations = Schema.Record(Schema.String, Schema.String)
