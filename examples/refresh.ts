// The first call after a token expired refreshes it. Calls at the same time share one refresh, because each of Discord's
// refresh tokens works once.

import { DiscordSessions } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect } from "effect"

const program = Effect.gen(function*() {
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator
  const session = yield* sessions.open(yield* discord.issueToken({ scopes: ["identify", "guilds", "connections"] }))

  yield* discord.expireAccessTokens(session.userId)
  yield* discord.clearRequests

  const [user, guilds, connections] = yield* Effect.all([
    session.getCurrentUser(),
    session.getCurrentUserGuilds(),
    session.getCurrentUserConnections()
  ], { concurrency: "unbounded" })
  yield* Console.log(`${user.username}: ${guilds.length} servers, ${connections.length} connections`)

  const refreshes = (yield* discord.requests).filter(({ grantType }) => grantType === "refresh_token")
  yield* Console.log(`three calls, ${refreshes.length} refresh`)

  // After the user revoked the authorization, a refresh fails: the user must sign in again.
  yield* discord.revokeAuthorizations(session.userId)
  yield* session.getCurrentUser().pipe(
    Effect.catchTag("InvalidRefreshToken", () => Console.log("Please sign in again"))
  )
})

await Effect.runPromise(Effect.provide(program, DiscordSimulator.layerTest()))
