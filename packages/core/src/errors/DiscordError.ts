/**
 * Everything that a call of this library can fail with: flat tagged classes, grouped like the exception hierarchy of
 * discord4py.
 *
 * ```text
 * DiscordError
 * ├─ OAuth2Error
 * │  ├─ AccessTokenExpired, AccessTokenNotRefreshable, InvalidAccessToken, InvalidRefreshToken
 * │  ├─ InvalidAuthorizationCode, InvalidGrant, InvalidClient, InvalidScope, InvalidOAuth2Request, UnsupportedGrantType
 * │  ├─ MissingScope, UserIsAtGuildLimit, InvalidBotToken
 * │  ├─ AuthorizationDenied, StateMismatch, IssuerMismatch, InvalidCallback
 * │  └─ NotSignedIn, RefreshOutcomeUnknown, TokenNotPersisted
 * ├─ HttpError
 * │  ├─ DiscordBadRequest, DiscordForbidden, DiscordNotFound, DiscordServerError, UnexpectedStatus
 * │  └─ RateLimited, InvalidRequestLimit, CloudflareBlocked
 * ├─ JsonError (a module of its own)
 * │  └─ UnknownGuild, UnknownApplicationCommand, UnknownEntitlement, UnknownLobby, MaximumApplicationCommands,
 * │     UserIsBanned, MissingPermissions, InvalidFormBody
 * ├─ DiscordTransportError, MalformedResponse, InvalidCallArgument, DiscordConfigurationError, UnknownClient
 * └─ AccessTokenStoreError, DenylistError
 * ```
 *
 * The leaves are classes, so `Effect.catchTag("UserIsAtGuildLimit", …)` works; the inner nodes are type unions with a
 * guard each. The union in a call's type names only what that call can fail with. No message contains a secret.
 *
 * **Example** (As fine or as coarse as the handler needs)
 *
 * ```ts
 * import { DiscordError, type DiscordSession, User } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const greet = (session: DiscordSession.DiscordSession) =>
 *   session.getCurrentUser().pipe(
 *     Effect.map((user) => `Hello, ${User.displayName(user)}`),
 *     Effect.catchTag("RateLimited", () => Effect.succeed("Too many at once: come back in a minute")),
 *     Effect.catchIf(DiscordError.isOAuth2Error, () => Effect.succeed("Please sign in again")),
 *     Effect.catch((error) => Effect.succeed(`Discord is not there: ${error.message}`))
 *   )
 * ```
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { AccessToken } from "../models/AccessToken.ts"
import { isJsonError, type JsonError } from "./JsonError.ts"

const refreshable = { refreshable: Schema.Boolean }

/** What the authorization server said, capped at 200 characters and free of control characters. */
const described = { description: Schema.optionalKey(Schema.String) }

const withDescription = (sentence: string, description: string | undefined) =>
  description === undefined || description === "" ? sentence : `${sentence} (${description})`

/**
 * The access token was refused with a 401, or is past its time.
 *
 * **Details**
 *
 * `refreshable` tells whether a refresh may cure it. A `DiscordSession` refreshes on its own, so there it means that
 * the user has to sign in again.
 *
 * @category errors
 * @since 0.1.0
 */
export class AccessTokenExpired extends Schema.TaggedError<AccessTokenExpired>()("AccessTokenExpired", refreshable) {
  override get message() {
    return this.refreshable
      ? "The access token has expired: refresh it and call again."
      : "The access token has expired and cannot be refreshed: send the user through the authorization again."
  }
}

/**
 * A refresh was asked for, and the token came without a refresh token (implicit and client credentials grants).
 *
 * @category errors
 * @since 0.1.0
 */
export class AccessTokenNotRefreshable
  extends Schema.TaggedError<AccessTokenNotRefreshable>()("AccessTokenNotRefreshable", {})
{
  override get message() {
    return "There is no refresh token: authorize again, with the authorization code grant if it must last."
  }
}

/**
 * A token that was just refreshed is refused too, or belongs to another application: it is revoked, or was never valid.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidAccessToken extends Schema.TaggedError<InvalidAccessToken>()("InvalidAccessToken", {
  reason: Schema.Literals(["rejected", "another-application"])
}) {
  override get message() {
    return this.reason === "rejected"
      ? "Discord refuses an access token that is fresh: the authorization was revoked. Send the user to sign in again."
      : "The access token was issued to another application: it proves nothing about who sent it."
  }
}

/**
 * The grant is dead: its refresh token was used, revoked or has expired. The user must authorize again.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidRefreshToken extends Schema.TaggedError<InvalidRefreshToken>()("InvalidRefreshToken", {
  ...described,
  /** `"outcome-unknown"` where a refresh was sent whose answer never arrived, and the grant is found dead afterwards. */
  reason: Schema.Literals(["rejected", "outcome-unknown"])
}) {
  override get message() {
    return withDescription("The refresh token no longer works: send the user to sign in again.", this.description)
  }
}

