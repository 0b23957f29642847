/**
 * Secrets in addresses: the callback's and the tokens' parameters, and how they stay out of spans.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as UrlParams from "effect/http/UrlParams"
import * as Layer from "effect/Layer"

/**
 * The query parameters of OAuth2 that are secrets, or that a login depends on.
 *
 * @category constants
 * @since 0.1.0
 */
export const secretParameters: ReadonlyArray<string> = [
  "code",
  "state",
  "nonce",
  "access_token",
  "refresh_token",
  "id_token",
  "code_verifier",
  "client_secret"
]

/**
 * The headers whose value is an address: of the login's redirect, which contains `state`, and of the page before.
 *
 * @category constants
 * @since 0.1.0
 */
export const addressHeaders: ReadonlyArray<string> = ["location", "referer"]

/**
 * Has `secretParameters` left out of the addresses in spans and errors, and `addressHeaders` out of the headers that an
 * application may have its tracer record, beside what is left out already (`UrlParams.CurrentRedactedNames`,
 * `Headers.CurrentRedactedNames`).
 *
 * **When to use**
 *
 * For an HTTP server that takes callbacks: its span would contain the whole address. `DiscordLogin.layer` and
 * `NodeDiscord.layer` have it included.
 *
 * **Gotchas**
 *
 * The server's span is made outside of the routes: provide it to `HttpRouter.serve`, not to the routes alone.
 *
 * Errors of Effect's server refer to the request, and so to the whole address: the one that ends the span of a 5xx
 * answer, and the one that is logged of a path without a route. Loggers and exporters print their messages, which have
 * the path alone; one of your own should not go further either.
 *
 * **Example** (A server of its own, without `DiscordLogin`)
 *
 * ```ts
 * import { Redaction } from "@discord-oauth2/core/api"
 * import { Layer } from "effect"
 * import { HttpRouter, HttpServerResponse } from "effect/http"
 *
 * const Callback = HttpRouter.add("GET", "/callback", HttpServerResponse.text("Thank you"))
 *
 * const App = HttpRouter.serve(Callback).pipe(Layer.provide(Redaction.layer))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never> = Layer.merge(
  Layer.effect(
    UrlParams.CurrentRedactedNames,
    Effect.map(UrlParams.CurrentRedactedNames, (names) => [...names, ...secretParameters])
  ),
  Layer.effect(
    Headers.CurrentRedactedNames,
    Effect.map(Headers.CurrentRedactedNames, (names) => [...names, ...addressHeaders])
  )
)
