import { DiscordClient } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { responding, tagOf } from "../../support/oauth2.ts"
import * as Stub from "../../support/StubDiscord.ts"

describe("DiscordClient", () => {
  it.effect("rejects arguments out of range before a request, and names the field", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      for (const limit of [0, 201, 1.5, Number.NaN]) {
        const error = yield* Effect.flip(api.getCurrentUserGuilds({ accessToken: Stub.token(), limit }))
        assert.strictEqual(error._tag, "InvalidCallArgument")
        assert.include(error.message, "limit")
      }
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, responding({ body: [] }))))
  })

  it.effect("a member of the wrong type is MalformedResponse, which names the path and contains no value", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const error = yield* Effect.flip(api.getCurrentUser({ accessToken: Stub.token() }))
      assert.strictEqual(error._tag, "MalformedResponse")
      assert.include(error.message, "username")
      assert.notInclude(error.message, "planted")
    }).pipe(Effect.provide(Stub.layer([], responding({ body: { ...Stub.user, username: 7, email: "planted" } })))))

  it.effect("sends no trace headers, and sends its name as the user agent", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      yield* api.getCurrentUser({ accessToken: Stub.token() })
      assert.isUndefined(calls[0]?.headers.traceparent)
      assert.isUndefined(calls[0]?.headers.b3)
      assert.match(calls[0]?.headers["user-agent"] ?? "", /^DiscordBot \(https:\/\/\S+, \S+\)$/)
    }).pipe(Effect.withSpan("application"), Effect.provide(Stub.layer(calls, responding({ body: Stub.user }))))
  })

  for (
    const [name, tag, answer] of [
      ["F6: 429 with Discord's body", "RateLimited", {
        status: 429,
        body: { message: "You are being rate limited.", retry_after: 1, global: true }
      }],
      ["F7: 429 as text", "CloudflareBlocked", { status: 429, body: "error code: 1015" }],
      ["F7: 403 as HTML", "CloudflareBlocked", { status: 403, body: "<html></html>" }],
      ["40333", "CloudflareBlocked", { status: 403, body: { message: "internal network error", code: 40333 } }],
      ["a 404 in HTML", "MalformedResponse", { status: 404, body: "<html></html>" }],
      ["a 405", "UnexpectedStatus", { status: 405, body: { message: "405: Method Not Allowed", code: 0 } }],
      ["50035 with nested errors", "DiscordBadRequest", {
        status: 400,
        body: { code: 50035, message: "Invalid Form Body", errors: { limit: { _errors: [] } } }
      }],
      ["a 401 code 40001", "AccessTokenExpired", { status: 401, body: { message: "Unauthorized", code: 40001 } }],
      ["an undeclared 2xx", "MalformedResponse", { status: 206, body: Stub.user }]
    ] as const
  ) {
    it.effect(`${name} is ${tag}`, () =>
      Effect.gen(function*() {
        const api = yield* DiscordClient.DiscordClient
        assert.strictEqual(yield* tagOf(api.getCurrentUser({ accessToken: Stub.token() })), tag)
      }).pipe(Effect.provide(Stub.layer([], responding(answer)))))
  }
})
