/**
 * One signed-in user: all calls that their token may make, with a token that is kept fresh.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { Simplify } from "effect/Types"
import type * as DiscordClient from "../api/DiscordClient.ts"
import type { Endpoints } from "../api/DiscordHttpApi.ts"
import type { requiredScopes } from "../api/DiscordOperation.ts"
import type { BearerToken } from "../api/DiscordSecurity.ts"
import type * as DiscordError from "../errors/DiscordError.ts"
import type { AccessToken } from "../models/AccessToken.ts"
import type { PrivateChannel, PrivateGroupChannel, UnknownChannel } from "../models/Channel.ts"
import type { Entitlement } from "../models/Entitlement.ts"
import type { PartialGuild } from "../models/Guild.ts"
import type { GuildMember } from "../models/GuildMember.ts"
import type * as OAuth2Scope from "../models/OAuth2Scope.ts"
import type { ApplicationId, UserId } from "../models/Snowflake.ts"
import type { Subscription } from "../models/Subscription.ts"
import type { HttpFailure } from "../oauth2/OAuth2Client.ts"
import type { Failure } from "../tokens/TokenRefresh.ts"

/**
 * The errors of a session whose token is not usable. Every call may fail with them, beside its own errors.
 *
 * @category errors
 * @since 0.1.0
 */
export type TokenFailure = Failure | DiscordError.AccessTokenExpired | DiscordError.InvalidAccessToken

type AnyEndpoint = Extract<Endpoints, HttpApiEndpoint.ConstraintRequest>

/** `application_id` is optional: the default is the application of the session. */
type Arguments<Endpoint extends HttpApiEndpoint.ConstraintRequest> = DiscordClient.Arguments<Endpoint> extends infer A
  ? A extends { readonly application_id: ApplicationId }
    ? Simplify<Omit<A, "application_id"> & { readonly application_id?: ApplicationId | undefined }>
  : A
  : never

type Raw<Mode> = { readonly responseMode?: Mode | undefined }

/**
 * One call of a session.
 *
 * @category models
 * @since 0.1.0
 */
export type Method<Endpoint extends HttpApiEndpoint.ConstraintRequest> = <
  Mode extends DiscordClient.ResponseMode = "decoded-only"
>(
  this: Needed<Endpoint["identifier"]>,
  ...request: {} extends Arguments<Endpoint> ? [request?: Arguments<Endpoint> & Raw<Mode>]
    : [request: Arguments<Endpoint> & Raw<Mode>]
) => Effect.Effect<
  HttpApiClient.Client.Response<HttpApiClient.SuccessType<Endpoint["~Success"]>, Mode>,
  DiscordClient.Errors<Endpoint> | TokenFailure
>

/**
 * A session whose token has a scope. Each call declares the scope that it needs as its `this`, so that calling it on a
 * session without the scope does not compile. The compiler's message names the scope.
 *
 * @category endpoints
 * @since 0.1.0
 */
export interface WithScope<in Scope extends OAuth2Scope.OAuth2Scope> {
  /** Exists only in the types. */
  readonly "~discord-oauth2/scopes"?: ((scope: Scope) => void) | undefined
}

/** The scope that a call needs, as its `this`. */
type Needed<Identifier> = Identifier extends keyof typeof requiredScopes
  ? (typeof requiredScopes)[Identifier] extends infer Scope extends string ? WithScope<Scope> : unknown
  : unknown

/**
 * All calls with a user's token.
 *
 * @category models
 * @since 0.1.0
 */
export type Methods = {
  readonly [
    E in AnyEndpoint as [Extract<HttpApiEndpoint.Middleware<E>, BearerToken>] extends [never] ? never
      : E["identifier"]
  ]: Method<E>
}

type Named<Identifier> = Extract<AnyEndpoint, { readonly identifier: Identifier }>

/** The arguments of a call that the bot makes for the user. The session adds the user's id and token. */
type Joining<Identifier> =
  & Simplify<Omit<DiscordClient.Arguments<Named<Identifier>>, "access_token" | "user_id">>
  & { readonly botToken: Redacted.Redacted }

/** A stream of all pages of a call. */
type Pages<A, Identifier extends keyof Methods> = Stream.Stream<A, Effect.Error<ReturnType<Methods[Identifier]>>>

