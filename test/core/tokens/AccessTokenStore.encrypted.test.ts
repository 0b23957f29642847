import { AccessToken, AccessTokenStore, DiscordError, RecordStore } from "@discord-oauth2/core"
import { NodeCrypto } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { access, keyOf, nelly, storeContract, wholeToken } from "../../support/storeContract.ts"
import * as Stub from "../../support/StubDiscord.ts"

const webCrypto = Layer.provideMerge(Layer.merge(Aead.layerWebCrypto, Kdf.layerWebCrypto), SecureRandom.layerWebCrypto)

type Keys = AccessTokenStore.EncryptedOptions["keys"]

const key = (id: string): Keys[number] => ({ id, secret: Redacted.make(`${id} planted record secret of 32 bytes`) })

const encrypted = (keys: Keys = [key("a")], plain?: "refuse" | "accept") =>
  Layer.provide(AccessTokenStore.layerEncrypted({ keys, plain }), webCrypto)

/** One place for records, and stores over it with this key or that. */
const place = Effect.gen(function*() {
  const records = yield* Effect.map(
    Layer.build(Layer.fresh(RecordStore.layerMemory)),
    (context) => Context.get(context, RecordStore.RecordStore)
  )
  const over = (store: ReturnType<typeof encrypted> | typeof AccessTokenStore.layer) =>
    Effect.map(
      Layer.build(Layer.fresh(Layer.provide(store, Layer.succeed(RecordStore.RecordStore, records)))),
      (context) => Context.get(context, AccessTokenStore.AccessTokenStore)
    )
  const raw = (of = nelly) => Effect.map(records.get(of), (found) => Option.getOrThrow(found))
  return { records, over, raw }
})

type Store = AccessTokenStore.AccessTokenStore["Service"]

const generationOf = (found: Option.Option<{ readonly generation: number }>) =>
  Option.map(found, ({ generation }) => generation)

const reasonOf = <A>(effect: Effect.Effect<A, { readonly reason: string }>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

describe("layerEncrypted with WebCrypto", () => {
  storeContract({ layer: () => RecordStore.layerMemory, store: encrypted() })
})

describe("layerEncrypted with Node's crypto", () => {
  storeContract({
    layer: () => RecordStore.layerMemory,
    store: Layer.provide(AccessTokenStore.layerEncrypted({ keys: [key("a")] }), NodeCrypto.layer)
  })
})

describe("a sealed record", () => {
  it.effect("S34: contains the id of its key, but no token, scope or data of the application", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw } = yield* place
      const store = yield* over(encrypted())
      const { generation } = yield* store.put(nelly, wholeToken)
      yield* store.replace(nelly, generation, { token: wholeToken, sentAt: yield* DateTime.now })
      const { value } = yield* raw()
      assert.match(value, /^sealed\.1\.a\.[A-Za-z0-9_-]+$/)
      const decoded = Buffer.from(value.split(".")[3] ?? "", "base64url").toString("latin1")
      for (const part of ["planted", "identify", "guilds", "access_token", "DROP TABLE", "version", "sent_at", "{"]) {
        assert.notInclude(value, part)
      }
      for (const part of ["planted", "identify", "access_token", "version"]) assert.notInclude(decoded, part)
    })))

  it.effect("has a different text each time the same token is sealed", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw } = yield* place
      const store = yield* over(encrypted())
      const texts = new Set<string>()
      for (let i = 0; i < 100; i++) {
        yield* store.put(nelly, wholeToken)
        texts.add((yield* raw()).value)
      }
      assert.strictEqual(texts.size, 100)
    })))

  it.effect("can be opened with another implementation of the cryptography", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over } = yield* place
      const node = Layer.provide(AccessTokenStore.layerEncrypted({ keys: [key("a")] }), NodeCrypto.layer)
      yield* (yield* over(node)).put(nelly, wholeToken)
      assert.strictEqual(access(yield* (yield* over(encrypted())).get(nelly)), "planted-access")
    })))
})

