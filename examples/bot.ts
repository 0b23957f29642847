// Invites a bot, with and without a sign-in, and lets a user create a webhook. The token says which server they chose.

import { OAuth2Client, Permissions } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect } from "effect"

const redirectUri = "https://app.example/callback"

const program = Effect.gen(function*() {
  const oauth = yield* OAuth2Client.OAuth2Client
  const discord = yield* DiscordSimulator.DiscordSimulator
  const permissions = Permissions.fromNames(["VIEW_CHANNEL", "SEND_MESSAGES"])

  // A link for a page. Discord does not redirect back from it.
  const url = oauth.botAuthorizationUrl({ scopes: ["bot", "applications.commands"], permissions })
  yield* Console.log(url.replace(discord.application.clientId, "…"))

  // The same with a sign-in. The token contains the server.
  const invited = yield* oauth.authorize({ scopes: ["identify", "bot"], permissions, redirectUri })
  const bot = yield* oauth.exchange(invited, yield* discord.authorize(invited.url))
  yield* Console.log(`the bot is in ${bot.guild?.name}`)

  // Discord returns the webhook once, with this token. Its URL is a secret, so it is redacted.
  const asked = yield* oauth.authorize({ scopes: ["webhook.incoming"], redirectUri })
  const { webhook } = yield* oauth.exchange(asked, yield* discord.authorize(asked.url))
  yield* Console.log(`the webhook's URL is ${webhook?.url}`)
})

const Discord = DiscordSimulator.layerTest({ application: { redirectUris: [redirectUri] } })

await Effect.runPromise(Effect.provide(program, Discord))
