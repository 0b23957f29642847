/**
 * All errors of the OAuth2 protocol and of tokens.
 *
 * **Example** (Errors that a new sign-in may mend)
 *
 * ```ts
 * import { DiscordError } from "@discord-oauth2/core"
 *
 * DiscordError.isOAuth2Error(new DiscordError.InvalidRefreshToken({ reason: "rejected" })) // => true
 * DiscordError.isOAuth2Error(new DiscordError.UnknownGuild()) // => false
 * ```
 *
 * @since 0.1.0
 */
import { type CallbackError, isCallbackError } from "./CallbackError.ts"
import {
  InvalidAuthorizationCode,
  InvalidClient,
  InvalidGrant,
  InvalidOAuth2Request,
  InvalidScope,
  UnsupportedGrantType
} from "./GrantError.ts"
import { isOneOf } from "./internal/isOneOf.ts"
import { jsonError } from "./internal/jsonError.ts"
import {
  AccessTokenExpired,
  AccessTokenNotRefreshable,
  InvalidAccessToken,
  InvalidBotToken,
  InvalidRefreshToken,
  MissingScope,
  NotSignedIn,
  RefreshOutcomeUnknown,
  TokenNotPersisted
} from "./TokenError.ts"

/**
 * 30001: the user is in as many guilds as Discord allows (100, or 200 with Nitro).
 *
 * @category errors
 * @since 0.1.0
 */
export class UserIsAtGuildLimit extends jsonError<UserIsAtGuildLimit>()("UserIsAtGuildLimit", {
  code: 30001,
  status: 400,
  says: "Maximum number of guilds reached (100)",
  message: "The user is in as many servers as Discord allows: they have to leave one first."
}) {}

const classes = [
  AccessTokenExpired,
  AccessTokenNotRefreshable,
  InvalidAccessToken,
  InvalidRefreshToken,
  InvalidAuthorizationCode,
  InvalidGrant,
  InvalidClient,
  InvalidScope,
  InvalidOAuth2Request,
  UnsupportedGrantType,
  MissingScope,
  UserIsAtGuildLimit,
  InvalidBotToken,
  NotSignedIn,
  RefreshOutcomeUnknown,
  TokenNotPersisted
]

type Other = InstanceType<typeof classes[number]>

/**
 * Every error of the OAuth2 protocol and of tokens.
 *
 * @category errors
 * @since 0.1.0
 */
export type OAuth2Error = Other | CallbackError

const isOther = isOneOf<Other>(classes)

/**
 * Returns whether a value is an `OAuth2Error`.
 *
 * @category guards
 * @since 0.1.0
 */
export const isOAuth2Error = (u: unknown): u is OAuth2Error => isOther(u) || isCallbackError(u)
