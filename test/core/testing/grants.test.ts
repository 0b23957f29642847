import {
  type AccessToken,
  DiscordClient,
  DiscordError,
  OAuth2Client,
  type PendingAuthorization
} from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { authorizeUrl, basic, parameters, send, simulator, token } from "./raw.ts"

const invalidCode = { error: "invalid_grant", error_description: "Invalid \"code\" in request." }
const invalidRefresh = { error: "invalid_grant", error_description: "Invalid \"refresh_token\" in request." }

const login = (scopes: ReadonlyArray<string> = ["identify"]) =>
  Effect.gen(function*() {
    const discord = yield* simulator
    const oauth = yield* OAuth2Client.OAuth2Client
    const started = yield* oauth.authorize({ scopes, redirectUri: discord.application.redirectUris[0]! })
    const callback = yield* discord.authorize(started.url)
    return { discord, oauth, started, callback, code: parameters(callback).code! }
  })

const exchange = (overrides: Readonly<Record<string, string>>, drop: ReadonlyArray<string> = []) =>
  Effect.gen(function*() {
    const { code, discord, started } = yield* login()
    const fields: Record<string, string> = {
      grant_type: "authorization_code",
      code,
      redirect_uri: started.redirect_uri,
      code_verifier: Redacted.value(started.code_verifier!),
      ...overrides
    }
    for (const name of drop) delete fields[name]
    return { code, fields, discord, answer: yield* token(discord.application, fields) }
  })

const fresh = DiscordSimulator.layerTest()

