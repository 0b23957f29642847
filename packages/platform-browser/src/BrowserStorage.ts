/**
 * The browser's own storage and locks, as references that a test or another host can replace.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * The storage of one tab, which outlives a reload and the way to Discord and back, and ends with the tab.
 *
 * **Details**
 *
 * It is a function, because a browser that blocks site data throws when `sessionStorage` is only looked at.
 *
 * @category services
 * @since 0.1.0
 */
export const SessionStorage = Context.Reference<() => Storage>(
  "@discord-oauth2/platform-browser/BrowserStorage/SessionStorage",
  { defaultValue: () => () => globalThis.sessionStorage }
)

/** What the host has of it: the types claim that each has all. */
const host: { readonly navigator?: Partial<Pick<Navigator, "locks">> } = globalThis

/**
 * The locks that all tabs of an origin share (Web Locks), or `undefined` where there are none: in an insecure context
 * or an old browser.
 *
 * **Example** (A test in which tabs have no lock in common)
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
