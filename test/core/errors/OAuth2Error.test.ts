import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import { assertGuard } from "../../support/allErrors.ts"

describe("OAuth2Error", () => {
  it("isOAuth2Error accepts the errors of tokens, grants and callbacks, and rejects others", () => {
    assertGuard(DiscordError.isOAuth2Error, [
      "AccessTokenExpired",
      "AccessTokenNotRefreshable",
      "AuthorizationDenied",
      "InvalidAccessToken",
      "InvalidAuthorizationCode",
      "InvalidBotToken",
      "InvalidCallback",
      "InvalidClient",
      "InvalidGrant",
      "InvalidOAuth2Request",
      "InvalidRefreshToken",
      "InvalidScope",
      "IssuerMismatch",
      "MissingScope",
      "NotSignedIn",
      "RefreshOutcomeUnknown",
      "StateMismatch",
      "TokenNotPersisted",
      "UnsupportedGrantType",
      "UserIsAtGuildLimit"
    ])
  })

  it("UserIsAtGuildLimit has Discord's code, and its message says that the user has to leave a server", () => {
    assert.deepInclude(DiscordError.UserIsAtGuildLimit, { code: 30001, status: 400 })
    assert.include(new DiscordError.UserIsAtGuildLimit().message, "they have to leave one first")
  })
})
