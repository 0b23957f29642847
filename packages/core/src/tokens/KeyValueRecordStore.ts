/**
 * Records in a `KeyValueStore` of Effect: files, a browser's storage, SQL, or whatever implements it.
 *
 * **Details**
 *
 * A record is one value: its generation, a checksum and its text, so that a pair of tokens is never written by halves.
 * `KeyValueStore.layerFileSystem` writes a file in place, and a process that is killed meanwhile leaves half of it. So
 * each value is first written beside the old one and then over it: at every moment one of the two is whole, and the
 * next reader takes the newest that is.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { AccessTokenStoreError } from "../errors/DiscordError.ts"
import { decodeKey } from "./internal/recordKey.ts"
import * as RecordStore from "./RecordStore.ts"

/**
 * How records are kept in a `KeyValueStore`.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * What the keys of records begin with. Other keys of the store are left alone.
   *
   * @default "discord-oauth2:token:"
   */
  readonly prefix?: string | undefined

  /**
   * Whether the store writes a value as a whole or not at all, as a browser's storage, SQL and memory do. Then no value
   * is written twice.
   *
   * @default false
   */
  readonly atomicWrites?: boolean | undefined

  /**
   * Takes the lock of a name until the scope closes. It can be interrupted while it waits, and then holds nothing.
   *
   * @default locks that the fibers of this process respect
   */
  readonly exclusive?: ((name: string) => Effect.Effect<void, AccessTokenStoreError, Scope.Scope>) | undefined
}

/**
 * What is asked of the `KeyValueStore`.
 *
 * @category models
 * @since 0.1.0
 */
export type Store = Pick<KeyValueStore.KeyValueStore, "get" | "set" | "remove" | "keys">

/** The value of a key that cannot be read: torn, or another's. */
const unreadable = "unreadable"

type Found = RecordStore.StoredRecord | typeof unreadable | undefined

/** FNV-1a: against values that are torn, not against those that are forged. */
const checksum = (text: string): string => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

const toValue = ({ generation, value }: RecordStore.StoredRecord) =>
  `${generation} ${checksum(`${generation} ${value}`)}\n${value}`

const header = /^([1-9][0-9]{0,15}) ([0-9a-z]{1,7})\n/

/** The first release's browser store had the generation inside the record. */
const decodeFirst = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ generation: Schema.Int.check(Schema.isGreaterThan(0)) }))
)

const fromValue = (text: string | undefined): Found => {
  if (text === undefined) return undefined
  if (text.startsWith("{")) {
    return Option.getOrElse(
      Option.map(decodeFirst(text), ({ generation }) => ({ generation, value: text })),
      () => unreadable
    )
  }
  const [start, generation, sum] = header.exec(text) ?? []
  if (start === undefined) return unreadable
  const value = text.slice(start.length)
  return checksum(`${generation} ${value}`) === sum ? { generation: Number(generation), value } : unreadable
}

const fullCodes = new Set<unknown>(["ENOSPC", "EDQUOT"])
const fullNames = new Set<unknown>(["QuotaExceededError", "NS_ERROR_DOM_QUOTA_REACHED"])

const isFull = (cause: unknown, depth = 5): boolean =>
  depth > 0 && (
    (Predicate.hasProperty(cause, "code") && fullCodes.has(cause.code)) ||
    (Predicate.hasProperty(cause, "name") && fullNames.has(cause.name)) ||
    (Predicate.hasProperty(cause, "cause") && isFull(cause.cause, depth - 1))
  )

/** A file's error names its path, and a storage's its key; what others say of a write could quote the value. */
const causeOf = (error: KeyValueStore.KeyValueStoreError): unknown => {
  const cause = error.cause ?? error
  const isQuiet = error.method !== "set" || Predicate.isTagged(cause, "PlatformError") ||
    (typeof DOMException !== "undefined" && cause instanceof DOMException)
  return isQuiet ? cause : new Error("the key-value store refused to set a value")
}

