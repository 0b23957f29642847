/**
 * The grants: how an application comes by a user's token, renews it and gives it back.
 *
 * @see https://discord.com/developers/docs/topics/oauth2
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Digest from "effect/crypto/Digest"
import type * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Deadline from "../api/Deadline.ts"
import * as DiscordClient from "../api/DiscordClient.ts"
import { DiscordConfig } from "../api/DiscordConfig.ts"
import { readText } from "../api/ResponseBody.ts"
import * as DiscordError from "../errors/DiscordError.ts"
import * as AccessToken from "../models/AccessToken.ts"
import type { AuthorizationInfo } from "../models/AuthorizationInfo.ts"
import * as OAuth2Scope from "../models/OAuth2Scope.ts"
import * as AuthorizationRequest from "./AuthorizationRequest.ts"
import * as AuthorizationResponse from "./AuthorizationResponse.ts"
import * as PendingAuthorization from "./PendingAuthorization.ts"
import * as Pkce from "./Pkce.ts"

/**
 * How an authorization starts.
 *
 * @category options
 * @since 0.1.0
 */
export interface AuthorizeOptions<Scope extends OAuth2Scope.OAuth2Scope> extends AuthorizationRequest.Consent {
  /** What to ask for. The least that does is best; `["identify"]` is enough to know who the user is. */
  readonly scopes: ReadonlyArray<Scope>

  /** One of the redirect URIs registered for the application, byte for byte. */
  readonly redirectUri: string

  /**
   * Whether to prove with PKCE that the callback is answered by who started the login.
   *
   * **Details**
   *
   * Discord refuses PKCE together with `role_connections.write`, so with that scope the default is `false`, the login
   * has no `code_verifier`, and `true` fails with `InvalidScope`.
   *
   * @default true
   */
  readonly pkce?: boolean | undefined

  /** With the scope `openid`: a `nonce` is made and kept in the login. */
  readonly nonce?: boolean | undefined

  /**
   * How long the user may take on the consent page.
   *
   * @default 10 minutes
   */
  readonly expiresIn?: Duration.Input | undefined

  /** A path of the application, kept in the login. */
  readonly returnTo?: string | undefined
}

/**
 * A login that starts: send the browser to `url`, and keep the rest until the callback.
 *
 * @category models
 * @since 0.1.0
 */
export interface StartedAuthorization<out Scope extends OAuth2Scope.OAuth2Scope>
  extends PendingAuthorization.PendingAuthorization<Scope>
{
  readonly url: string
}

/**
 * What the way to Discord and back may fail with, whatever the call.
 *
 * @category errors
 * @since 0.1.0
 */
export type HttpFailure = DiscordError.HttpError | DiscordError.DiscordTransportError | DiscordError.MalformedResponse

/**
 * What every grant may fail with.
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
 * What the exchange of a code may fail with.
 *
 * @category errors
 * @since 0.1.0
 */
export type ExchangeFailure = GrantFailure | DiscordError.InvalidAuthorizationCode

