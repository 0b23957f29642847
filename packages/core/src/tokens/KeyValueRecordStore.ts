/**
 * Stores records in a `KeyValueStore` of Effect: files, a browser's storage, or any other implementation.
 *
 * **Details**
 *
 * A record is one value: its generation, a checksum and its text. `KeyValueStore.layerFileSystem` writes a file in place,
 * so a process that is killed during a write leaves half a file. Unless `atomicWrites` is set, each value is therefore
 * written under a second key first, and then over the record. At any time one of the two is whole, and a reader takes the
 * newest whole one.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as Scope from "effect/Scope"
import { AccessTokenStoreError } from "../errors/DiscordError.ts"
import { toStoreError } from "./internal/keyValueFailure.ts"
import * as KeyValueRecords from "./internal/keyValueRecords.ts"
import { type Found, unreadable } from "./internal/keyValueText.ts"
import { decodeKey } from "./internal/recordKey.ts"
import * as RecordStore from "./RecordStore.ts"

/**
 * Options of a record store over a `KeyValueStore`.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * The prefix of the records' keys. The record store ignores keys without it.
   *
   * @default "discord-oauth2:token:"
   */
  readonly prefix?: string | undefined

  /**
   * Whether the store writes a value as a whole or not at all, as a browser's storage, SQL and memory do. Then each value
   * is written once instead of twice.
   *
   * @default false
   */
  readonly atomicWrites?: boolean | undefined

  /**
   * Takes the lock of a name until the scope closes. It must be interruptible while it waits, and hold nothing then.
   *
   * @default locks between the fibers of this process
   */
  readonly exclusive?: ((name: string) => Effect.Effect<void, AccessTokenStoreError, Scope.Scope>) | undefined
}

/**
 * The part of a `KeyValueStore` that the record store uses.
 *
 * @category models
 * @since 0.1.0
 */
export type Store = Pick<KeyValueStore.KeyValueStore, "get" | "set" | "remove" | "keys">

/** Reads the key of a record from its name, without the prefix. */
const keyOf = (name: string): Option.Option<RecordStore.Key> => {
  const [clientId, userId, ...rest] = name.split(":")
  return rest.length > 0 ? Option.none() : decodeKey({ clientId, userId })
}

const corrupt = (operation: string) => Effect.fail(new AccessTokenStoreError({ operation, reason: "corrupt" }))

/** The names of records: each is the prefix and a key, or that and the suffix of a copy. */
const makeNames = (store: Store, prefix: string) => {
  const all = (operation: string) => Effect.mapError(store.keys, toStoreError(operation))
  const keysOf = (name: string) => name.startsWith(prefix) ? Option.toArray(keyOf(name.slice(prefix.length))) : []
  return {
    idOf: (key: RecordStore.Key) => `${prefix}${RecordStore.keyToString(key)}`,
    keys: (operation: string, filter: RecordStore.Filter) =>
      Effect.map(
        all(operation),
        (names) => names.flatMap(keysOf).filter((key) => RecordStore.matches(filter, key))
      ),
    /** Names of copies too: a copy can be all that is left of a record. */
    withCopies: (operation: string, filter: RecordStore.Filter) =>
      Effect.map(
        all(operation),
        (names) =>
          names.filter((name) =>
            keysOf(KeyValueRecords.withoutSuffix(name)).some((key) => RecordStore.matches(filter, key))
          )
      )
  }
}