describe("a record that cannot be opened", () => {
  const flip = (text: string, at: number) => `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`

  const cases: ReadonlyArray<readonly [string, string, (sealed: string) => string]> = [
    ["a changed character", "corrupt", (sealed) => flip(sealed, sealed.length - 20)],
    ["a changed nonce", "corrupt", (sealed) => flip(sealed, 12)],
    ["a cut end", "corrupt", (sealed) => sealed.slice(0, -5)],
    ["an empty ciphertext", "corrupt", () => "sealed.1.a."],
    ["not base64url", "corrupt", () => "sealed.1.a.%%%"],
    ["an additional part", "corrupt", (sealed) => `${sealed}.more`],
    ["missing parts", "corrupt", () => "sealed.1"],
    ["an unknown key", "unknown-key", (sealed) => sealed.replace(".a.", ".b.")],
    ["an invalid key id", "corrupt", (sealed) => sealed.replace(".a.", ".a b.")],
    ["a newer format", "newer-version", (sealed) => sealed.replace("sealed.1.", "sealed.2.")],
    ["an invalid format", "corrupt", (sealed) => sealed.replace("sealed.1.", "sealed.x.")],
    ["plain text", "not-sealed", () => `{"version":2,"token":{}}`],
    ["garbage", "corrupt", () => "\u0000"],
    ["an empty text", "corrupt", () => ""]
  ]

  for (const [name, reason, spoil] of cases) {
    it.effect(`F43: fails with ${reason} and stays unchanged: ${name}`, () =>
      Effect.scoped(Effect.gen(function*() {
        const { over, raw, records } = yield* place
        const store = yield* over(encrypted())
        yield* store.put(nelly, wholeToken)
        yield* records.put(nelly, spoil((yield* raw()).value))
        const before = yield* raw()
        const error = yield* Effect.flip(store.get(nelly))
        assert.strictEqual(error.reason, reason)
        assert.notMatch(
          `${inspect(error, { depth: 10 })}${JSON.stringify(error)}${error.message}`,
          /planted|sealed\.\d/
        )
        assert.isTrue(Option.isNone(yield* store.replace(nelly, before.generation - 1, { token: Stub.token() })))
        assert.deepStrictEqual(yield* raw(), before)
        yield* store.put(nelly, Stub.token({ access: "again" }))
        assert.strictEqual(access(yield* store.get(nelly)), "again")
      })))
  }

  it.effect("fails with corrupt if it was moved to another user or application", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw, records } = yield* place
      const store = yield* over(encrypted())
      yield* store.put(nelly, wholeToken)
      const { value } = yield* raw()
      for (const other of [keyOf("80351110224678913"), keyOf("80351110224678912", "310954232226357250")]) {
        yield* records.put(other, value)
        assert.strictEqual(yield* reasonOf(store.get(other)), "corrupt")
      }
    })))

  it.effect("fails with corrupt if only the concatenation of its ids is the same", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw, records } = yield* place
      const store = yield* over(encrypted())
      yield* store.put(keyOf("23", "1"), wholeToken)
      yield* records.put(keyOf("3", "12"), (yield* raw(keyOf("23", "1"))).value)
      assert.strictEqual(yield* reasonOf(store.get(keyOf("3", "12"))), "corrupt")
    })))

  it.effect("fails with corrupt if any byte is changed or it is cut at any length", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw, records } = yield* place
      const store = yield* over(encrypted())
      yield* store.put(nelly, Stub.token())
      const { value } = yield* raw()
      const start = "sealed.1.a.".length
      const bytes = Buffer.from(value.slice(start), "base64url")
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ 1
        yield* records.put(nelly, `${value.slice(0, start)}${changed.toString("base64url")}`)
        assert.strictEqual(yield* reasonOf(store.get(nelly)), "corrupt")
      }
      for (let length = 0; length < value.length; length++) {
        yield* records.put(nelly, value.slice(0, length))
        assert.strictEqual(yield* reasonOf(store.get(nelly)), "corrupt")
      }
      yield* records.put(nelly, value)
      assert.strictEqual(access(yield* store.get(nelly)), "access-0")
    })))

  it.effect("fails with corrupt if the same bytes are encoded in another way", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw, records } = yield* place
      const store = yield* over(encrypted())
      for (const access of ["a", "ab", "abc"]) {
        yield* store.put(nelly, Stub.token({ access }))
        const { value } = yield* raw()
        const bytes = Buffer.from(value.slice("sealed.1.a.".length), "base64url").toString("base64")
        const padding = /=*$/.exec(bytes)?.[0] ?? ""
        const others = [
          `${value}\n`,
          `${value.slice(0, 30)}\r\n${value.slice(30)}`,
          ...padding === "" ? [] : [value + padding]
        ]
        for (const other of others) {
          yield* records.put(nelly, other)
          assert.strictEqual(yield* reasonOf(store.get(nelly)), "corrupt")
        }
      }
    })))

  it.effect("fails with corrupt if its key id is replaced, even if that key has the same secret", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw, records } = yield* place
      const store = yield* over(encrypted([key("a"), { ...key("a"), id: "b" }]))
      yield* store.put(nelly, wholeToken)
      yield* records.put(nelly, (yield* raw()).value.replace(".a.", ".b."))
      assert.strictEqual(yield* reasonOf(store.get(nelly)), "corrupt")
    })))

  it.effect("fails with corrupt if the key with its id has another secret", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over } = yield* place
      yield* (yield* over(encrypted())).put(nelly, wholeToken)
      const impostor = { id: "a", secret: Redacted.make("another secret of more than 32 bytes") }
      assert.strictEqual(yield* reasonOf((yield* over(encrypted([impostor]))).get(nelly)), "corrupt")
    })))

  it.effect("fails with corrupt in a store without encryption, and stays unchanged", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw } = yield* place
      yield* (yield* over(encrypted())).put(nelly, wholeToken)
      const before = yield* raw()
      assert.strictEqual(yield* reasonOf((yield* over(AccessTokenStore.layer)).get(nelly)), "corrupt")
      assert.deepStrictEqual(yield* raw(), before)
    })))

  it.effect.prop(
    "never causes a defect, whatever its text is",
    [Schema.String, Schema.String],
    ([text, id]) =>
      Effect.scoped(Effect.gen(function*() {
        const { over, records } = yield* place
        const store = yield* over(encrypted())
        for (const value of [text, `{${text}`, `sealed.${text}`, `sealed.1.${id}.${text}`, `sealed.1.a.${text}`]) {
          yield* records.put(nelly, value)
          assert.strictEqual((yield* Effect.flip(store.get(nelly)))._tag, "AccessTokenStoreError")
        }
      }))
  )
})

