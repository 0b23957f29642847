/** Starts an authorization: makes its secrets and the URL of the consent page. */
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { DiscordConfig } from "../../api/DiscordConfig.ts"
import * as DiscordError from "../../errors/DiscordError.ts"
import * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import * as AuthorizationRequest from "../AuthorizationRequest.ts"
import * as PendingAuthorization from "../PendingAuthorization.ts"
import * as Pkce from "../Pkce.ts"
import { checkScopes } from "./tokenRequest.ts"

/** Exported by `OAuth2Client`. */
export interface AuthorizeOptions<Scope extends OAuth2Scope.OAuth2Scope> extends AuthorizationRequest.ConsentOptions {
  /** The scopes to ask for. Ask for as few as possible; `["identify"]` is enough to know who the user is. */
  readonly scopes: ReadonlyArray<Scope>

  /** One of the redirect URIs registered for the application, byte for byte. */
  readonly redirectUri: string

  /**
   * Whether to use PKCE, which proves that the client that exchanges the code started the login.
   *
   * **Details**
   *
   * Discord refuses PKCE together with `role_connections.write`. With that scope the default is `false`, the login has no
   * `code_verifier`, and `true` fails with `InvalidScope`.
   *
   * @default true
   */
  readonly pkce?: boolean | undefined

  /**
   * Whether to make a `nonce` and keep it in the login. For the scope `openid`.
   *
   * @default false
   */
  readonly nonce?: boolean | undefined

  /**
   * How long the user may take on the consent page.
   *
   * @default 10 minutes
   */
  readonly expiresIn?: Duration.Input | undefined

  /** The path in the application to return to after the login. It is kept in the login. */
  readonly returnTo?: string | undefined
}

/** Exported by `OAuth2Client`. */
export interface StartedAuthorization<out Scope extends OAuth2Scope.OAuth2Scope>
  extends PendingAuthorization.PendingAuthorization<Scope>
{
  /** The URL of the consent page. */
  readonly url: string
}

const checkRedirectUri = (redirectUri: string) =>
  URL.canParse(redirectUri) && !/\p{Surrogate}/u.test(redirectUri)
    ? Effect.void
    : Effect.fail(new DiscordError.InvalidCallArgument({ issue: "Expected an absolute URL at [\"redirectUri\"]" }))

/** Whether the scopes allow PKCE (rule S9 of docs/checklist.md). */
const allowPkce = (scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>) =>
  OAuth2Scope.rejected(scopes, { grant: "authorization_code", pkce: true }).length === 0

export const authorize = Effect.fnUntraced(function*<Scope extends OAuth2Scope.OAuth2Scope>(
  config: DiscordConfig["Service"],
  options: AuthorizeOptions<Scope>,
  responseType: "code" | "token"
) {
  yield* checkRedirectUri(options.redirectUri)
  const pkce = responseType === "code" && (options.pkce ?? allowPkce(options.scopes))
  yield* checkScopes(options.scopes, { grant: responseType === "code" ? "authorization_code" : "implicit", pkce })
  const state = yield* Pkce.makeSecret
  const codeVerifier = pkce ? yield* Pkce.makeSecret : undefined
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
})