/**
 * The authorization code is unknown, was used already, or is older than 100 seconds.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidAuthorizationCode
  extends Schema.TaggedError<InvalidAuthorizationCode>()("InvalidAuthorizationCode", described)
{
  override get message() {
    return withDescription("The authorization code no longer works: start the login again.", this.description)
  }
}

/**
 * RFC 6749 `invalid_grant`, as the token endpoint sends it. `OAuth2Client` turns it into `InvalidAuthorizationCode` or
 * `InvalidRefreshToken`, whichever was sent.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidGrant extends Schema.TaggedError<InvalidGrant>()("InvalidGrant", described) {
  override get message() {
    return withDescription("The code or refresh token no longer works.", this.description)
  }
}

/**
 * RFC 6749 `invalid_client`: a wrong client id or secret, or a public client without the "Public Client" switch.
 *
 * **Gotchas**
 *
 * It says nothing about the user's grant and never costs a stored token.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidClient extends Schema.TaggedError<InvalidClient>()("InvalidClient", described) {
  override get message() {
    return withDescription(
      "Discord does not accept the application's credentials: check DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET, or the Public Client switch.",
      this.description
    )
  }
}

/**
 * RFC 6749 `invalid_scope`: a scope is unknown, needs Discord's approval, or may not be combined this way.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidScope extends Schema.TaggedError<InvalidScope>()("InvalidScope", described) {
  override get message() {
    return withDescription(
      "Discord refuses these scopes: check that each exists, is approved for the application and fits the grant (role_connections.write allows no PKCE).",
      this.description
    )
  }
}

/**
 * RFC 6749 `invalid_request` that is not about a code or a refresh token, such as a wrong redirect URI.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidOAuth2Request
  extends Schema.TaggedError<InvalidOAuth2Request>()("InvalidOAuth2Request", described)
{
  override get message() {
    return withDescription(
      "Discord refuses the request: compare the redirect URI with the ones registered for the application.",
      this.description
    )
  }
}

/**
 * RFC 6749 `unsupported_grant_type` or `unauthorized_client`: the application may not use this grant.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnsupportedGrantType
  extends Schema.TaggedError<UnsupportedGrantType>()("UnsupportedGrantType", described)
{
  override get message() {
    return withDescription("The application may not use this grant.", this.description)
  }
}

/**
 * The token was not granted the scope that the call needs.
 *
 * @category errors
 * @since 0.1.0
 */
export class MissingScope extends Schema.TaggedError<MissingScope>()("MissingScope", {
  required: Schema.Array(Schema.String),
  /** What the token was granted; empty where only Discord's answer told. */
  granted: Schema.Array(Schema.String)
}) {
  override get message() {
    return `The call needs the scope ${this.required.join(", ")}${
      this.granted.length === 0 ? "" : `, granted is ${this.granted.join(", ")}`
    }: ask for it in the authorization request.`
  }
}

/**
 * JSON code 30001: the user is in as many guilds as Discord allows (100, or 200 with Nitro).
 *
 * @category errors
 * @since 0.1.0
 */
export class UserIsAtGuildLimit extends Schema.TaggedError<UserIsAtGuildLimit>()("UserIsAtGuildLimit", {}) {
  override get message() {
    return "The user is in as many servers as Discord allows: they have to leave one first."
  }
}

/**
 * A bot token was refused with a 401.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidBotToken extends Schema.TaggedError<InvalidBotToken>()("InvalidBotToken", {}) {
  override get message() {
    return "Discord refuses the bot token: take a current one from the Developer Portal."
  }
}

/**
 * The user pressed Cancel on the consent page, or Discord ended the authorization with another error.
 *
 * @category errors
 * @since 0.1.0
 */
export class AuthorizationDenied extends Schema.TaggedError<AuthorizationDenied>()("AuthorizationDenied", {
  /** The RFC 6749 section 4.1.2.1 error, such as `access_denied`. */
  error: Schema.String,
  ...described
}) {
  override get message() {
    return this.error === "access_denied"
      ? "The user did not give consent: offer the sign-in again."
      : withDescription(`Discord ended the authorization with ${this.error}.`, this.description)
  }
}

