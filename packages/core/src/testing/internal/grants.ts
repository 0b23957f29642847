/** Plays the grants of the token endpoint: authorization code, refresh token and client credentials. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as DiscordError from "../../errors/DiscordError.ts"
import type { AccessTokenResponse } from "../../models/AccessToken.ts"
import * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import type { Application } from "../World.ts"
import { type Authorizations, type Code, issue } from "./authorizations.ts"

const invalidCode = () => new DiscordError.InvalidGrant({ description: "Invalid \"code\" in request." })

const invalidRequest = (description: string) => Effect.fail(new DiscordError.InvalidOAuth2Request({ description }))

const checkVerifier = Effect.fnUntraced(function*(
  { challenge }: Authorizations,
  { codeChallenge }: Code,
  codeVerifier: string | undefined
): Effect.fn.Return<void, DiscordError.InvalidOAuth2Request> {
  if (codeChallenge === undefined) return
  if (codeVerifier === undefined) return yield* invalidRequest("Missing \"code_verifier\" in request.")
  if ((yield* challenge(codeVerifier)) !== codeChallenge) {
    return yield* invalidRequest("Invalid \"code_verifier\" in request.")
  }
})

/** Exchanges an authorization code. A code works once, whatever comes of it. */
export const exchange = Effect.fnUntraced(function*(
  self: Authorizations,
  application: Application,
  request: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string | undefined }
): Effect.fn.Return<AccessTokenResponse, DiscordError.InvalidGrant | DiscordError.InvalidOAuth2Request> {
  const code = self.codes.get(request.code)
  if (code === undefined || code.clientId !== application.clientId) return yield* invalidCode()
  self.codes.delete(request.code)
  if (code.expiresAt <= (yield* Clock.currentTimeMillis)) return yield* invalidCode()
  if (code.redirectUri !== request.redirectUri) return yield* invalidRequest("Invalid \"redirect_uri\" in request.")
  yield* checkVerifier(self, code, request.codeVerifier)
  return yield* issue(self, {
    ...code,
    scopes: self.grantedScopes.get(code.userId) ?? code.scopes,
    refreshable: true
  })
})

/** Exchanges a refresh token, which works once. */
export const refresh = Effect.fnUntraced(function*(
  self: Authorizations,
  application: Application,
  refreshToken: string
): Effect.fn.Return<AccessTokenResponse, DiscordError.InvalidGrant> {
  const issued = self.refreshTokens.get(refreshToken)
  if (issued === undefined || issued.clientId !== application.clientId) {
    return yield* new DiscordError.InvalidGrant({ description: "Invalid \"refresh_token\" in request." })
  }
  self.refreshTokens.delete(refreshToken)
  return yield* issue(self, {
    clientId: issued.clientId,
    userId: issued.userId,
    scopes: self.grantedScopes.get(issued.userId) ?? issued.scopes,
    refreshable: true
  })
})

/** Issues a token for the application's owner. */
export const clientCredentials = Effect.fnUntraced(function*(
  self: Authorizations,
  application: Application,
  scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>
): Effect.fn.Return<AccessTokenResponse, DiscordError.InvalidScope> {
  const grant = "client_credentials"
  const rejected = OAuth2Scope.rejected(scopes, { grant, pkce: false, team: application.team })
  const granted = scopes.every((scope) => isGranted(application, scope, grant))
  if (scopes.length === 0 || rejected.length > 0 || !granted) {
    return yield* new DiscordError.InvalidScope({
      description: "The requested scope is invalid, unknown, or malformed."
    })
  }
  return yield* issue(self, {
    clientId: application.clientId,
    userId: application.ownerId,
    scopes,
    refreshable: false
  })
})

/** Returns whether an application may ask for a scope in a grant. */
export const isGranted = (application: Application, scope: string, grant: OAuth2Scope.Grant): boolean => {
  if (!OAuth2Scope.isKnown(scope)) return false
  const { grants, requiresApproval }: OAuth2Scope.Info = OAuth2Scope.info[scope]
  return grants.includes(grant) && (!requiresApproval || application.approvedScopes.includes(scope))
}