describe("authorization code grant", () => {
  it.effect("answers as Discord documents it (WIRE: access tokens live 604800 s)", () =>
    Effect.gen(function*() {
      const { answer } = yield* exchange({})
      assert.strictEqual(answer.status, 200)
      const body = answer.json as Record<string, unknown>
      assert.hasAllKeys(body, ["access_token", "token_type", "expires_in", "refresh_token", "scope"])
      assert.deepInclude(body, { token_type: "Bearer", expires_in: 604_800, scope: "identify" })
      assert.strictEqual(answer.headers["cache-control"], "no-store")
    }).pipe(Effect.provide(fresh)))

  it.effect("a code works once (WIRE: #2526)", () =>
    Effect.gen(function*() {
      const { answer, discord, fields } = yield* exchange({})
      assert.strictEqual(answer.status, 200)
      const again = yield* token(discord.application, fields)
      assert.deepStrictEqual([again.status, again.json], [400, invalidCode])
    }).pipe(Effect.provide(fresh)))

  it.effect("F53: a code lives 100 seconds and not one more (WIRE: #2526)", () =>
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

  it.effect("an unknown code is the same as a used one (WIRE: #5579)", () =>
    Effect.gen(function*() {
      const { answer } = yield* exchange({ code: "unknown" })
      assert.deepStrictEqual([answer.status, answer.json], [400, invalidCode])
    }).pipe(Effect.provide(fresh)))

  it.effect("S14: a code is bound to its redirect URI, byte for byte", () =>
    Effect.gen(function*() {
      for (const redirect_uri of ["http://127.0.0.1:3000/callback/", "http://127.0.0.1:3000/Callback"]) {
        const { answer } = yield* exchange({ redirect_uri })
        assert.deepStrictEqual([answer.status, answer.json], [
          400,
          { error: "invalid_request", error_description: "Invalid \"redirect_uri\" in request." }
        ])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("a code is bound to its verifier: wrong and missing are invalid_request (WIRE: PR #7046)", () =>
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

  it.effect("a code is bound to its application", () =>
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

  it.effect("a missing part of the form is named", () =>
    Effect.gen(function*() {
      for (const name of ["code", "redirect_uri"]) {
        const { answer } = yield* exchange({}, [name])
        assert.deepStrictEqual([answer.status, answer.json], [
          400,
          { error: "invalid_request", error_description: `Missing "${name}" in request.` }
        ])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("a login without PKCE is exchanged without a verifier", () =>
    Effect.gen(function*() {
      const { callback, oauth, started } = yield* login(["role_connections.write"])
      assert.isUndefined(started.code_verifier)
      assert.deepStrictEqual((yield* oauth.exchange(started, callback)).scopes, ["role_connections.write"])
    }).pipe(Effect.provide(fresh)))
})

describe("refresh", () => {
  it.effect("a refresh token works once; the answer carries a new one that works (WIRE: #5942)", () =>
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

  it.effect("one of many refreshes at once wins, the others find the grant dead (WIRE: #5942)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      const issued = yield* discord.issueToken({ scopes: ["identify"] })
      const exits = yield* Effect.all(Array.from({ length: 10 }, () => Effect.exit(oauth.refresh(issued))), {
        concurrency: "unbounded"
      })
      assert.lengthOf(exits.filter(({ _tag }) => _tag === "Success"), 1)
    }).pipe(Effect.provide(fresh)))

  it.effect("a refresh token belongs to its application", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const issued = yield* discord.issueToken({ scopes: ["identify"] })
      const other = yield* discord.addApplication({ clientSecret: Redacted.make("other") })
      const fields = { grant_type: "refresh_token", refresh_token: Redacted.value(issued.refresh_token!) }
      assert.deepStrictEqual((yield* token(other, fields)).json, invalidRefresh)
      assert.strictEqual((yield* token(discord.application, fields)).status, 200)
    }).pipe(Effect.provide(fresh)))
})

const isRefused = (accessToken: AccessToken.AccessToken) =>
  Effect.gen(function*() {
    const api = yield* DiscordClient.DiscordClient
    const exit = yield* Effect.result(api.getCurrentAuthorizationInformation({ accessToken }))
    return exit._tag === "Failure" && exit.failure._tag === "AccessTokenExpired"
  })

describe("expiry and revocation", () => {
  it.effect("an access token is refused after 604800 seconds, and its refresh token works on", () =>
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

  it.effect("expireAccessTokens refuses those of one user alone", () =>
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

  it.effect("revoking any token revokes the whole authorization (WIRE: oauth2.mdx)", () =>
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

  it.effect("revoking an unknown token, or another application's, is 200 and changes nothing (RFC 7009)", () =>
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

  it.effect("revoking without a token is invalid_request", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const answer = yield* token(discord.application, { x: "y" }, { path: "/oauth2/token/revoke" })
      assert.deepStrictEqual([answer.status, answer.json], [
        400,
        { error: "invalid_request", error_description: "Missing \"token\" in request." }
      ])
    }).pipe(Effect.provide(fresh)))

  it.effect("revokeAuthorizations kills codes, access and refresh tokens of one user alone", () =>
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

describe("client authentication", () => {
  const invalidClient = { error: "invalid_client" }

  it.effect("S23: Basic form-encodes both parts (RFC 6749 section 2.3.1)", () =>
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

  it.effect("S23: id and secret in the form are as good, both at once are not", () =>
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

  it.effect("a bad secret, an unknown id and nothing at all are 401 invalid_client (WIRE: goth#183)", () =>
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

  it.effect("client_id alone is invalid_client without the Public Client switch (WIRE: #5531)", () =>
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
    it.effect("a login needs no secret", () =>
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

    it.effect("client credentials still need one", () =>
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

describe("the token endpoint takes a form", () => {
  it.effect("S22: JSON and query parameters are unsupported_grant_type (WIRE: #5249, #7299)", () =>
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

  it.effect("other grants, and none, are unsupported_grant_type", () =>
    Effect.gen(function*() {
      const { application } = yield* simulator
      for (const grant_type of ["password", "", "urn:ietf:params:oauth:grant-type:device_code"]) {
        const answer = yield* token(application, { grant_type })
        assert.deepStrictEqual([answer.status, answer.json], [400, { error: "unsupported_grant_type" }])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("GET is 405 (WIRE: #4002)", () =>
    Effect.gen(function*() {
      for (const path of ["/api/v10/oauth2/token", "/api/v10/oauth2/token/revoke"]) {
        const answer = yield* send("GET", path)
        assert.deepStrictEqual([answer.status, answer.json], [405, { message: "405: Method Not Allowed", code: 0 }])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("sends no rate-limit headers (WIRE: #647)", () =>
    Effect.gen(function*() {
      const { answer } = yield* exchange({})
      assert.deepStrictEqual(Object.keys(answer.headers).filter((name) => name.startsWith("x-ratelimit")), [])
    }).pipe(Effect.provide(fresh)))
})

describe("client credentials grant", () => {
  it.effect("gives the owner's token, without a refresh token", () =>
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

  it.effect("an unknown scope, one that the grant cannot carry, and none are 400 invalid_scope (WIRE: #2310)", () =>
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

  layer(DiscordSimulator.layerTest({ application: { team: true } }))("of a team's application", (it) => {
    it.effect("has identify and applications.commands.update alone (WIRE: oauth2.mdx)", () =>
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
  })
})

describe("what was asked for and what came", () => {
  it.effect("PKCE with role_connections.write is invalid_scope (WIRE: #5751)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const callback = yield* discord.authorize(authorizeUrl(discord.application, {
        scope: "identify role_connections.write",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256"
      }))
      assert.strictEqual(parameters(callback).error, "invalid_scope")
    }).pipe(Effect.provide(fresh)))

  it.effect("S12: the login of another browser gains nothing from this code", () =>
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
