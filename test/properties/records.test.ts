/** Stored records: each text decodes to a token, or fails with a typed error that does not quote it. */
import { AccessTokenStore, RecordStore, Snowflake } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { extendedBotAuthorization, webhookAuthorization } from "../fixtures/oauth2.ts"
import * as Stub from "../support/StubDiscord.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { errorOf, hides, shown } from "./support/outputs.ts"
import type { Random } from "./support/Random.ts"

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }
const otherKey = { ...key, userId: Snowflake.UserId.make("53908232506183680") }
const marker = "planted-marker-0123456789"

const layerCrypto = Layer.mergeAll(
  Kdf.layerWebCrypto,
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto))
)

const secret = (seed: string) => Redacted.make(`${seed}-planted-record-key-of-32-bytes-or-more`)

/** A store and the records under it. */
const open = (layer: Layer.Layer<AccessTokenStore.AccessTokenStore, unknown, RecordStore.RecordStore>) =>
  Effect.map(Layer.build(Layer.provideMerge(layer, RecordStore.layerMemory)), (context) => ({
    store: Context.get(context, AccessTokenStore.AccessTokenStore),
    records: Context.get(context, RecordStore.RecordStore)
  }))

const encrypted = (ids: ReadonlyArray<string>, plain: "refuse" | "accept" = "refuse") =>
  AccessTokenStore.layerEncrypted({ keys: ids.map((id) => ({ id, secret: secret(id) })), plain }).pipe(
    Layer.provide(layerCrypto)
  )

const record = (version: number) => ({
  version,
  token: {
    access_token: marker,
    expires_at: "2026-01-08T00:00:00.000Z",
    scopes: ["identify", "guilds"],
    refresh_token: `${marker}-refresh`,
    id_token: `${marker}-id`,
    guild: extendedBotAuthorization.guild,
    webhook: webhookAuthorization.webhook,
    data: { plan: "gold", nested: [1, { a: null }] }
  },
  sent_at: "2026-01-07T00:00:00.000Z",
  is_lost: true
})

const text = (random: Random): string =>
  random.oneOf(
    () => JSON.stringify(record(random.pick([1, 2]))),
    () => Hostile.jsonText(random, record(random.pick([0, 1, 2, 3, 2.5, -1, 1e21]))),
    () => Hostile.jsonText(random, Hostile.mutateJson(random, record(random.pick([1, 2, 3])))),
    () => Hostile.jsonText(random, Hostile.json(random, 4)),
    () => `${Hostile.text(random)}${marker}`,
    () => Hostile.mutate(random, JSON.stringify(record(2)))
  )

const deep = (random: Random) => {
  const depth = random.pick([100, 5000, 50_000])
  return JSON.stringify(record(random.pick([1, 2]))).replace("\"gold\"", Hostile.nested(random, depth))
}

const tags = ["AccessTokenStoreError"] as const

const checked = (content: AccessTokenStore.StoredToken) => {
  assert.isTrue(DateTime.isDateTime(content.token.expires_at))
  assert.isTrue(Number.isFinite(content.token.expires_at.epochMilliseconds))
  for (const scope of content.token.scopes) assert.isString(scope)
  assert.isTrue(Redacted.isRedacted(content.token.access_token))
  assert.isNotEmpty(Redacted.value(content.token.access_token))
  hides(shown(content.token.access_token), [marker])
}

