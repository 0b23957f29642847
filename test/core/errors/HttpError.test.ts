import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { assertGuard } from "../../support/allErrors.ts"

describe("HttpError", () => {
  it("isHttpError accepts the errors that a status names, and rejects others", () => {
    assertGuard(DiscordError.isHttpError, [
      "CloudflareBlocked",
      "DiscordBadRequest",
      "DiscordForbidden",
      "DiscordNotFound",
      "DiscordServerError",
      "InvalidRequestLimit",
      "RateLimited",
      "UnexpectedStatus"
    ])
  })

  it("the message of a status is Discord's own", () => {
    const error = new DiscordError.DiscordNotFound({ status: 404, code: 10013, message: "Unknown User" })
    assert.strictEqual(error.message, "Unknown User")
  })

  it("the message of RateLimited names the limit and when to call again", () => {
    const error = new DiscordError.RateLimited({ retryAfter: Duration.seconds(1.5), global: false, scope: "shared" })
    assert.include(error.message, "(shared): call again in 1s 500ms")
  })

  it("the messages of a block and of the limit before it say what to stop", () => {
    assert.include(new DiscordError.CloudflareBlocked({ status: 429 }).message, "stop all calls")
    const limit = new DiscordError.InvalidRequestLimit({ retryAfter: Duration.minutes(3) })
    assert.include(limit.message, "nothing is sent for 3m. Find out which calls are rejected")
  })
})
