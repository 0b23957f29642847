import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Stub from "../../support/StubDiscord.ts"

const token = Stub.token({ access: "planted-access", refresh: "planted-refresh" })

describe("TokenError", () => {
  for (
    const [name, error, advice] of [
      [
        "an expired token that can be refreshed",
        new DiscordError.AccessTokenExpired({ refreshable: true }),
        "refresh it and call again"
      ],
      [
        "an expired token that cannot",
        new DiscordError.AccessTokenExpired({ refreshable: false }),
        "ask the user to sign in again"
      ],
      ["a missing refresh token", new DiscordError.AccessTokenNotRefreshable(), "use the authorization code grant"],
      [
        "a revoked authorization",
        new DiscordError.InvalidAccessToken({ reason: "rejected" }),
        "ask the user to sign in again"
      ],
      [
        "another application's token",
        new DiscordError.InvalidAccessToken({ reason: "another-application" }),
        "it does not prove who sent it"
      ],
      [
        "a rejected refresh token",
        new DiscordError.InvalidRefreshToken({ reason: "rejected" }),
        "ask the user to sign in again"
      ],
      ["a rejected bot token", new DiscordError.InvalidBotToken(), "copy the current one from the Developer Portal"],
      [
        "a user without a token",
        new DiscordError.NotSignedIn({ userId: Stub.userId }),
        `${Stub.userId}: ask them to sign in`
      ],
      ["a lost response", new DiscordError.RefreshOutcomeUnknown({}), "the next call tries once more"],
      [
        "a token that was not stored",
        new DiscordError.TokenNotPersisted({ token }),
        "store this error's token yourself"
      ]
    ] as const
  ) {
    it(`the message of ${name} says what to do`, () => assert.include(error.message, advice))
  }

  it("MissingScope names the scopes that the token has, if they are known", () => {
    const known = new DiscordError.MissingScope({ required: ["guilds"], granted: ["identify", "email"] })
    assert.include(known.message, "needs the scope guilds, and the token has identify, email: add it")
    const unknown = new DiscordError.MissingScope({ required: ["guilds"], granted: [] })
    assert.include(unknown.message, "needs the scope guilds: add it to the authorization request")
  })

  it("TokenNotPersisted contains the token for the caller, and prints none of it", () => {
    const error = new DiscordError.TokenNotPersisted({ token })
    assert.strictEqual(Redacted.value(error.token.access_token), "planted-access")
    assert.notInclude(`${String(error)} ${JSON.stringify(error)}`, "planted")
  })
})