Cases.file("records", (property) => {
  for (
    const [kind, layer] of [["plain", AccessTokenStore.layer], [
      "sealed, plain accepted",
      encrypted(["a"], "accept")
    ]] as const
  ) {
    property.started(
      `F43: any text as a ${kind} record is a token or a typed error that quotes nothing, and it stays as it is`,
      kind === "plain" ? 5000 : 2000,
      Effect.map(open(layer), ({ records, store }) => (random, note, saw) =>
        Effect.gen(function*() {
          const value = text(random)
          note(value)
          const generation = yield* records.put(key, value)
          const exit = yield* Effect.exit(store.get(key))
          const error = errorOf(exit, tags)
          saw(error === undefined ? "token" : error.reason)
          if (error !== undefined) {
            hides(shown(error), [marker])
            const after = yield* records.get(key)
            assert.deepStrictEqual(
              Option.map(after, ({ generation, value }) => ({ generation, value })),
              Option.some({ generation, value })
            )
          }
          if (Exit.isSuccess(exit)) {
            if (Option.isNone(exit.value)) assert.fail("the record is gone")
            checked(exit.value.value)
            // What was read can be written.
            yield* store.put(key, exit.value.value.token)
            const again = yield* store.get(key)
            assert.strictEqual(Option.isSome(again), true)
          }
        })),
      ["token", "corrupt", "newer-version"]
    )
  }

  property.started(
    "F43: data that nest however deep are a token or a typed error",
    40,
    Effect.map(open(AccessTokenStore.layer), ({ records, store }) => (random, note, saw) =>
      Effect.gen(function*() {
        const value = deep(random)
        note(value.length)
        yield* records.put(key, value)
        const exit = yield* Effect.exit(store.get(key))
        const error = errorOf(exit, tags)
        saw(error === undefined ? "token" : error.reason)
        if (error !== undefined) hides(shown(error), [marker])
        if (Exit.isFailure(exit) || Option.isNone(exit.value)) return
        // What JSON's writer cannot write, the store says.
        const unwritten = errorOf(yield* Effect.exit(store.put(key, exit.value.value.token)), tags)
        saw(unwritten === undefined ? "written" : "unwritten")
        if (unwritten !== undefined) hides(shown(unwritten), [marker])
      })),
    ["token", "corrupt", "written"]
  )

  property.started(
    "S34: a sealed record opens only as it was sealed, for its user and with its key",
    5000,
    Effect.gen(function*() {
      const { records, store } = yield* open(encrypted(["a", "b"]))
      const old = yield* open(encrypted(["b"]))
      const foreign = yield* open(encrypted(["c"]))
      const sealedBy = Effect.fnUntraced(function*(from: typeof old, whose: RecordStore.Key) {
        yield* from.store.put(whose, Stub.token({ access: marker }))
        return Option.getOrThrow(yield* from.records.get(whose)).value
      })
      const mine = yield* sealedBy({ records, store }, key)
      const others = [
        yield* sealedBy({ records, store }, otherKey),
        yield* sealedBy(old, otherKey),
        yield* sealedBy(foreign, key)
      ] as const
      const swapped = (random: Random) => {
        const [a = [], b = []] = [mine.split("."), random.pick(others).split(".")]
        return a.map((part, index) => random.chance(0.5) ? part : b[index] ?? part).join(".")
      }
      const flipped = (random: Random) => {
        const at = random.int(mine.length)
        return mine.slice(0, at) + String.fromCharCode(mine.charCodeAt(at) ^ (1 << random.int(7))) + mine.slice(at + 1)
      }
      return (random: Random, note, saw) =>
        Effect.gen(function*() {
          const value = random.oneOf(
            () => mine,
            () => flipped(random),
            () => flipped(random),
            () => mine.slice(0, random.int(mine.length)),
            () => `${mine}${random.pick(["=", "==", "\n", "\r\n", "A", ".", " "])}`,
            () => mine.slice(0, -1) + Hostile.letters(random, 1),
            () => random.pick(others),
            () => swapped(random),
            () => Hostile.mutate(random, mine),
            () => text(random)
          )
          note(value)
          yield* records.put(key, value)
          const exit = yield* Effect.exit(store.get(key))
          const error = errorOf(exit, tags)
          saw(error === undefined ? "token" : error.reason)
          if (error !== undefined) hides(shown(error), [marker])
          assert.strictEqual(Exit.isSuccess(exit), value === mine)
        })
    }),
    ["token", "corrupt", "not-sealed", "unknown-key"]
  )
})
