/**
 * The address bar: where the page is, and how it leaves for Discord.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/**
 * What a login needs of the address bar.
 *
 * @category models
 * @since 0.1.0
 */
export interface BrowserLocation {
  /** The whole URL of the page. */
  readonly href: Effect.Effect<string>

  /** Leaves the page for another. */
  readonly assign: (url: string) => Effect.Effect<void>

  /** Changes the URL of the page and of its history entry without loading anything. */
  readonly replace: (url: string) => Effect.Effect<void>
}

/**
 * The address bar of the window, where the application sets no other: a test, or a window of a shell like Electron.
 *
 * **Details**
 *
 * `assign` is `location.assign`, and `replace` is `history.replaceState` with the state that the entry has.
 *
 * **Example** (A test that looks where a login goes)
 *
 * ```ts
 * import { BrowserLocation } from "@discord-oauth2/platform-browser"
 * import { Effect, Layer } from "effect"
 *
 * const visited: Array<string> = []
 *
 * const layer = Layer.succeed(BrowserLocation.BrowserLocation, {
 *   href: Effect.succeed("https://app.example/"),
 *   assign: (url) => Effect.sync(() => visited.push(url)),
 *   replace: () => Effect.void
 * })
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export const BrowserLocation = Context.Reference<BrowserLocation>(
  "@discord-oauth2/platform-browser/BrowserLocation",
  {
    defaultValue: () => ({
      href: Effect.sync(() => globalThis.location.href),
      assign: (url) => Effect.sync(() => globalThis.location.assign(url)),
      replace: (url) => Effect.sync(() => globalThis.history.replaceState(globalThis.history.state, "", url))
    })
  }
)
