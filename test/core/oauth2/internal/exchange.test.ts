/** `OAuth2Client.exchange` and `exchangeCode`. */
import { AccessToken, OAuth2Client, OAuth2Scope, PendingAuthorization } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { inspect } from "node:util"
import {
  callbackOf,
  exchange,
  exchangeCode,
  grant,
  issuer,
  redirectUri,
  refresh,
  responding,
  scopes,
  tagOf,
  verifierOf
} from "../../../support/oauth2.ts"
import * as Stub from "../../../support/StubDiscord.ts"

/** A login whose code is exchanged for a token response with this body. */
const exchanged = (body: unknown) => Effect.provide(exchange, Stub.layer([], responding({ body })))

describe("the request", () => {
  it.effect("has exactly these members, and Basic authentication", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri: `${redirectUri}?a=1&b=%20` })
      yield* oauth.exchange(login, callbackOf(login))
      assert.strictEqual(calls.length, 1)
      assert.deepStrictEqual(Object.fromEntries(calls[0]?.form ?? []), {
        grant_type: "authorization_code",
        code: "planted-code",
        redirect_uri: `${redirectUri}?a=1&b=%20`,
        code_verifier: verifierOf(login)
      })
      assert.strictEqual(calls[0]?.authorization, `Basic ${btoa(`${Stub.clientId}:${Stub.clientSecret}`)}`)
    }).pipe(Effect.provide(Stub.layer(calls, responding({ body: grant }))))
  })

  it.effect("S12: has the verifier of its own login, which nothing has shown before", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const first = yield* oauth.authorize({ scopes, redirectUri, nonce: true })
      const second = yield* oauth.authorize({ scopes, redirectUri, nonce: true })
      yield* oauth.exchange(second, callbackOf(second, { code: "of-second" }))
      yield* oauth.exchange(first, callbackOf(first, { code: "of-first" }))
      assert.deepStrictEqual(
        calls.map(({ form }) => [form.get("code"), form.get("code_verifier")]),
        [["of-second", verifierOf(second)], ["of-first", verifierOf(first)]]
      )
      const { url, ...login } = first
      assert.notInclude(url, verifierOf(first))
      assert.notInclude(`${JSON.stringify(login)} ${inspect(login, { depth: 9 })}`, verifierOf(first))
      assert.notInclude(JSON.stringify(login), Redacted.value(first.nonce ?? first.state))
    }).pipe(Effect.provide(Stub.layer(calls, responding({ body: grant }))))
  })

  for (
    const uri of [
      "https://app.example/cb",
      "https://app.example",
      "https://APP.example:443/a/../cb",
      "https://app.example/cb?next=%2Fa%20b&x=a+b&y=%C3%BC",
      "https://app.example/cb;v=1,2/'(x)*!~$@:",
      "https://bücher.example/ümlaut?ß=ñ",
      "https://app.example/cb?code=1&state=2",
      "http://127.0.0.1:53127/cb",
      "com.example.app:/oauth2redirect"
    ]
  ) {
    it.effect(`S14: ${uri} is the same on the consent page, in storage and in the exchange`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        const oauth = yield* OAuth2Client.OAuth2Client
        const { url, ...login } = yield* oauth.authorize({ scopes, redirectUri: uri })
        assert.strictEqual(new URL(url).searchParams.get("redirect_uri"), uri)
        const codec = Schema.fromJsonString(PendingAuthorization.PendingAuthorization)
        const kept = yield* Schema.decodeEffect(codec)(yield* Schema.encodeEffect(codec)(login))
        const parameters = { code: "a-code", iss: issuer, state: Redacted.value(kept.state) }
        yield* oauth.exchange(kept, `${redirectUri}?${new URLSearchParams(parameters)}`)
        yield* oauth.exchangeCode({ code: Redacted.make("b-code"), redirectUri: uri })
        assert.deepStrictEqual(calls.map(({ form }) => form.getAll("redirect_uri")), [[uri], [uri]])
        assert.strictEqual(/redirect_uri=([^&]*)/.exec(url)?.[1], encodeURIComponent(uri))
      }).pipe(Effect.provide(Stub.layer(calls, responding({ body: grant }))))
    })
  }

  it.effect("a code for a login of the implicit grant is rejected and not sent", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorizeImplicit({ scopes: ["identify"], redirectUri })
      const error = yield* Effect.flip(oauth.exchange(login, callbackOf(login)))
      assert.strictEqual(error._tag === "InvalidCallback" ? error.reason : error._tag, "response-type")
      assert.strictEqual(calls.length, 0)
    }).pipe(Effect.provide(Stub.layer(calls, responding({ body: grant }))))
  })
})

