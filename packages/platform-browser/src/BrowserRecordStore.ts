/**
 * Stores records in the browser's storage, for an `AccessTokenStore` that writes them as plain text or sealed.
 *
 * **Gotchas**
 *
 * Every script on the page can read the storage. If the page has the key of sealed records, the script can open them too.
 *
 * @since 0.1.0
 */
import * as KeyValueRecordStore from "@discord-oauth2/core/tokens/KeyValueRecordStore"
import * as RecordStore from "@discord-oauth2/core/tokens/RecordStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import type * as Scope from "effect/Scope"
import * as BrowserStorage from "./BrowserStorage.ts"
import { takeWebLock } from "./internal/webLock.ts"

/**
 * Names the storage.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** Returns the storage. It is called at every use. */
  readonly storage: () => Storage
}

/** Unlike `KeyValueStore.layerStorage`, it does not die in a browser that blocks site data. */
const storeOf = (storage: () => Storage): KeyValueRecordStore.Store => {
  const use = <A>(method: string, f: (storage: Storage) => A) =>
    Effect.try({
      try: () => f(storage()),
      catch: (cause) => new KeyValueStore.KeyValueStoreError({ method, message: "the browser's storage failed", cause })
    })
  return {
    get: (key) => use("get", (storage) => storage.getItem(key) ?? undefined),
    set: (key, value) => use("set", (storage) => storage.setItem(key, String(value))),
    remove: (key) => use("remove", (storage) => storage.removeItem(key)),
    keys: use(
      "keys",
      (storage) =>
        Array.from({ length: storage.length }, (_, index) => storage.key(index)).filter((key) => key !== null)
    )
  }
}

/**
 * Creates a record store in any `Storage`.
 *
 * **Details**
 *
 * An exception of the storage (quota exceeded, site data blocked) is the `cause` of the error. The locks are Web Locks,
 * which all tabs of the origin share. Without Web Locks they are locks of this page.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<RecordStore.RecordStore["Service"], never, Scope.Scope> =>
  Effect.flatMap(BrowserStorage.Locks, (locks) =>
    KeyValueRecordStore.make(storeOf(options.storage), {
      atomicWrites: true,
      ...(locks !== undefined && { exclusive: (name) => takeWebLock(locks, name) })
    }))

/**
 * Creates the layer of a record store in any `Storage`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<RecordStore.RecordStore> =>
  Layer.effect(RecordStore.RecordStore, make(options))

/**
 * The layer of a record store in `sessionStorage`, whose records are deleted with the tab.
 *
 * **Example** (Counting the users whose tokens this tab has)
 *
 * ```ts
 * import { RecordStore } from "@discord-oauth2/core"
 * import { BrowserRecordStore } from "@discord-oauth2/platform-browser"
 * import { Effect } from "effect"
 *
 * const users = Effect.flatMap(RecordStore.RecordStore, (records) => records.count({})).pipe(
 *   Effect.provide(BrowserRecordStore.layerSessionStorage)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerSessionStorage: Layer.Layer<RecordStore.RecordStore> = Layer.effect(
  RecordStore.RecordStore,
  Effect.flatMap(BrowserStorage.SessionStorage, (storage) => make({ storage }))
)
