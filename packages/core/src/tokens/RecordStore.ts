/**
 * Where the records of an `AccessTokenStore` are kept: one text for each user and application.
 *
 * **Details**
 *
 * This is the seam between what a record means and where it lies. `AccessTokenStore` turns tokens into texts, plain or
 * sealed, and back; a record store keeps texts and knows nothing of tokens. To support another database, implement this
 * service: versions, migration and encryption are already done.
 *
 * A record has a generation that grows with every write. A write over one generation is atomic, also
 * while other processes write. So a late writer cannot undo a newer write.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { AccessTokenStoreError } from "../errors/DiscordError.ts"
import type { ApplicationId, UserId } from "../models/Snowflake.ts"

/**
 * Whose record it is, and which application's.
 *
 * @category models
 * @since 0.1.0
 */
export interface Key {
  readonly clientId: ApplicationId
  readonly userId: UserId
}

/**
 * Which records: those of an application, of a user in all applications, of both, or all.
 *
 * @category models
 * @since 0.1.0
 */
export interface Filter {
  readonly clientId?: ApplicationId | undefined
  readonly userId?: UserId | undefined
}

/**
 * A page of keys.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page {
  /** The last key of the page before. */
  readonly after?: Key | undefined

  /** At most this many. */
  readonly limit: number
}

/**
 * A text and its generation.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredRecord {
  readonly value: string

  /** A positive safe integer. One that a key has had once never comes back, not even after a removal. */
  readonly generation: number
}

/**
 * The record store.
 *
 * **Gotchas**
 *
 * A write that succeeded must outlive the process, if the store is to be more than a memory; and a write that may have
 * happened must not be reported as one that did not.
 *
 * **Example** (Records that nobody removes, for an application under maintenance)
 *
 * ```ts
 * import { RecordStore } from "@discord-oauth2/core"
 * import { Effect, Layer } from "effect"
 *
 * const layer = Layer.effect(
 *   RecordStore.RecordStore,
 *   Effect.map(RecordStore.RecordStore, (records) => ({
 *     ...records,
 *     remove: () => Effect.void,
 *     removeAll: () => Effect.succeed(0),
 *     removeGeneration: () => Effect.succeed(false)
 *   }))
 * ).pipe(Layer.provide(RecordStore.layerMemory))
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class RecordStore extends Context.Service<RecordStore, {
  readonly get: (key: Key) => Effect.Effect<Option.Option<StoredRecord>, AccessTokenStoreError>

  /** Writes over whatever is there, and gives the new generation. */
  readonly put: (key: Key, value: string) => Effect.Effect<number, AccessTokenStoreError>

  /** Writes over one generation alone, and gives the new one; `None`, and nothing written, where it is not there. */
  readonly replace: (
    key: Key,
    generation: number,
    value: string
  ) => Effect.Effect<Option.Option<number>, AccessTokenStoreError>

  readonly remove: (key: Key) => Effect.Effect<void, AccessTokenStoreError>

  /** Removes one generation alone, and tells whether it was there. */
  readonly removeGeneration: (key: Key, generation: number) => Effect.Effect<boolean, AccessTokenStoreError>

  /** Keys in the order of `clientId` and then `userId`, as text. */
  readonly list: (filter: Filter, page: Page) => Effect.Effect<ReadonlyArray<Key>, AccessTokenStoreError>

  readonly count: (filter: Filter) => Effect.Effect<number, AccessTokenStoreError>

  /** Removes every record that the filter names, and tells how many there were. */
  readonly removeAll: (filter: Filter) => Effect.Effect<number, AccessTokenStoreError>

  /**
   * Takes the user's lock until the scope closes. It waits as long as another holds it, in whatever process shares the
   * store, and can be interrupted meanwhile.
   */
  readonly lock: (key: Key) => Effect.Effect<void, AccessTokenStoreError, Scope.Scope>

  /**
   * How long after it has sent a refresh token a process may still write the answer, although it has lost the lock: zero
   * where a lock ends with its holder alone, and not by itself after a time.
   */
  readonly grace: Duration.Duration
}>()("@discord-oauth2/core/tokens/RecordStore") {}

/**
 * A key as one string.
 *
 * @category getters
 * @since 0.1.0
 */
export const keyToString = (key: Key): string => `${key.clientId}:${key.userId}`

/**
 * Orders keys as text: by application, and then by user.
 *
 * @category getters
 * @since 0.1.0
 */
