/** The implicit grant: reads the token from the fragment of a callback. */
import * as Effect from "effect/Effect"
import type { DiscordConfig } from "../../api/DiscordConfig.ts"
import * as DiscordError from "../../errors/DiscordError.ts"
import * as AccessToken from "../../models/AccessToken.ts"
import type * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import * as AuthorizationResponse from "../AuthorizationResponse.ts"
import type * as PendingAuthorization from "../PendingAuthorization.ts"

export const makeAcceptImplicit = (config: DiscordConfig["Service"]) =>
  Effect.fn("OAuth2Client.acceptImplicit")(function*<Scope extends OAuth2Scope.OAuth2Scope>(
    login: PendingAuthorization.PendingAuthorization<Scope>,
    callback: string | URL | URLSearchParams
  ) {
    const response = yield* AuthorizationResponse.parseImplicit(callback, login, config)
    if (login.response_type !== "token") return yield* new DiscordError.InvalidCallback({ reason: "response-type" })
    if (response.token_type.toLowerCase() !== "bearer") {
      return yield* new DiscordError.InvalidCallback({ reason: "token-type" })
    }
    return yield* AccessToken.fromResponse(response, { scopes: login.scopes })
  })
