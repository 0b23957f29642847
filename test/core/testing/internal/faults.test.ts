import { DiscordClient, DiscordError, OAuth2Client } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { assertError } from "../../../support/assertError.ts"
import { send, simulator } from "../raw.ts"

const fresh = DiscordSimulator.layerTest()

const prepare = Effect.gen(function*() {
  const discord = yield* simulator
  const api = yield* DiscordClient.DiscordClient
  const oauth = yield* OAuth2Client.OAuth2Client
  const accessToken = yield* discord.issueToken({ scopes: ["identify", "guilds"] })
  const bearer = { headers: { authorization: `Bearer ${Redacted.value(accessToken.access_token)}` } }
  const call = api.getCurrentUser({ accessToken })
  return { discord, api, oauth, accessToken, call, bearer, raw: send("GET", "/api/v10/users/@me", bearer) }
})

describe("the requests that a fault applies to", () => {
  it.effect("applies to the next request only", () =>
    Effect.gen(function*() {
      const { call, discord } = yield* prepare
      yield* discord.fail(Fault.Status({ status: 500 }))
      assertError(
        yield* Effect.flip(call),
        new DiscordError.DiscordServerError({ status: 500, code: 0, message: "500: Internal Server Error" })
      )
      assert.strictEqual((yield* call).username, "nelly")
    }).pipe(Effect.provide(fresh)))

  it.effect("applies to as many requests as `times` says", () =>
    Effect.gen(function*() {
      const { call, discord } = yield* prepare
      yield* discord.fail({ _tag: "Status", status: 503, times: 2 })
      for (const expected of ["Failure", "Failure", "Success"]) {
        assert.strictEqual((yield* Effect.exit(call))._tag, expected)
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("applies to requests of its endpoint", () =>
    Effect.gen(function*() {
      const { accessToken, api, call, discord } = yield* prepare
      yield* discord.fail(Fault.Status({ status: 503, match: { endpoint: "getCurrentUserGuilds" } }))
      assert.strictEqual((yield* call).username, "nelly")
      assert.strictEqual((yield* Effect.exit(api.getCurrentUserGuilds({ accessToken })))._tag, "Failure")
    }).pipe(Effect.provide(fresh)))

  it.effect("applies to token requests of its grant type", () =>
    Effect.gen(function*() {
      const { accessToken, discord, oauth } = yield* prepare
      yield* discord.fail(Fault.Status({ status: 503, match: { grantType: "refresh_token" } }))
      assert.deepStrictEqual((yield* oauth.clientCredentials({ scopes: ["identify"] })).scopes, ["identify"])
      assert.instanceOf(yield* Effect.flip(oauth.refresh(accessToken)), DiscordError.DiscordServerError)
    }).pipe(Effect.provide(fresh)))

  it.effect("apply in the order in which the test adds them", () =>
    Effect.gen(function*() {
      const { discord, raw } = yield* prepare
      yield* discord.fail(Fault.Status({ status: 502 }))
      yield* discord.fail(Fault.Status({ status: 504 }))
      assert.deepStrictEqual([(yield* raw).status, (yield* raw).status, (yield* raw).status], [502, 504, 200])
    }).pipe(Effect.provide(fresh)))
})

describe("pending faults", () => {
  it.effect("are removed by clearFaults; a fault with `times: 0` never applies", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      yield* discord.fail(Fault.Status({ status: 500, times: Infinity }))
      for (let index = 0; index < 3; index++) {
        assert.strictEqual((yield* send("GET", "/api/v10/users/@me")).status, 500)
      }
      yield* discord.clearFaults
      yield* discord.fail(Fault.Status({ status: 500, times: 0 }))
      assert.strictEqual((yield* send("GET", "/api/v10/users/@me")).status, 401)
    }).pipe(Effect.provide(fresh)))
})