/**
 * The callback's `state` is missing, foreign, used or too old. No token was asked for.
 *
 * @category errors
 * @since 0.1.0
 */
export class StateMismatch extends Schema.TaggedError<StateMismatch>()("StateMismatch", {
  reason: Schema.Literals(["missing", "different", "unknown", "expired", "used"])
}) {
  override get message() {
    return `The callback does not belong to a login of this browser (state ${this.reason}): start the login again.`
  }
}

/**
 * The callback's `iss` is missing or names another issuer (RFC 9207). No token was asked for.
 *
 * @category errors
 * @since 0.1.0
 */
export class IssuerMismatch extends Schema.TaggedError<IssuerMismatch>()("IssuerMismatch", {
  expected: Schema.String,
  reason: Schema.Literals(["missing", "different"])
}) {
  override get message() {
    return `The callback's issuer is ${this.reason}, expected is ${this.expected}: start the login again.`
  }
}

/**
 * The callback cannot be one of Discord's: a parameter is repeated, is missing, or contradicts another.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidCallback extends Schema.TaggedError<InvalidCallback>()("InvalidCallback", {
  reason: Schema.Literals([
    "repeated-parameter",
    "code-and-error",
    "no-code",
    "too-long",
    "not-a-url",
    "token-type",
    "response-type"
  ]),
  parameter: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    return `The callback is malformed (${this.reason}${
      this.parameter === undefined ? "" : ` "${this.parameter}"`
    }): start the login again.`
  }
}

/**
 * The store has no token of this user: they never signed in, signed out, or their grant was found dead.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotSignedIn extends Schema.TaggedError<NotSignedIn>()("NotSignedIn", { userId: Schema.String }) {
  override get message() {
    return `There is no token of the user ${this.userId}: send them to sign in.`
  }
}

/**
 * A refresh was sent and its answer never arrived or cannot be read, so the refresh token may be spent.
 *
 * @category errors
 * @since 0.1.0
 */
export class RefreshOutcomeUnknown
  extends Schema.TaggedError<RefreshOutcomeUnknown>()("RefreshOutcomeUnknown", described)
{
  override get message() {
    return withDescription(
      "A refresh was sent and its answer is lost. The stored token is unchanged: the next call tries once more.",
      this.description
    )
  }
}

/**
 * A refreshed token could not be written to the store. It is in `token`: keep it, or the user has to sign in again.
 *
 * @category errors
 * @since 0.1.0
 */
export class TokenNotPersisted extends Schema.TaggedError<TokenNotPersisted>()("TokenNotPersisted", {
  token: Schema.toType(AccessToken),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return "The refreshed token could not be stored: write the token of this error yourself, the old one no longer works."
  }
}

/** The fields of every answer with an HTTP error status. */
const httpError = {
  /** The HTTP status. */
  status: Schema.Number,
  /** Discord's JSON error code, 0 where it names none. */
  code: Schema.Number,
  message: Schema.String,
  /** Discord's nested `errors` object of code 50035, as sent. */
  errors: Schema.optionalKey(Schema.Unknown)
}

/**
 * 400: the request is to blame, or, with code 0 at the token endpoint, an outage of Discord's.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordBadRequest extends Schema.TaggedError<DiscordBadRequest>()("DiscordBadRequest", httpError) {}

/**
 * 403: the user or the bot may not do this.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordForbidden extends Schema.TaggedError<DiscordForbidden>()("DiscordForbidden", httpError) {}

/**
 * 404: the resource does not exist, or is not visible to this token.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordNotFound extends Schema.TaggedError<DiscordNotFound>()("DiscordNotFound", httpError) {}

/**
 * 5xx: Discord's fault, and gone after a while.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordServerError extends Schema.TaggedError<DiscordServerError>()("DiscordServerError", httpError) {}

/**
 * A status that this call does not have, such as a redirect (which is never followed) or a 401 from the token endpoint
 * that is no `invalid_client`.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnexpectedStatus extends Schema.TaggedError<UnexpectedStatus>()("UnexpectedStatus", httpError) {}

/**
 * 429 with Discord's own body: wait for `retryAfter`.
 *
 * @category errors
 * @since 0.1.0
 */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  retryAfter: Schema.Duration,
  global: Schema.Boolean,
  /** `user`, `shared` or `global`, from `X-RateLimit-Scope`. */
  scope: Schema.String
}) {
  override get message() {
    return `Discord limits the rate (${this.scope}): call again in ${Duration.format(this.retryAfter)}.`
  }
}

