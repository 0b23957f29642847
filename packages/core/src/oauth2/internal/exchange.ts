/** The authorization code grant: exchanges the code of a callback for tokens, once. */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as DiscordError from "../../errors/DiscordError.ts"
import * as AccessToken from "../../models/AccessToken.ts"
import type * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import * as AuthorizationResponse from "../AuthorizationResponse.ts"
import type * as PendingAuthorization from "../PendingAuthorization.ts"
import { type Caller, describedAs, requestToken } from "./tokenRequest.ts"

export const makeExchangeCode = (caller: Caller) =>
  Effect.fn("OAuth2Client.exchangeCode")(
    function*<Scope extends OAuth2Scope.OAuth2Scope>(options: {
      readonly code: Redacted.Redacted
      readonly redirectUri: string
      readonly codeVerifier?: Redacted.Redacted | undefined
      /** The scopes of the token where the response names none. */
      readonly scopes?: ReadonlyArray<Scope> | undefined
    }) {
      const response = yield* requestToken(caller, {
        grant_type: "authorization_code",
        code: options.code,
        redirect_uri: options.redirectUri,
        ...(options.codeVerifier !== undefined && { code_verifier: options.codeVerifier })
      }).pipe(
        Effect.catchTag(
          "InvalidGrant",
          (error) => Effect.fail(new DiscordError.InvalidAuthorizationCode(describedAs(error)))
        )
      )
      return yield* AccessToken.fromResponse(response, { scopes: options.scopes })
    }
  )

export const makeExchange = ({ config }: Caller, exchangeCode: ReturnType<typeof makeExchangeCode>) =>
  Effect.fn("OAuth2Client.exchange")(function*<Scope extends OAuth2Scope.OAuth2Scope>(
    login: PendingAuthorization.PendingAuthorization<Scope>,
    callback: string | URL | URLSearchParams
  ) {
    const { code } = yield* AuthorizationResponse.parse(callback, login, config)
    // A login of the implicit grant has no verifier, so an attacker may have injected the code.
    if (login.response_type !== "code") return yield* new DiscordError.InvalidCallback({ reason: "response-type" })
    return yield* exchangeCode({
      code,
      redirectUri: login.redirect_uri,
      codeVerifier: login.code_verifier,
      scopes: login.scopes
    })
  })
