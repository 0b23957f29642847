/**
 * Tokens in the browser's storage, one value a user, so that a pair is never written by halves.
 *
 * **Gotchas**
 *
 * Whatever script runs on the page can read the storage. `BrowserDiscord.layer` keeps tokens in memory; this store is
 * for applications that want their users to stay signed in over a reload, and have a Content Security Policy.
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
 * Which storage.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends BrowserRecordStore.Options {}

/**
 * The store over any `Storage`.
 *
 * **Details**
 *
 * A record that cannot be read fails every call with `AccessTokenStoreError` and stays as it is, until the user signs in
 * again (`put`) or out (`remove`). What the storage throws (no room left, site data blocked) is the error's `cause`.
 * The lock is a Web Lock, which every tab of the origin respects, and where there are none a lock of this page.
 *
 * **Gotchas**
 *
 * `localStorage` outlives the tab and the browser, and shares the user's tokens with every tab of the origin: whatever
 * script gets onto the page once has them for weeks. Nothing here chooses it for you.
 *
 * **Example** (Users who stay signed in over a restart of the browser)
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
 * The store over `sessionStorage`: a user stays signed in over a reload of the tab, and no longer than the tab.
 *
 * **Gotchas**
 *
 * A tab that the user duplicates starts with a copy. Discord's refresh tokens work once, so after the first of the two
 * has refreshed its own, the other's user has to sign in again.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerSessionStorage: Layer.Layer<AccessTokenStore.AccessTokenStore> = Layer.provide(
  AccessTokenStore.layer,
  BrowserRecordStore.layerSessionStorage
)

/**
 * The store over any `Storage`, for as long as the scope is open.
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