describe("a change of the key", () => {
  it.effect("seals a record with the new key when it is read, so that the old key can be removed", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw } = yield* place
      const { generation } = yield* (yield* over(encrypted([key("old")]))).put(nelly, wholeToken)
      const rotating = yield* over(encrypted([key("new"), key("old")]))
      const stored = Option.getOrThrow(yield* rotating.get(nelly))
      assert.match((yield* raw()).value, /^sealed\.1\.new\./)
      assert.strictEqual(stored.generation, (yield* raw()).generation)
      assert.isAbove(stored.generation, generation)
      const after = yield* over(encrypted([key("new")]))
      assert.strictEqual(access(yield* after.get(nelly)), "planted-access")
      assert.strictEqual((yield* raw()).generation, stored.generation)
      assert.strictEqual(yield* reasonOf((yield* over(encrypted([key("old")]))).get(nelly)), "unknown-key")
    })))

  it.effect("keeps the mark of a sent refresh token", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over } = yield* place
      const before = yield* over(encrypted([key("old")]))
      const { generation } = yield* before.put(nelly, wholeToken)
      yield* before.replace(nelly, generation, { token: wholeToken, sentAt: yield* DateTime.now })
      const stored = yield* (yield* over(encrypted([key("new"), key("old")]))).get(nelly)
      assert.isDefined(Option.getOrThrow(stored).sentAt)
    })))

  it.effect("seals a record once when 20 callers read it at the same time", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw } = yield* place
      const { generation } = yield* (yield* over(encrypted([key("old")]))).put(nelly, wholeToken)
      const rotating = yield* over(encrypted([key("new"), key("old")]))
      const read = yield* Effect.forEach(Array.from({ length: 20 }), () => rotating.get(nelly), {
        concurrency: "unbounded"
      })
      assert.isTrue(read.every((found) => access(found) === "planted-access"))
      assert.strictEqual((yield* raw()).generation, generation + 1)
      assert.isTrue(read.every((found) => Option.contains(generationOf(found), generation + 1)))
    })))

  for (
    const [name, meanwhile, expected] of [
      [
        "a refresh's replace",
        (store: Store, generation: number) =>
          Effect.asVoid(store.replace(nelly, generation, { token: Stub.token({ access: "refreshed" }) })),
        "refreshed"
      ],
      [
        "a sign-in's put",
        (store: Store) => Effect.asVoid(store.put(nelly, Stub.token({ access: "signed in again" }))),
        "signed in again"
      ],
      ["a sign-out", (store: Store) => store.remove(nelly), undefined]
    ] as const
  ) {
    it.effect(`does not overwrite ${name} that happens before the record is sealed again, and returns its result`, () =>
      Effect.scoped(Effect.gen(function*() {
        const { over, records } = yield* place
        const { generation } = yield* (yield* over(encrypted([key("old")]))).put(nelly, wholeToken)
        const writer = yield* over(encrypted([key("new"), key("old")]))
        const slow: typeof records = {
          ...records,
          replace: (of, generation_, value) =>
            Effect.andThen(meanwhile(writer, generation), records.replace(of, generation_, value))
        }
        const reader = yield* Effect.map(
          Layer.build(Layer.fresh(
            Layer.provide(encrypted([key("new"), key("old")]), Layer.succeed(RecordStore.RecordStore, slow))
          )),
          (context) => Context.get(context, AccessTokenStore.AccessTokenStore)
        )
        const read = yield* reader.get(nelly)
        const stored = yield* records.get(nelly)
        assert.strictEqual(access(read), expected)
        assert.strictEqual(access(yield* writer.get(nelly)), expected)
        assert.deepStrictEqual(generationOf(read), generationOf(stored))
      })))
  }

  it.effect("does not write a record that was sealed with the first key", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw } = yield* place
      const store = yield* over(encrypted([key("new"), key("old")]))
      yield* store.put(nelly, wholeToken)
      const before = yield* raw()
      yield* store.get(nelly)
      assert.deepStrictEqual(yield* raw(), before)
    })))

  it.effect("changes the generation, so that a refresh that read before must read again", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over } = yield* place
      const { generation } = yield* (yield* over(encrypted([key("old")]))).put(nelly, wholeToken)
      const store = yield* over(encrypted([key("new"), key("old")]))
      const sealed = Option.getOrThrow(yield* store.get(nelly))
      const refreshed = { token: Stub.token({ access: "refreshed" }) }
      assert.isTrue(Option.isNone(yield* store.replace(nelly, generation, refreshed)))
      assert.isTrue(Option.isSome(yield* store.replace(nelly, sealed.generation, refreshed)))
      assert.strictEqual(access(yield* store.get(nelly)), "refreshed")
    })))

  it.effect("returns the token if sealing it again fails", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw, records } = yield* place
      yield* (yield* over(encrypted([key("old")]))).put(nelly, wholeToken)
      const readOnly = Layer.succeed(RecordStore.RecordStore, {
        ...records,
        replace: () => Effect.fail(new DiscordError.AccessTokenStoreError({ operation: "replace" }))
      })
      const store = yield* Effect.map(
        Layer.build(Layer.fresh(Layer.provide(encrypted([key("new"), key("old")]), readOnly))),
        (context) => Context.get(context, AccessTokenStore.AccessTokenStore)
      )
      assert.strictEqual(access(yield* store.get(nelly)), "planted-access")
      assert.match((yield* raw()).value, /^sealed\.1\.old\./)
    })))
})

