import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import { type Credentials, none } from "../../../../packages/core/src/api/internal/credentials.ts"
import { endpoints } from "../../../../packages/core/src/api/internal/endpoints.ts"
import { toError } from "../../../../packages/core/src/api/internal/errorResponse.ts"
import { assertError } from "../../../support/assertError.ts"

const bearer: Credentials = { _tag: "Bearer", token: Redacted.make("planted-token"), refreshable: true }
const bot: Credentials = { _tag: "Bot", token: Redacted.make("planted-token") }

const request = HttpClientRequest.get("https://discord.com/", { headers: { authorization: "Bearer planted-token" } })

const errorOf = (
  identifier: string,
  status: number,
  body: unknown,
  credentials: Credentials = none,
  maxBytes = 10_000
) => {
  const endpoint = endpoints.find((each) => each.identifier === identifier) ?? assert.fail(identifier)
  const response = HttpClientResponse.fromWeb(request, Response.json(body, { status }))
  return toError(endpoint, response, credentials, maxBytes)
}

const unauthorized = { message: "401: Unauthorized", code: 0 }

describe("toError", () => {
  it.effect("a 401 is about the credential that the request was sent with", () =>
    Effect.gen(function*() {
      assertError(
        yield* errorOf("getCurrentUser", 401, unauthorized, bearer),
        new DiscordError.AccessTokenExpired({ refreshable: true })
      )
      assertError(yield* errorOf("getCurrentUser", 401, unauthorized, bot), new DiscordError.InvalidBotToken())
      assert.instanceOf(yield* errorOf("getCurrentUser", 401, unauthorized), DiscordError.UnexpectedStatus)
    }))

  it.effect("the body names the endpoint's own error, whatever the status is", () =>
    Effect.gen(function*() {
      for (const status of [400, 401]) {
        assertError(
          yield* errorOf("exchangeToken", status, { error: "invalid_grant", error_description: "no" }),
          new DiscordError.InvalidGrant({ description: "no" })
        )
      }
    }))

  it.effect("an error_description that is not text does not hide the error", () =>
    Effect.gen(function*() {
      assertError(
        yield* errorOf("exchangeToken", 400, { error: "invalid_client", error_description: 7 }),
        new DiscordError.InvalidClient({})
      )
    }))

  it.effect("a missing scope is the scope of the endpoint", () =>
    Effect.gen(function*() {
      assertError(
        yield* errorOf("getCurrentUserGuilds", 401, { message: "Missing OAuth2 scope", code: 50026 }),
        new DiscordError.MissingScope({ required: ["guilds"], granted: [] })
      )
    }))

  it.effect("a body that is too long is ignored, and the status decides", () =>
    Effect.gen(function*() {
      const body = { message: "planted".repeat(100), code: 0 }
      assert.instanceOf(yield* errorOf("getCurrentUser", 500, body, none, 10), DiscordError.DiscordServerError)
    }))

  it.effect("drops errors that are nested deeper than Discord's, and the request's secrets", () =>
    Effect.gen(function*() {
      let errors: unknown = "leaf"
      for (let depth = 0; depth < 40; depth++) errors = { errors }
      const deep = yield* errorOf("getCurrentUser", 400, { code: 50035, message: "no planted-token", errors })
      assert.instanceOf(deep, DiscordError.DiscordBadRequest)
      assert.isUndefined(deep.errors)
      assert.notInclude(deep.message, "planted")
      const flat = yield* errorOf("getCurrentUser", 400, { code: 50035, message: "no", errors: { limit: {} } })
      assert.instanceOf(flat, DiscordError.DiscordBadRequest)
      assert.deepStrictEqual(flat.errors, { limit: {} })
    }))
})