/**
 * What a refresh may fail with.
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
 * The service.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /**
   * Starts the authorization code grant: makes `state` and the PKCE verifier, and the URL of the consent page.
   *
   * **Details**
   *
   * With the scope `webhook.incoming` the token will carry a `webhook`, with `bot` a `guild`.
   */
  readonly authorize: <const Scope extends OAuth2Scope.OAuth2Scope>(
    options: AuthorizeOptions<Scope>
  ) => Effect.Effect<StartedAuthorization<Scope>, DiscordError.InvalidScope | DiscordError.InvalidCallArgument>

  /**
   * Starts the implicit grant: the token arrives in the fragment of the redirect URI, and lasts seven days.
   *
   * **Gotchas**
   *
   * The token passes through the browser's history and cannot be refreshed. A public client does better with
   * `authorize`, which needs no secret either.
   */
  readonly authorizeImplicit: <const Scope extends OAuth2Scope.OAuth2Scope>(
    options: Omit<AuthorizeOptions<Scope>, "pkce">
  ) => Effect.Effect<StartedAuthorization<Scope>, DiscordError.InvalidScope | DiscordError.InvalidCallArgument>

  /**
   * The URL that adds the bot to a guild, or the application to a user, without a callback. Without `scopes` the
   * application's default install settings count.
   */
  readonly botAuthorizationUrl: (
    options?: AuthorizationRequest.Consent & {
      /** @default the application's default install settings */
      readonly scopes?: ReadonlyArray<"bot" | "applications.commands"> | undefined
    }
  ) => string

  /**
   * Checks a callback against its login and exchanges the code, once.
   *
   * **Gotchas**
   *
   * It is never tried again: a code works once and lives 100 seconds. On any failure the login starts again.
   */
  readonly exchange: <Scope extends OAuth2Scope.OAuth2Scope>(
    login: PendingAuthorization.PendingAuthorization<Scope>,
    callback: string | URL | URLSearchParams
  ) => Effect.Effect<AccessToken.AccessToken<Scope>, DiscordError.CallbackError | ExchangeFailure>

  /**
   * Exchanges a code that came another way than through a callback, such as from an activity's `authorize` command.
   */
  readonly exchangeCode: (options: {
    readonly code: Redacted.Redacted
    readonly redirectUri: string
    readonly codeVerifier?: Redacted.Redacted | undefined
  }) => Effect.Effect<AccessToken.AccessToken, ExchangeFailure>

  /**
   * Reads the token from the fragment of an implicit grant's callback, after the same checks.
   */
  readonly acceptImplicit: <Scope extends OAuth2Scope.OAuth2Scope>(
    login: PendingAuthorization.PendingAuthorization<Scope>,
    callback: string | URL | URLSearchParams
  ) => Effect.Effect<AccessToken.AccessToken<Scope>, DiscordError.CallbackError>

  /**
   * Asks for a new pair, once.
   *
   * **Gotchas**
   *
   * The old refresh token works once: keep the answer before using it, and never ask twice at the same time.
   * `DiscordSession` does all of this.
   */
  readonly refresh: <Scope extends OAuth2Scope.OAuth2Scope>(
    token: AccessToken.AccessToken<Scope>
  ) => Effect.Effect<AccessToken.AccessToken<Scope>, RefreshFailure>

  /**
   * Revokes the token, and with it every other token of this authorization (RFC 7009). An unknown token is fine.
   *
   * **Gotchas**
   *
   * After `DiscordServerError` or `DiscordTransportError` the token still works: try again later.
   */
  readonly revoke: (
    token: AccessToken.AccessToken
  ) => Effect.Effect<void, HttpFailure | DiscordError.InvalidClient | DiscordError.InvalidOAuth2Request>

  /**
   * A token for the application's owner. A team's application gets `identify` and `applications.commands.update` alone:
   * with `team` (default `false`), any other scope is `InvalidScope` before the request; without, Discord refuses it.
   */
  readonly clientCredentials: <const Scope extends OAuth2Scope.OAuth2Scope>(options: {
    readonly scopes: ReadonlyArray<Scope>
    readonly team?: boolean
  }) => Effect.Effect<AccessToken.AccessToken<Scope>, GrantFailure | DiscordError.DiscordConfigurationError>

  /**
   * What a token stands for: the application, the scopes, the expiry and, with `identify`, the user.
   */
  readonly getCurrentAuthorizationInformation: (
    token: AccessToken.AccessToken
  ) => Effect.Effect<
    AuthorizationInfo,
    HttpFailure | DiscordError.AccessTokenExpired | DiscordError.MissingScope
  >
}

/**
 * The service of the grants.
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
export class OAuth2Client extends Context.Service<OAuth2Client, Service>()("@discord-oauth2/core/OAuth2Client") {}

/** What Discord is known to refuse is refused before anything is sent, with the reason. */
const checkScopes = (
  scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>,
  request: OAuth2Scope.ScopeRequest
) => {
  const refused = OAuth2Scope.refused(scopes, request)
  return refused.length === 0
    ? Effect.void
    : Effect.fail(
      new DiscordError.InvalidScope({
        description: `${refused.join(", ")} cannot be had with the grant ${request.grant}${
          request.pkce ? " and PKCE" : request.team === true ? " of a team's application" : ""
        }`
      })
    )
}

/** Requests are built here from checked values, so a refusal to encode one is our own mistake. */
const dieOnArgument = <A, E, R>(
  self: Effect.Effect<A, E | DiscordError.InvalidCallArgument, R>
): Effect.Effect<A, Exclude<E, DiscordError.InvalidCallArgument>, R> =>
  Effect.catch(self, (error) => isArgument(error) ? Effect.die(error) : Effect.fail(withoutArgument(error)))

const isArgument = (error: unknown) => error instanceof DiscordError.InvalidCallArgument