describe("a failure", () => {
  const failures: ReadonlyArray<readonly [string, Stub.Answer | Stub.Drop | "never"]> = [
    ["a code that is rejected", { status: 400, body: { error: "invalid_grant" } }],
    ["a wrong secret", { status: 401, body: { error: "invalid_client" } }],
    ["a 400 of an outage", { status: 400, body: { message: "400: Bad Request", code: 0 } }],
    ["a 401 with a JSON code", { status: 401, body: { message: "401: Unauthorized", code: 0 } }],
    ["a 403", { status: 403, body: { message: "no", code: 50001 } }],
    ["a 404", { status: 404, body: { message: "404: Not Found", code: 0 } }],
    ["a short rate limit", {
      status: 429,
      body: { message: "You are being rate limited.", retry_after: 0.001, global: false },
      headers: { "retry-after": "1" }
    }],
    ["a Cloudflare block", { status: 429, body: "error code: 1015", headers: { "retry-after": "1" } }],
    ["a 500", { status: 500, body: { message: "500: Internal Server Error", code: 0 } }],
    ["a 502 in HTML", { status: 502, body: "<html></html>" }],
    ["a 503", { status: 503, headers: { "retry-after": "1" } }],
    ["a 521", { status: 521, body: "error code: 521" }],
    ["a redirect", { status: 307, headers: { location: "https://discord.com/api/v10/oauth2/token" } }],
    ["a 200 in HTML", { body: "<html></html>" }],
    ["a 200 that is cut off", { body: "{\"access_token\":\"a" }],
    ["a 200 with another token type", { body: { ...grant, token_type: "mac" } }],
    ["a refused connection", "ECONNREFUSED"],
    ["a broken connection", "ECONNRESET"],
    ["no response", "never"]
  ]

  for (const [name, failure] of failures) {
    it.effect(`S15: after ${name} the code has been sent once, and is not sent again within a day`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        const oauth = yield* OAuth2Client.OAuth2Client
        const login = yield* oauth.authorize({ scopes, redirectUri })
        const exchanging = yield* Effect.forkChild(tagOf(oauth.exchange(login, callbackOf(login))), {
          startImmediately: true
        })
        yield* TestClock.adjust("1 day")
        assert.notStrictEqual(yield* Fiber.join(exchanging), "success")
        assert.deepStrictEqual(calls.map(({ form }) => form.get("code")), ["planted-code"])
      }).pipe(
        Effect.provide(Stub.layer(calls, () =>
          failure === "never"
            ? Effect.never
            : typeof failure === "string"
            ? Effect.fail(failure)
            : Effect.succeed(failure)))
      )
    })
  }

  for (
    const [name, tag, answer] of [
      ["#5579: a bad code", "InvalidAuthorizationCode", {
        status: 400,
        body: { error: "invalid_grant", error_description: "Invalid \"code\" in request." }
      }],
      ["#2027: a bad code as invalid_request", "InvalidAuthorizationCode", {
        status: 400,
        body: { error: "invalid_request", error_description: "Invalid \"code\" in request." }
      }],
      ["a bad code whose description is null", "InvalidAuthorizationCode", {
        status: 400,
        body: { error: "invalid_grant", error_description: null }
      }],
      ["#4076: a bad redirect URI", "InvalidOAuth2Request", {
        status: 400,
        body: { error: "invalid_request", error_description: "Invalid \"redirect_uri\" in request." }
      }],
      ["#7046: a missing verifier", "InvalidOAuth2Request", {
        status: 400,
        body: { error: "invalid_request", error_description: "Missing \"code_verifier\"" }
      }],
      ["goth#183: a bad secret", "InvalidClient", { status: 401, body: { error: "invalid_client" } }],
      ["goth#183: a bad secret as a 400", "InvalidClient", { status: 400, body: { error: "invalid_client" } }],
      ["#5249: an unsupported grant", "UnsupportedGrantType", {
        status: 400,
        body: { error: "unsupported_grant_type" }
      }],
      ["an unauthorized client", "UnsupportedGrantType", { status: 400, body: { error: "unauthorized_client" } }],
      ["#5751: an invalid scope", "InvalidScope", { status: 400, body: { error: "invalid_scope" } }],
      ["F5, #6645: a 500 in Discord's shape", "DiscordServerError", {
        status: 500,
        body: { message: "500: Internal Server Error", code: 0 }
      }],
      ["F9: HTML with a 200", "MalformedResponse", { body: "<html></html>" }],
      ["F9: an array", "MalformedResponse", { body: [] }],
      ["F9: no access token", "MalformedResponse", { body: { token_type: "Bearer" } }],
      ["F11: a redirect", "UnexpectedStatus", { status: 302, headers: { location: "https://evil.example" } }],
      ["F20: token_type mac", "MalformedResponse", { body: { ...grant, token_type: "mac" } }]
    ] as const
  ) {
    it.effect(`${name} is ${tag}, after one request`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        assert.strictEqual(yield* tagOf(exchange), tag)
        assert.strictEqual(calls.length, 1)
      }).pipe(Effect.provide(Stub.layer(calls, responding(answer))))
    })
  }

  it.effect("F3: a connection that breaks is DiscordTransportError, and the code is not sent again", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      assert.strictEqual(yield* tagOf(exchange), "DiscordTransportError")
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.fail("ECONNRESET" as const))))
  })

  it.effect("F12: a missing response is DiscordTransportError after the timeout", () =>
    Effect.gen(function*() {
      const waiting = yield* Effect.forkChild(Effect.flip(exchangeCode))
      yield* TestClock.adjust("2 seconds")
      const error = yield* Fiber.join(waiting)
      assert.deepStrictEqual([error._tag, "sent" in error && error.sent], ["DiscordTransportError", true])
    }).pipe(Effect.provide(Stub.layer([], () => Effect.never, { config: { timeout: "2 seconds" } }))))
})

