import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"

describe("CallError", () => {
  it("the message of DiscordTransportError says whether the request may have arrived", () => {
    const message = (sent: boolean) =>
      new DiscordError.DiscordTransportError({ sent, description: "ECONNRESET" }).message
    assert.strictEqual(message(true), "Discord sent no response (ECONNRESET); the request may have arrived.")
    assert.strictEqual(message(false), "Discord sent no response (ECONNRESET); the request was not sent.")
  })

  it("the message of MalformedResponse names the status and what was expected", () => {
    const error = new DiscordError.MalformedResponse({ status: 200, issue: "Missing key at [\"id\"]" })
    assert.include(error.message, "(status 200) cannot be read: Missing key at [\"id\"]")
  })

  it("the message of InvalidCallArgument names what was expected", () => {
    const error = new DiscordError.InvalidCallArgument({ issue: "Expected an integer at [\"limit\"]" })
    assert.include(error.message, "not valid: Expected an integer at [\"limit\"]")
  })

  it("the message of DiscordConfigurationError is its description", () => {
    const error = new DiscordError.DiscordConfigurationError({ description: "Set DISCORD_CLIENT_SECRET." })
    assert.strictEqual(error.message, "Set DISCORD_CLIENT_SECRET.")
  })

  it("the message of UnknownClient names the application and where to give its options", () => {
    const error = new DiscordError.UnknownClient({ clientId: "157730590492196864" })
    assert.include(error.message, "no application 157730590492196864: give `DiscordApplications` its options")
  })
})
