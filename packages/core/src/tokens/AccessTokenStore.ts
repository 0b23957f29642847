/**
 * Where signed-in users' tokens are kept, one record a user and application.
 *
 * **Details**
 *
 * A record has a generation that grows with every write. A refresh writes only over the generation it started from, and
 * an invalid grant is removed only if the record still holds the rejected token. A write of another fiber or process is
 * never lost. Before a refresh token is sent, the record is marked: the next process after a crash knows that the response
 * may be lost.
 *
 * The texts of the records lie in a `RecordStore`: in memory, in a `KeyValueStore`, in SQL or in Redis. Every one of them
 * can be sealed.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { Aead } from "effect/crypto/Aead"
import type { Kdf } from "effect/crypto/Kdf"
import type { SecureRandom } from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { AccessTokenStoreError, type DiscordConfigurationError } from "../errors/DiscordError.ts"
import type { AccessToken } from "../models/AccessToken.ts"
import * as RecordSealing from "./internal/recordSealing.ts"
import * as TokenRecord from "./internal/tokenRecord.ts"
import * as RecordStore from "./RecordStore.ts"

/**
 * Whose token it is, and which application's.
 *
 * @category models
 * @since 0.1.0
 */
export type Key = RecordStore.Key

/**
 * What is kept of a user.
 *
 * @category models
 * @since 0.1.0
 */
export interface Content extends TokenRecord.Content {}

/**
 * What is kept of a user, and its generation.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredToken extends Content {
  readonly generation: number
}

/**
 * The store.
 *
 * **Example** (A store over another that notes each sign-in)
 *
 * ```ts
 * import { AccessTokenStore } from "@discord-oauth2/core"
 * import { Effect, Layer } from "effect"
 *
 * const layer = Layer.effect(
 *   AccessTokenStore.AccessTokenStore,
 *   Effect.map(AccessTokenStore.AccessTokenStore, (store) => ({
 *     ...store,
 *     put: (key, token) => Effect.tap(store.put(key, token), Effect.log(`${key.userId} has signed in`))
 *   }))
 * ).pipe(Layer.provide(AccessTokenStore.layerMemory))
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class AccessTokenStore extends Context.Service<AccessTokenStore, {
  /** The user's token, if there is one. */
  readonly get: (key: Key) => Effect.Effect<Option.Option<StoredToken>, AccessTokenStoreError>

  /** Writes the token of a sign-in over whatever is there, even a record that cannot be read. */
  readonly put: (key: Key, token: AccessToken) => Effect.Effect<StoredToken, AccessTokenStoreError>

  /** Writes over one generation alone; `None`, and nothing written, where the record is another or gone. */
  readonly replace: (
    key: Key,
    generation: number,
    content: Content
  ) => Effect.Effect<Option.Option<StoredToken>, AccessTokenStoreError>

  /** Removes the user's token. */
  readonly remove: (key: Key) => Effect.Effect<void, AccessTokenStoreError>

  /** Removes one generation alone, and tells whether it was there. */
  readonly removeGeneration: (key: Key, generation: number) => Effect.Effect<boolean, AccessTokenStoreError>

  /** A page of keys, in the order of `clientId` and then `userId` as text; `keys` gives all of them. */
  readonly list: (
    filter: RecordStore.Filter,
    page: RecordStore.Page
  ) => Effect.Effect<ReadonlyArray<Key>, AccessTokenStoreError>

  /** How many tokens there are. */
  readonly count: (filter: RecordStore.Filter) => Effect.Effect<number, AccessTokenStoreError>

  /**
   * Removes all tokens of a user, of an application or, with `{}`, all, and tells how many there were. Discord does not
   * hear of it: what is to end there too is revoked first.
   */
  readonly removeAll: (filter: RecordStore.Filter) => Effect.Effect<number, AccessTokenStoreError>

  /**
   * Takes the user's lock until the scope closes, and waits as long as another has it, in whatever process shares the
   * store.
   */
  readonly lock: (key: Key) => Effect.Effect<void, AccessTokenStoreError, Scope.Scope>

  /**
   * How long after `sentAt` a process may still write the answer, although it has lost the lock: zero where a lock ends
   * with its holder alone.
   */
  readonly grace: Duration.Duration
}>()("@discord-oauth2/core/tokens/AccessTokenStore") {}

/**
 * A key as one string.
 *
 * @category getters
 * @since 0.1.0
 */
export const keyToString: (key: Key) => string = RecordStore.keyToString

