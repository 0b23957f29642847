/**
 * Stores the records of an `AccessTokenStore`: one text for each user and application.
 *
 * **When to use**
 *
 * Implement it to keep tokens in another database. `AccessTokenStore` turns tokens into texts and back, and adds
 * versions, migration and encryption. A record store only keeps the texts.
 *
 * **Details**
 *
 * A record has a generation that grows with every write. `replace` and `removeGeneration` are atomic: they change a
 * record only if it has the expected generation. So a late writer cannot overwrite a newer record.
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
 * The user and the application that a record belongs to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Key {
  readonly clientId: ApplicationId
  readonly userId: UserId
}

/**
 * Selects records by application, by user, by both, or selects all with `{}`.
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
  /** The last key of the previous page. */
  readonly after?: Key | undefined

  /** The maximum number of keys. */
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

  /** A positive safe integer. A key never has the same generation again, not even after its record was removed. */
  readonly generation: number
}

/**
 * Reads and writes the texts of records.
 *
 * **Gotchas**
 *
 * An implementation must not return before a write is durable. If a write may have happened, it must not report that the
 * write did not happen.
 *
 * **Example** (A store that removes no records, for an application under maintenance)
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

  /** Writes a record, and replaces an existing one. Returns the new generation. */
  readonly put: (key: Key, value: string) => Effect.Effect<number, AccessTokenStoreError>

  /** Replaces a record if it has this generation. Returns the new generation, or `None` if it wrote nothing. */
  readonly replace: (
    key: Key,
    generation: number,
    value: string
  ) => Effect.Effect<Option.Option<number>, AccessTokenStoreError>

  readonly remove: (key: Key) => Effect.Effect<void, AccessTokenStoreError>

  /** Removes a record if it has this generation. Returns whether it did. */
  readonly removeGeneration: (key: Key, generation: number) => Effect.Effect<boolean, AccessTokenStoreError>

  /** Returns a page of keys, ordered by `clientId` and then `userId` as text. */
  readonly list: (filter: Filter, page: Page) => Effect.Effect<ReadonlyArray<Key>, AccessTokenStoreError>

  readonly count: (filter: Filter) => Effect.Effect<number, AccessTokenStoreError>

  /** Removes every record that matches the filter. Returns how many there were. */
  readonly removeAll: (filter: Filter) => Effect.Effect<number, AccessTokenStoreError>

  /**
   * Takes the user's lock until the scope closes. Waits while another holder has it, in this process or in another one
   * that shares the store. It can be interrupted while it waits.
   */
  readonly lock: (key: Key) => Effect.Effect<void, AccessTokenStoreError, Scope.Scope>

  /**
   * How long after sending a refresh token a process that has lost the lock may still write the response. It is zero if
   * a lock ends only with its holder and does not expire.
   */
  readonly grace: Duration.Duration
}>()("@discord-oauth2/core/tokens/RecordStore") {}

/**
 * Returns a key as one string.
 *
 * @category getters
 * @since 0.1.0
 */
export const keyToString = (key: Key): string => `${key.clientId}:${key.userId}`

/**
 * Compares keys as text: by application, and then by user.
 *
 * @category getters
 * @since 0.1.0
 */
export const compareKeys = (a: Key, b: Key): -1 | 0 | 1 =>
  a.clientId === b.clientId ? compare(a.userId, b.userId) : compare(a.clientId, b.clientId)

const compare = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0

/**
 * Returns whether a key matches a filter.
 *
 * @category guards
 * @since 0.1.0
 */
export const matches = (filter: Filter, key: Key): boolean =>
  (filter.clientId === undefined || filter.clientId === key.clientId) &&
  (filter.userId === undefined || filter.userId === key.userId)

/**
 * Returns one page of keys, for a store that can only list all of its keys.
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

/** The distance between two first generations, which is also the number of generations for each millisecond. */
const generationsApart = 1024

/**
 * Creates a source of first generations, for keys that have no record.
 *
 * **Details**
 *
 * A first generation is the time in milliseconds, times 1,024, plus a random number below 1,024. The time makes it
 * differ from the generations of earlier processes, and the random number from those of processes that run at the same
 * time. The values grow even if the clock stops or goes back, and are exact until the year 2248.
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
 * Creates a function that takes the lock of a name, among the fibers of this process.
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
 * Stores records in the memory of this process.
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