/** The ways to change a record while nobody else changes it. */
const makeChanges = (
  exclusive: NonNullable<Options["exclusive"]>,
  records: KeyValueRecords.KeyValueRecords,
  idOf: (key: RecordStore.Key) => string
) => {
  // Without interruption, which could leave half a value.
  const alone = <A>(id: string, effect: Effect.Effect<A, AccessTokenStoreError>) =>
    Effect.scopedWith((scope) =>
      Effect.andThen(Scope.provide(exclusive(`${id}:write`), scope), Effect.uninterruptible(effect))
    )

  const onRecord = <A>(
    operation: string,
    key: RecordStore.Key,
    use: (found: Found, id: string) => Effect.Effect<A, AccessTokenStoreError>
  ) => {
    const id = idOf(key)
    return alone(id, Effect.flatMap(records.readToWrite(operation, id), (found) => use(found, id)))
  }

  /** Returns `None` when the record has another generation or is gone. */
  const onGeneration = <A>(
    operation: string,
    key: RecordStore.Key,
    generation: number,
    use: (id: string) => Effect.Effect<A, AccessTokenStoreError>
  ): Effect.Effect<Option.Option<A>, AccessTokenStoreError> =>
    onRecord(operation, key, (found, id) => {
      if (found === unreadable) return corrupt(operation)
      return found?.generation === generation ? Effect.asSome(use(id)) : Effect.succeedNone
    })

  return { alone, onRecord, onGeneration }
}

/**
 * Makes a record store over any `KeyValueStore`.
 *
 * **Details**
 *
 * A value that cannot be read fails with the reason `corrupt` and stays as it is. `put` and `remove` overwrite and remove
 * it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  store: Store,
  options: Options = {}
): Effect.fn.Return<RecordStore.RecordStore["Service"], never, Scope.Scope> {
  const exclusive = options.exclusive ?? (yield* RecordStore.makeLocks)
  const firstGeneration = yield* RecordStore.makeFirstGeneration
  const records = options.atomicWrites === true ? KeyValueRecords.atomic(store) : KeyValueRecords.withCopies(store)
  const names = makeNames(store, options.prefix ?? "discord-oauth2:token:")
  const { alone, onGeneration, onRecord } = makeChanges(exclusive, records, names.idOf)

  return RecordStore.RecordStore.of({
    get: Effect.fnUntraced(function*(key) {
      const id = names.idOf(key)
      const found = yield* records.read("get", id)
      // It may be in the middle of a write.
      const isTorn = found === unreadable && records.writesInPlace
      const settled = isTorn ? yield* onRecord("get", key, Effect.succeed) : found
      return settled === unreadable ? yield* corrupt("get") : Option.fromUndefinedOr(settled)
    }),
    put: (key, value) =>
      onRecord("put", key, (found, id) =>
        Effect.flatMap(
          found === undefined || found === unreadable ? firstGeneration : Effect.succeed(found.generation + 1),
          (generation) => records.write("put", id, { generation, value })
        )),
    replace: (key, generation, value) =>
      onGeneration(
        "replace",
        key,
        generation,
        (id) => records.write("replace", id, { generation: generation + 1, value })
      ),
    remove: (key) => alone(names.idOf(key), records.remove("remove", names.idOf(key))),
    removeGeneration: (key, generation) =>
      Effect.map(
        onGeneration("removeGeneration", key, generation, (id) => records.remove("removeGeneration", id)),
        Option.isSome
      ),
    list: (filter, page) => Effect.map(names.keys("list", filter), (keys) => RecordStore.pageOf(keys, filter, page)),
    count: (filter) => Effect.map(names.keys("count", filter), (keys) => keys.length),
    removeAll: Effect.fnUntraced(function*(filter) {
      const found = yield* names.withCopies("removeAll", filter)
      for (const id of new Set(found.map(KeyValueRecords.withoutSuffix))) {
        yield* alone(id, records.remove("removeAll", id))
      }
      return found.filter((name) => name === KeyValueRecords.withoutSuffix(name)).length
    }),
    lock: (key) => exclusive(names.idOf(key)),
    grace: Duration.zero
  })
})

/**
 * Creates a layer that stores records in the current `KeyValueStore`.
 *
 * **Gotchas**
 *
 * The locks are those of this process, unless `exclusive` provides others. Two processes that share a directory can both
 * send the same refresh token, and the user is signed out. Use SQL or Redis for more than one process.
 *
 * `KeyValueStore.layerFileSystem` does not wait for the disk. Records survive a killed process, but a power failure can
 * lose the writes of the last seconds.
 *
 * `KeyValueStore.layerFileSystem` creates files that every user of the machine can read, if the directory and the umask
 * allow it. Use a directory of its own with mode 700, or encrypt the records.
 *
 * `list`, `count` and `removeAll` read the names of all files.
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
