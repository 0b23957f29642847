import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"

describe("GrantError", () => {
  for (
    const [Class, advice] of [
      [DiscordError.InvalidAuthorizationCode, "start the login again"],
      [DiscordError.InvalidGrant, "The code or refresh token no longer works"],
      [DiscordError.InvalidClient, "check DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET, or the Public Client switch"],
      [DiscordError.InvalidScope, "check that each exists, is approved for the application and fits the grant"],
      [DiscordError.InvalidOAuth2Request, "compare the redirect URI with those registered for the application"],
      [DiscordError.UnsupportedGrantType, "The application may not use this grant"]
    ] as const
  ) {
    const { _tag, message } = new Class({})

    it(`the message of ${_tag} says what to do, and Discord's description if there is one`, () => {
      assert.include(message, advice)
      assert.strictEqual(new Class({ description: "" }).message, message)
      assert.strictEqual(new Class({ description: "Invalid \"code\"" }).message, `${message} (Invalid "code")`)
    })
  }
})
