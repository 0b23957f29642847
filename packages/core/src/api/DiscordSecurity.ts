/**
 * The middleware of the declaration: the credential of each endpoint, and the errors that every endpoint has.
 *
 * **When to use**
 *
 * To implement the declaration, as the simulator does. The client needs nothing from here.
 *
 * **Example** (The middleware that a server has to provide)
 *
 * ```ts
 * import { DiscordSecurity } from "@discord-oauth2/core/api"
 * import { Effect } from "effect"
 *
 * // A handler of the declaration reads the credential that the middleware found.
 * const token = Effect.flatMap(DiscordSecurity.Credential, (credential) => Effect.succeed(credential))
 * ```
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import type * as Redacted from "effect/Redacted"
import * as errorBodies from "./internal/errorBodies.ts"

/**
 * The errors that every endpoint has in addition to its own.
 *
 * @category middleware
 * @since 0.1.0
 */
export class HttpErrors extends HttpApiMiddleware.Service<HttpErrors>()(
  "@discord-oauth2/core/api/DiscordSecurity/HttpErrors",
  {
    error: [
      errorBodies.DiscordBadRequest,
      errorBodies.DiscordForbidden,
      errorBodies.DiscordNotFound,
      errorBodies.RateLimited,
      errorBodies.DiscordServerError
    ]
  }
) {}

/**
 * The token of the current request, for an implementation of the declaration.
 *
 * @category middleware
 * @since 0.1.0
 */
export class Credential extends Context.Service<Credential, Redacted.Redacted>()(
  "@discord-oauth2/core/api/DiscordSecurity/Credential"
) {}

/**
 * A user's access token in the `Authorization` header (RFC 6750 section 2.1).
 *
 * @category middleware
 * @since 0.1.0
 */
export class BearerToken extends HttpApiMiddleware.Service<BearerToken, { provides: Credential }>()(
  "@discord-oauth2/core/api/DiscordSecurity/BearerToken",
  {
    security: { OAuth2: HttpApiSecurity.bearer },
    error: [errorBodies.AccessTokenExpired, errorBodies.MissingScope]
  }
) {}

/**
 * A bot's token in the `Authorization` header.
 *
 * @category middleware
 * @since 0.1.0
 */
export class BotToken extends HttpApiMiddleware.Service<BotToken, { provides: Credential }>()(
  "@discord-oauth2/core/api/DiscordSecurity/BotToken",
  {
    security: { BotToken: HttpApiSecurity.http({ scheme: "Bot" }) },
    error: errorBodies.InvalidBotToken
  }
) {}

/**
 * The application's credentials at the token endpoint: HTTP Basic with the client id and secret (RFC 6749 section 2.3.1),
 * or `client_id` in the form for a public client.
 *
 * @category middleware
 * @since 0.1.0
 */
export class ClientAuthentication extends HttpApiMiddleware.Service<ClientAuthentication>()(
  "@discord-oauth2/core/api/DiscordSecurity/ClientAuthentication",
  { error: errorBodies.InvalidClient }
) {}
