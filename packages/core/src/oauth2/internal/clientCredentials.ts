/** The client credentials grant: requests a token for the owner of the application. */
import * as Effect from "effect/Effect"
import * as DiscordError from "../../errors/DiscordError.ts"
import * as AccessToken from "../../models/AccessToken.ts"
import * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import { type Caller, checkScopes, describedAs, requestToken } from "./tokenRequest.ts"

export const makeClientCredentials = (caller: Caller) =>
  Effect.fn("OAuth2Client.clientCredentials")(
    function*<Scope extends OAuth2Scope.OAuth2Scope>(options: {
      readonly scopes: ReadonlyArray<Scope>
      readonly team?: boolean
    }) {
      if (caller.config.clientSecret === undefined) {
        return yield* new DiscordError.DiscordConfigurationError({
          description: "The client credentials grant needs a client secret: set DISCORD_CLIENT_SECRET."
        })
      }
      yield* checkScopes(options.scopes, {
        grant: "client_credentials",
        pkce: false,
        team: options.team === true
      })
      const response = yield* requestToken(caller, {
        grant_type: "client_credentials",
        scope: OAuth2Scope.toString(options.scopes)
      }).pipe(
        Effect.catchTag(
          "InvalidGrant",
          (error) => Effect.fail(new DiscordError.UnsupportedGrantType(describedAs(error)))
        )
      )
      return yield* AccessToken.fromResponse(response, { scopes: options.scopes })
    }
  )
