import { Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as RecordSealing from "../../../../packages/core/src/tokens/internal/recordSealing.ts"

const layer = Layer.provideMerge(Layer.merge(Aead.layerWebCrypto, Kdf.layerWebCrypto), SecureRandom.layerWebCrypto)

const nelly = { clientId: Snowflake.ApplicationId.make("1"), userId: Snowflake.UserId.make("23") }

const make = (ids: ReadonlyArray<string>, plain?: "refuse" | "accept") =>
  Effect.provide(
    RecordSealing.make({ keys: ids.map((id) => ({ id, secret: Redacted.make(id.padEnd(32, "-")) })), plain }),
    layer
  )

const reasonOf = <A>(effect: Effect.Effect<A, { readonly reason: string }>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

describe("make", () => {
  it.effect("seals with the first key, opens with each, and reports what another key sealed as stale", () =>
    Effect.gen(function*() {
      const old = yield* make(["a"])
      const both = yield* make(["b", "a"])
      const sealed = yield* old.seal("put", nelly, "{}")
      assert.match(sealed, /^sealed\.1\.a\.[\w-]+$/)
      assert.deepStrictEqual(yield* old.open("get", nelly, sealed), { text: "{}", isStale: false })
      assert.deepStrictEqual(yield* both.open("get", nelly, sealed), { text: "{}", isStale: true })
      const again = yield* both.seal("put", nelly, "{}")
      assert.match(again, /^sealed\.1\.b\./)
      assert.strictEqual(yield* reasonOf(old.open("get", nelly, again)), "unknown-key")
    }))

  it.effect("F43: rejects a record of another user or application as corrupt", () =>
    Effect.gen(function*() {
      const sealing = yield* make(["a"])
      const sealed = yield* sealing.seal("put", nelly, "{}")
      for (
        const other of [
          { ...nelly, userId: Snowflake.UserId.make("24") },
          { ...nelly, clientId: Snowflake.ApplicationId.make("2") },
          { clientId: Snowflake.ApplicationId.make("12"), userId: Snowflake.UserId.make("3") }
        ]
      ) {
        assert.strictEqual(yield* reasonOf(sealing.open("get", other, sealed)), "corrupt")
      }
    }))

  it.effect("F43: rejects a record that is not of its form", () =>
    Effect.gen(function*() {
      const sealing = yield* make(["a"])
      const sealed = yield* sealing.seal("put", nelly, "{}")
      for (
        const [value, reason] of [
          ["", "corrupt"],
          ["sealed.1.a", "corrupt"],
          ["sealed.1.!.x", "corrupt"],
          [`${sealed}.more`, "corrupt"],
          [sealed.replace("sealed.1", "sealed.0"), "corrupt"],
          [sealed.replace("sealed.1", "sealed.2"), "newer-version"],
          [sealed.replace("sealed.1.a", "sealed.1.b"), "unknown-key"]
        ] as const
      ) {
        assert.strictEqual(yield* reasonOf(sealing.open("get", nelly, value)), reason, value)
      }
    }))

  it.effect("rejects a plain record, unless plain records are accepted: then it is stale", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* reasonOf((yield* make(["a"])).open("get", nelly, "{}")), "not-sealed")
      const accepting = yield* make(["a"], "accept")
      assert.deepStrictEqual(yield* accepting.open("get", nelly, "{}"), { text: "{}", isStale: true })
    }))

  for (const [name, ids] of [["no key", []], ["an id with a dot", ["a.b"]], ["an id twice", ["a", "a"]]] as const) {
    it.effect(`fails with DiscordConfigurationError for ${name}`, () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* Effect.flip(make(ids)))._tag, "DiscordConfigurationError")
      }))
  }
})

describe("plain", () => {
  it.effect("keeps the text as it is", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* RecordSealing.plain.seal("put", nelly, "text"), "text")
      assert.deepStrictEqual(yield* RecordSealing.plain.open("get", nelly, "text"), { text: "text", isStale: false })
    }))
})
