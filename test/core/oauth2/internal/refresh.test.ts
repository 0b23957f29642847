/** `OAuth2Client.refresh`. */
import { OAuth2Client, Snowflake } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { grant, refresh, responding, tagOf } from "../../../support/oauth2.ts"
import * as Stub from "../../../support/StubDiscord.ts"

it.effect("sends the refresh token, and returns the new pair", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const token = yield* oauth.refresh(Stub.token({ refresh: "old" }))
    assert.deepStrictEqual(calls.map(({ form }) => Object.fromEntries(form)), [
      { grant_type: "refresh_token", refresh_token: "old" }
    ])
    assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
    assert.strictEqual(token.refresh_token && Redacted.value(token.refresh_token), grant.refresh_token)
  }).pipe(Effect.provide(Stub.layer(calls, responding({ body: grant }))))
})

it.effect("a token without a refresh token fails with AccessTokenNotRefreshable, and nothing is sent", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    assert.strictEqual(yield* tagOf(oauth.refresh(Stub.token({ refresh: undefined }))), "AccessTokenNotRefreshable")
    assert.deepStrictEqual(calls, [])
  }).pipe(Effect.provide(Stub.layer(calls, responding({ body: grant }))))
})

for (
  const [name, tag, answer] of [
    ["a rejected refresh token", "InvalidRefreshToken", {
      status: 400,
      body: { error: "invalid_grant", error_description: "Invalid \"refresh_token\" in request." }
    }],
    ["a response that does not decode", "RefreshOutcomeUnknown", { body: "<html></html>" }],
    ["F1: a refused connection", "DiscordTransportError", "ECONNREFUSED"],
    ["F2: a connection that breaks", "RefreshOutcomeUnknown", "ECONNRESET"]
  ] as const
) {
  it.effect(`${name} is ${tag}, after one request`, () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      assert.strictEqual(yield* tagOf(refresh), tag)
      assert.lengthOf(calls, 1)
    }).pipe(
      Effect.provide(
        Stub.layer(calls, () => typeof answer === "string" ? Effect.fail(answer) : Effect.succeed(answer))
      )
    )
  })
}

it.effect("a pair with the status 201 is accepted", () =>
  Effect.gen(function*() {
    assert.strictEqual(Redacted.value((yield* refresh).access_token), grant.access_token)
  }).pipe(Effect.provide(Stub.layer([], responding({ status: 201, body: grant })))))

it.effect("F16: without a new refresh token the old one stays", () =>
  Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const token = yield* oauth.refresh(Stub.token({ refresh: "kept" }))
    assert.strictEqual(token.refresh_token && Redacted.value(token.refresh_token), "kept")
  }).pipe(Effect.provide(Stub.layer([], responding({ body: { ...grant, refresh_token: undefined } })))))

it.effect("F18: the guild of the exchange stays, if the response has one that does not decode", () =>
  Effect.gen(function*() {
    const guild = { id: Snowflake.GuildId.make("1"), name: "Discord Testers", icon: null, features: [] }
    const oauth = yield* OAuth2Client.OAuth2Client
    const token = yield* oauth.refresh({ ...Stub.token(), guild })
    assert.deepStrictEqual(token.guild, guild)
  }).pipe(Effect.provide(Stub.layer([], responding({ body: { ...grant, guild: "?" } })))))
