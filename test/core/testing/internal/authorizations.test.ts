import { type AccessToken, DiscordClient, DiscordError, OAuth2Client } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { parameters, simulator, token } from "../raw.ts"

const login = (scopes: ReadonlyArray<string> = ["identify"]) =>
  Effect.gen(function*() {
    const discord = yield* simulator
    const oauth = yield* OAuth2Client.OAuth2Client
    const started = yield* oauth.authorize({ scopes, redirectUri: discord.application.redirectUris[0]! })
    const callback = yield* discord.authorize(started.url)
    return { discord, oauth, started, callback, code: parameters(callback).code! }
  })

const fresh = DiscordSimulator.layerTest()

const isRefused = (accessToken: AccessToken.AccessToken) =>
  Effect.gen(function*() {
    const api = yield* DiscordClient.DiscordClient
    const exit = yield* Effect.result(api.getCurrentAuthorizationInformation({ accessToken }))
    return exit._tag === "Failure" && exit.failure._tag === "AccessTokenExpired"
  })

describe("expiry and revocation", () => {
  it.effect("an access token expires after 604800 seconds; its refresh token stays valid", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      const issued = yield* discord.issueToken({ scopes: ["identify"] })
      yield* TestClock.adjust(604_799_999)
      assert.isFalse(yield* isRefused(issued))
      yield* TestClock.adjust(1)
      assert.isTrue(yield* isRefused(issued))
      assert.isFalse(yield* isRefused(yield* oauth.refresh(issued)))
    }).pipe(Effect.provide(fresh)))

  it.effect("expireAccessTokens expires the access tokens of one user only", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      const other = yield* discord.addUser()
      const mine = yield* discord.issueToken({ scopes: ["identify"] })
      const theirs = yield* discord.issueToken({ scopes: ["identify"], userId: other.id })
      yield* discord.expireAccessTokens(other.id)
      assert.isFalse(yield* isRefused(mine))
      assert.isTrue(yield* isRefused(theirs))
      yield* discord.expireAccessTokens()
      assert.isTrue(yield* isRefused(mine))
      assert.isFalse(yield* isRefused(yield* oauth.refresh(theirs)))
    }).pipe(Effect.provide(fresh)))

  it.effect("revoking one token revokes the whole authorization (WIRE: oauth2.mdx)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      for (const kind of ["access_token", "refresh_token"] as const) {
        const first = yield* discord.issueToken({ scopes: ["identify"] })
        const second = yield* discord.issueToken({ scopes: ["guilds"] })
        const answer = yield* token(discord.application, {
          token: Redacted.value(kind === "access_token" ? first.access_token : first.refresh_token!)
        }, { path: "/oauth2/token/revoke" })
        assert.strictEqual(answer.status, 200)
        assert.isTrue(yield* isRefused(first))
        assert.isTrue(yield* isRefused(second))
        assert.instanceOf(yield* Effect.flip(oauth.refresh(second)), DiscordError.InvalidRefreshToken)
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("revoking an unknown token, or one of another application, responds with 200 and changes nothing (RFC 7009)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const issued = yield* discord.issueToken({ scopes: ["identify"] })
      const other = yield* discord.addApplication({ clientSecret: Redacted.make("other") })
      const path = { path: "/oauth2/token/revoke" }
      assert.strictEqual((yield* token(discord.application, { token: "unknown" }, path)).status, 200)
      assert.strictEqual(
        (yield* token(other, { token: Redacted.value(issued.access_token) }, path)).status,
        200
      )
      assert.isFalse(yield* isRefused(issued))
    }).pipe(Effect.provide(fresh)))

  it.effect("revoking without a token fails with invalid_request", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const answer = yield* token(discord.application, { x: "y" }, { path: "/oauth2/token/revoke" })
      assert.deepStrictEqual([answer.status, answer.json], [
        400,
        { error: "invalid_request", error_description: "Missing \"token\" in request." }
      ])
    }).pipe(Effect.provide(fresh)))

  it.effect("revokeAuthorizations revokes codes, access and refresh tokens of one user only", () =>
    Effect.gen(function*() {
      const { callback, discord, oauth, started } = yield* login()
      const other = yield* discord.addUser()
      const theirs = yield* discord.issueToken({ scopes: ["identify"], userId: other.id })
      const mine = yield* discord.issueToken({ scopes: ["identify"] })
      const [me] = yield* discord.users
      yield* discord.revokeAuthorizations(me!.id)
      assert.isTrue(yield* isRefused(mine))
      assert.instanceOf(yield* Effect.flip(oauth.refresh(mine)), DiscordError.InvalidRefreshToken)
      assert.instanceOf(yield* Effect.flip(oauth.exchange(started, callback)), DiscordError.InvalidAuthorizationCode)
      assert.isFalse(yield* isRefused(theirs))
      yield* discord.revokeAuthorizations()
      assert.isTrue(yield* isRefused(theirs))
    }).pipe(Effect.provide(fresh)))
})

describe("granted scopes that differ from the requested ones", () => {
  it.effect("F21: are fewer after a code, and more after a refresh (WIRE: #3180)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      const [user] = yield* discord.users
      const started = yield* oauth.authorize({
        scopes: ["identify", "guilds"],
        redirectUri: discord.application.redirectUris[0]!
      })
      yield* discord.grantScopes(user!, ["identify"])
      const narrow = yield* oauth.exchange(started, yield* discord.authorize(started.url))
      assert.deepStrictEqual<ReadonlyArray<string>>(narrow.scopes, ["identify"])
      yield* discord.grantScopes(user!, ["identify", "guilds", "email"])
      const wide = yield* oauth.refresh(narrow)
      assert.deepStrictEqual<ReadonlyArray<string>>(wide.scopes, ["identify", "guilds", "email"])
      const api = yield* DiscordClient.DiscordClient
      assert.isDefined((yield* api.getCurrentUser({ accessToken: wide })).email)
    }).pipe(Effect.provide(fresh)))
})