const storeError = (operation: string) => (error: KeyValueStore.KeyValueStoreError) =>
  new AccessTokenStoreError({
    operation,
    reason: isFull(error) ? "full" : "unavailable",
    cause: causeOf(error)
  })

/** The other key of a record, with what is about to be its value. */
const next = ":next"
const nextOf = (id: string) => `${id}${next}`
const withoutNext = (name: string) => name.endsWith(next) ? name.slice(0, -next.length) : name

/**
 * Records in any `KeyValueStore`.
 *
 * **Details**
 *
 * A value that cannot be read is `corrupt` for all but `put` and `remove`, and stays as it is.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  store: Store,
  options?: Options
): Effect.fn.Return<RecordStore.RecordStore["Service"], never, Scope.Scope> {
  const prefix = options?.prefix ?? "discord-oauth2:token:"
  const isAtomic = options?.atomicWrites ?? false
  const exclusive = options?.exclusive ?? (yield* RecordStore.makeLocks)
  const firstGeneration = yield* RecordStore.makeFirstGeneration
  const idOf = (key: RecordStore.Key) => `${prefix}${RecordStore.keyToString(key)}`

  /** Alone with a record; an interruption in the middle could tear what is being written. */
  const alone = <A>(id: string, effect: Effect.Effect<A, AccessTokenStoreError>) =>
    Effect.scopedWith((scope) =>
      Effect.andThen(Scope.provide(exclusive(`${id}:write`), scope), Effect.uninterruptible(effect))
    )

  const read = (operation: string, id: string) =>
    Effect.mapBoth(store.get(id), {
      onFailure: storeError(operation),
      onSuccess: fromValue
    })
  const set = (operation: string, id: string, value: string) =>
    Effect.mapError(store.set(id, value), storeError(operation))

  /** A double that is whole and newer is what a process wrote that was killed before it could write it again. */
  const readNewest = Effect.fnUntraced(function*(operation: string, id: string) {
    const found = yield* read(operation, id)
    if (found === undefined || isAtomic) return { found, isDouble: false }
    const double = yield* read(operation, nextOf(id))
    return double === undefined || double === unreadable ||
        (found !== unreadable && found.generation >= double.generation)
      ? { found, isDouble: false }
      : { found: double, isDouble: true }
  })

  /** A double that is the newest takes its place, so that the next write can have the double's. */
  const readAlone = Effect.fnUntraced(function*(operation: string, id: string) {
    const { found, isDouble } = yield* readNewest(operation, id)
    if (isDouble && found !== undefined && found !== unreadable) yield* set(operation, id, toValue(found))
    return found
  })

  const corrupt = (operation: string) => Effect.fail(new AccessTokenStoreError({ operation, reason: "corrupt" }))

  const write = Effect.fnUntraced(function*(operation: string, id: string, record: RecordStore.StoredRecord) {
    const value = toValue(record)
    if (!isAtomic) yield* set(operation, nextOf(id), value)
    yield* set(operation, id, value)
    if (!isAtomic) yield* Effect.ignore(store.remove(nextOf(id)))
    return record.generation
  })

  /** First the double, so that nothing is brought back from it. */
  const erase = (operation: string, id: string) =>
    Effect.mapError(
      isAtomic ? store.remove(id) : Effect.andThen(store.remove(nextOf(id)), store.remove(id)),
      storeError(operation)
    )

  const names = (operation: string) => Effect.mapError(store.keys, storeError(operation))
  const keyOf = (name: string): ReadonlyArray<RecordStore.Key> => {
    if (!name.startsWith(prefix)) return []
    const [clientId, userId, ...rest] = name.slice(prefix.length).split(":")
    return rest.length > 0 ? [] : Option.toArray(decodeKey({ clientId, userId }))
  }
  const keys = (operation: string, filter: RecordStore.Filter) =>
    Effect.map(names(operation), (names) => names.flatMap(keyOf).filter((key) => RecordStore.matches(filter, key)))
  const isOf = (filter: RecordStore.Filter) => (name: string) =>
    keyOf(withoutNext(name)).some((key) => RecordStore.matches(filter, key))

  return RecordStore.RecordStore.of({
    get: Effect.fnUntraced(function*(key) {
      const id = idOf(key)
      const { found } = yield* readNewest("get", id)
      // It may be torn because it is being written.
      const settled = found === unreadable && !isAtomic ? yield* alone(id, readAlone("get", id)) : found
      return settled === unreadable ? yield* corrupt("get") : Option.fromUndefinedOr(settled)
    }),
    put: (key, value) => {
      const id = idOf(key)
      return alone(
        id,
        Effect.gen(function*() {
          const found = yield* readAlone("put", id)
          const generation = found === undefined || found === unreadable
            ? yield* firstGeneration
            : found.generation + 1
          return yield* write("put", id, { generation, value })
        })
      )
    },
    replace: (key, generation, value) => {
      const id = idOf(key)
      return alone(
        id,
        Effect.gen(function*() {
          const found = yield* readAlone("replace", id)
          if (found === unreadable) return yield* corrupt("replace")
          return found?.generation === generation
            ? Option.some(yield* write("replace", id, { generation: generation + 1, value }))
            : Option.none()
        })
      )
    },
    remove: (key) => alone(idOf(key), erase("remove", idOf(key))),
    removeGeneration: (key, generation) => {
      const id = idOf(key)
      return alone(
        id,
        Effect.gen(function*() {
          const found = yield* readAlone("removeGeneration", id)
          if (found === unreadable) return yield* corrupt("removeGeneration")
          if (found?.generation !== generation) return false
          yield* erase("removeGeneration", id)
          return true
        })
      )
    },
    list: (filter, page) => Effect.map(keys("list", filter), (keys) => RecordStore.pageOf(keys, filter, page)),
    count: (filter) => Effect.map(keys("count", filter), (keys) => keys.length),
    removeAll: Effect.fnUntraced(function*(filter) {
      const found = (yield* names("removeAll")).filter(isOf(filter))
      // A double can be all that a process that was killed has left.
      for (const id of new Set(found.map(withoutNext))) yield* alone(id, erase("removeAll", id))
      return found.filter((name) => name === withoutNext(name)).length
    }),
    lock: (key) => exclusive(idOf(key)),
    grace: Duration.zero
  })
})

