/**
 * Errors of tokens: one is missing, does not work, lacks a scope, or could not be refreshed or stored.
 *
 * **Example** (A scope that is missing)
 *
 * ```ts
 * import { DiscordError } from "@discord-oauth2/core"
 *
 * const missing = new DiscordError.MissingScope({ required: ["guilds"], granted: ["identify"] })
 *
 * missing.required // => ["guilds"]
 * missing._tag // => "MissingScope"
 * ```
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { AccessToken } from "../models/AccessToken.ts"
import { described, withDescription } from "./internal/description.ts"

/**
 * Discord rejected the access token with a 401, or its `expires_at` has passed.
 *
 * **Details**
 *
 * `refreshable` tells whether a refresh may help. A `DiscordSession` refreshes by itself, so a session that fails with
 * this error needs the user to sign in again.
 *
 * @category errors
 * @since 0.1.0
 */
export class AccessTokenExpired
  extends Schema.TaggedError<AccessTokenExpired>("@discord-oauth2/core/errors/AccessTokenExpired")(
    "AccessTokenExpired",
    { refreshable: Schema.Boolean }
  )
{
  override get message() {
    return this.refreshable
      ? "The access token has expired: refresh it and call again."
      : "The access token has expired and cannot be refreshed: ask the user to sign in again."
  }
}

/**
 * A refresh was requested for a token without a refresh token. The implicit and the client credentials grant give none.
 *
 * @category errors
 * @since 0.1.0
 */
export class AccessTokenNotRefreshable
  extends Schema.TaggedError<AccessTokenNotRefreshable>("@discord-oauth2/core/errors/AccessTokenNotRefreshable")(
    "AccessTokenNotRefreshable",
    {}
  )
{
  override get message() {
    return "There is no refresh token: authorize again, and use the authorization code grant if the sign-in must last."
  }
}

/**
 * The access token is revoked, was never valid, or belongs to another application.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidAccessToken
  extends Schema.TaggedError<InvalidAccessToken>("@discord-oauth2/core/errors/InvalidAccessToken")(
    "InvalidAccessToken",
    {
      /** `"rejected"` when Discord rejected a token that was just refreshed. */
      reason: Schema.Literals(["rejected", "another-application"])
    }
  )
{
  override get message() {
    return this.reason === "rejected"
      ? "Discord rejected a new access token, so the authorization was revoked: ask the user to sign in again."
      : "The access token was issued to another application: it does not prove who sent it."
  }
}

/**
 * The refresh token was used, revoked or has expired. The user must sign in again.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidRefreshToken
  extends Schema.TaggedError<InvalidRefreshToken>("@discord-oauth2/core/errors/InvalidRefreshToken")(
    "InvalidRefreshToken",
    {
      ...described,
      /** `"outcome-unknown"` when the response to an earlier refresh was lost, which may have used the refresh token. */
      reason: Schema.Literals(["rejected", "outcome-unknown"])
    }
  )
{
  override get message() {
    return withDescription("The refresh token no longer works: ask the user to sign in again.", this.description)
  }
}

/**
 * The token was not granted the scope that the call needs.
 *
 * @category errors
 * @since 0.1.0
 */
export class MissingScope
  extends Schema.TaggedError<MissingScope>("@discord-oauth2/core/errors/MissingScope")("MissingScope", {
    required: Schema.Array(Schema.String),
    /** The scopes of the token; empty when Discord rejected the call and the token's scopes are not known. */
    granted: Schema.Array(Schema.String)
  })
{
  override get message() {
    return `The call needs the scope ${this.required.join(", ")}${
      this.granted.length === 0 ? "" : `, and the token has ${this.granted.join(", ")}`
    }: add it to the authorization request.`
  }
}

/**
 * Discord rejected a bot token with a 401.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidBotToken
  extends Schema.TaggedError<InvalidBotToken>("@discord-oauth2/core/errors/InvalidBotToken")("InvalidBotToken", {})
{
  override get message() {
    return "Discord rejected the bot token: copy the current one from the Developer Portal."
  }
}

/**
 * The store has no token of this user: they never signed in, signed out, or their refresh token no longer worked.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotSignedIn
  extends Schema.TaggedError<NotSignedIn>("@discord-oauth2/core/errors/NotSignedIn")("NotSignedIn", {
    userId: Schema.String
  })
{
  override get message() {
    return `The store has no token of the user ${this.userId}: ask them to sign in.`
  }
}

/**
 * A refresh was sent, and its response never arrived or cannot be read. The refresh token may be used up.
 *
 * @category errors
 * @since 0.1.0
 */
export class RefreshOutcomeUnknown
  extends Schema.TaggedError<RefreshOutcomeUnknown>("@discord-oauth2/core/errors/RefreshOutcomeUnknown")(
    "RefreshOutcomeUnknown",
    described
  )
{
  override get message() {
    return withDescription(
      "The response to a refresh was lost. The stored token is unchanged: the next call tries once more.",
      this.description
    )
  }
}

/**
 * A refreshed token could not be written to the store. It is in `token`: store it, or the user must sign in again.
 *
 * @category errors
 * @since 0.1.0
 */
export class TokenNotPersisted
  extends Schema.TaggedError<TokenNotPersisted>("@discord-oauth2/core/errors/TokenNotPersisted")("TokenNotPersisted", {
    token: Schema.toType(AccessToken),
    cause: Schema.optionalKey(Schema.Defect())
  })
{
  override get message() {
    return "The refreshed token could not be stored: store this error's token yourself, the old one no longer works."
  }
}
