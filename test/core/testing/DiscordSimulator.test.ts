import { DiscordApi, OAuth2Client } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"

describe("DiscordSimulator", () => {
  layer(DiscordSimulator.layerTest())((it) => {
    it.effect("a whole login: consent, exchange, the user, a refresh", () =>
      Effect.gen(function*() {
        const discord = yield* DiscordSimulator.DiscordSimulator
        const oauth = yield* OAuth2Client.OAuth2Client
        const api = yield* DiscordApi.DiscordApi
        const started = yield* oauth.authorize({
          scopes: ["identify", "guilds"],
          redirectUri: discord.application.redirectUris[0]!
        })
        const callback = yield* discord.authorize(started.url)
        const token = yield* oauth.exchange(started, callback)
        const user = yield* api.getCurrentUser({ accessToken: token })
        assert.deepStrictEqual(user.username, "nelly")
        const guilds = yield* api.getCurrentUserGuilds({ accessToken: token })
        assert.lengthOf(guilds, 2)
        const fresh = yield* oauth.refresh(token)
        assert.deepStrictEqual(yield* api.getCurrentUser({ accessToken: fresh }), user)
        assert.deepStrictEqual(
          (yield* discord.requests).map(({ endpoint, grantType, status }) => [endpoint, grantType, status]),
          [
            ["exchangeToken", "authorization_code", 200],
            ["getCurrentUser", undefined, 200],
            ["getCurrentUserGuilds", undefined, 200],
            ["exchangeToken", "refresh_token", 200],
            ["getCurrentUser", undefined, 200]
          ]
        )
      }))
  })
})
