// The implicit grant: the token is in the fragment of the redirect URI, without an exchange and without a refresh token.
// For a public client, prefer the authorization code grant with PKCE, which needs no secret either.

import { AccessToken, DiscordClient, OAuth2Client, User } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect } from "effect"

const redirectUri = "https://app.example/"

const program = Effect.gen(function*() {
  const oauth = yield* OAuth2Client.OAuth2Client
  const api = yield* DiscordClient.DiscordClient
  const discord = yield* DiscordSimulator.DiscordSimulator

  const login = yield* oauth.authorizeImplicit({ scopes: ["identify"], redirectUri })
  const callback = yield* discord.authorize(login.url)
  yield* Console.log(`the token is in the ${new URL(callback).hash === "" ? "query" : "fragment"}`)

  // `state` and `iss` are checked as in every callback.
  const token = yield* oauth.acceptImplicit(login, callback)
  yield* Console.log(`refreshable: ${AccessToken.isRefreshable(token)}`)
  yield* Console.log(User.displayName(yield* api.getCurrentUser({ accessToken: token })))

  // A forged fragment belongs to no login.
  yield* oauth.acceptImplicit(login, `${redirectUri}#access_token=stolen&token_type=Bearer&state=guessed`).pipe(
    Effect.catchTag("StateMismatch", ({ reason }) => Console.log(`rejected: state ${reason}`))
  )
})

const Discord = DiscordSimulator.layerTest({ application: { redirectUris: [redirectUri], public: true } })

await Effect.runPromise(Effect.provide(program, Discord))
