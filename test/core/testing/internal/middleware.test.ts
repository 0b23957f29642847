import { DiscordError } from "@discord-oauth2/core"
import { DiscordOperation } from "@discord-oauth2/core/api"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { assertError } from "../../../support/assertError.ts"
import { exchange, login, withToken } from "../context.ts"
import { basic, send, simulator, token } from "../raw.ts"

const fresh = DiscordSimulator.layerTest()

describe("access tokens", () => {
  it.effect("are rejected with 401 code 0 when unknown, missing or malformed (WIRE: next-auth#1948)", () =>
    Effect.gen(function*() {
      for (const authorization of ["Bearer unknown", "Bearer ", "unknown", "Bot unknown"]) {
        const answer = yield* send("GET", "/api/v10/users/@me", { headers: { authorization } })
        assert.deepStrictEqual([answer.status, answer.json], [401, { message: "401: Unauthorized", code: 0 }])
      }
      assert.strictEqual((yield* send("GET", "/api/v10/oauth2/@me")).status, 401)
    }).pipe(Effect.provide(fresh)))

  /** What a call's own arguments are beside those that its path names. */
  const bodies: Readonly<Record<string, object>> = {
    editApplicationCommandPermissions: { permissions: [] },
    createGlobalApplicationCommand: { name: "blep", description: "A random animal" },
    createGuildApplicationCommand: { name: "blep", description: "A random animal" },
    bulkOverwriteGlobalApplicationCommands: { payload: [] },
    bulkOverwriteGuildApplicationCommands: { payload: [] },
    createOrJoinLobby: { secret: Redacted.make("hush") },
    sendLobbyMessage: { content: "hi" }
  }

  const calls = Object.entries(DiscordOperation.requiredScopes)
    .flatMap(([name, scope]) =>
      scope === null || name === "addGuildMember" || name === "groupDmAddRecipient" ? [] : [{ name, scope }]
    )

  it("are tested below for every call that needs a scope", () => {
    assert.lengthOf(calls, 31)
  })

  it.effect.each(calls)(
    "without the scope $scope are rejected by $name with 403 code 50026 (WIRE: opcodes-and-status-codes)",
    (call) =>
      Effect.gen(function*() {
        const { accessToken, api, discord } = yield* withToken([call.scope === "openid" ? "identify" : "openid"])
        const arguments_ = {
          accessToken,
          application_id: discord.application.clientId,
          guild_id: (yield* discord.guilds)[0]!.id,
          command_id: "1",
          entitlement_id: "1",
          lobby_id: "1",
          ...bodies[call.name]
        }
        const method = api[call.name as "getCurrentUser"]
        const error = yield* Effect.flip(method(arguments_))
        assertError(error, new DiscordError.MissingScope({ required: [call.scope], granted: [] }))
        assert.strictEqual((yield* discord.requests).length, 1)
      }).pipe(Effect.provide(fresh))
  )

  it.effect.each(
    Object.entries(DiscordOperation.requiredScopes).flatMap(([name, scope]) =>
      scope === null && !name.startsWith("upload") ? [{ name }] : []
    )
  )("with any scope are accepted by $name", ({ name }) =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["openid"])
      const method = api[name as "getCurrentUser"]
      const answer = yield* Effect.result(method(
        {
          accessToken,
          application_id: discord.application.clientId,
          guild_id: (yield* discord.guilds)[0]!.id,
          sku_id: "1",
          subscription_id: "1",
          lobby_id: "1"
        } as Parameters<typeof method>[0]
      ))
      assert.isFalse(Result.isFailure(answer) && DiscordError.isOAuth2Error(answer.failure))
      assert.include([200, 404], (yield* discord.requests)[0]!.status)
    }).pipe(Effect.provide(fresh)))

  layer(DiscordSimulator.layerTest({ missingScope: 401 }))("with `missingScope: 401`", (it) => {
    it.effect("are rejected with 401 code 40001 without the scope (WIRE: #5239)", () =>
      Effect.gen(function*() {
        const { bearer } = yield* withToken(["openid"])
        const answer = yield* send("GET", "/api/v10/users/@me", bearer)
        assert.deepStrictEqual([answer.status, answer.json], [401, { message: "Unauthorized", code: 40001 }])
      }))
  })
})

