// Sign in with Discord: the authorization code grant, from the first redirect to the user's servers. The simulator plays
// the parts of Discord and of the browser.

import { DiscordSessions, OAuth2Client, User } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect, Stream } from "effect"

const redirectUri = "https://app.example/callback"

const program = Effect.gen(function*() {
  const oauth = yield* OAuth2Client.OAuth2Client
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator

  // The user presses "Sign in": keep `login` for this browser, and redirect it to `login.url`.
  const login = yield* oauth.authorize({ scopes: ["identify", "guilds"], redirectUri })

  // The user consents, and Discord redirects the browser back.
  const callback = yield* discord.authorize(login.url)

  // Checks the callback against `login`, and exchanges its code. The session then keeps the token fresh.
  const token = yield* oauth.exchange(login, callback)
  const session = yield* sessions.open(token)

  const user = yield* session.getCurrentUser()
  yield* Console.log(`Hello, ${User.displayName(user)}`)
  yield* Stream.runForEach(session.currentUserGuilds(), (guild) => Console.log(`${guild.name}, id ${guild.id}`))
}).pipe(
  Effect.catchTag("AuthorizationDenied", () => Console.log("The user said no"))
)

// In an application, use `NodeDiscord.layerConfig()`.
const Discord = DiscordSimulator.layerTest({ application: { redirectUris: [redirectUri] } })

await Effect.runPromise(Effect.provide(program, Discord))
