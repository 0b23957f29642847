/**
 * Keeps the secrets of URLs out of spans and errors.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as UrlParams from "effect/http/UrlParams"
import * as Layer from "effect/Layer"

/**
 * The names of OAuth2's query parameters that are secrets, or whose value a login depends on.
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
 * The names of headers whose value is a URL: `location` of the login's redirect, which contains `state`, and `referer`.
 *
 * @category constants
 * @since 0.1.0
 */
export const addressHeaders: ReadonlyArray<string> = ["location", "referer"]

/**
 * Creates a layer that redacts `secretParameters` in the URLs of spans and errors, and `addressHeaders` in the headers
 * that a tracer records. Names that are redacted already stay redacted (`UrlParams.CurrentRedactedNames`,
 * `Headers.CurrentRedactedNames`).
 *
 * **When to use**
 *
 * With an HTTP server that receives callbacks, whose span would contain the whole URL. `DiscordLogin.layer` and
 * `NodeDiscord.layer` include it.
 *
 * **Gotchas**
 *
 * The server's span is made outside of the routes: provide the layer to `HttpRouter.serve`, not to the routes alone.
 *
 * An error of Effect's server refers to the request, and so to the whole URL. This is true of the error that ends the span
 * of a 5xx response, and of the error that is logged for a path without a route. Loggers and exporters print only their
 * messages, which contain the path. Do not print more of such an error yourself.
 *
 * **Example** (A server without `DiscordLogin`)
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