export const compareKeys = (a: Key, b: Key): -1 | 0 | 1 =>
  a.clientId === b.clientId ? compare(a.userId, b.userId) : compare(a.clientId, b.clientId)

const compare = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0

/**
 * Whether a filter names a key.
 *
 * @category guards
 * @since 0.1.0
 */
export const matches = (filter: Filter, key: Key): boolean =>
  (filter.clientId === undefined || filter.clientId === key.clientId) &&
  (filter.userId === undefined || filter.userId === key.userId)

/**
 * One page of keys that a store can only give all at once.
 *
 * **Example** (The first page, in order)
 *
 * ```ts
 * import { RecordStore, Snowflake } from "@discord-oauth2/core"
 *
 * const keyOf = (userId: string): RecordStore.Key => ({
 *   clientId: Snowflake.ApplicationId.make("157730590492196864"),
 *   userId: Snowflake.UserId.make(userId)
 * })
 * const page = RecordStore.pageOf([keyOf("3"), keyOf("1"), keyOf("2")], {}, { limit: 2 })
 *
 * page.map(({ userId }) => userId) // => ["1", "2"]
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const pageOf = (keys: Iterable<Key>, filter: Filter, { after, limit }: Page): ReadonlyArray<Key> =>
  Array.from(keys)
    .filter((key) => matches(filter, key) && (after === undefined || compareKeys(key, after) > 0))
    .sort(compareKeys)
    .slice(0, limit)

/** How many writes have room between one first generation and the next; a millisecond of the clock is as wide. */
const generationsApart = 1024

/**
 * Generations for keys that have no record, so far apart that a record that counts on from one does not reach the next.
 *
 * **Details**
 *
 * They follow the clock, which keeps them apart from those of an earlier process, and begin anywhere within their
 * millisecond, which keeps them apart from those of another one. They grow even where the clock stands still or goes
 * back, and are exact until the year 2248.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeFirstGeneration: Effect.Effect<Effect.Effect<number>> = Effect.sync(() => {
  let latest = 0
  return Effect.zipWith(
    Clock.currentTimeMillis,
    Random.nextIntBetween(0, generationsApart),
    (now, start) => latest = Math.max(Math.max(1, now) * generationsApart + start, latest + generationsApart)
  )
})

/**
 * A lock for each name, which the fibers of this process respect.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeLocks: Effect.Effect<(name: string) => Effect.Effect<void, never, Scope.Scope>, never, Scope.Scope> =
  Effect.map(
    RcMap.make({ lookup: (_: string) => Semaphore.make(1) }),
    (semaphores) => (name) =>
      Effect.flatMap(RcMap.get(semaphores, name), (semaphore) => Semaphore.takeScoped(semaphore, 1))
  )

/**
 * Records in the memory of this process.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory: Layer.Layer<RecordStore> = Layer.effect(
  RecordStore,
  Effect.gen(function*() {
    const records = new Map<string, { readonly key: Key } & StoredRecord>()
    const lock = yield* makeLocks
    const firstGeneration = yield* makeFirstGeneration
    const keys = () => Array.from(records.values(), ({ key }) => key)

    const write = (id: string, key: Key, value: string, first: number) => {
      const generation = (records.get(id)?.generation ?? first - 1) + 1
      records.set(id, { key, value, generation })
      return generation
    }
    const removeGeneration = (key: Key, generation: number) => {
      const id = keyToString(key)
      return records.get(id)?.generation === generation && records.delete(id)
    }

    return RecordStore.of({
      get: (key) => Effect.sync(() => Option.fromUndefinedOr(records.get(keyToString(key)))),
      put: (key, value) => Effect.map(firstGeneration, (first) => write(keyToString(key), key, value, first)),
      replace: (key, generation, value) =>
        Effect.sync(() => {
          const id = keyToString(key)
          return records.get(id)?.generation === generation
            ? Option.some(write(id, key, value, generation))
            : Option.none()
        }),
      remove: (key) => Effect.sync(() => void records.delete(keyToString(key))),
      removeGeneration: (key, generation) => Effect.sync(() => removeGeneration(key, generation)),
      list: (filter, page) => Effect.sync(() => pageOf(keys(), filter, page)),
      count: (filter) => Effect.sync(() => keys().filter((key) => matches(filter, key)).length),
      removeAll: (filter) =>
        Effect.sync(() => {
          const removed = keys().filter((key) => matches(filter, key))
          for (const key of removed) records.delete(keyToString(key))
          return removed.length
        }),
      lock: (key) => lock(keyToString(key)),
      grace: Duration.zero
    })
  })
)