describe("client authentication", () => {
  const invalidClient = { error: "invalid_client" }

  it.effect("S23: form-decodes both parts of Basic (RFC 6749 section 2.3.1)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const secret = Redacted.value(discord.application.clientSecret)
      assert.include(secret, "/")
      assert.include(secret, ":")
      const issued = yield* discord.issueToken({ scopes: ["identify"] })
      const fields = { grant_type: "refresh_token", refresh_token: Redacted.value(issued.refresh_token!) }
      const raw = yield* token(discord.application, fields, {
        authorization: `Basic ${btoa(`${discord.application.clientId}:${secret}`)}`
      })
      assert.deepStrictEqual([raw.status, raw.json], [401, invalidClient], "a + that is not encoded is a space")
      assert.strictEqual((yield* token(discord.application, fields)).status, 200)
    }).pipe(Effect.provide(fresh)))

  it.effect("S23: accepts id and secret in the form, but not together with Basic", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const issued = yield* discord.issueToken({ scopes: ["identify"] })
      const fields = {
        grant_type: "refresh_token",
        refresh_token: Redacted.value(issued.refresh_token!),
        client_id: discord.application.clientId,
        client_secret: Redacted.value(discord.application.clientSecret)
      }
      assert.strictEqual((yield* token(discord.application, fields)).status, 401)
      assert.strictEqual((yield* token(discord.application, fields, { authorization: null })).status, 200)
    }).pipe(Effect.provide(fresh)))

  it.effect("rejects a wrong secret, an unknown id and no credentials with 401 invalid_client (WIRE: goth#183)", () =>
    Effect.gen(function*() {
      const { application } = yield* simulator
      const fields = { grant_type: "refresh_token", refresh_token: "x" }
      for (
        const authorization of [basic(application.clientId, "wrong"), basic("1", "x"), "Basic !", "Bearer x", null]
      ) {
        const answer = yield* token(application, fields, { authorization })
        assert.deepStrictEqual([answer.status, answer.json], [401, invalidClient], String(authorization))
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("rejects client_id alone without the Public Client switch (WIRE: #5531)", () =>
    Effect.gen(function*() {
      const { application } = yield* simulator
      const answer = yield* token(application, {
        grant_type: "refresh_token",
        refresh_token: "x",
        client_id: application.clientId
      }, { authorization: null })
      assert.deepStrictEqual([answer.status, answer.json], [401, invalidClient])
    }).pipe(Effect.provide(fresh)))

  layer(DiscordSimulator.layerTest({ application: { public: true } }))("with the Public Client switch", (it) => {
    it.effect("accepts a login without a secret", () =>
      Effect.gen(function*() {
        const { callback, discord, oauth, started } = yield* login()
        yield* discord.clearRequests
        const issued = yield* oauth.exchange(started, callback)
        assert.isDefined((yield* oauth.refresh(issued)).refresh_token)
        for (const { body, headers } of yield* discord.requests) {
          assert.isUndefined(headers.authorization)
          assert.include(Redacted.value(body), `client_id=${discord.application.clientId}`)
        }
      }))

    it.effect("rejects client credentials without a secret", () =>
      Effect.gen(function*() {
        const { application } = yield* simulator
        const answer = yield* token(application, {
          grant_type: "client_credentials",
          scope: "identify",
          client_id: application.clientId
        }, { authorization: null })
        assert.deepStrictEqual([answer.status, answer.json], [401, invalidClient])
      }))
  })
})

describe("the form of the token endpoint", () => {
  it.effect("S22: rejects JSON and query parameters with unsupported_grant_type (WIRE: #5249, #7299)", () =>
    Effect.gen(function*() {
      const { application } = yield* simulator
      const headers = { authorization: basic(application.clientId, Redacted.value(application.clientSecret)) }
      const json = yield* send("POST", "/api/v10/oauth2/token", {
        headers,
        body: JSON.stringify({ grant_type: "client_credentials", scope: "identify" })
      })
      assert.deepStrictEqual([json.status, json.json], [400, { error: "unsupported_grant_type" }])
      const query = yield* send("POST", "/api/v10/oauth2/token?grant_type=client_credentials&scope=identify", {
        headers
      })
      assert.deepStrictEqual([query.status, query.json], [400, { error: "unsupported_grant_type" }])
    }).pipe(Effect.provide(fresh)))

  it.effect("rejects unknown and missing grant types with unsupported_grant_type", () =>
    Effect.gen(function*() {
      const { application } = yield* simulator
      for (const grant_type of ["password", "", "urn:ietf:params:oauth:grant-type:device_code"]) {
        const answer = yield* token(application, { grant_type })
        assert.deepStrictEqual([answer.status, answer.json], [400, { error: "unsupported_grant_type" }])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("rejects GET with 405 (WIRE: #4002)", () =>
    Effect.gen(function*() {
      for (const path of ["/api/v10/oauth2/token", "/api/v10/oauth2/token/revoke"]) {
        const answer = yield* send("GET", path)
        assert.deepStrictEqual([answer.status, answer.json], [405, { message: "405: Method Not Allowed", code: 0 }])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("has no rate-limit headers in its response (WIRE: #647)", () =>
    Effect.gen(function*() {
      const { answer } = yield* exchange({})
      assert.deepStrictEqual(Object.keys(answer.headers).filter((name) => name.startsWith("x-ratelimit")), [])
    }).pipe(Effect.provide(fresh)))
})
