import { Locale } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { decode, encode, refuses } from "../../fixtures/laws.ts"

describe("Locale", () => {
  it("knows the 32 locales of Discord's reference and the two that only its OpenAPI document names", () => {
    assert.strictEqual(Locale.known.length, 34)
    for (const locale of ["en-US", "es-419", "pt-BR", "zh-TW", "ar", "he"]) {
      assert.isTrue(Locale.isKnown(locale), locale)
    }
  })

  it("decodes known and unknown locales and keeps their values", () => {
    for (const locale of ["en-US", "tlh", "", "EN-us"]) {
      assert.strictEqual(encode(Locale.Locale, decode(Locale.Locale, locale)), locale)
    }
    for (const other of [1, null, {}]) assert.isTrue(refuses(Locale.Locale, other))
  })

  it("names a language in English and in itself", () => {
    assert.deepStrictEqual(Locale.englishName("pt-BR"), Option.some("Portuguese, Brazilian"))
    assert.deepStrictEqual(Locale.nativeName("pt-BR"), Option.some("Português do Brasil"))
    assert.deepStrictEqual(Locale.nativeName("ja"), Option.some("日本語"))
  })

  it("returns no name for an unknown locale, or for a name that every object inherits", () => {
    for (const locale of ["tlh", "toString", "__proto__"]) {
      assert.isFalse(Locale.isKnown(locale))
      assert.deepStrictEqual(Locale.englishName(locale), Option.none())
      assert.deepStrictEqual(Locale.nativeName(locale), Option.none())
    }
  })

  it("every known locale is one that Intl understands", () => {
    for (const locale of Locale.known) assert.strictEqual(Intl.getCanonicalLocales(locale)[0], locale)
  })

  it("writes each native name in one script", () => {
    for (const locale of ["bg", "ru", "uk"] as const) {
      assert.match(Locale.names[locale].native, /^\p{Script=Cyrillic}+$/u)
    }
    assert.match(Locale.names.el.native, /^\p{Script=Greek}+$/u)
  })
})
