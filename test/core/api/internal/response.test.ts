import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { none } from "../../../../packages/core/src/api/internal/credentials.ts"
import { endpoints } from "../../../../packages/core/src/api/internal/endpoints.ts"
import { decode, read } from "../../../../packages/core/src/api/internal/response.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const endpoint = (identifier: string) =>
  endpoints.find((each) => each.identifier === identifier) ?? assert.fail(identifier)

const reading = (
  status: number,
  body: string,
  options: { readonly isRaw?: boolean; readonly maxBytes?: number } = {}
) =>
  read(
    endpoint("getCurrentUser"),
    HttpClientResponse.fromWeb(HttpClientRequest.get("https://discord.com/"), new Response(body, { status })),
    { credentials: none, isRaw: false, maxBytes: 1000, ...options }
  )

describe("read", () => {
  it.effect("reads the body of a success", () =>
    Effect.gen(function*() {
      assert.deepInclude(yield* reading(200, "text"), { status: 200, body: "text", error: undefined })
    }))

  it.effect("leaves the body to a caller that asks for the raw response", () =>
    Effect.gen(function*() {
      const { body, response } = yield* reading(200, "text", { isRaw: true })
      assert.strictEqual(body, "")
      assert.strictEqual(yield* response.text, "text")
    }))

  it.effect("a success with a body that is too long is a reply with an error, which the middleware sees", () =>
    Effect.gen(function*() {
      const { error, status } = yield* reading(200, "text", { maxBytes: 3 })
      assert.strictEqual(status, 200)
      assert.instanceOf(error, DiscordError.MalformedResponse)
    }))

  it.effect("any other status is a reply with its error, raw or not", () =>
    Effect.gen(function*() {
      const body = JSON.stringify({ message: "Unknown", code: 1 })
      for (const isRaw of [true, false]) {
        assert.instanceOf((yield* reading(404, body, { isRaw })).error, DiscordError.DiscordNotFound)
      }
    }))
})

describe("decode", () => {
  const tokens = JSON.stringify({
    access_token: "planted-access",
    token_type: "Bearer",
    expires_in: 604_800,
    scope: "identify"
  })

  it.effect("accepts tokens with any status of success", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        Object.keys(Object(yield* decode(endpoint("exchangeToken"), 201, tokens))).toSorted(),
        Object.keys(Object(yield* decode(endpoint("exchangeToken"), 200, tokens))).toSorted()
      )
    }))

  it.effect("rejects a status that any other endpoint does not declare", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(decode(endpoint("getCurrentUser"), 206, JSON.stringify(Stub.user)))
      assert.deepInclude(error, { status: 206, issue: "Expected a declared status" })
    }))

  it.effect("names what was expected and where, and no value", () =>
    Effect.gen(function*() {
      const body = JSON.stringify({ ...Stub.user, username: 7, email: "planted" })
      const error = yield* Effect.flip(decode(endpoint("getCurrentUser"), 200, body))
      assert.include(error.issue, "username")
      assert.notMatch(error.issue, /planted|\n/)
    }))
})
