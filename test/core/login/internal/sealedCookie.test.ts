import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as SealedCookie from "../../../../packages/core/src/login/internal/sealedCookie.ts"

const layer = Layer.mergeAll(
  Kdf.layerWebCrypto,
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto))
)

const make = (purpose: string, ...keys: ReadonlyArray<string>) =>
  Effect.provide(SealedCookie.make(purpose, keys.map((key) => Redacted.make(key.repeat(32)))), layer)

describe("SealedCookie", () => {
  it.effect("S19: opens what was sealed for the same purpose, name and key only", () =>
    Effect.gen(function*() {
      const cookie = yield* make("session", "a")
      const sealed = yield* cookie.seal("name", "a text")
      assert.notInclude(Buffer.from(sealed, "base64url").toString("latin1"), "a text")
      assert.deepStrictEqual(yield* cookie.open("name", sealed), Option.some("a text"))
      assert.deepStrictEqual(yield* cookie.open("other", sealed), Option.none())
      assert.deepStrictEqual(yield* (yield* make("login", "a")).open("name", sealed), Option.none())
      assert.deepStrictEqual(yield* (yield* make("session", "b")).open("name", sealed), Option.none())
    }))

  it.effect("S19: seals with the first key and opens with every key", () =>
    Effect.gen(function*() {
      const old = yield* make("session", "a")
      const both = yield* make("session", "b", "a")
      const current = yield* make("session", "b")
      assert.isTrue(Option.isSome(yield* both.open("name", yield* old.seal("name", "text"))))
      assert.isTrue(Option.isSome(yield* current.open("name", yield* both.seal("name", "text"))))
      assert.isTrue(Option.isNone(yield* old.open("name", yield* both.seal("name", "text"))))
    }))

  it.effect("F36: does not open a value of more than 4,096 characters", () =>
    Effect.gen(function*() {
      const cookie = yield* make("session", "a")
      const sealed = yield* cookie.seal("name", "x".repeat(4000))
      assert.isAbove(sealed.length, 4096)
      assert.isTrue(Option.isNone(yield* cookie.open("name", sealed)))
    }))

  it.effect("fails without a key", () =>
    Effect.gen(function*() {
      assert.instanceOf(yield* Effect.flip(make("session")), DiscordError.DiscordConfigurationError)
    }))

  it("S19: adds __Host- and Secure over HTTPS only", () => {
    assert.deepStrictEqual([SealedCookie.nameOf("a", true), SealedCookie.nameOf("a", false)], ["__Host-a", "a"])
    assert.deepStrictEqual(SealedCookie.attributes(true), { path: "/", httpOnly: true, sameSite: "lax", secure: true })
    assert.strictEqual(SealedCookie.attributes(false).secure, false)
  })
})