/**
 * All keys that a filter names, page after page of 1,000.
 *
 * **Example** (How many users are in more than one application)
 *
 * ```ts
 * import { AccessTokenStore } from "@discord-oauth2/core"
 * import { Effect, Stream } from "effect"
 *
 * const shared = Effect.gen(function*() {
 *   const store = yield* AccessTokenStore.AccessTokenStore
 *   const users = yield* Stream.runCollect(Stream.map(AccessTokenStore.keys(store), ({ userId }) => userId))
 *   return users.length - new Set(users).size
 * })
 * ```
 *
 * @category streams
 * @since 0.1.0
 */
export const keys = (
  self: Pick<AccessTokenStore["Service"], "list">,
  filter: RecordStore.Filter = {}
): Stream.Stream<Key, AccessTokenStoreError> =>
  Stream.paginate<Key | undefined, Key, AccessTokenStoreError, never>(
    undefined,
    (after) =>
      Effect.map(self.list(filter, { limit: 1000, ...(after !== undefined && { after }) }), (page) => [
        page,
        Option.fromUndefinedOr(page.length < 1000 ? undefined : page.at(-1))
      ])
  )

/**
 * Runs an effect while no other holds the user's lock. One that was not had within `atMost` (default 30 seconds) is an
 * `AccessTokenStoreError` with the reason `locked`, and the effect does not run.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withLock = (
  self: Pick<AccessTokenStore["Service"], "lock">,
  key: Key,
  options?: { readonly atMost?: Duration.Input | undefined }
): <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | AccessTokenStoreError, R> => {
  const atMost = Duration.fromInputUnsafe(options?.atMost ?? "30 seconds")
  const taken = Effect.timeoutOrElse(self.lock(key), {
    duration: atMost,
    orElse: () =>
      Effect.fail(
        new AccessTokenStoreError({
          operation: "lock",
          reason: "locked",
          cause: new Error(`waited for ${Duration.format(atMost)}`)
        })
      )
  })
  return (effect) =>
    Effect.scopedWith((scope) => Effect.andThen(Effect.provideService(taken, Scope.Scope, scope), effect))
}

const make = (
  records: RecordStore.RecordStore["Service"],
  sealing: RecordSealing.RecordSealing
): AccessTokenStore["Service"] => {
  const write = (operation: string, key: Key, content: Content) =>
    Effect.flatMap(TokenRecord.encode(operation, content), (text) => sealing.seal(operation, key, text))

  const read = Effect.fnUntraced(function*(operation: string, key: Key) {
    const found = yield* records.get(key)
    if (Option.isNone(found)) return Option.none()
    const { isStale, text } = yield* sealing.open(operation, key, found.value.value)
    const content = yield* TokenRecord.decode(operation, text)
    return Option.some({ isStale, stored: { ...content, generation: found.value.generation } })
  })

  /**
   * What was read with an old key is written with the new one, where nobody has written since; what somebody has is read
   * instead. Where any of it fails, what was read is good enough, and the next reader tries.
   */
  const renew = Effect.fnUntraced(function*(key: Key, stored: StoredToken) {
    const generation = yield* records.replace(key, stored.generation, yield* write("get", key, stored))
    if (Option.isSome(generation)) return Option.some({ ...stored, generation: generation.value })
    return Option.map(yield* read("get", key), (newer) => newer.stored)
  }, (effect, _key, stored) => Effect.catch(effect, () => Effect.succeedSome(stored)))

  return AccessTokenStore.of({
    get: Effect.fnUntraced(function*(key) {
      const found = yield* read("get", key)
      if (Option.isNone(found)) return Option.none()
      const { isStale, stored } = found.value
      return isStale ? yield* renew(key, stored) : Option.some(stored)
    }),
    put: Effect.fnUntraced(function*(key, token) {
      const generation = yield* records.put(key, yield* write("put", key, { token }))
      return { token, generation }
    }),
    replace: Effect.fnUntraced(function*(key, generation, { isLost, sentAt, token }) {
      const content = { token, ...(sentAt !== undefined && { sentAt, ...(isLost === true && { isLost }) }) }
      const written = yield* records.replace(key, generation, yield* write("replace", key, content))
      return Option.map(written, (generation) => ({ ...content, generation }))
    }),
    remove: records.remove,
    removeGeneration: records.removeGeneration,
    list: records.list,
    count: records.count,
    removeAll: records.removeAll,
    lock: records.lock,
    grace: records.grace
  })
}

/**
 * The store over the records of a `RecordStore`, as plain text.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<AccessTokenStore, never, RecordStore.RecordStore> = Layer.effect(
  AccessTokenStore,
  Effect.map(RecordStore.RecordStore, (records) => make(records, RecordSealing.plain))
)

/**
 * How records are sealed.
 *
 * @category options
 * @since 0.1.0
 */
