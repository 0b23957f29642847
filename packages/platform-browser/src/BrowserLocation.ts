/**
 * The URL of the page: reads it, changes it, and sends the browser to Discord.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/**
 * Reads and changes the URL of the page.
 *
 * @category models
 * @since 0.1.0
 */
export interface BrowserLocation {
  /** The whole URL of the page. */
  readonly href: Effect.Effect<string>

  /** Sends the browser to another page. */
  readonly assign: (url: string) => Effect.Effect<void>

  /** Changes the URL of the page and of its history entry, without loading a page. */
  readonly replace: (url: string) => Effect.Effect<void>
}

/**
 * The URL of the page, by default the one of the current window.
 *
 * **When to use**
 *
 * Provide another value in a test, or in a desktop shell such as Electron.
 *
 * **Details**
 *
 * `assign` is `location.assign`. `replace` is `history.replaceState`, and keeps the state of the history entry.
 *
 * **Example** (A test that records where a login goes)
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