/**
 * One signed-in user.
 *
 * **Details**
 *
 * `Scopes` are the scopes that the token was requested with. The session from `DiscordSessions.open` takes them from the
 * type of the token, and a call that needs another scope does not compile. The session from `DiscordSessions.get` has all
 * calls, and one whose scope the token lacks fails with `MissingScope` before a request is sent. `hasScope` narrows the
 * type.
 *
 * **Example** (The user's name and guilds)
 *
 * ```ts
 * import { type DiscordSession, User } from "@discord-oauth2/core"
 * import { Effect, Stream } from "effect"
 *
 * const greet = Effect.fn(function*(session: DiscordSession.DiscordSession) {
 *   const user = yield* session.getCurrentUser()
 *   const guilds = yield* Stream.runCollect(session.currentUserGuilds())
 *   return `${User.displayName(user)} is in ${guilds.length} servers`
 * })
 * ```
 *
 * @category models
 * @since 0.1.0
 */
export interface DiscordSession<in Scopes extends OAuth2Scope.OAuth2Scope = OAuth2Scope.OAuth2Scope>
  extends Methods, WithScope<Scopes>
{
  readonly userId: UserId

  readonly clientId: ApplicationId

  /** The scopes that the current token was granted. A refresh may change them. */
  readonly scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>

  /** All guilds of the user, read in pages of 200. */
  readonly currentUserGuilds: (this: WithScope<"guilds">) => Pages<PartialGuild, "getCurrentUserGuilds">

  /** All entitlements of the application that match the filter, read in pages of 100. */
  readonly entitlements: (
    this: WithScope<"applications.entitlements">,
    filter?: Omit<
      NonNullable<Parameters<Methods["listEntitlements"]>[0]>,
      "limit" | "before" | "after" | "responseMode"
    >
  ) => Pages<Entitlement, "listEntitlements">

  /** All subscriptions of the user to an SKU, read in pages of 100. */
  readonly skuSubscriptions: (
    filter: Omit<Parameters<Methods["listSkuSubscriptions"]>[0], "limit" | "before" | "after" | "responseMode">
  ) => Pages<Subscription, "listSkuSubscriptions">

  /**
   * Adds the user to a guild of the application's bot. Needs the scope `guilds.join`. Returns `undefined` when the user is
   * a member already.
   */
  readonly addGuildMember: (
    this: WithScope<"guilds.join">,
    request: Joining<"addGuildMember">
  ) => Effect.Effect<GuildMember | void, DiscordClient.Errors<Named<"addGuildMember">> | TokenFailure>

  /**
   * Adds the user to a group DM of the application's bot. Needs the scope `gdm.join`. Returns the channel when Discord
   * created one.
   */
  readonly groupDmAddRecipient: (
    this: WithScope<"gdm.join">,
    request: Joining<"groupDmAddRecipient">
  ) => Effect.Effect<
    PrivateChannel | PrivateGroupChannel | UnknownChannel | void,
    DiscordClient.Errors<Named<"groupDmAddRecipient">> | TokenFailure
  >

  /** Returns a token that has not expired, and refreshes it first if needed. */
  readonly accessToken: Effect.Effect<AccessToken, Exclude<TokenFailure, DiscordError.AccessTokenNotRefreshable>>

  /** Refreshes the token now, and returns the new one. */
  readonly refresh: Effect.Effect<AccessToken, Failure>

  /** Replaces the application's own data in the user's record. `undefined` removes them. */
  readonly setData: (
    data: Readonly<Record<string, Schema.Json>> | undefined
  ) => Effect.Effect<void, DiscordError.NotSignedIn | DiscordError.AccessTokenStoreError>

  /**
   * Revokes the authorization at Discord and removes the token from the store.
   *
   * **Details**
   *
   * When Discord cannot be reached, the token still works: it stays in the store and the call fails. `{ force: true }`
   * removes it in any case.
   */
  readonly signOut: (options?: { readonly force?: boolean | undefined }) => Effect.Effect<
    void,
    HttpFailure | DiscordError.InvalidClient | DiscordError.InvalidOAuth2Request | DiscordError.AccessTokenStoreError
  >
}

/**
 * Returns whether the token was granted a scope, and narrows the session to one that has the calls of that scope.
 *
 * **Example** (A feature that not every user has consented to)
 *
 * ```ts
 * import { DiscordSession } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const connections = (session: DiscordSession.DiscordSession<"identify">) =>
 *   DiscordSession.hasScope(session, "connections") ? session.getCurrentUserConnections() : Effect.succeed([])
 * ```
 *
 * @category guards
 * @since 0.1.0
 */
export const hasScope = <Scopes extends OAuth2Scope.OAuth2Scope, const Scope extends OAuth2Scope.OAuth2Scope>(
  self: DiscordSession<Scopes>,
  scope: Scope
): self is DiscordSession<Scopes | Scope> => self.scopes.includes(scope)
