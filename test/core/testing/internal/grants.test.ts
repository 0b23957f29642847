import { DiscordClient, DiscordError, OAuth2Client, type PendingAuthorization } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { exchange, login } from "../context.ts"
import { authorizeUrl, parameters, simulator, token } from "../raw.ts"

const invalidCode = { error: "invalid_grant", error_description: "Invalid \"code\" in request." }

const invalidRefresh = { error: "invalid_grant", error_description: "Invalid \"refresh_token\" in request." }

const fresh = DiscordSimulator.layerTest()

describe("authorization code grant", () => {
  it.effect("returns the token response that Discord documents (WIRE: access tokens live 604800 s)", () =>
    Effect.gen(function*() {
      const { answer } = yield* exchange({})
      assert.strictEqual(answer.status, 200)
      const body = answer.json as Record<string, unknown>
      assert.hasAllKeys(body, ["access_token", "token_type", "expires_in", "refresh_token", "scope"])
      assert.deepInclude(body, { token_type: "Bearer", expires_in: 604_800, scope: "identify" })
      assert.strictEqual(answer.headers["cache-control"], "no-store")
    }).pipe(Effect.provide(fresh)))

  it.effect("accepts a code once (WIRE: #2526)", () =>
    Effect.gen(function*() {
      const { answer, discord, fields } = yield* exchange({})
      assert.strictEqual(answer.status, 200)
      const again = yield* token(discord.application, fields)
      assert.deepStrictEqual([again.status, again.json], [400, invalidCode])
    }).pipe(Effect.provide(fresh)))

  it.effect("F53: rejects a code after 100 seconds (WIRE: #2526)", () =>
    Effect.gen(function*() {
      const early = yield* login()
      yield* TestClock.adjust(99_999)
      assert.deepStrictEqual((yield* early.oauth.exchange(early.started, early.callback)).scopes, ["identify"])
      const late = yield* login()
      yield* TestClock.adjust(100_000)
      const error = yield* Effect.flip(late.oauth.exchange(late.started, late.callback))
      assert.instanceOf(error, DiscordError.InvalidAuthorizationCode)
      assert.strictEqual(error.description, "Invalid \"code\" in request.")
    }).pipe(Effect.provide(fresh)))

  it.effect("rejects an unknown code as it rejects a used one (WIRE: #5579)", () =>
    Effect.gen(function*() {
      const { answer } = yield* exchange({ code: "unknown" })
      assert.deepStrictEqual([answer.status, answer.json], [400, invalidCode])
    }).pipe(Effect.provide(fresh)))

  it.effect("S14: binds a code to its redirect URI, byte for byte", () =>
    Effect.gen(function*() {
      for (const redirect_uri of ["http://127.0.0.1:3000/callback/", "http://127.0.0.1:3000/Callback"]) {
        const { answer } = yield* exchange({ redirect_uri })
        assert.deepStrictEqual([answer.status, answer.json], [
          400,
          { error: "invalid_request", error_description: "Invalid \"redirect_uri\" in request." }
        ])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("rejects a wrong or missing verifier with invalid_request (WIRE: PR #7046)", () =>
    Effect.gen(function*() {
      const wrong = yield* exchange({ code_verifier: "x".repeat(43) })
      assert.deepStrictEqual([wrong.answer.status, wrong.answer.json], [
        400,
        { error: "invalid_request", error_description: "Invalid \"code_verifier\" in request." }
      ])
      const missing = yield* exchange({}, ["code_verifier"])
      assert.deepStrictEqual([missing.answer.status, missing.answer.json], [
        400,
        { error: "invalid_request", error_description: "Missing \"code_verifier\" in request." }
      ])
    }).pipe(Effect.provide(fresh)))

  it.effect("binds a code to its application", () =>
    Effect.gen(function*() {
      const { discord, started, callback } = yield* login()
      const other = yield* discord.addApplication({ clientSecret: Redacted.make("other") })
      const answer = yield* token(other, {
        grant_type: "authorization_code",
        code: parameters(callback).code!,
        redirect_uri: started.redirect_uri,
        code_verifier: Redacted.value(started.code_verifier!)
      })
      assert.deepStrictEqual([answer.status, answer.json], [400, invalidCode])
      const oauth = yield* OAuth2Client.OAuth2Client
      assert.deepStrictEqual((yield* oauth.exchange(started, callback)).scopes, ["identify"])
    }).pipe(Effect.provide(fresh)))

  it.effect("names a missing parameter of the form", () =>
    Effect.gen(function*() {
      for (const name of ["code", "redirect_uri"]) {
        const { answer } = yield* exchange({}, [name])
        assert.deepStrictEqual([answer.status, answer.json], [
          400,
          { error: "invalid_request", error_description: `Missing "${name}" in request.` }
        ])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("accepts no verifier after a login without PKCE", () =>
    Effect.gen(function*() {
      const { callback, oauth, started } = yield* login(["role_connections.write"])
      assert.isUndefined(started.code_verifier)
      assert.deepStrictEqual((yield* oauth.exchange(started, callback)).scopes, ["role_connections.write"])
    }).pipe(Effect.provide(fresh)))
})

describe("refresh token grant", () => {
  it.effect("accepts a refresh token once, and returns a new one (WIRE: #5942)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      const first = yield* discord.issueToken({ scopes: ["identify", "email"] })
      const second = yield* oauth.refresh(first)
      assert.notStrictEqual(Redacted.value(second.refresh_token!), Redacted.value(first.refresh_token!))
      assert.notStrictEqual(Redacted.value(second.access_token), Redacted.value(first.access_token))
      assert.deepStrictEqual(second.scopes, ["identify", "email"])
      const error = yield* Effect.flip(oauth.refresh(first))
      assert.instanceOf(error, DiscordError.InvalidRefreshToken)
      const raw = yield* token(discord.application, {
        grant_type: "refresh_token",
        refresh_token: Redacted.value(first.refresh_token!)
      })
      assert.deepStrictEqual([raw.status, raw.json], [400, invalidRefresh])
      assert.isDefined((yield* oauth.refresh(second)).refresh_token)
    }).pipe(Effect.provide(fresh)))

  it.effect("accepts one of many concurrent refreshes, and rejects the others with invalid_grant (WIRE: #5942)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      const issued = yield* discord.issueToken({ scopes: ["identify"] })
      const exits = yield* Effect.all(Array.from({ length: 10 }, () => Effect.exit(oauth.refresh(issued))), {
        concurrency: "unbounded"
      })
      assert.lengthOf(exits.filter(({ _tag }) => _tag === "Success"), 1)
    }).pipe(Effect.provide(fresh)))

  it.effect("binds a refresh token to its application", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const issued = yield* discord.issueToken({ scopes: ["identify"] })
      const other = yield* discord.addApplication({ clientSecret: Redacted.make("other") })
      const fields = { grant_type: "refresh_token", refresh_token: Redacted.value(issued.refresh_token!) }
      assert.deepStrictEqual((yield* token(other, fields)).json, invalidRefresh)
      assert.strictEqual((yield* token(discord.application, fields)).status, 200)
    }).pipe(Effect.provide(fresh)))
})

describe("client credentials grant", () => {
  it.effect("returns a token of the owner, without a refresh token", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      const api = yield* DiscordClient.DiscordClient
      yield* discord.addUser()
      const issued = yield* oauth.clientCredentials({ scopes: ["identify", "connections"] })
      assert.isUndefined(issued.refresh_token)
      assert.deepStrictEqual(issued.scopes, ["identify", "connections"])
      assert.strictEqual((yield* api.getCurrentUser({ accessToken: issued })).id, discord.application.ownerId)
    }).pipe(Effect.provide(fresh)))

  it.effect("rejects unknown, missing and unsupported scopes with 400 invalid_scope (WIRE: #2310)", () =>
    Effect.gen(function*() {
      const { application } = yield* simulator
      for (const scope of ["nonsense", "identify nonsense", "role_connections.write", "webhook.incoming", "rpc"]) {
        const answer = yield* token(application, { grant_type: "client_credentials", scope })
        assert.strictEqual(answer.status, 400, scope)
        assert.propertyVal(answer.json, "error", "invalid_scope", scope)
      }
      const missing = yield* token(application, { grant_type: "client_credentials" })
      assert.deepStrictEqual([missing.status, missing.json], [
        400,
        { error: "invalid_request", error_description: "Missing \"scope\" in request." }
      ])
    }).pipe(Effect.provide(fresh)))

  layer(DiscordSimulator.layerTest({ application: { team: true } }))(
    "client credentials grant of a team's application",
    (it) => {
      it.effect("grants only identify and applications.commands.update (WIRE: oauth2.mdx)", () =>
        Effect.gen(function*() {
          const oauth = yield* OAuth2Client.OAuth2Client
          const allowed = yield* oauth.clientCredentials({
            scopes: ["identify", "applications.commands.update"],
            team: true
          })
          assert.deepStrictEqual(allowed.scopes, ["identify", "applications.commands.update"])
          const error = yield* Effect.flip(oauth.clientCredentials({ scopes: ["identify", "guilds"] }))
          assert.instanceOf(error, DiscordError.InvalidScope)
        }))
    }
  )
})

describe("PKCE", () => {
  it.effect("with role_connections.write fails with invalid_scope (WIRE: #5751)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const callback = yield* discord.authorize(authorizeUrl(discord.application, {
        scope: "identify role_connections.write",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256"
      }))
      assert.strictEqual(parameters(callback).error, "invalid_scope")
    }).pipe(Effect.provide(fresh)))

  it.effect("S12: prevents another browser's login from using this code", () =>
    Effect.gen(function*() {
      const { callback, discord, oauth } = yield* login()
      const other = yield* oauth.authorize({
        scopes: ["identify"],
        redirectUri: discord.application.redirectUris[0]!
      })
      const mixed: PendingAuthorization.PendingAuthorization = {
        ...other,
        state: Redacted.make(parameters(callback).state!)
      }
      const error = yield* Effect.flip(oauth.exchange(mixed, callback))
      assert.instanceOf(error, DiscordError.InvalidOAuth2Request)
    }).pipe(Effect.provide(fresh)))
})
