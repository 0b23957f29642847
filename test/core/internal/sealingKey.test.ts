import { assert, describe, it } from "@effect/vitest"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as SealingKey from "../../../packages/core/src/internal/sealingKey.ts"

const layer = Layer.mergeAll(
  Kdf.layerWebCrypto,
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto))
)

const make = (purpose: string, secret: string) =>
  Effect.provide(SealingKey.make("The key", purpose, Redacted.make(secret)), layer)

const secret = "a".repeat(32)

describe("SealingKey", () => {
  it.effect("opens a text only with the same secret, purpose and associated data", () =>
    Effect.gen(function*() {
      const key = yield* make("purpose", secret)
      const sealed = yield* key.seal("data", "text")
      assert.deepStrictEqual(yield* key.open("data", sealed), Option.some("text"))
      assert.deepStrictEqual(yield* (yield* make("purpose", secret)).open("data", sealed), Option.some("text"))
      assert.isTrue(Option.isNone(yield* key.open("other data", sealed)))
      assert.isTrue(Option.isNone(yield* (yield* make("other purpose", secret)).open("data", sealed)))
      assert.isTrue(Option.isNone(yield* (yield* make("purpose", "b".repeat(32))).open("data", sealed)))
    }))

  it.effect("seals a text with a new nonce each time", () =>
    Effect.gen(function*() {
      const key = yield* make("purpose", secret)
      assert.notStrictEqual(yield* key.seal("data", "text"), yield* key.seal("data", "text"))
    }))

  it.effect("opens only the canonical base64url of a sealed text", () =>
    Effect.gen(function*() {
      const key = yield* make("purpose", secret)
      const sealed = yield* key.seal("data", "text")
      for (const other of ["", "%", sealed.slice(0, 8), `${sealed}\n`, `${sealed}==`]) {
        assert.isTrue(Option.isNone(yield* key.open("data", other)))
      }
    }))

  it.effect("rejects a secret of less than 32 bytes, and does not quote it", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(make("purpose", "planted".padEnd(31, "x")))
      assert.strictEqual(error._tag, "DiscordConfigurationError")
      assert.match(error.message, /The key needs at least 32 random bytes/)
      assert.notInclude(error.message, "planted")
      yield* make("purpose", "ä".repeat(16))
    }))
})
