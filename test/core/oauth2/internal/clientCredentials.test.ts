/** `OAuth2Client.clientCredentials`. */
import { OAuth2Client } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { clientCredentials, grant, responding, tagOf } from "../../../support/oauth2.ts"
import * as Stub from "../../../support/StubDiscord.ts"

it.effect("sends the scopes, and returns a token that cannot be refreshed", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const token = yield* oauth.clientCredentials({ scopes: ["identify", "connections"] })
    assert.deepStrictEqual(Object.fromEntries(calls[0]?.form ?? []), {
      grant_type: "client_credentials",
      scope: "identify connections"
    })
    assert.match(calls[0]?.authorization ?? "", /^Basic /)
    assert.strictEqual(yield* tagOf(oauth.refresh(token)), "AccessTokenNotRefreshable")
  }).pipe(Effect.provide(Stub.layer(
    calls,
    responding({
      body: { ...grant, refresh_token: undefined, scope: "identify connections" }
    })
  )))
})

it.effect("without a client secret it fails with DiscordConfigurationError, and nothing is sent", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    assert.strictEqual(yield* tagOf(clientCredentials), "DiscordConfigurationError")
    assert.deepStrictEqual(calls, [])
  }).pipe(
    Effect.provide(Stub.layer(calls, responding({ body: grant }), { config: { clientSecret: undefined } }))
  )
})

it.effect("invalid_grant is UnsupportedGrantType: there is no code and no refresh token", () =>
  Effect.map(tagOf(clientCredentials), (tag) => assert.strictEqual(tag, "UnsupportedGrantType")).pipe(
    Effect.provide(Stub.layer([], responding({ status: 400, body: { error: "invalid_grant" } })))
  ))
