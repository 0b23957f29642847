/**
 * Reads and writes the records of a `KeyValueStore`, so that a process that is killed never leaves half a record.
 *
 * A store that writes in place, such as files, can leave half a value. There a value is written under a second name (the
 * copy) first, and then over the record: at any time one of the two is whole, and the newest whole one is the record.
 */
import * as Effect from "effect/Effect"
import type { KeyValueStore } from "effect/persistence/KeyValueStore"
import type { AccessTokenStoreError } from "../../errors/DiscordError.ts"
import type { StoredRecord } from "../RecordStore.ts"
import { toStoreError } from "./keyValueFailure.ts"
import { decode, encode, type Found, unreadable } from "./keyValueText.ts"

/** The operations on one record. Each takes the name of the operation that its errors report. */
export interface KeyValueRecords {
  /** Whether a record that cannot be read may only be in the middle of a write. */
  readonly writesInPlace: boolean

  readonly read: (operation: string, id: string) => Effect.Effect<Found, AccessTokenStoreError>

  /** Reads the record for a write, while nobody else writes it. */
  readonly readToWrite: (operation: string, id: string) => Effect.Effect<Found, AccessTokenStoreError>

  /** Writes the record, and returns its generation. */
  readonly write: (operation: string, id: string, record: StoredRecord) => Effect.Effect<number, AccessTokenStoreError>

  readonly remove: (operation: string, id: string) => Effect.Effect<void, AccessTokenStoreError>
}

type Store = Pick<KeyValueStore, "get" | "set" | "remove">

const suffix = ":next"

const copyOf = (id: string) => `${id}${suffix}`

/** Returns the name of the record, for its own name and for that of its copy. */
export const withoutSuffix = (name: string): string => name.endsWith(suffix) ? name.slice(0, -suffix.length) : name

const readFrom = (store: Store) => (operation: string, id: string) =>
  Effect.mapBoth(store.get(id), { onFailure: toStoreError(operation), onSuccess: decode })

const setIn = (store: Store) => (operation: string, id: string, record: StoredRecord) =>
  Effect.mapError(store.set(id, encode(record)), toStoreError(operation))

/** Records of a store that writes a value as a whole or not at all. */
export const atomic = (store: Store): KeyValueRecords => {
  const read = readFrom(store)
  const set = setIn(store)
  return {
    writesInPlace: false,
    read,
    readToWrite: read,
    write: (operation, id, record) => Effect.as(set(operation, id, record), record.generation),
    remove: (operation, id) => Effect.mapError(store.remove(id), toStoreError(operation))
  }
}

/** Records of a store that writes values in place. */
export const withCopies = (store: Store): KeyValueRecords => {
  const read = readFrom(store)
  const set = setIn(store)

  /** A copy that is whole and newer is from a process that was killed before it could write the record. */
  const readNewest = Effect.fnUntraced(function*(operation: string, id: string) {
    const found = yield* read(operation, id)
    if (found === undefined) return { found, isCopy: false }
    const copy = yield* read(operation, copyOf(id))
    return copy === undefined || copy === unreadable ||
        (found !== unreadable && found.generation >= copy.generation)
      ? { found, isCopy: false }
      : { found: copy, isCopy: true }
  })

  return {
    writesInPlace: true,
    read: (operation, id) => Effect.map(readNewest(operation, id), ({ found }) => found),
    // A newer copy is written over the record, because the next write overwrites the copy.
    readToWrite: Effect.fnUntraced(function*(operation, id) {
      const { found, isCopy } = yield* readNewest(operation, id)
      if (isCopy && found !== undefined && found !== unreadable) yield* set(operation, id, found)
      return found
    }),
    write: Effect.fnUntraced(function*(operation, id, record) {
      yield* set(operation, copyOf(id), record)
      yield* set(operation, id, record)
      yield* Effect.ignore(store.remove(copyOf(id)))
      return record.generation
    }),
    // The copy first, so that no reader takes it for the record.
    remove: (operation, id) =>
      Effect.mapError(
        Effect.andThen(store.remove(copyOf(id)), store.remove(id)),
        toStoreError(operation)
      )
  }
}
