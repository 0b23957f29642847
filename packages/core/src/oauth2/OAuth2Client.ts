/**
 * The client of the OAuth2 grants: gets, refreshes and revokes tokens.
 *
 * **When to use**
 *
 * In applications that handle login or tokens themselves. `DiscordLogin` and `DiscordSession` make these calls for a web
 * application.
 *
 * @see https://discord.com/developers/docs/topics/oauth2
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import type * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as DiscordClient from "../api/DiscordClient.ts"
import { DiscordConfig } from "../api/DiscordConfig.ts"
import type * as DiscordError from "../errors/DiscordError.ts"
import type * as AccessToken from "../models/AccessToken.ts"
import type { AuthorizationInfo } from "../models/AuthorizationInfo.ts"
import type * as OAuth2Scope from "../models/OAuth2Scope.ts"
import * as AuthorizationRequest from "./AuthorizationRequest.ts"
import { authorize, type AuthorizeOptions, type StartedAuthorization } from "./internal/authorize.ts"
import { makeClientCredentials } from "./internal/clientCredentials.ts"
import { makeExchange, makeExchangeCode } from "./internal/exchange.ts"
import { makeAcceptImplicit } from "./internal/implicit.ts"
import { makeRefresh } from "./internal/refresh.ts"
import { makeRevoke } from "./internal/revoke.ts"
import type * as PendingAuthorization from "./PendingAuthorization.ts"

export {
  /**
   * Options of `authorize`.
   *
   * @category options
   * @since 0.1.0
   */
  type AuthorizeOptions,
  /**
   * A login that has started. Send the browser to `url`, and keep the rest until the callback.
   *
   * @category models
   * @since 0.1.0
   */
  type StartedAuthorization
}

/**
 * The failures of a request to Discord that are possible in every call.
 *
 * @category errors
 * @since 0.1.0
 */
export type HttpFailure = DiscordError.HttpError | DiscordError.DiscordTransportError | DiscordError.MalformedResponse

/**
 * The failures of every grant.
 *
 * @category errors
 * @since 0.1.0
 */
export type GrantFailure =
  | HttpFailure
  | DiscordError.InvalidClient
  | DiscordError.InvalidScope
  | DiscordError.InvalidOAuth2Request
  | DiscordError.UnsupportedGrantType

/**
 * The failures of the exchange of a code.
 *
 * @category errors
 * @since 0.1.0
 */
export type ExchangeFailure = GrantFailure | DiscordError.InvalidAuthorizationCode

/**
 * The failures of a refresh.
 *
 * @category errors
 * @since 0.1.0
 */
export type RefreshFailure =
  | Exclude<GrantFailure, DiscordError.MalformedResponse>
  | DiscordError.AccessTokenNotRefreshable
  | DiscordError.InvalidRefreshToken
  | DiscordError.RefreshOutcomeUnknown

