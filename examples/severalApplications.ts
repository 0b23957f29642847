// Two shops with an application each, in one process with one store. Each application has its own tokens.

import { DiscordApplications, DiscordError, DiscordSessions, OAuth2Client, User } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect, Layer, type Redacted } from "effect"

const redirectUri = "https://shops.example/callback"
const secrets = new Map<string, Redacted.Redacted>()

const Applications = DiscordApplications.layer({
  config: (clientId) => {
    const clientSecret = secrets.get(clientId)
    return clientSecret ? Effect.succeed({ clientSecret }) : Effect.fail(new DiscordError.UnknownClient({ clientId }))
  }
})

const signIn = Effect.gen(function*() {
  const oauth = yield* OAuth2Client.OAuth2Client
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator
  const login = yield* oauth.authorize({ scopes: ["identify"], redirectUri })
  return (yield* sessions.open(yield* oauth.exchange(login, yield* discord.authorize(login.url)))).userId
})

const program = Effect.gen(function*() {
  const discord = yield* DiscordSimulator.DiscordSimulator
  const tea = yield* discord.addApplication({ name: "Tea Shop", redirectUris: [redirectUri] })
  const books = yield* discord.addApplication({ name: "Book Shop", redirectUris: [redirectUri] })
  for (const { clientId, clientSecret } of [tea, books]) secrets.set(clientId, clientSecret)

  const userId = yield* Effect.provide(signIn, DiscordApplications.get(tea.clientId))
  yield* Effect.provide(signIn, DiscordApplications.get(books.clientId))
  for (const { clientId, name } of [tea, books, tea, books]) {
    yield* Effect.gen(function*() {
      const session = yield* DiscordSessions.DiscordSessions.use((sessions) => sessions.get(userId))
      yield* Console.log(`${name}: ${User.displayName(yield* session.getCurrentUser())}`)
      if (name === "Tea Shop") yield* session.signOut()
    }).pipe(
      Effect.catchTag("NotSignedIn", () => Console.log(`${name}: nobody`)),
      Effect.provide(DiscordApplications.get(clientId))
    )
  }
})

await Effect.runPromise(Effect.provide(program, Layer.provideMerge(Applications, DiscordSimulator.layerTest())))