// oxlint-disable-next-line typescript/consistent-type-assertions -- the caller has looked
const withoutArgument = <E>(error: E) => error as Exclude<E, DiscordError.InvalidCallArgument>

/** S27: compared without case. */
const checkType = (response: AccessToken.AccessTokenResponse) =>
  response.token_type.toLowerCase() === "bearer"
    ? Effect.succeed(response)
    : Effect.fail(
      new DiscordError.MalformedResponse({ status: 200, issue: "Expected \"Bearer\" at [\"token_type\"]" })
    )

/**
 * Builds the grants on the derived client.
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
  /** A public client names itself in the form, a confidential one in the header: never both (S23). */
  const client = config.clientSecret === undefined ? { client_id: config.clientId } : {}

  const start = Effect.fnUntraced(function*<Scope extends OAuth2Scope.OAuth2Scope>(
    options: AuthorizeOptions<Scope>,
    responseType: "code" | "token"
  ) {
    if (!URL.canParse(options.redirectUri) || /\p{Surrogate}/u.test(options.redirectUri)) {
      return yield* new DiscordError.InvalidCallArgument({ issue: "Expected an absolute URL at [\"redirectUri\"]" })
    }
    // PKCE is left out where a scope allows none (S9): the login then has no verifier.
    const withoutPkce = responseType === "token" ||
      OAuth2Scope.refused(options.scopes, { grant: "authorization_code", pkce: true }).length > 0
    const pkce = options.pkce ?? !withoutPkce
    yield* checkScopes(options.scopes, {
      grant: responseType === "code" ? "authorization_code" : "implicit",
      pkce: responseType === "code" && pkce
    })
    const state = yield* Pkce.makeSecret
    const codeVerifier = responseType === "code" && pkce ? yield* Pkce.makeSecret : undefined
    const nonce = options.nonce === true ? yield* Pkce.makeSecret : undefined
    const login: StartedAuthorization<Scope> = {
      response_type: responseType,
      state,
      redirect_uri: options.redirectUri,
      scopes: options.scopes,
      expires_at: DateTime.addDuration(yield* DateTime.now, options.expiresIn ?? PendingAuthorization.defaultLifetime),
      ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
      ...(nonce !== undefined && { nonce }),
      ...(options.returnTo !== undefined && { return_to: options.returnTo }),
      url: AuthorizationRequest.toUrl(config.authorizeUrl, {
        ...options,
        clientId: config.clientId,
        responseType,
        state: Redacted.value(state),
        nonce: nonce === undefined ? undefined : Redacted.value(nonce),
        codeChallenge: codeVerifier === undefined ? undefined : yield* Pkce.challenge(codeVerifier)
      })
    }
    return login
  }, Effect.provideContext(crypto))

  const exchangeCode = Effect.fn("OAuth2Client.exchangeCode")(
    function*<Scope extends OAuth2Scope.OAuth2Scope>(options: {
      readonly code: Redacted.Redacted
      readonly redirectUri: string
      readonly codeVerifier?: Redacted.Redacted | undefined
      readonly scopes?: ReadonlyArray<Scope> | undefined
    }) {
      const response = yield* api.exchangeToken({
        grant_type: "authorization_code",
        code: options.code,
        redirect_uri: options.redirectUri,
        ...(options.codeVerifier !== undefined && { code_verifier: options.codeVerifier }),
        ...client
      }).pipe(
        dieOnArgument,
        Effect.catchTag("InvalidGrant", ({ description }) =>
          Effect.fail(
            new DiscordError.InvalidAuthorizationCode(description === undefined ? {} : { description })
          )),
        Effect.flatMap(checkType)
      )
      return yield* AccessToken.fromResponse(response, { scopes: options.scopes })
    }
  )

  const exchange = Effect.fn("OAuth2Client.exchange")(function*<Scope extends OAuth2Scope.OAuth2Scope>(
    login: PendingAuthorization.PendingAuthorization<Scope>,
    callback: string | URL | URLSearchParams
  ) {
    const { code } = yield* AuthorizationResponse.parse(callback, login, config)
    // A login of the implicit grant has no verifier: a code that comes to it was put there.
    if (login.response_type !== "code") return yield* new DiscordError.InvalidCallback({ reason: "response type" })
    return yield* exchangeCode({
      code,
      redirectUri: login.redirect_uri,
      codeVerifier: login.code_verifier,
      scopes: login.scopes
    })
  })

  const refresh = Effect.fn("OAuth2Client.refresh")(function*<Scope extends OAuth2Scope.OAuth2Scope>(
    token: AccessToken.AccessToken<Scope>
  ) {
    if (token.refresh_token === undefined) return yield* new DiscordError.AccessTokenNotRefreshable()
    const response = yield* api.exchangeToken({
      grant_type: "refresh_token",
      refresh_token: token.refresh_token,
      ...client
    }).pipe(
      dieOnArgument,
      Effect.flatMap(checkType),
      Effect.catchTags({
        InvalidGrant: ({ description }) =>
          Effect.fail(
            new DiscordError.InvalidRefreshToken({
              reason: "refused",
              ...(description !== undefined && { description })
            })
          ),
        MalformedResponse: ({ issue }) => Effect.fail(new DiscordError.RefreshOutcomeUnknown({ description: issue })),
        DiscordTransportError: (error) =>
          Effect.fail(error.sent ? new DiscordError.RefreshOutcomeUnknown({ description: error.description }) : error)
      })
    )
    return yield* AccessToken.fromResponse(response, { previous: token })
  })

  return OAuth2Client.of({
    authorize: (options) => start(options, "code"),
    authorizeImplicit: (options) => start(options, "token"),
    botAuthorizationUrl: (options) =>
      AuthorizationRequest.toUrl(config.authorizeUrl, {
        ...options,
        clientId: config.clientId,
        scopes: options?.scopes ?? []
      }),
    exchange,
    exchangeCode,
    acceptImplicit: Effect.fn("OAuth2Client.acceptImplicit")(function*<Scope extends OAuth2Scope.OAuth2Scope>(
      login: PendingAuthorization.PendingAuthorization<Scope>,
      callback: string | URL | URLSearchParams
    ) {
      const response = yield* AuthorizationResponse.parseImplicit(callback, login, config)
      if (login.response_type !== "token") return yield* new DiscordError.InvalidCallback({ reason: "response type" })
      if (response.token_type.toLowerCase() !== "bearer") {
        return yield* new DiscordError.InvalidCallback({ reason: "token type" })
      }
      return yield* AccessToken.fromResponse(response, { scopes: login.scopes })
    }),
    refresh,
    revoke: Effect.fn("OAuth2Client.revoke")(function*(token: AccessToken.AccessToken) {
      const [took, response] = yield* api.revokeToken({
        token: token.refresh_token ?? token.access_token,
        token_type_hint: token.refresh_token === undefined ? "access_token" : "refresh_token",
        responseMode: "response-only",
        ...client
      }).pipe(dieOnArgument, Effect.timed)
      // The body says nothing, but what is not read keeps its connection; one that does not end keeps nobody (F12).
      const left = Duration.subtract(config.timeout, took)
      const atMost = Duration.min(yield* Deadline.remaining, Duration.min(left, config.bodyTimeout))
      yield* Effect.ignore(Effect.timeoutOption(readText(response, config.maxBodyBytes), atMost))
    }),
    clientCredentials: Effect.fn("OAuth2Client.clientCredentials")(
      function*<Scope extends OAuth2Scope.OAuth2Scope>(options: {
        readonly scopes: ReadonlyArray<Scope>
        readonly team?: boolean
      }) {
        if (config.clientSecret === undefined) {
          return yield* new DiscordError.DiscordConfigurationError({
            description: "The client credentials grant needs a client secret: set DISCORD_CLIENT_SECRET."
          })
        }
        yield* checkScopes(options.scopes, {
          grant: "client_credentials",
          pkce: false,
          team: options.team === true
        })
        const response = yield* api.exchangeToken({
          grant_type: "client_credentials",
          scope: OAuth2Scope.toString(options.scopes)
        }).pipe(
          dieOnArgument,
          Effect.catchTag("InvalidGrant", ({ description }) =>
            Effect.fail(
              new DiscordError.UnsupportedGrantType(description === undefined ? {} : { description })
            )),
          Effect.flatMap(checkType)
        )
        return yield* AccessToken.fromResponse(response, { scopes: options.scopes })
      }
    ),
    getCurrentAuthorizationInformation: (token) => api.getCurrentAuthorizationInformation({ accessToken: token })
  })
})

/**
 * The grants on the derived client. `effect/crypto` comes from the platform: `NodeDiscord`, `BrowserDiscord`, or
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
