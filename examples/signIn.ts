// Sign in with Discord: the authorization code grant, from the first redirect to the user's servers. The simulator is
// Discord here, and the browser too.

import { DiscordSessions, OAuth2Client, User } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect, Stream } from "effect"

const redirectUri = "https://app.example/callback"

const program = Effect.gen(function*() {
  const oauth = yield* OAuth2Client.OAuth2Client
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator

  // The user presses "Sign in": keep `login` for this browser, and send it to `login.url`.
  const login = yield* oauth.authorize({ scopes: ["identify", "guilds"], redirectUri })

  // The user allows it, and Discord sends the browser back.
  const callback = yield* discord.authorize(login.url)

  // The callback is checked against `login`, and its code exchanged. From here on the session keeps the token fresh.
  const token = yield* oauth.exchange(login, callback)
  const session = yield* sessions.open(token)

  const user = yield* session.getCurrentUser()
  yield* Console.log(`Hello, ${User.displayName(user)}`)
  yield* Stream.runForEach(session.currentUserGuilds(), (guild) => Console.log(`${guild.name}, id ${guild.id}`))
}).pipe(
  Effect.catchTag("AuthorizationDenied", () => Console.log("Another time, then"))
)

// In an application this is `NodeDiscord.layerConfig()`.
const Discord = DiscordSimulator.layerTest({ application: { redirectUris: [redirectUri] } })

await Effect.runPromise(Effect.provide(program, Discord))