describe("the token", () => {
  it.effect("S6: unknown members of the response are ignored", () =>
    Effect.gen(function*() {
      const token = yield* exchanged({
        ...grant,
        surprise: { nested: [1] },
        refresh_token_expires_in: 1,
        error_uri: null
      })
      assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
      assert.notProperty(token, "surprise")
    }))

  for (
    const [expiresIn, seconds] of [
      [604_800, 604_800],
      ["3600", 3600],
      [undefined, 604_800],
      [null, 604_800],
      [0, 0],
      [-5, 0],
      ["soon", 0],
      ["", 0],
      [1e300, 3_155_760_000]
    ] as const
  ) {
    it.effect(`F19: expires_in ${JSON.stringify(expiresIn)} expires in ${seconds} seconds`, () =>
      Effect.gen(function*() {
        const token = yield* exchanged({ ...grant, expires_in: expiresIn })
        assert.strictEqual(token.expires_at.epochMilliseconds, seconds * 1000)
      }))
  }

  it.effect("F21: has the scopes that were granted, in another order, fewer or more, and otherwise those of the login", () =>
    Effect.gen(function*() {
      const reordered = yield* exchanged({ ...grant, scope: "guilds identify" })
      assert.isTrue(OAuth2Scope.equals(reordered.scopes, scopes))
      assert.deepStrictEqual(reordered.scopes.map(String), ["guilds", "identify"])
      const narrower = yield* exchanged({ ...grant, scope: "identify" })
      assert.deepStrictEqual(narrower.scopes.map(String), ["identify"])
      assert.deepStrictEqual(OAuth2Scope.difference(scopes, narrower.scopes).map(String), ["guilds"])
      const wider = yield* exchanged({ ...grant, scope: "guilds identify email" })
      assert.deepStrictEqual(wider.scopes.map(String), ["guilds", "identify", "email"])
      assert.deepStrictEqual(OAuth2Scope.difference(wider.scopes, scopes).map(String), ["email"])
      const unnamed = yield* exchanged({ ...grant, scope: undefined })
      assert.deepStrictEqual(unnamed.scopes, scopes)
    }))

  it.effect("F18: a guild and a webhook that do not decode are logged without their values, and the tokens are kept", () => {
    const logs: Array<string> = []
    const logger = Logger.layer([Logger.make(({ logLevel, message }) => void logs.push(`${logLevel} ${message}`))])
    const body = {
      ...grant,
      guild: { id: "197038439483310086", name: 7, icon: "planted-icon" },
      webhook: { id: "1", token: ["planted-webhook-token"], url: "planted-webhook-url" }
    }
    return Effect.gen(function*() {
      for (const request of [exchange, refresh]) {
        logs.length = 0
        const token = yield* request
        assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
        assert.strictEqual(token.refresh_token && Redacted.value(token.refresh_token), grant.refresh_token)
        assert.notProperty(token, "guild")
        assert.notProperty(token, "webhook")
        assert.lengthOf(logs, 2)
        assert.match(logs[0] ?? "", /^Warn .*"guild".*\["name"\]/s)
        assert.match(logs[1] ?? "", /^Warn .*"webhook"/s)
        assert.notInclude(logs.join(), "planted")
      }
    }).pipe(
      Effect.provide(Layer.merge(Stub.layer([], responding({ body })), logger)),
      Effect.provideService(References.MinimumLogLevel, "Trace")
    )
  })

  it.effect("F18: a scope, id_token or expires_in that does not decode is logged without its value, and the tokens are kept", () => {
    const logs: Array<unknown> = []
    return Effect.gen(function*() {
      const token = yield* exchanged({
        ...grant,
        scope: ["planted-scope"],
        id_token: 4,
        expires_in: { planted: "lifetime" }
      })
      assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
      assert.strictEqual(token.refresh_token && Redacted.value(token.refresh_token), grant.refresh_token)
      assert.deepStrictEqual(token.scopes, ["identify", "guilds"])
      assert.isUndefined(token.id_token)
      assert.isTrue(yield* AccessToken.isExpired(token))
      assert.strictEqual(logs.length, 3)
      assert.notInclude(logs.join(), "planted")
    }).pipe(Effect.provide(Logger.layer([Logger.make(({ message }) => void logs.push(message))])))
  })
})