/**
 * Records in the `KeyValueStore` that is provided.
 *
 * **Gotchas**
 *
 * The locks are this process's, unless `exclusive` gives others: two processes over one directory would each refresh a
 * token, and one of them would lose its user. Use SQL or Redis for more than one.
 *
 * `KeyValueStore.layerFileSystem` does not wait for the disk. A process may be killed at any moment, but where the power
 * fails, the writes of the last seconds can be lost. It makes files that every user of the machine can read, if the
 * directory and the umask allow it: give it a directory of its own with mode 700, or seal the records. And each `list`,
 * `count` or `removeAll` reads the names of all files.
 *
 * **Example** (Tokens in files, for an application of one process)
 *
 * ```ts
 * import { AccessTokenStore, KeyValueRecordStore } from "@discord-oauth2/core"
 * import { NodeFileSystem, NodePath } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { KeyValueStore } from "effect/persistence"
 *
 * const layer = AccessTokenStore.layer.pipe(
 *   Layer.provide(KeyValueRecordStore.layer()),
 *   Layer.provide(KeyValueStore.layerFileSystem("./tokens")),
 *   Layer.provide([NodeFileSystem.layer, NodePath.layer])
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options?: Options
): Layer.Layer<RecordStore.RecordStore, never, KeyValueStore.KeyValueStore> =>
  Layer.effect(
    RecordStore.RecordStore,
    Effect.flatMap(KeyValueStore.KeyValueStore, (store) => make(store, options))
  )
