// A linked role: the application tells Discord facts about the user, and servers give roles for them. Discord does not
// accept PKCE with this scope, so `authorize` does not use it.

import { DiscordSessions, OAuth2Client } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect } from "effect"

const redirectUri = "https://game.example/callback"

const program = Effect.gen(function*() {
  const oauth = yield* OAuth2Client.OAuth2Client
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator

  const login = yield* oauth.authorize({ scopes: ["identify", "role_connections.write"], redirectUri })
  const session = yield* sessions.open(yield* oauth.exchange(login, yield* discord.authorize(login.url)))

  yield* session.updateCurrentUserApplicationRoleConnection({
    platform_name: "Dungeon of Doom",
    platform_username: "nelly_the_great",
    metadata: { level: "17" }
  })

  const linked = yield* session.getCurrentUserApplicationRoleConnection()
  yield* Console.log(`${linked.platform_username} of ${linked.platform_name}: level ${linked.metadata?.level}`)

  yield* session.deleteCurrentUserApplicationRoleConnection()
  const unlinked = yield* session.getCurrentUserApplicationRoleConnection()
  yield* Console.log(`afterwards: ${unlinked.platform_username}`)

  // Arguments are validated before the request is sent.
  yield* session.updateCurrentUserApplicationRoleConnection({ metadata: { "Level!": "17" } }).pipe(
    Effect.catchTag("InvalidCallArgument", () => Console.log("a key may contain a-z, 0-9 and _"))
  )
})

const Discord = DiscordSimulator.layerTest({ application: { redirectUris: [redirectUri] } })

await Effect.runPromise(Effect.provide(program, Discord))
