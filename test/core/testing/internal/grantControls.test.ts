import { DiscordClient, OAuth2Client } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { authorizeUrl, parameters, simulator } from "../raw.ts"

const fresh = DiscordSimulator.layerTest()

describe("authorize", () => {
  it.effect("approves as the first user by default", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const callback = parameters(yield* discord.authorize(authorizeUrl(discord.application, { state: "s" })))
      assert.strictEqual(callback.state, "s")
      assert.isDefined(callback.code)
    }).pipe(Effect.provide(fresh)))

  it.effect("denies on request", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const url = authorizeUrl(discord.application, {})
      assert.strictEqual(parameters(yield* discord.authorize(url, { decision: "deny" })).error, "access_denied")
    }).pipe(Effect.provide(fresh)))

  for (const url of ["not a URL", "https://discord.com/oauth2/token"]) {
    it.effect(`fails with SimulatorError for ${url}`, () =>
      Effect.gen(function*() {
        const discord = yield* simulator
        assert.strictEqual((yield* Effect.flip(discord.authorize(url)))._tag, "SimulatorError")
      }).pipe(Effect.provide(fresh)))
  }
})

describe("issueToken", () => {
  it.effect("returns a refreshable token of the named user with the scopes", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const api = yield* DiscordClient.DiscordClient
      const other = yield* discord.addUser()
      const accessToken = yield* discord.issueToken({ userId: other.id, scopes: ["identify"] })
      assert.deepStrictEqual(accessToken.scopes, ["identify"])
      assert.isDefined(accessToken.refresh_token)
      assert.strictEqual((yield* api.getCurrentUser({ accessToken })).id, other.id)
    }).pipe(Effect.provide(fresh)))
})

describe("grantScopes", () => {
  it.effect("F21: replaces the scopes of the user's next token, and of no other user's", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      const [user] = yield* discord.users
      const other = yield* discord.addUser()
      const mine = yield* discord.issueToken({ scopes: ["identify"] })
      const theirs = yield* discord.issueToken({ userId: other.id, scopes: ["identify"] })
      yield* discord.grantScopes(user!, ["identify", "guilds"])
      const scopes: ReadonlyArray<string> = (yield* oauth.refresh(mine)).scopes
      assert.deepStrictEqual(scopes, ["identify", "guilds"])
      assert.deepStrictEqual((yield* oauth.refresh(theirs)).scopes, ["identify"])
    }).pipe(Effect.provide(fresh)))
})
