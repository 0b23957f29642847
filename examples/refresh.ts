// A token that expires is refreshed by the first call that needs it: once, however many calls need it at the same time,
// because Discord's refresh tokens work once.

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

  // When the grant is dead, no refresh helps: the user has to sign in again.
  yield* discord.revokeAuthorizations(session.userId)
  yield* session.getCurrentUser().pipe(
    Effect.catchTag("InvalidRefreshToken", () => Console.log("Please sign in again"))
  )
})

await Effect.runPromise(Effect.provide(program, DiscordSimulator.layerTest()))