/**
 * The calls of `OAuth2Client`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /**
   * Starts the authorization code grant: makes `state`, the PKCE verifier and the URL of the consent page.
   *
   * **Details**
   *
   * With the scope `webhook.incoming` the token has a `webhook`, with `bot` a `guild`.
   */
  readonly authorize: <const Scope extends OAuth2Scope.OAuth2Scope>(
    options: AuthorizeOptions<Scope>
  ) => Effect.Effect<StartedAuthorization<Scope>, DiscordError.InvalidScope | DiscordError.InvalidCallArgument>

  /**
   * Starts the implicit grant: the token is in the fragment of the callback, and expires after seven days.
   *
   * **Gotchas**
   *
   * The token appears in the browser's history and cannot be refreshed. Prefer `authorize`, which needs no client secret
   * either.
   */
  readonly authorizeImplicit: <const Scope extends OAuth2Scope.OAuth2Scope>(
    options: Omit<AuthorizeOptions<Scope>, "pkce">
  ) => Effect.Effect<StartedAuthorization<Scope>, DiscordError.InvalidScope | DiscordError.InvalidCallArgument>

  /** Builds the URL that adds the bot to a guild, or the application to a user. There is no callback. */
  readonly botAuthorizationUrl: (
    options?: AuthorizationRequest.ConsentOptions & {
      /** @default the application's default install settings */
      readonly scopes?: ReadonlyArray<"bot" | "applications.commands"> | undefined
    }
  ) => string

  /**
   * Checks a callback against its login and exchanges the code, once.
   *
   * **Gotchas**
   *
   * The exchange is never repeated: a code works once and expires after 100 seconds. After any failure, start a new login.
   */
  readonly exchange: <Scope extends OAuth2Scope.OAuth2Scope>(
    login: PendingAuthorization.PendingAuthorization<Scope>,
    callback: string | URL | URLSearchParams
  ) => Effect.Effect<AccessToken.AccessToken<Scope>, DiscordError.CallbackError | ExchangeFailure>

  /**
   * Exchanges a code that did not arrive through a callback, such as one from an activity's `authorize` command.
   */
  readonly exchangeCode: (options: {
    readonly code: Redacted.Redacted
    readonly redirectUri: string
    readonly codeVerifier?: Redacted.Redacted | undefined
  }) => Effect.Effect<AccessToken.AccessToken, ExchangeFailure>

  /**
   * Checks a callback of the implicit grant against its login, and returns the token in its fragment.
   */
  readonly acceptImplicit: <Scope extends OAuth2Scope.OAuth2Scope>(
    login: PendingAuthorization.PendingAuthorization<Scope>,
    callback: string | URL | URLSearchParams
  ) => Effect.Effect<AccessToken.AccessToken<Scope>, DiscordError.CallbackError>

  /**
   * Exchanges the refresh token for a new token, once.
   *
   * **Gotchas**
   *
   * A refresh token works once: store the new token before you use it, and never refresh twice at the same time.
   * `DiscordSession` does this for you.
   */
  readonly refresh: <Scope extends OAuth2Scope.OAuth2Scope>(
    token: AccessToken.AccessToken<Scope>
  ) => Effect.Effect<AccessToken.AccessToken<Scope>, RefreshFailure>

  /**
   * Revokes the token and every other token of its authorization (RFC 7009). Succeeds if Discord does not know the token.
   *
   * **Gotchas**
   *
   * After `DiscordServerError` or `DiscordTransportError` the token may still work: try again later.
   */
  readonly revoke: (
    token: AccessToken.AccessToken
  ) => Effect.Effect<void, HttpFailure | DiscordError.InvalidClient | DiscordError.InvalidOAuth2Request>

  /**
   * Requests a token for the owner of the application. Fails with `DiscordConfigurationError` if there is no client
   * secret.
   *
   * **Details**
   *
   * An application that a team owns gets `identify` and `applications.commands.update` only. With `team` (default
   * `false`), any other scope fails with `InvalidScope` before the request. Without it, Discord refuses the request.
   */
  readonly clientCredentials: <const Scope extends OAuth2Scope.OAuth2Scope>(options: {
    readonly scopes: ReadonlyArray<Scope>
    readonly team?: boolean
  }) => Effect.Effect<AccessToken.AccessToken<Scope>, GrantFailure | DiscordError.DiscordConfigurationError>

  /**
   * Returns what a token is for: the application, the scopes, the expiry and, with `identify`, the user.
   */
  readonly getCurrentAuthorizationInformation: (
    token: AccessToken.AccessToken
  ) => Effect.Effect<
    AuthorizationInfo,
    HttpFailure | DiscordError.AccessTokenExpired | DiscordError.MissingScope
  >
}

/**
 * The service of the OAuth2 grants.
 *
 * **Example** (The authorization code grant)
 *
 * ```ts
 * import { OAuth2Client } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const start = Effect.gen(function*() {
 *   const oauth = yield* OAuth2Client.OAuth2Client
 *   return yield* oauth.authorize({ scopes: ["identify", "guilds"], redirectUri: "https://app.example/callback" })
 * })
 *
 * const finish = Effect.fn(function*(login: Effect.Success<typeof start>, callback: string) {
 *   const oauth = yield* OAuth2Client.OAuth2Client
 *   return yield* oauth.exchange(login, callback).pipe(
 *     Effect.asSome,
 *     Effect.catchTag("AuthorizationDenied", () => Effect.succeedNone)
 *   )
 * })
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class OAuth2Client
  extends Context.Service<OAuth2Client, Service>()("@discord-oauth2/core/oauth2/OAuth2Client")
{}

/**
 * Makes the service from the `DiscordClient`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<
  Service,
  never,
  DiscordClient.DiscordClient | DiscordConfig | SecureRandom.SecureRandom | Digest.Digest
> = Effect.gen(function*() {
  const api = yield* DiscordClient.DiscordClient
  const config = yield* DiscordConfig
  const crypto = yield* Effect.context<SecureRandom.SecureRandom | Digest.Digest>()
  const caller = { api, config }
  const exchangeCode = makeExchangeCode(caller)

  return OAuth2Client.of({
    authorize: (options) => Effect.provideContext(authorize(config, options, "code"), crypto),
    authorizeImplicit: (options) => Effect.provideContext(authorize(config, options, "token"), crypto),
    botAuthorizationUrl: (options) =>
      AuthorizationRequest.toUrl(config.authorizeUrl, {
        ...options,
        clientId: config.clientId,
        scopes: options?.scopes ?? []
      }),
    exchange: makeExchange(caller, exchangeCode),
    exchangeCode,
    acceptImplicit: makeAcceptImplicit(config),
    refresh: makeRefresh(caller),
    revoke: makeRevoke(caller),
    clientCredentials: makeClientCredentials(caller),
    getCurrentAuthorizationInformation: (token) => api.getCurrentAuthorizationInformation({ accessToken: token })
  })
})

/**
 * Creates the layer of the service. The platform provides `effect/crypto`: `NodeDiscord`, `BrowserDiscord`, or
 * `SecureRandom.layerWebCrypto` and `Digest.layerWebCrypto`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<
  OAuth2Client,
  never,
  DiscordClient.DiscordClient | DiscordConfig | SecureRandom.SecureRandom | Digest.Digest
> = Layer.effect(OAuth2Client, make)
