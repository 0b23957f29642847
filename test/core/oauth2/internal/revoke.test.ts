/** `OAuth2Client.revoke`. */
import { OAuth2Client } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { responding, revoke, tagOf } from "../../../support/oauth2.ts"
import * as Stub from "../../../support/StubDiscord.ts"

it.effect("sends the refresh token, or else the access token, and names its type", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    yield* oauth.revoke(Stub.token())
    yield* oauth.revoke(Stub.token({ refresh: undefined }))
    assert.deepStrictEqual(calls.map(({ form }) => Object.fromEntries(form)), [
      { token: "refresh-0", token_type_hint: "refresh_token" },
      { token: "access-0", token_type_hint: "access_token" }
    ])
  }).pipe(Effect.provide(Stub.layer(calls, responding({ body: {} }))))
})

for (const body of [{}, "", "<html></html>", "{\"cut", "x".repeat(100_000)]) {
  it.effect(`S37: a 200 with the body ${JSON.stringify(body).slice(0, 20)} has revoked`, () =>
    Effect.map(tagOf(revoke), (tag) => assert.strictEqual(tag, "success")).pipe(
      Effect.provide(Stub.layer([], responding({ body }), { config: { maxBodyBytes: 1000 } }))
    ))
}

it.effect("S38: a 503 is DiscordServerError, and a second attempt may succeed", () => {
  const answers = [{ status: 503 }, { body: {} }]
  return Effect.gen(function*() {
    assert.deepStrictEqual([yield* tagOf(revoke), yield* tagOf(revoke)], ["DiscordServerError", "success"])
  }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed(answers.shift() ?? {}))))
})