/**
 * Cloudflare answered in Discord's place: this address is blocked. Stop all calls for a while.
 *
 * @category errors
 * @since 0.1.0
 */
export class CloudflareBlocked extends Schema.TaggedError<CloudflareBlocked>()("CloudflareBlocked", {
  status: Schema.Number,
  retryAfter: Schema.optionalKey(Schema.Duration)
}) {
  override get message() {
    return "Cloudflare blocks this address, which too many refused requests cause: stop all calls for a while."
  }
}

/**
 * Too many requests of this address were answered with 401, 403 or 429: Discord blocks an address after 10,000 within ten
 * minutes. Nothing was sent, and nothing is until `retryAfter` is over.
 *
 * @see https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
 * @category errors
 * @since 0.1.0
 */
export class InvalidRequestLimit extends Schema.TaggedError<InvalidRequestLimit>()("InvalidRequestLimit", {
  retryAfter: Schema.Duration
}) {
  override get message() {
    return `Too many requests were refused, and Discord would block this address: nothing is sent for ${
      Duration.format(this.retryAfter)
    }. Find out which calls are refused.`
  }
}

/**
 * There is no answer: the connection failed, broke or took too long.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordTransportError extends Schema.TaggedError<DiscordTransportError>()("DiscordTransportError", {
  /** Whether the request may have reached Discord. Where it is `false`, sending it again is safe. */
  sent: Schema.Boolean,
  description: Schema.String
}) {
  override get message() {
    return `There is no answer from Discord (${this.description}); the request ${
      this.sent ? "may have arrived" : "was not sent"
    }.`
  }
}

/**
 * The answer is not JSON, too large, or not what the declaration says.
 *
 * @category errors
 * @since 0.1.0
 */
export class MalformedResponse extends Schema.TaggedError<MalformedResponse>()("MalformedResponse", {
  status: Schema.Number,
  /** What was expected and where, such as `Missing key at ["user"]["id"]`; never a value from the answer. */
  issue: Schema.String
}) {
  override get message() {
    return `Discord's answer (status ${this.status}) cannot be read: ${this.issue}`
  }
}

/**
 * An argument was refused before anything was sent.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidCallArgument extends Schema.TaggedError<InvalidCallArgument>()("InvalidCallArgument", {
  /** What was expected and where, such as `Expected a value less than or equal to 200 at ["limit"]`. */
  issue: Schema.String
}) {
  override get message() {
    return `The arguments are not what the call takes: ${this.issue}`
  }
}

/**
 * The client's configuration does not allow the call, such as a client secret that is absent where one is needed.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordConfigurationError
  extends Schema.TaggedError<DiscordConfigurationError>()("DiscordConfigurationError", {
    description: Schema.String
  })
{
  override get message() {
    return this.description
  }
}

/**
 * Among the applications of this process there is none with this client id.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnknownClient extends Schema.TaggedError<UnknownClient>()("UnknownClient", {
  clientId: Schema.String
}) {
  override get message() {
    return `There is no application ${this.clientId} here: ask for one that \`DiscordApplications\` is given options for.`
  }
}

/**
 * What an application, or whoever runs it, can do about a store that failed.
 */
const storeAdvice = {
  unavailable: "see the cause; it may work again later",
  full: "no room is left: make some, the token is kept until then",
  locked: "another holds the user's lock: try again",
  corrupt: "the record cannot be read and stays as it is: repair it, or let the user sign in again",
  "newer-version": "the record was written by a newer version of this library and stays as it is: upgrade this process",
  "unknown-key": "the record is sealed with a key that is not among the given ones and stays as it is: add the key",
  "not-sealed":
    "the record is plain text in a store that seals: pass `plain: \"accept\"` while you move to sealed records"
}

/**
 * The token store could not be read or written.
 *
 * **Details**
 *
 * `unavailable`, `full` and `locked` pass; `corrupt`, `newer-version`, `unknown-key` and `not-sealed` are of one record,
 * which nothing but a sign-in (`put`) or its removal changes. The `cause` never quotes a record.
 *
 * @category errors
 * @since 0.1.0
 */
export class AccessTokenStoreError extends Schema.TaggedError<AccessTokenStoreError>()("AccessTokenStoreError", {
  operation: Schema.String,
  /** `unavailable` unless the store knows better. */
  reason: Schema.Literals(["unavailable", "full", "locked", "corrupt", "newer-version", "unknown-key", "not-sealed"])
    .pipe(Schema.withConstructorDefault(Effect.succeed("unavailable" as const))),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `The token store failed at ${this.operation} (${this.reason}): ${storeAdvice[this.reason]}.`
  }
}

