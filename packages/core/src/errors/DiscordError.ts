/**
 * Everything that this library fails with: tagged classes, grouped as the exceptions of discord4py are.
 *
 * ```text
 * DiscordError
 * ├─ OAuth2Error
 * │  ├─ AccessTokenExpired, AccessTokenNotRefreshable, InvalidAccessToken, InvalidRefreshToken
 * │  ├─ InvalidAuthorizationCode, InvalidGrant, InvalidClient, InvalidScope, InvalidOAuth2Request, UnsupportedGrantType
 * │  ├─ MissingScope, UserIsAtGuildLimit, InvalidBotToken
 * │  ├─ NotSignedIn, RefreshOutcomeUnknown, TokenNotPersisted
 * │  └─ CallbackError
 * │     └─ AuthorizationDenied, StateMismatch, IssuerMismatch, InvalidCallback
 * ├─ HttpError
 * │  ├─ DiscordBadRequest, DiscordForbidden, DiscordNotFound, DiscordServerError, UnexpectedStatus
 * │  └─ RateLimited, InvalidRequestLimit, CloudflareBlocked
 * ├─ JsonError
 * │  └─ UnknownGuild, UnknownApplicationCommand, UnknownEntitlement, UnknownLobby, MaximumApplicationCommands,
 * │     UserIsBanned, MissingPermissions, InvalidFormBody
 * ├─ DiscordTransportError, MalformedResponse, InvalidCallArgument, DiscordConfigurationError, UnknownClient
 * └─ AccessTokenStoreError, DenylistError
 * ```
 *
 * **Details**
 *
 * Each name at the end of a branch is a class, so `Effect.catchTag("UserIsAtGuildLimit", …)` works. Each group is a
 * union type with a guard. The type of a call names only the errors that it can fail with. No message contains a
 * secret.
 *
 * **Example** (Handling one error, a group, and the rest)
 *
 * ```ts
 * import { DiscordError, type DiscordSession, User } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const greet = (session: DiscordSession.DiscordSession) =>
 *   session.getCurrentUser().pipe(
 *     Effect.map((user) => `Hello, ${User.displayName(user)}`),
 *     Effect.catchTag("RateLimited", () => Effect.succeed("Too many requests: try again in a minute")),
 *     Effect.catchIf(DiscordError.isOAuth2Error, () => Effect.succeed("Please sign in again")),
 *     Effect.catch((error) => Effect.succeed(`Discord is not available: ${error.message}`))
 *   )
 * ```
 *
 * @since 0.1.0
 */
import {
  DiscordConfigurationError,
  DiscordTransportError,
  InvalidCallArgument,
  MalformedResponse,
  UnknownClient
} from "./CallError.ts"
import {
  CloudflareBlocked,
  DiscordServerError,
  type HttpError,
  InvalidRequestLimit,
  isHttpError,
  RateLimited
} from "./HttpError.ts"
import { isOneOf } from "./internal/isOneOf.ts"
import * as jsonErrors from "./JsonError.ts"
import { isOAuth2Error, type OAuth2Error } from "./OAuth2Error.ts"
import { AccessTokenStoreError, DenylistError } from "./StoreError.ts"

export * from "./CallbackError.ts"
export * from "./CallError.ts"
export * from "./GrantError.ts"
export * from "./HttpError.ts"
export * from "./JsonError.ts"
export * from "./OAuth2Error.ts"
export * from "./StoreError.ts"
export * from "./TokenError.ts"

/**
 * Every error that a JSON code of Discord's names.
 *
 * @category errors
 * @since 0.1.0
 */
export type JsonError = InstanceType<typeof jsonErrors[keyof typeof jsonErrors]>

/**
 * Returns whether a value is a `JsonError`.
 *
 * @category guards
 * @since 0.1.0
 */
export const isJsonError: (u: unknown) => u is JsonError = /* @__PURE__ */ isOneOf<JsonError>(
  /* @__PURE__ */ Object.values(jsonErrors)
)

const others = [
  DiscordTransportError,
  MalformedResponse,
  InvalidCallArgument,
  DiscordConfigurationError,
  UnknownClient,
  AccessTokenStoreError,
  DenylistError
]

type Other = InstanceType<typeof others[number]>

/**
 * Everything that this library fails with.
 *
 * @category errors
 * @since 0.1.0
 */
export type DiscordError = OAuth2Error | HttpError | JsonError | Other

const isOther = isOneOf<Other>(others)

/**
 * Returns whether a value is an error of this library.
 *
 * @category guards
 * @since 0.1.0
 */
export const isDiscordError = (u: unknown): u is DiscordError =>
  isOAuth2Error(u) || isHttpError(u) || isJsonError(u) || isOther(u)

/**
 * Returns whether the failure is temporary: no response, a 5xx, or a rate limit.
 *
 * **Gotchas**
 *
 * It does not tell whether the call may be repeated. A code exchange or a refresh that was sent may not be sent again.
 *
 * **Example** (Temporary and final failures)
 *
 * ```ts
 * import { DiscordError } from "@discord-oauth2/core"
 *
 * DiscordError.isTransient(new DiscordError.DiscordTransportError({ sent: false, description: "ECONNREFUSED" })) // => true
 * DiscordError.isTransient(new DiscordError.InvalidRefreshToken({ reason: "rejected" })) // => false
 * ```
 *
 * @category guards
 * @since 0.1.0
 */
export const isTransient: (
  u: unknown
) => u is DiscordTransportError | DiscordServerError | RateLimited | InvalidRequestLimit | CloudflareBlocked = isOneOf<
  DiscordTransportError | DiscordServerError | RateLimited | InvalidRequestLimit | CloudflareBlocked
>([DiscordTransportError, DiscordServerError, RateLimited, InvalidRequestLimit, CloudflareBlocked])
