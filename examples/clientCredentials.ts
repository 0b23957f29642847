// The client credentials grant: a token for the application's owner, without a browser. It cannot be refreshed: request a
// new one instead.

import { AccessToken, DiscordClient, OAuth2Client, OAuth2Scope, User } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Duration, Effect } from "effect"

const program = Effect.gen(function*() {
  const oauth = yield* OAuth2Client.OAuth2Client
  const api = yield* DiscordClient.DiscordClient

  const token = yield* oauth.clientCredentials({ scopes: ["identify", "connections"] })
  yield* Console.log(`granted: ${OAuth2Scope.toString(token.scopes)}`)
  yield* Console.log(`refreshable: ${AccessToken.isRefreshable(token)}`)
  yield* Console.log(`days left: ${Math.round(Duration.toDays(yield* AccessToken.timeLeft(token)))}`)

  const owner = yield* api.getCurrentUser({ accessToken: token })
  const connections = yield* api.getCurrentUserConnections({ accessToken: token })
  yield* Console.log(`${User.displayName(owner)} has connected ${connections.map(({ type }) => type).join(" and ")}`)

  yield* oauth.revoke(token)
  yield* api.getCurrentUser({ accessToken: token }).pipe(
    Effect.catchTag("AccessTokenExpired", () => Console.log("revoked"))
  )
})

await Effect.runPromise(Effect.provide(program, DiscordSimulator.layerTest()))