/**
 * The denylist could not be read or written. It is unknown whether an id was on it, and the id is not accepted.
 *
 * @category errors
 * @since 0.1.0
 */
export class DenylistError extends Schema.TaggedError<DenylistError>()("DenylistError", {
  operation: Schema.Literals(["add", "addedAt"]),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `The denylist failed at ${this.operation}: is its database reachable?`
  }
}

/**
 * Whether the store works and one record cannot be read: only a sign-in or a sign-out changes that.
 *
 * @category guards
 * @since 0.1.0
 */
export const isOfRecord = ({ reason }: AccessTokenStoreError): boolean =>
  reason === "corrupt" || reason === "newer-version" || reason === "unknown-key" || reason === "not-sealed"

/* Each list is the type and the guard. */
const callbackErrors = [AuthorizationDenied, StateMismatch, IssuerMismatch, InvalidCallback]
const otherOAuth2Errors = [
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
const httpErrors = [
  DiscordBadRequest,
  DiscordForbidden,
  DiscordNotFound,
  DiscordServerError,
  UnexpectedStatus,
  RateLimited,
  InvalidRequestLimit,
  CloudflareBlocked
]

/**
 * Every error of the OAuth2 protocol and of tokens.
 *
 * @category errors
 * @since 0.1.0
 */
export type OAuth2Error = InstanceType<typeof otherOAuth2Errors[number]> | CallbackError

/**
 * What a callback can be refused with.
 *
 * @category errors
 * @since 0.1.0
 */
export type CallbackError = InstanceType<typeof callbackErrors[number]>

/**
 * An answer with an HTTP error status that no narrower error names.
 *
 * @category errors
 * @since 0.1.0
 */
export type HttpError = InstanceType<typeof httpErrors[number]>

/**
 * Everything that this library fails with.
 *
 * @category errors
 * @since 0.1.0
 */
export type DiscordError =
  | OAuth2Error
  | HttpError
  | JsonError
  | DiscordTransportError
  | MalformedResponse
  | InvalidCallArgument
  | DiscordConfigurationError
  | UnknownClient
  | AccessTokenStoreError
  | DenylistError

const isOneOf = <A>(classes: ReadonlyArray<new(...args: never) => A>) => (u: unknown): u is A =>
  Predicate.isObject(u) && classes.some((Class) => u instanceof Class)

/**
 * Whether a value is one of `CallbackError`.
 *
 * @category guards
 * @since 0.1.0
 */
export const isCallbackError: (u: unknown) => u is CallbackError = isOneOf<CallbackError>(callbackErrors)

const isOther = isOneOf<Exclude<OAuth2Error, CallbackError>>(otherOAuth2Errors)

/**
 * Whether a value is one of `OAuth2Error`.
 *
 * @category guards
 * @since 0.1.0
 */
export const isOAuth2Error = (u: unknown): u is OAuth2Error => isOther(u) || isCallbackError(u)

/**
 * Whether a value is one of `HttpError`.
 *
 * @category guards
 * @since 0.1.0
 */
export const isHttpError: (u: unknown) => u is HttpError = isOneOf<HttpError>(httpErrors)

const isRest = isOneOf<Exclude<DiscordError, OAuth2Error | HttpError | JsonError>>([
  DiscordTransportError,
  MalformedResponse,
  InvalidCallArgument,
  DiscordConfigurationError,
  UnknownClient,
  AccessTokenStoreError,
  DenylistError
])

/**
 * Whether a value is any error of this library.
 *
 * @category guards
 * @since 0.1.0
 */
export const isDiscordError = (u: unknown): u is DiscordError =>
  isOAuth2Error(u) || isHttpError(u) || isJsonError(u) || isRest(u)

/**
 * Whether the failure is of the kind that goes away: no answer, a 5xx, or a rate limit.
 *
 * **Gotchas**
 *
 * It says nothing about whether the call may be repeated: a code exchange or a refresh that was sent may not.
 *
 * **Example** (Which failures are worth another visit)
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
export const isTransient = (
  u: unknown
): u is DiscordTransportError | DiscordServerError | RateLimited | InvalidRequestLimit | CloudflareBlocked =>
  u instanceof DiscordTransportError || u instanceof DiscordServerError || u instanceof RateLimited ||
  u instanceof InvalidRequestLimit || u instanceof CloudflareBlocked
