/**
 * The browser's storage and locks, as references that a test or another host can replace.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * Returns the storage of one tab. It survives a reload and a login at Discord, and is deleted with the tab.
 *
 * **Details**
 *
 * It is a function, because a browser that blocks site data throws as soon as code reads `sessionStorage`.
 *
 * @category services
 * @since 0.1.0
 */
export const SessionStorage = Context.Reference<() => Storage>(
  "@discord-oauth2/platform-browser/BrowserStorage/SessionStorage",
  { defaultValue: () => () => globalThis.sessionStorage }
)

/** The types declare `navigator.locks` for every host, but some hosts do not have it. */
const host: { readonly navigator?: Partial<Pick<Navigator, "locks">> } = globalThis

/**
 * The Web Locks, which all tabs of an origin share. `undefined` in an insecure context and in old browsers, which do not
 * have them.
 *
 * **Example** (A test in which tabs share no lock)
 *
 * ```ts
 * import { BrowserStorage } from "@discord-oauth2/platform-browser"
 * import { Layer } from "effect"
 *
 * const layer = Layer.succeed(BrowserStorage.Locks, undefined)
 * ```
 *
 * @see https://www.w3.org/TR/web-locks/
 * @category services
 * @since 0.1.0
 */
export const Locks = Context.Reference<Pick<LockManager, "request"> | undefined>(
  "@discord-oauth2/platform-browser/BrowserStorage/Locks",
  { defaultValue: () => host.navigator?.locks }
)