describe("the option `plain`", () => {
  it.effect("rejects plain records by default, and reads and seals them with \"accept\"", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, raw } = yield* place
      yield* (yield* over(AccessTokenStore.layer)).put(nelly, wholeToken)
      const error = yield* Effect.flip((yield* over(encrypted())).get(nelly))
      assert.strictEqual(error.reason, "not-sealed")
      assert.include(error.message, "plain: \"accept\"")
      const moving = yield* over(encrypted([key("a")], "accept"))
      assert.strictEqual(access(yield* moving.get(nelly)), "planted-access")
      assert.match((yield* raw()).value, /^sealed\.1\.a\./)
      assert.strictEqual(access(yield* (yield* over(encrypted())).get(nelly)), "planted-access")
    })))

  it.effect("does not accept a text that is neither plain nor sealed", () =>
    Effect.scoped(Effect.gen(function*() {
      const { over, records } = yield* place
      yield* records.put(nelly, "garbage")
      assert.strictEqual(yield* reasonOf((yield* over(encrypted([key("a")], "accept"))).get(nelly)), "corrupt")
    })))
})

describe("invalid keys", () => {
  const short = { id: "b", secret: Redacted.make("planted-secret-of-less-32-bytes") }
  const cases: ReadonlyArray<readonly [string, Keys, RegExp]> = [
    ["no key", [], /at least one record key/],
    ["an empty id", [{ ...key("a"), id: "" }], /1 to 32/],
    ["an id with a dot", [{ ...key("a"), id: "a.b" }], /1 to 32/],
    ["an id with a line break", [{ ...key("a"), id: "a\n" }], /1 to 32/],
    ["an id with another letter", [{ ...key("a"), id: "ä" }], /1 to 32/],
    ["a long id", [{ ...key("a"), id: "a".repeat(33) }], /1 to 32/],
    ["two keys with the same id", [key("a"), key("a")], /same id/],
    ["a short secret", [short], /"b" needs at least 32 random bytes.*openssl rand/],
    ["a short secret after a valid one", [key("a"), short], /"b" needs at least 32 random bytes/]
  ]
  for (const [name, keys, expected] of cases) {
    it.effect(`fail with DiscordConfigurationError, which shows no secret: ${name}`, () =>
      Effect.scoped(Effect.gen(function*() {
        const error = yield* Effect.flip(Layer.build(Layer.provide(encrypted(keys), RecordStore.layerMemory)))
        assert.strictEqual(error._tag, "DiscordConfigurationError")
        assert.match(error.message, expected)
        assert.notMatch(inspect(error, { depth: 10 }) + error.message, /planted/)
      })))
  }
})

it.effect.prop(
  "returns every token as it was stored",
  [AccessToken.AccessToken],
  ([token]) =>
    Effect.scoped(Effect.gen(function*() {
      const { over } = yield* place
      const store = yield* over(encrypted())
      yield* store.put(nelly, token)
      const read = Option.getOrThrow(yield* store.get(nelly))
      const encode = Schema.encodeSync(Schema.fromJsonString(AccessToken.AccessToken))
      assert.strictEqual(encode(read.token), encode(token))
    }))
)
