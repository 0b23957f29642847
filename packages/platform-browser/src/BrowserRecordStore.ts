/**
 * Records in the browser's storage, for an `AccessTokenStore` that writes them plain or sealed.
 *
 * **Gotchas**
 *
 * Whatever script runs on the page can read the storage, and ask for what is sealed with a key that the page has.
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
 * Which storage.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The storage, asked for at every use. */
  readonly storage: () => Storage
}

/** `KeyValueStore.layerStorage` asks for the storage once, and dies where site data are blocked. */
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
 * Records in any `Storage`.
 *
 * **Details**
 *
 * What the storage throws (no room left, site data blocked) is the error's `cause`. The locks are Web Locks, which every
 * tab of the origin respects, and where there are none locks of this page.
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
 * Records in any `Storage`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<RecordStore.RecordStore> =>
  Layer.effect(RecordStore.RecordStore, make(options))

/**
 * Records in `sessionStorage`, which end with the tab.
 *
 * **Example** (How many users this tab has tokens of)
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