export interface EncryptedOptions {
  /**
   * The first key seals, and all of them open.
   */
  readonly keys: ReadonlyArray<{
    /** What a record calls its key, in plain text: 1 to 32 letters (A to Z), digits, hyphens and underscores. */
    readonly id: string

    /** At least 32 random bytes, as text: `openssl rand -base64 32` makes one. */
    readonly secret: Redacted.Redacted
  }>

  /**
   * What becomes of a record that is plain text: `"accept"` reads it and seals it, for an application that moves to
   * sealed records. An attacker who can write to the database can insert plain records too, so turn it off afterwards.
   *
   * @default "refuse"
   */
  readonly plain?: "refuse" | "accept" | undefined
}

/**
 * The store over the records of a `RecordStore`, each sealed with AES-256-GCM.
 *
 * **Details**
 *
 * A record is bound to its user and application, and opens in no other's place. It names its key. One that was read with
 * an older key, or was plain text, is sealed with the first key at that reading; where that fails, the next reader does
 * it. The store still sees who has a record, when it changes and how long it is.
 *
 * A record that cannot be opened is an `AccessTokenStoreError` with the reason `unknown-key`, `not-sealed` or `corrupt`,
 * and stays as it is. Keys that cannot be are a `DiscordConfigurationError`.
 *
 * To change the key, give every process the new one as the last of `keys`; then put it first; and when every record was
 * read once, drop the old one. To move plain records to sealed ones, pass `plain: "accept"`, read every record once, and
 * take it out again.
 *
 * **Gotchas**
 *
 * An attacker who can write to the database can restore an older record of the same user. Its tokens are used, so the user
 * has to sign in again. Without its key a record is lost. A key should seal at most 2^32 records, which is 136 years of
 * one a second.
 *
 * **Example** (On Node, with a key that is being replaced)
 *
 * ```ts
 * import { AccessTokenStore, RecordStore } from "@discord-oauth2/core"
 * import { NodeCrypto } from "@effect/platform-node"
 * import { Config, Effect, Layer } from "effect"
 *
 * const layer = Layer.unwrap(Effect.gen(function*() {
 *   return AccessTokenStore.layerEncrypted({
 *     keys: [
 *       { id: "2026-11", secret: yield* Config.Redacted("RECORD_KEY") },
 *       { id: "2025-11", secret: yield* Config.Redacted("RECORD_KEY_BEFORE") }
 *     ]
 *   })
 * })).pipe(Layer.provide([RecordStore.layerMemory, NodeCrypto.layer]))
 * ```
 *
 * **Example** (With WebCrypto: a Worker, Deno, Bun, or a browser)
 *
 * ```ts
 * import { AccessTokenStore, RecordStore } from "@discord-oauth2/core"
 * import { Layer, Redacted } from "effect"
 * import { Aead, Kdf, SecureRandom } from "effect/crypto"
 *
 * const layer = AccessTokenStore.layerEncrypted({
 *   keys: [{ id: "2026-11", secret: Redacted.make("what openssl rand -base64 32 has printed") }]
 * }).pipe(
 *   Layer.provide([RecordStore.layerMemory, Aead.layerWebCrypto, Kdf.layerWebCrypto]),
 *   Layer.provide(SecureRandom.layerWebCrypto)
 * )
 * ```
 *
 * **Example** (Every record read once, and so sealed with the first key)
 *
 * ```ts
 * import { AccessTokenStore } from "@discord-oauth2/core"
 * import { Effect, Stream } from "effect"
 *
 * const sealAll = Effect.gen(function*() {
 *   const store = yield* AccessTokenStore.AccessTokenStore
 *   yield* Stream.runForEach(AccessTokenStore.keys(store), (key) =>
 *     Effect.catch(store.get(key), (error) => Effect.logWarning(AccessTokenStore.keyToString(key), error)))
 * })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerEncrypted = (
  options: EncryptedOptions
): Layer.Layer<AccessTokenStore, DiscordConfigurationError, RecordStore.RecordStore | Aead | Kdf | SecureRandom> =>
  Layer.effect(
    AccessTokenStore,
    Effect.zipWith(RecordStore.RecordStore, RecordSealing.make(options), make)
  )

/**
 * Tokens in the memory of this process: for tests, and for applications whose users may sign in again after a restart.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory: Layer.Layer<AccessTokenStore> = Layer.provide(layer, RecordStore.layerMemory)
