/**
 * Stores the tokens of signed-in users, one record for each user and application.
 *
 * **Details**
 *
 * A record has a generation that grows with every write. A refresh replaces only the generation it read, and removes a
 * rejected token only if the record still has that generation. So it never overwrites a newer token of another fiber or
 * process. Before a refresh token is sent, the record is marked with the time. After a crash the mark shows that the
 * response may be lost.
 *
 * A `RecordStore` keeps the texts of the records: in memory, in a `KeyValueStore`, in SQL or in Redis. `layerEncrypted`
 * seals them in each of these.
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
 * The user and the application that a token belongs to.
 *
 * @category models
 * @since 0.1.0
 */
export type Key = RecordStore.Key

/**
 * The content of a user's record.
 *
 * @category models
 * @since 0.1.0
 */
export interface Content extends TokenRecord.Content {}

/**
 * The content of a user's record, and its generation.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredToken extends Content {
  readonly generation: number
}

/**
 * Reads and writes the tokens of users.
 *
 * **Example** (A store that logs each sign-in)
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
  /** Returns the user's token, if there is one. */
  readonly get: (key: Key) => Effect.Effect<Option.Option<StoredToken>, AccessTokenStoreError>

  /** Writes the token of a sign-in. It replaces any existing record, even one that cannot be read. */
  readonly put: (key: Key, token: AccessToken) => Effect.Effect<StoredToken, AccessTokenStoreError>

  /** Replaces a record if it has this generation. Otherwise returns `None` and writes nothing. */
  readonly replace: (
    key: Key,
    generation: number,
    content: Content
  ) => Effect.Effect<Option.Option<StoredToken>, AccessTokenStoreError>

  /** Removes the user's token. */
  readonly remove: (key: Key) => Effect.Effect<void, AccessTokenStoreError>

  /** Removes the user's token if it has this generation. Returns whether it did. */
  readonly removeGeneration: (key: Key, generation: number) => Effect.Effect<boolean, AccessTokenStoreError>

  /** Returns a page of keys, ordered by `clientId` and then `userId` as text. `keys` streams all of them. */
  readonly list: (
    filter: RecordStore.Filter,
    page: RecordStore.Page
  ) => Effect.Effect<ReadonlyArray<Key>, AccessTokenStoreError>

  /** Returns the number of tokens. */
  readonly count: (filter: RecordStore.Filter) => Effect.Effect<number, AccessTokenStoreError>

  /**
   * Removes all tokens of a user or an application, or all tokens with `{}`. Returns how many there were. It does not
   * revoke them: revoke a token first if it must end at Discord too.
   */
  readonly removeAll: (filter: RecordStore.Filter) => Effect.Effect<number, AccessTokenStoreError>

  /**
   * Takes the user's lock until the scope closes. Waits while another holder has it, in this process or in another one
   * that shares the store.
   */
  readonly lock: (key: Key) => Effect.Effect<void, AccessTokenStoreError, Scope.Scope>

  /**
   * How long after `sentAt` a process that has lost the lock may still write the response. It is zero if a lock ends only
   * with its holder.
   */
  readonly grace: Duration.Duration
}>()("@discord-oauth2/core/tokens/AccessTokenStore") {}

/**
 * Returns a key as one string.
 *
 * @category getters
 * @since 0.1.0
 */
export const keyToString: (key: Key) => string = RecordStore.keyToString

/**
 * Streams all keys that match a filter. It reads pages of 1,000 keys.
 *
 * **Example** (Count the users of more than one application)
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
 * Runs an effect while it holds the user's lock. If it does not get the lock within `atMost` (default 30 seconds), it
 * fails with `AccessTokenStoreError` and the reason `locked`, and does not run the effect.
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
   * Writes a record that was read with an old key again, with the new one. If another writer was faster, returns the
   * newer record. If it fails, returns the record as it was read, and the next reader tries again.
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
 * Creates a layer that stores tokens as plain text in the current `RecordStore`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<AccessTokenStore, never, RecordStore.RecordStore> = Layer.effect(
  AccessTokenStore,
  Effect.map(RecordStore.RecordStore, (records) => make(records, RecordSealing.plain))
)

/**
 * Options of encrypted records.
 *
 * @category options
 * @since 0.1.0
 */
export interface EncryptedOptions {
  /**
   * The keys. The first key seals, and every key opens.
   */
  readonly keys: ReadonlyArray<{
    /** The id of the key: 1 to 32 letters (A to Z), digits, hyphens and underscores. Records contain it as plain text. */
    readonly id: string

    /** At least 32 random bytes as text. `openssl rand -base64 32` creates one. */
    readonly secret: Redacted.Redacted
  }>

  /**
   * What to do with a record in plain text. `"accept"` reads and seals it, for an application that changes to encrypted
   * records. Turn it off afterwards: an attacker who can write to the database could add plain records.
   *
   * @default "refuse"
   */
  readonly plain?: "refuse" | "accept" | undefined
}

/**
 * Creates a layer that stores tokens in the current `RecordStore`, sealed with AES-256-GCM.
 *
 * **Details**
 *
 * A record is bound to its user and application, and cannot be opened for another one. It contains the id of its key.
 * When a record is read that is plain text or was sealed with an older key, it is sealed again with the first key. If
 * that fails, the next reader tries again. The database still shows which users have a record, when it changes and how
 * long it is.
 *
 * Reading a record that cannot be opened fails with `AccessTokenStoreError` and the reason `unknown-key`, `not-sealed` or
 * `corrupt`. The record stays as it is. Invalid keys fail with `DiscordConfigurationError`.
 *
 * To replace a key:
 *
 * 1. Add the new key at the end of `keys` in every process.
 * 2. Move the new key to the beginning.
 * 3. Read every record once.
 * 4. Remove the old key.
 *
 * To encrypt plain records, pass `plain: "accept"`, read every record once, and remove the option.
 *
 * **Gotchas**
 *
 * An attacker who can write to the database can restore an older record of the same user. Its refresh token is used up,
 * so the user has to sign in again. A record cannot be read without its key. A key should seal at most 2^32 records.
 *
 * **Example** (On Node, while a key is replaced)
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
 * **Example** (With WebCrypto: in a Worker, Deno, Bun or a browser)
 *
 * ```ts
 * import { AccessTokenStore, RecordStore } from "@discord-oauth2/core"
 * import { Layer, Redacted } from "effect"
 * import { Aead, Kdf, SecureRandom } from "effect/crypto"
 *
 * const layer = AccessTokenStore.layerEncrypted({
 *   keys: [{ id: "2026-11", secret: Redacted.make("the output of openssl rand -base64 32") }]
 * }).pipe(
 *   Layer.provide([RecordStore.layerMemory, Aead.layerWebCrypto, Kdf.layerWebCrypto]),
 *   Layer.provide(SecureRandom.layerWebCrypto)
 * )
 * ```
 *
 * **Example** (Read every record once, to seal it with the first key)
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
 * Stores tokens in memory: for tests, and for applications whose users can sign in again after a restart.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory: Layer.Layer<AccessTokenStore> = Layer.provide(layer, RecordStore.layerMemory)
