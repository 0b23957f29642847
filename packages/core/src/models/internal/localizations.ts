import * as Schema from "effect/Schema"
import * as Locale from "../Locale.ts"

const isLocale = Schema.isPropertyNames(Schema.Literals(Locale.known), {
  expected: "an object whose keys are locales that Discord documents"
})

/**
 * Translations as a request carries them: by a locale that Discord documents, each text within the given check.
 *
 * @internal
 */
export const localizations = <S extends Schema.Constraint>(text: S) =>
  Schema.Record(Schema.String, text).check(isLocale, Schema.isMaxProperties(Locale.known.length))

/**
 * Translations as an answer carries them.
 *
 * @internal
 */
export const Localizations = Schema.Record(Schema.String, Schema.String)
