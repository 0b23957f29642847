/**
 * Stores tokens in the browser's storage. Each user has one value, so that both tokens are always written together.
 *
 * **When to use**
 *
 * For applications whose users stay signed in after a reload, and that have a Content Security Policy.
 * `BrowserDiscord.layer` keeps tokens in memory.
 *
 * **Gotchas**
 *
 * Every script on the page can read the storage.
 *
 * @since 0.1.0
 */
import * as AccessTokenStore from "@discord-oauth2/core/tokens/AccessTokenStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as BrowserRecordStore from "./BrowserRecordStore.ts"

/**
 * Names the storage.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends BrowserRecordStore.Options {}

/**
 * Creates the layer of a store in any `Storage`.
 *
 * **Details**
 *
 * A record that cannot be read fails every call with `AccessTokenStoreError`. It stays in the storage until the user signs
 * in again (`put`) or out (`remove`). An exception of the storage (quota exceeded, site data blocked) is the `cause` of
 * the error. The lock is a Web Lock, which all tabs of the origin share. Without Web Locks it is a lock of this page.
 *
 * **Gotchas**
 *
 * `localStorage` outlives the tab and the browser, and all tabs of the origin share it: a script that runs on the page
 * once can use the tokens for weeks. No layer of this package uses it by default.
 *
 * **Example** (Users who stay signed in after a restart of the browser)
 *
 * ```ts
 * import { BrowserAccessTokenStore, BrowserDiscord } from "@discord-oauth2/platform-browser"
 * import { Layer } from "effect"
 *
 * const layer = BrowserDiscord.layerWithStore({ clientId: "157730590492196864" }).pipe(
 *   Layer.provideMerge(BrowserAccessTokenStore.layer({ storage: () => globalThis.localStorage }))
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<AccessTokenStore.AccessTokenStore> =>
  Layer.provide(AccessTokenStore.layer, BrowserRecordStore.layer(options))

/**
 * The layer of a store in `sessionStorage`. Users stay signed in after a reload, until they close the tab.
 *
 * **Gotchas**
 *
 * A duplicated tab starts with a copy of the tokens. Each refresh token of Discord works once: after one of the tabs has
 * refreshed its token, the user of the other tab has to sign in again.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerSessionStorage: Layer.Layer<AccessTokenStore.AccessTokenStore> = Layer.provide(
  AccessTokenStore.layer,
  BrowserRecordStore.layerSessionStorage
)

/**
 * Creates a store in any `Storage`, for as long as the scope is open.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  options: Options
): Effect.Effect<AccessTokenStore.AccessTokenStore["Service"], never, Scope.Scope> =>
  Effect.map(
    Layer.build(Layer.fresh(layer(options))),
    (context) => Context.get(context, AccessTokenStore.AccessTokenStore)
  )
