/**
 * Errors of the token endpoint, as RFC 6749 section 5.2 names them.
 *
 * **Example** (A code that does not work)
 *
 * ```ts
 * import { OAuth2Client } from "@discord-oauth2/core"
 * import { Effect, type Redacted } from "effect"
 *
 * const exchange = Effect.fn(function*(code: Redacted.Redacted, redirectUri: string) {
 *   const oauth = yield* OAuth2Client.OAuth2Client
 *   return yield* oauth.exchangeCode({ code, redirectUri }).pipe(
 *     Effect.catchTag("InvalidAuthorizationCode", () => Effect.fail("start the login again" as const))
 *   )
 * })
 * ```
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { described, withDescription } from "./internal/description.ts"

/**
 * The authorization code is unknown, was used before, or is older than 100 seconds.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidAuthorizationCode
  extends Schema.TaggedError<InvalidAuthorizationCode>("@discord-oauth2/core/errors/InvalidAuthorizationCode")(
    "InvalidAuthorizationCode",
    described
  )
{
  override get message() {
    return withDescription("The authorization code no longer works: start the login again.", this.description)
  }
}

/**
 * `invalid_grant`: the code or refresh token that was sent does not work.
 *
 * **Details**
 *
 * `OAuth2Client` never fails with it. It turns it into `InvalidAuthorizationCode` or `InvalidRefreshToken`, depending on
 * what was sent.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidGrant
  extends Schema.TaggedError<InvalidGrant>("@discord-oauth2/core/errors/InvalidGrant")("InvalidGrant", described)
{
  override get message() {
    return withDescription("The code or refresh token no longer works.", this.description)
  }
}

/**
 * `invalid_client`: the client id or secret is wrong, or a public client lacks the "Public Client" switch.
 *
 * **Gotchas**
 *
 * The user's tokens may still be valid. No stored token is removed because of this error.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidClient
  extends Schema.TaggedError<InvalidClient>("@discord-oauth2/core/errors/InvalidClient")("InvalidClient", described)
{
  override get message() {
    return withDescription(
      "Discord rejected the application's credentials: check DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET, or the Public Client switch.",
      this.description
    )
  }
}

/**
 * `invalid_scope`: a scope is unknown, needs Discord's approval, or cannot be combined in this way.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidScope
  extends Schema.TaggedError<InvalidScope>("@discord-oauth2/core/errors/InvalidScope")("InvalidScope", described)
{
  override get message() {
    return withDescription(
      "Discord rejected these scopes: check that each exists, is approved for the application and fits the grant (role_connections.write does not work with PKCE).",
      this.description
    )
  }
}

/**
 * `invalid_request` that is not about a code or a refresh token, such as a wrong redirect URI.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidOAuth2Request
  extends Schema.TaggedError<InvalidOAuth2Request>("@discord-oauth2/core/errors/InvalidOAuth2Request")(
    "InvalidOAuth2Request",
    described
  )
{
  override get message() {
    return withDescription(
      "Discord rejected the request: compare the redirect URI with those registered for the application.",
      this.description
    )
  }
}

/**
 * `unsupported_grant_type` or `unauthorized_client`: the application may not use this grant.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnsupportedGrantType
  extends Schema.TaggedError<UnsupportedGrantType>("@discord-oauth2/core/errors/UnsupportedGrantType")(
    "UnsupportedGrantType",
    described
  )
{
  override get message() {
    return withDescription("The application may not use this grant.", this.description)
  }
}
