import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import { assertGuard } from "../../support/allErrors.ts"

describe("CallbackError", () => {
  it("isCallbackError accepts the errors of a callback, and rejects others", () => {
    assertGuard(DiscordError.isCallbackError, [
      "AuthorizationDenied",
      "InvalidCallback",
      "IssuerMismatch",
      "StateMismatch"
    ])
  })

  it("the message of a cancelled sign-in says to offer it again, and does not repeat Discord's description", () => {
    const error = new DiscordError.AuthorizationDenied({ error: "access_denied", description: "The user denied" })
    assert.strictEqual(error.message, "The user did not give consent: offer the sign-in again.")
  })

  it("the message of another error names it and Discord's description", () => {
    const error = new DiscordError.AuthorizationDenied({ error: "invalid_scope", description: "Unknown scope" })
    assert.strictEqual(error.message, "Discord ended the authorization with invalid_scope. (Unknown scope)")
  })

  for (
    const [error, named] of [
      [new DiscordError.StateMismatch({ reason: "expired" }), "state expired"],
      [new DiscordError.IssuerMismatch({ expected: "https://discord.com", reason: "missing" }), "issuer is missing"],
      [new DiscordError.InvalidCallback({ reason: "no-code" }), "(no-code)"],
      [
        new DiscordError.InvalidCallback({ reason: "repeated-parameter", parameter: "code" }),
        "repeated-parameter \"code\""
      ]
    ] as const
  ) {
    it(`the message of ${error._tag} names its reason (${error.reason}) and says to start the login again`, () => {
      assert.include(error.message, named)
      assert.match(error.message, /: start the login again\.$/)
    })
  }
})
