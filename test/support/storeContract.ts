/** The promises of every token store, in every database and format. These tests run in real time. */
import { AccessToken, AccessTokenStore, type DiscordError, type RecordStore, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Stub from "./StubDiscord.ts"

export type Records = Layer.Layer<RecordStore.RecordStore, unknown>

export interface Options {
  /** Returns a new empty record store at each call. */
  readonly layer: () => Records

  /**
   * Creates an empty record store that lives until the scope closes. Each build of the layer is another instance over
   * the same records, like that of another process or of a restarted one.
   */
  readonly sharing?: Effect.Effect<Records, unknown, Scope.Scope> | undefined

  /** @default AccessTokenStore.layer */
  readonly store?: Layer.Layer<AccessTokenStore.AccessTokenStore, unknown, RecordStore.RecordStore> | undefined
}

type Store = AccessTokenStore.AccessTokenStore["Service"]

export const keyOf = (user: string, client: string = Stub.clientId): AccessTokenStore.Key => ({
  clientId: Snowflake.ApplicationId.make(client),
  userId: Snowflake.UserId.make(user)
})

export const nelly = keyOf("80351110224678912")
const other = keyOf("80351110224678913")
const elsewhere = keyOf("80351110224678912", "310954232226357250")

export const access = (stored: Option.Option<AccessTokenStore.StoredToken>): string | undefined =>
  Option.getOrUndefined(Option.map(stored, ({ token }) => Redacted.value(token.access_token)))

const named = (access: string) => Stub.token({ access })

/** A token with every possible member and with strings that are difficult for stores and databases. */
export const wholeToken: AccessToken.AccessToken = {
  access_token: Redacted.make("planted-access"),
  refresh_token: Redacted.make("planted-refresh"),
  id_token: Redacted.make("planted.id.token"),
  expires_at: DateTime.makeUnsafe("2030-01-01T00:00:00.123Z"),
  scopes: ["identify", "guilds", "webhook.incoming", "one.that.nobody.knows"],
  guild: { id: Snowflake.GuildId.make("197038439483310086"), name: "Discord Testers", icon: null, features: ["NEWS"] },
  webhook: {
    id: Snowflake.WebhookId.make("347114750880120863"),
    type: 1,
    channel_id: Snowflake.ChannelId.make("345626669114982402"),
    guild_id: Snowflake.GuildId.make("290926792226357250"),
    name: "testwebhook",
    avatar: null,
    application_id: Snowflake.ApplicationId.make("310954232226357250"),
    token: Redacted.make("planted-webhook"),
    url: Redacted.make("https://discord.com/api/webhooks/347114750880120863/planted-webhook")
  },
  data: {
    nested: { list: [1, -2.5e-7, true, null, { "": [] }], largest: Number.MAX_SAFE_INTEGER },
    text: "Grüße, 日本語, 👩‍👩‍👧, e\u0301, \u0000, \ud800, \u2028, \u00a0 ",
    "quotes '\"`\\ and %s $1 ? ; -- \r\n\t": "'; DROP TABLE records; --",
    constructor: "<script>"
  }
}

const encoded = Schema.encodeSync(AccessToken.AccessToken)

const failsWith = Effect.fnUntraced(function*(
  reason: DiscordError.AccessTokenStoreError["reason"],
  effect: Effect.Effect<unknown, DiscordError.AccessTokenStoreError>
) {
  const error = yield* Effect.flip(effect)
  assert.strictEqual(error._tag, "AccessTokenStoreError")
  assert.strictEqual(error.reason, reason)
})

/** Holds the user's lock until `release`. */
const hold = Effect.fnUntraced(function*(store: Store, key: AccessTokenStore.Key) {
  const held = yield* Deferred.make<void>()
  const leave = yield* Deferred.make<void>()
  const holder = yield* Effect.forkChild(
    AccessTokenStore.withLock(store, key)(Effect.andThen(Deferred.succeed(held, undefined), Deferred.await(leave)))
  )
  yield* Deferred.await(held)
  return { holder, release: Effect.andThen(Deferred.succeed(leave, undefined), Fiber.join(holder)) }
})

/** Takes the lock twenty times concurrently in these stores. Returns how many held it together at most. */
const crowd = Effect.fnUntraced(function*(stores: ReadonlyArray<Store>) {
  let inside = 0
  let most = 0
  let turns = 0
  const turn = Effect.gen(function*() {
    most = Math.max(most, ++inside)
    yield* Effect.sleep("2 millis")
    inside -= 1
    turns += 1
  })
  yield* Effect.forEach(
    Array.from({ length: 20 }, (_, n) => stores[n % stores.length]!),
    (store) => AccessTokenStore.withLock(store, nelly, { atMost: "10 minutes" })(turn),
    { concurrency: "unbounded", discard: true }
  )
  return { most, turns }
})

const isFree = Effect.fnUntraced(function*(store: Store) {
  assert.strictEqual(yield* AccessTokenStore.withLock(store, nelly)(Effect.succeed("free")), "free")
})

/** Runs the contract for one kind of store. */
export const storeContract = ({ layer, sharing, store: kind = AccessTokenStore.layer }: Options): void => {
  const test = (name: string, body: (store: Store) => Effect.Effect<void, unknown, Scope.Scope>) => {
    it.live(name, () =>
      Effect.provide(
        Effect.scoped(Effect.flatMap(AccessTokenStore.AccessTokenStore, body)),
        Layer.provide(kind, layer()),
        { local: true }
      ))
  }

  describe("records", () => {
    test(
      "get returns the whole token that was put, with redacted secrets",
      Effect.fnUntraced(function*(store) {
        const { generation } = yield* store.put(nelly, wholeToken)
        const stored = Option.getOrThrow(yield* store.get(nelly))
        assert.deepStrictEqual(encoded(stored.token), encoded(wholeToken))
        assert.strictEqual(stored.generation, generation)
        assert.isTrue(Number.isSafeInteger(generation) && generation > 0)
        assert.notMatch(`${JSON.stringify(stored)} ${String(stored.token.refresh_token)}`, /planted/)
      })
    )

    test(
      "get returns a token with 200 kB of the application's data",
      Effect.fnUntraced(function*(store) {
        const token = { ...wholeToken, data: { text: "ü".repeat(100_000) } }
        yield* store.put(nelly, token)
        assert.deepStrictEqual(encoded(Option.getOrThrow(yield* store.get(nelly)).token), encoded(token))
      })
    )

    test(
      "keeps the tokens of users and applications separate",
      Effect.fnUntraced(function*(store) {
        yield* store.put(nelly, named("nelly"))
        yield* store.put(other, named("other"))
        yield* store.put(elsewhere, named("elsewhere"))
        yield* store.remove(other)
        assert.deepStrictEqual(
          [access(yield* store.get(nelly)), access(yield* store.get(other)), access(yield* store.get(elsewhere))],
          ["nelly", undefined, "elsewhere"]
        )
      })
    )

    test(
      "keeps keys separate whose joined parts are equal",
      Effect.fnUntraced(function*(store) {
        const keys = [keyOf("23", "1"), keyOf("3", "12"), keyOf("123", "1"), keyOf("1", "1"), keyOf("1", "123")]
        for (const key of keys) yield* store.put(key, named(AccessTokenStore.keyToString(key)))
        for (const key of keys) {
          assert.strictEqual(access(yield* store.get(key)), AccessTokenStore.keyToString(key))
        }
        assert.deepStrictEqual(yield* store.list({ clientId: keys[0]!.clientId }, { limit: 10 }), [
          keyOf("1", "1"),
          keyOf("123", "1"),
          keyOf("23", "1")
        ])
      })
    )

    test(
      "remove removes the record, and succeeds without one",
      Effect.fnUntraced(function*(store) {
        yield* store.remove(nelly)
        yield* store.put(nelly, named("first"))
        yield* store.remove(nelly)
        yield* store.remove(nelly)
        assert.isTrue(Option.isNone(yield* store.get(nelly)))
        assert.strictEqual(yield* store.count({}), 0)
      })
    )

    test(
      "keeps the mark of a sent refresh until a write without it",
      Effect.fnUntraced(function*(store) {
        const sentAt = DateTime.makeUnsafe("2026-07-01T10:00:00.123Z")
        const first = yield* store.put(nelly, named("first"))
        const marked = Option.getOrThrow(yield* store.replace(nelly, first.generation, { token: first.token, sentAt }))
        assert.deepStrictEqual(marked.sentAt, sentAt)
        const read = Option.getOrThrow(yield* store.get(nelly))
        assert.strictEqual(read.sentAt?.epochMilliseconds, sentAt.epochMilliseconds)
        assert.notProperty(read, "isLost")
        const lost = yield* store.replace(nelly, read.generation, { token: first.token, sentAt, isLost: true })
        assert.strictEqual(Option.getOrThrow(lost).isLost, true)
        assert.strictEqual(Option.getOrThrow(yield* store.get(nelly)).isLost, true)
        const second = yield* store.replace(nelly, Option.getOrThrow(lost).generation, { token: named("second") })
        assert.notProperty(Option.getOrThrow(second), "sentAt")
        assert.notProperty(Option.getOrThrow(second), "isLost")
        assert.notProperty(Option.getOrThrow(yield* store.get(nelly)), "sentAt")
        yield* store.replace(nelly, Option.getOrThrow(second).generation, { token: first.token, sentAt })
        yield* store.put(nelly, named("signed in again"))
        assert.notProperty(Option.getOrThrow(yield* store.get(nelly)), "sentAt")
      })
    )
  })

  describe("generations", () => {
    test(
      "increase with each write",
      Effect.fnUntraced(function*(store) {
        const first = yield* store.put(nelly, named("first"))
        const second = yield* store.put(nelly, named("second"))
        const third = Option.getOrThrow(yield* store.replace(nelly, second.generation, { token: named("third") }))
        assert.isAbove(second.generation, first.generation)
        assert.isAbove(third.generation, second.generation)
        assert.strictEqual(Option.getOrThrow(yield* store.get(nelly)).generation, third.generation)
      })
    )

    test(
      "are not reused after a record is removed and written again",
      Effect.fnUntraced(function*(store) {
        const seen = new Set<number>()
        for (let n = 0; n < 5; n++) {
          const put = yield* store.put(nelly, named(`${n}`))
          const replaced = Option.getOrThrow(yield* store.replace(nelly, put.generation, { token: put.token }))
          seen.add(put.generation).add(replaced.generation)
          if (n % 2 === 0) yield* store.remove(nelly)
          else assert.isTrue(yield* store.removeGeneration(nelly, replaced.generation))
        }
        assert.strictEqual(seen.size, 10)
      })
    )

    test(
      "replace overwrites only the given generation",
      Effect.fnUntraced(function*(store) {
        const first = yield* store.put(nelly, named("first"))
        const second = yield* store.replace(nelly, first.generation, { token: named("second") })
        assert.strictEqual(access(second), "second")
        assert.isTrue(Option.isNone(yield* store.replace(nelly, first.generation, { token: named("late") })))
        assert.strictEqual(access(yield* store.get(nelly)), "second")
      })
    )

    test(
      "F49: replace does not restore a removed record, even if the user has signed in again",
      Effect.fnUntraced(function*(store) {
        const first = yield* store.put(nelly, named("first"))
        const late = store.replace(nelly, first.generation, { token: named("late") })
        yield* store.remove(nelly)
        assert.isTrue(Option.isNone(yield* late))
        assert.isTrue(Option.isNone(yield* store.get(nelly)))
        yield* store.put(nelly, named("again"))
        assert.isTrue(Option.isNone(yield* late))
        assert.strictEqual(access(yield* store.get(nelly)), "again")
      })
    )

    test(
      "F14: removeGeneration removes only the given generation and returns whether it did",
      Effect.fnUntraced(function*(store) {
        const first = yield* store.put(nelly, named("first"))
        const second = yield* store.put(nelly, named("second"))
        assert.isFalse(yield* store.removeGeneration(nelly, first.generation))
        assert.strictEqual(access(yield* store.get(nelly)), "second")
        assert.isTrue(yield* store.removeGeneration(nelly, second.generation))
        assert.isFalse(yield* store.removeGeneration(nelly, second.generation))
        assert.isTrue(Option.isNone(yield* store.get(nelly)))
      })
    )

    for (const writers of [2, 20]) {
      test(
        `one of ${writers} concurrent replacements of one generation succeeds`,
        Effect.fnUntraced(function*(store) {
          const { generation } = yield* store.put(nelly, named("first"))
          const results = yield* Effect.forEach(
            Array.from({ length: writers }, (_, n) => named(`writer-${n}`)),
            (token) => store.replace(nelly, generation, { token }),
            { concurrency: "unbounded" }
          )
          const written = results.filter(Option.isSome)
          assert.strictEqual(written.length, 1)
          const stored = yield* store.get(nelly)
          assert.strictEqual(access(stored), access(written[0]!))
          assert.strictEqual(Option.getOrThrow(stored).generation, written[0]!.value.generation)
        })
      )
    }

    test(
      "20 concurrent sign-ins have different generations, and the last one is stored",
      Effect.fnUntraced(function*(store) {
        const written = yield* Effect.forEach(
          Array.from({ length: 20 }, (_, n) => named(`sign-in-${n}`)),
          (token) => store.put(nelly, token),
          { concurrency: "unbounded" }
        )
        const generations = written.map(({ generation }) => generation)
        assert.strictEqual(new Set(generations).size, 20)
        const stored = Option.getOrThrow(yield* store.get(nelly))
        assert.strictEqual(stored.generation, Math.max(...generations))
        const last = written.find(({ generation }) => generation === stored.generation)
        assert.deepStrictEqual(encoded(stored.token), encoded(last!.token))
      })
    )
  })

  describe("many records", () => {
    /** Compares ids as strings: "10" is before "9", for applications and users. */
    const clients = ["10", "9", Stub.clientId]
    const keys = clients.flatMap((client) => Array.from({ length: 25 }, (_, n) => keyOf(`${n * 7 + 1}`, client)))
    const ordered = (keys: ReadonlyArray<AccessTokenStore.Key>) =>
      keys.map(AccessTokenStore.keyToString).toSorted((a, b) =>
        a.split(":")[0] === b.split(":")[0] ? (a.split(":")[1]! < b.split(":")[1]! ? -1 : 1) : a < b ? -1 : 1
      )
    const fill = (store: Store) =>
      Effect.forEach(keys.toReversed(), (key) => store.put(key, named("any")), { concurrency: 5, discard: true })
    const pages = Effect.fnUntraced(function*(store: Store, filter: RecordStore.Filter, limit: number) {
      const found: Array<ReadonlyArray<AccessTokenStore.Key>> = []
      while (found.at(-1)?.length !== 0) {
        const after = found.at(-1)?.at(-1)
        found.push(yield* store.list(filter, { limit, ...(after !== undefined && { after }) }))
      }
      return found
    })

    const { clientId, userId } = keys[26]!
    const filters: ReadonlyArray<readonly [name: string, filter: RecordStore.Filter]> = [
      ["all", {}],
      ["an application's", { clientId }],
      ["a user's in all applications", { userId }],
      ["a user's in one application", { clientId, userId }],
      ["nobody's", { userId: Snowflake.UserId.make("2") }],
      ["all, with a filter whose members are undefined", { clientId: undefined, userId: undefined }]
    ]
    const keysOf = (filter: RecordStore.Filter) =>
      keys.filter((key) =>
        (filter.clientId === undefined || key.clientId === filter.clientId) &&
        (filter.userId === undefined || key.userId === filter.userId)
      )

    test(
      "list returns filtered keys in order, in pages, without duplicates or gaps",
      Effect.fnUntraced(function*(store) {
        yield* fill(store)
        for (const [name, filter] of filters) {
          const expected = ordered(keysOf(filter))
          for (const limit of [10, 1000]) {
            const found = yield* pages(store, filter, limit)
            assert.deepStrictEqual(found.flat().map(AccessTokenStore.keyToString), expected, name)
            assert.isTrue(found.slice(0, -2).every(({ length }) => length === limit), name)
          }
          assert.strictEqual(yield* store.count(filter), expected.length, name)
        }
        const stream = yield* Stream.runCollect(AccessTokenStore.keys(store, { clientId }))
        assert.deepStrictEqual(stream.map(AccessTokenStore.keyToString), ordered(keysOf({ clientId })))
      })
    )

    test(
      "list continues after a removed key",
      Effect.fnUntraced(function*(store) {
        yield* fill(store)
        const [first, second] = yield* store.list({ clientId }, { limit: 2 })
        yield* store.remove(first!)
        assert.deepStrictEqual(yield* store.list({ clientId }, { after: first!, limit: 1 }), [second!])
      })
    )

    test(
      "removeAll removes the records that match the filter and returns their number",
      Effect.fnUntraced(function*(store) {
        yield* fill(store)
        const left = new Set(keys)
        for (
          const filter of [{ clientId, userId }, { clientId, userId }, { userId }, { clientId }, {}, {}]
        ) {
          const removed = keysOf(filter).filter((key) => left.delete(key))
          assert.strictEqual(yield* store.removeAll(filter), removed.length)
          const found = yield* store.list({}, { limit: 1000 })
          assert.deepStrictEqual(found.map(AccessTokenStore.keyToString), ordered(Array.from(left)))
          assert.strictEqual(yield* store.count({}), left.size)
          for (const key of removed.slice(0, 2)) assert.isTrue(Option.isNone(yield* store.get(key)))
        }
      })
    )
  })

  describe("the lock", () => {
    test(
      "F46: is held by one of 20 fibers at a time, and each of them gets it",
      Effect.fnUntraced(function*(store) {
        assert.deepStrictEqual(yield* crowd([store]), { most: 1, turns: 20 })
      })
    )

    test(
      "does not block other users, nor the same user in another application",
      Effect.fnUntraced(function*(store) {
        const { release } = yield* hold(store, nelly)
        for (const key of [other, elsewhere]) {
          assert.strictEqual(yield* AccessTokenStore.withLock(store, key)(Effect.succeed("at once")), "at once")
        }
        yield* release
      })
    )

    test(
      "records can be read and written without the lock",
      Effect.fnUntraced(function*(store) {
        const { generation } = yield* store.put(nelly, named("first"))
        const { release } = yield* hold(store, nelly)
        const replaced = yield* store.replace(nelly, generation, { token: named("second") })
        assert.strictEqual(access(replaced), "second")
        assert.strictEqual(access(yield* store.get(nelly)), "second")
        yield* store.put(nelly, named("third"))
        yield* store.remove(nelly)
        assert.strictEqual(yield* store.removeAll({}), 0)
        yield* release
      })
    )

    test(
      "F42: is released after a failure, a defect and an interruption of the holder",
      Effect.fnUntraced(function*(store) {
        const locked = AccessTokenStore.withLock(store, nelly)
        assert.strictEqual(yield* Effect.flip(locked(Effect.fail("no"))), "no")
        yield* Effect.exit(locked(Effect.die("defect")))
        const { holder } = yield* hold(store, nelly)
        yield* Fiber.interrupt(holder)
        yield* isFree(store)
      })
    )

    test(
      "a caller that is interrupted while waiting never gets the lock, and leaves nothing locked",
      Effect.fnUntraced(function*(store) {
        const { release } = yield* hold(store, nelly)
        let ran = false
        const waiter = yield* Effect.forkChild(
          AccessTokenStore.withLock(store, nelly)(Effect.sync(() => void (ran = true)))
        )
        yield* Effect.sleep("30 millis")
        yield* Fiber.interrupt(waiter)
        yield* release
        yield* isFree(store)
        assert.isFalse(ran)
      })
    )

    test(
      "F48: is not kept by a waiter that is interrupted at the time of the release",
      Effect.fnUntraced(function*(store) {
        for (let n = 0; n < 5; n++) {
          const { release } = yield* hold(store, nelly)
          const waiter = yield* Effect.forkChild(AccessTokenStore.withLock(store, nelly)(Effect.never))
          yield* Effect.sleep("5 millis")
          yield* Effect.all([release, Fiber.interrupt(waiter)], { concurrency: "unbounded" })
          yield* isFree(store)
        }
      })
    )

    test(
      "F51: fails with the reason `locked` after waiting `atMost` without running the effect, and still works",
      Effect.fnUntraced(function*(store) {
        const { release } = yield* hold(store, nelly)
        let ran = false
        yield* failsWith(
          "locked",
          AccessTokenStore.withLock(store, nelly, { atMost: "50 millis" })(Effect.sync(() => void (ran = true)))
        )
        assert.isFalse(ran)
        yield* release
        yield* isFree(store)
        assert.deepStrictEqual(yield* crowd([store]), { most: 1, turns: 20 })
      })
    )
  })

  if (sharing === undefined) return

  /** Each call opens a store like that of another process. It closes with the scope of the call. */
  const opener = Effect.map(
    sharing,
    (records) =>
      Effect.suspend(() =>
        Effect.flatMap(Effect.scope, (scope) =>
          Effect.map(
            Layer.buildWithMemoMap(Layer.provide(kind, records), Layer.makeMemoMapUnsafe(), scope),
            (context) => Context.get(context, AccessTokenStore.AccessTokenStore)
          ))
      )
  )
  type Open = Effect.Success<typeof opener>

  const shared = (name: string, body: (open: Open) => Effect.Effect<void, unknown, Scope.Scope>) => {
    it.live(name, () => Effect.scoped(Effect.flatMap(opener, body)))
  }

  describe("instances over the same records", () => {
    shared(
      "read, list and remove each other's records",
      Effect.fnUntraced(function*(open) {
        const [one, two] = [yield* open, yield* open]
        const first = yield* one.put(nelly, wholeToken)
        const read = Option.getOrThrow(yield* two.get(nelly))
        assert.deepStrictEqual(encoded(read.token), encoded(wholeToken))
        assert.strictEqual(read.generation, first.generation)
        assert.deepStrictEqual(yield* two.list({}, { limit: 10 }), [nelly])
        const second = yield* two.replace(nelly, first.generation, { token: named("second") })
        assert.strictEqual(access(yield* one.get(nelly)), "second")
        assert.isTrue(Option.isNone(yield* one.replace(nelly, first.generation, { token: named("late") })))
        assert.isTrue(yield* one.removeGeneration(nelly, Option.getOrThrow(second).generation))
        assert.isTrue(Option.isNone(yield* two.get(nelly)))
        yield* one.put(nelly, named("third"))
        assert.strictEqual(yield* two.removeAll({}), 1)
        assert.strictEqual(yield* one.count({}), 0)
      })
    )

    shared(
      "do not reuse the generation of a record that one removed and the other wrote again",
      Effect.fnUntraced(function*(open) {
        const [one, two] = [yield* open, yield* open]
        const seen = new Set<number>()
        for (let n = 0; n < 10; n++) {
          seen.add((yield* (n % 2 === 0 ? one : two).put(nelly, named(`${n}`))).generation)
          yield* (n % 3 === 0 ? one : two).remove(nelly)
          // Once the record is removed, two processes share only the clock.
          yield* Effect.sleep("20 millis")
        }
        assert.strictEqual(seen.size, 10)
      })
    )

    shared(
      "replace one generation once in 20 concurrent attempts",
      Effect.fnUntraced(function*(open) {
        const stores = [yield* open, yield* open]
        const { generation } = yield* stores[0]!.put(nelly, named("first"))
        const results = yield* Effect.forEach(
          Array.from({ length: 20 }, (_, n) => [stores[n % 2]!, named(`writer-${n}`)] as const),
          ([store, token]) => store.replace(nelly, generation, { token }),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(results.filter(Option.isSome).length, 1)
      })
    )

    shared(
      "F47: exclude each other from a user's lock",
      Effect.fnUntraced(function*(open) {
        const stores = [yield* open, yield* open]
        assert.deepStrictEqual(yield* crowd(stores), { most: 1, turns: 20 })
        const { release } = yield* hold(stores[0]!, nelly)
        yield* failsWith("locked", AccessTokenStore.withLock(stores[1]!, nelly, { atMost: "50 millis" })(Effect.void))
        yield* release
        yield* isFree(stores[1]!)
      })
    )

    shared(
      "F42: release their locks when they close",
      Effect.fnUntraced(function*(open) {
        const two = yield* open
        yield* Effect.scoped(Effect.gen(function*() {
          const one = yield* open
          yield* one.lock(nelly)
        }))
        yield* isFree(two)
      })
    )

    shared(
      "keep a record after the instance that wrote it closes",
      Effect.fnUntraced(function*(open) {
        const { generation } = yield* Effect.scoped(Effect.flatMap(open, (store) => store.put(nelly, wholeToken)))
        const read = yield* Effect.scoped(Effect.flatMap(open, (store) => store.get(nelly)))
        assert.deepStrictEqual(encoded(Option.getOrThrow(read).token), encoded(wholeToken))
        const store = yield* open
        const replaced = yield* store.replace(nelly, generation, { token: named("second") })
        assert.strictEqual(access(replaced), "second")
      })
    )
  })
}

/** A sealed store with keys of WebCrypto, which every platform has. */
export const sealed: NonNullable<Options["store"]> = AccessTokenStore.layerEncrypted({
  keys: [{ id: "a", secret: Redacted.make("a secret of more than thirty-two bytes") }]
}).pipe(
  Layer.provide(Layer.merge(Aead.layerWebCrypto, Kdf.layerWebCrypto)),
  Layer.provide(SecureRandom.layerWebCrypto)
)

/** Runs the contract for plain and for sealed records. */
export const plainAndSealed = (options: Omit<Options, "store">): void => {
  describe("plain", () => storeContract(options))
  describe("sealed", () => storeContract({ ...options, store: sealed }))
}
