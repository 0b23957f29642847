/** The refresh token grant: exchanges a refresh token for a new pair, once. */
import * as Effect from "effect/Effect"
import * as DiscordError from "../../errors/DiscordError.ts"
import * as AccessToken from "../../models/AccessToken.ts"
import type * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import { type Caller, describedAs, requestToken } from "./tokenRequest.ts"

export const makeRefresh = (caller: Caller) =>
  Effect.fn("OAuth2Client.refresh")(function*<Scope extends OAuth2Scope.OAuth2Scope>(
    token: AccessToken.AccessToken<Scope>
  ) {
    if (token.refresh_token === undefined) return yield* new DiscordError.AccessTokenNotRefreshable()
    const response = yield* requestToken(caller, {
      grant_type: "refresh_token",
      refresh_token: token.refresh_token
    }).pipe(
      Effect.catchTags({
        InvalidGrant: (error) =>
          Effect.fail(new DiscordError.InvalidRefreshToken({ reason: "rejected", ...describedAs(error) })),
        // Discord may have used up the refresh token already.
        MalformedResponse: ({ issue }) => Effect.fail(new DiscordError.RefreshOutcomeUnknown({ description: issue })),
        DiscordTransportError: (error) =>
          Effect.fail(error.sent ? new DiscordError.RefreshOutcomeUnknown({ description: error.description }) : error)
      })
    )
    return yield* AccessToken.fromResponse(response, { previous: token })
  })
