/**
 * The languages of Discord's client.
 *
 * **Example** (The name of a language)
 *
 * ```ts
 * import { Locale } from "@discord-oauth2/core"
 *
 * Locale.englishName("pt-BR") // => Option.some("Portuguese, Brazilian")
 * Locale.nativeName("de") // => Option.some("Deutsch")
 * Locale.nativeName("tlh") // => Option.none()
 * ```
 *
 * @see https://discord.com/developers/docs/reference#locales
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"
import { openEnum } from "./internal/openEnum.ts"

/**
 * The name of a language in English and in the language itself.
 *
 * @category models
 * @since 0.1.0
 */
export interface Names {
  readonly english: string
  readonly native: string
}

/**
 * The locales that Discord documents, with the names of their languages.
 *
 * @category constants
 * @since 0.1.0
 */
export const names = {
  "ar": { english: "Arabic", native: "العربية" },
  "bg": { english: "Bulgarian", native: "български" },
  "cs": { english: "Czech", native: "Čeština" },
  "da": { english: "Danish", native: "Dansk" },
  "de": { english: "German", native: "Deutsch" },
  "el": { english: "Greek", native: "Ελληνικά" },
  "en-GB": { english: "English, UK", native: "English, UK" },
  "en-US": { english: "English, US", native: "English, US" },
  "es-419": { english: "Spanish, LATAM", native: "Español, LATAM" },
  "es-ES": { english: "Spanish", native: "Español" },
  "fi": { english: "Finnish", native: "Suomi" },
  "fr": { english: "French", native: "Français" },
  "he": { english: "Hebrew", native: "עברית" },
  "hi": { english: "Hindi", native: "हिन्दी" },
  "hr": { english: "Croatian", native: "Hrvatski" },
  "hu": { english: "Hungarian", native: "Magyar" },
  "id": { english: "Indonesian", native: "Bahasa Indonesia" },
  "it": { english: "Italian", native: "Italiano" },
  "ja": { english: "Japanese", native: "日本語" },
  "ko": { english: "Korean", native: "한국어" },
  "lt": { english: "Lithuanian", native: "Lietuviškai" },
  "nl": { english: "Dutch", native: "Nederlands" },
  "no": { english: "Norwegian", native: "Norsk" },
  "pl": { english: "Polish", native: "Polski" },
  "pt-BR": { english: "Portuguese, Brazilian", native: "Português do Brasil" },
  "ro": { english: "Romanian, Romania", native: "Română" },
  "ru": { english: "Russian", native: "Русский" },
  "sv-SE": { english: "Swedish", native: "Svenska" },
  "th": { english: "Thai", native: "ไทย" },
  "tr": { english: "Turkish", native: "Türkçe" },
  "uk": { english: "Ukrainian", native: "Українська" },
  "vi": { english: "Vietnamese", native: "Tiếng Việt" },
  "zh-CN": { english: "Chinese, China", native: "中文" },
  "zh-TW": { english: "Chinese, Taiwan", native: "繁體中文" }
} as const satisfies Record<string, Names>

/**
 * A locale that Discord documents.
 *
 * @category models
 * @since 0.1.0
 */
export type Known = keyof typeof names

/**
 * The locales that Discord documents, in alphabetical order.
 *
 * @category constants
 * @since 0.1.0
 */
export const known: ReadonlyArray<Known> = Struct.keys(names)

/**
 * Any locale. An editor completes the documented ones.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Locale = openEnum(known)

/**
 * @category models
 * @since 0.1.0
 */
export type Locale = typeof Locale.Type

/**
 * Checks whether Discord documents the locale.
 *
 * @category guards
 * @since 0.1.0
 */
export const isKnown = (self: string): self is Known => Object.hasOwn(names, self)

/**
 * Returns the name of the language in English, or none when Discord does not document the locale.
 *
 * @category getters
 * @since 0.1.0
 */
export const englishName = (self: Locale): Option.Option<string> =>
  isKnown(self) ? Option.some(names[self].english) : Option.none()

/**
 * Returns the name of the language in the language itself, or none when Discord does not document the locale.
 *
 * @category getters
 * @since 0.1.0
 */
export const nativeName = (self: Locale): Option.Option<string> =>
  isKnown(self) ? Option.some(names[self].native) : Option.none()
