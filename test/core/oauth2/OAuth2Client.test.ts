import {
  AccessToken,
  DiscordClient,
  DiscordError,
  OAuth2Client,
  PendingAuthorization,
  Permissions,
  Snowflake
} from "@discord-oauth2/core"
import { AuthorizationRequest, AuthorizationResponse } from "@discord-oauth2/core/oauth2"
import { assert, describe, it } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { assertError } from "../../support/assertError.ts"
import * as Stub from "../../support/StubDiscord.ts"

const redirectUri = "https://app.example/auth/callback"
const scopes = ["identify", "guilds"] as const

const grant = {
  access_token: "6qrZcUqja7812RVdnEKjpzOL4CvHBFG",
  token_type: "Bearer",
  expires_in: 604_800,
  refresh_token: "D43f5y0ahjqew82jZ4NViEr2YafMKhue",
  scope: "identify guilds"
}

const answering = (answer: Stub.Answer) => () => Effect.succeed(answer)

const callbackOf = (
  login: PendingAuthorization.PendingAuthorization,
  parameters: Readonly<Record<string, string | ReadonlyArray<string>>> = {}
) => {
  const url = new URL(login.redirect_uri)
  const all = { state: Redacted.value(login.state), iss: "https://discord.com", code: "a-code", ...parameters }
  for (const [name, value] of Object.entries(all)) {
    for (const each of typeof value === "string" ? [value] : value) url.searchParams.append(name, each)
  }
  return url
}

/** A callback without some of its parameters. */
const without = (url: URL, ...names: ReadonlyArray<string>) => {
  for (const name of names) url.searchParams.delete(name)
  return url
}

const flipTag = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

describe("the authorization request", () => {
  it.effect("S1, S11: state and verifier are 256 fresh random bits each, in unreserved characters", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const seen = new Set<string>()
      for (let i = 0; i < 100; i++) {
        const login = yield* oauth.authorize({ scopes, redirectUri })
        const secrets = [Redacted.value(login.state), login.code_verifier ? Redacted.value(login.code_verifier) : ""]
        for (const secret of secrets) {
          assert.match(secret, /^[A-Za-z0-9_-]{43}$/)
          seen.add(secret)
        }
      }
      assert.strictEqual(seen.size, 200)
    }).pipe(Effect.provide(Stub.layer([], answering({})))))

  it.effect("S9, S10: the challenge is the verifier's SHA-256 and the method S256, without being asked for", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri })
      const query = new URL(login.url).searchParams
      const digest = yield* Digest.Digest
      const verifier = login.code_verifier === undefined ? "" : Redacted.value(login.code_verifier)
      const hash = yield* digest.digest(Digest.sha256, new TextEncoder().encode(verifier))
      assert.strictEqual(query.get("code_challenge"), Base64Url.encode(hash))
      assert.strictEqual(query.get("code_challenge_method"), "S256")
      assert.strictEqual(query.get("state"), Redacted.value(login.state))
      assert.isFalse(login.url.includes(verifier))
    }).pipe(Effect.provide(Stub.layer([], answering({})))))

  it.effect("RFC 7636 appendix B: the challenge of the standard's own verifier", () =>
    Effect.gen(function*() {
      const digest = yield* Digest.Digest
      const hash = yield* digest.digest(
        Digest.sha256,
        new TextEncoder().encode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
      )
      assert.strictEqual(Base64Url.encode(hash), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }).pipe(Effect.provide(Stub.layerCrypto)))

  it.effect("S9: with role_connections.write there is no PKCE and the login says so; asked for, it is InvalidScope", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const linked = ["identify", "role_connections.write"] as const
      const login = yield* oauth.authorize({ scopes: linked, redirectUri })
      assert.isUndefined(login.code_verifier)
      assert.isFalse(new URL(login.url).searchParams.has("code_challenge"))
      assert.strictEqual(yield* flipTag(oauth.authorize({ scopes: linked, redirectUri, pkce: true })), "InvalidScope")
      assert.strictEqual(yield* flipTag(oauth.authorizeImplicit({ scopes: linked, redirectUri })), "InvalidScope")
    }).pipe(Effect.provide(Stub.layer([], answering({})))))

  it.effect("scopes that a grant cannot carry are InvalidScope before any request, and the message names them", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const refused = [
        [oauth.authorize({ scopes: ["identify", "applications.commands.update"], redirectUri }), "commands.update"],
        [oauth.authorizeImplicit({ scopes: ["webhook.incoming"], redirectUri }), "webhook.incoming"],
        [oauth.clientCredentials({ scopes: ["role_connections.write"] }), "role_connections.write"],
        [oauth.clientCredentials({ scopes: ["identify", "guilds"], team: true }), "does not allow guilds"]
      ] as const
      for (const [effect, scope] of refused) {
        const error = yield* Effect.flip<unknown, { readonly _tag: string; readonly message: string }, never>(effect)
        assert.strictEqual(error._tag, "InvalidScope")
        assert.include(error.message, scope)
      }
      yield* oauth.authorize({ scopes: ["identify", "tomorrow.read"], redirectUri })
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, answering({}))))
  })

  it("every parameter of Discord's is written as its documentation has it, with %20 between scopes", () => {
    assert.strictEqual(
      AuthorizationRequest.toUrl("https://discord.com/oauth2/authorize", {
        clientId: "157730590492196864",
        responseType: "code",
        scopes: ["identify", "guilds.join"],
        redirectUri: "https://nicememe.website",
        state: "15773059ghq9183habn",
        prompt: "consent",
        integrationType: "USER_INSTALL",
        permissions: Permissions.fromNames(["CREATE_INSTANT_INVITE"]),
        guildId: Snowflake.GuildId.make("290926792226357250"),
        disableGuildSelect: true,
        codeChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        nonce: "n"
      }),
      "https://discord.com/oauth2/authorize?response_type=code&client_id=157730590492196864"
        + "&scope=identify%20guilds.join&redirect_uri=https%3A%2F%2Fnicememe.website&state=15773059ghq9183habn"
        + "&prompt=consent&integration_type=1&permissions=1&guild_id=290926792226357250&disable_guild_select=true"
        + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&nonce=n"
    )
  })

  it.effect("half a character in an address is InvalidCallArgument, and no defect", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const odd = yield* Effect.flip(oauth.authorize({ scopes: ["identify"], redirectUri: `${redirectUri}?\ud800` }))
      assert.strictEqual(odd._tag, "InvalidCallArgument")
      const login = yield* oauth.authorize({ scopes: ["identify", "\udc00"], redirectUri })
      assert.include(login.url, "%EF%BF%BD")
    }).pipe(Effect.provide(Stub.layer([], answering({})))))

  it.effect("a code that comes to a login of the implicit grant, and a token to one with a code, are refused", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const answer = (login: OAuth2Client.StartedAuthorization<"identify">, rest: string) =>
        `state=${encodeURIComponent(Redacted.value(login.state))}&iss=https://discord.com&${rest}`
      const implicit = yield* oauth.authorizeImplicit({ scopes: ["identify"], redirectUri })
      const code = yield* oauth.authorize({ scopes: ["identify"], redirectUri })
      for (
        const error of [
          yield* Effect.flip(oauth.exchange(implicit, `${redirectUri}?${answer(implicit, "code=planted")}`)),
          yield* Effect.flip(
            oauth.acceptImplicit(code, `${redirectUri}#${answer(code, "access_token=planted&token_type=Bearer")}`)
          )
        ]
      ) {
        assert.strictEqual(error._tag === "InvalidCallback" ? error.reason : error._tag, "response-type")
      }
      assert.strictEqual(calls.length, 0)
    }).pipe(Effect.provide(Stub.layer(calls, answering({}))))
  })

  it.effect("the bot's URL needs no callback, and without scopes asks for the default install settings", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      assert.strictEqual(
        oauth.botAuthorizationUrl({ scopes: ["bot"], permissions: Permissions.fromNames(["CREATE_INSTANT_INVITE"]) }),
        "https://discord.com/oauth2/authorize?client_id=157730590492196864&scope=bot&permissions=1"
      )
      assert.strictEqual(
        oauth.botAuthorizationUrl(),
        "https://discord.com/oauth2/authorize?client_id=157730590492196864"
      )
    }).pipe(Effect.provide(Stub.layer([], answering({})))))

  it.effect("the webhook flow is an authorization with its scope", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes: ["webhook.incoming"], redirectUri })
      assert.strictEqual(new URL(login.url).searchParams.get("scope"), "webhook.incoming")
    }).pipe(Effect.provide(Stub.layer([], answering({})))))

  it.effect("a redirect URI that is none is InvalidCallArgument that names it", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const error = yield* Effect.flip(oauth.authorize({ scopes, redirectUri: "/callback" }))
      assert.include(error.message, "redirectUri")
    }).pipe(Effect.provide(Stub.layer([], answering({})))))

  it.effect("a login survives being stored as JSON", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const { url: _, ...login } = yield* oauth.authorize({ scopes, redirectUri, nonce: true, returnTo: "/guilds" })
      const codec = Schema.fromJsonString(PendingAuthorization.PendingAuthorization)
      const json = yield* Schema.encodeEffect(codec)(login)
      assert.include(json, Redacted.value(login.state))
      assert.deepStrictEqual(yield* Schema.decodeEffect(codec)(json), login)
    }).pipe(Effect.provide(Stub.layer([], answering({})))))
})

describe("the callback", () => {
  const check = (
    name: string,
    tag: DiscordError.CallbackError["_tag"],
    callback: (login: PendingAuthorization.PendingAuthorization) => string | URL | URLSearchParams
  ) => {
    it.effect(`${name} is ${tag}, and no token is asked for`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        const oauth = yield* OAuth2Client.OAuth2Client
        const login = yield* oauth.authorize({ scopes, redirectUri })
        assert.strictEqual(yield* flipTag(oauth.exchange(login, callback(login))), tag)
        assert.deepStrictEqual(calls, [])
      }).pipe(Effect.provide(Stub.layer(calls, answering({ body: grant }))))
    })
  }

  check("F26: no state", "StateMismatch", (login) => without(callbackOf(login), "state"))
  check("F26: an empty state", "StateMismatch", (login) => callbackOf(login, { state: "" }))
  check("F26: a foreign state", "StateMismatch", (login) => callbackOf(login, { state: "x".repeat(43) }))
  check("F26: a state of another length", "StateMismatch", (login) => callbackOf(login, { state: "x" }))
  check(
    "F29, S5: a repeated state",
    "InvalidCallback",
    (login) => callbackOf(login, { state: [Redacted.value(login.state), Redacted.value(login.state)] })
  )
  check("F29, S5: a repeated code", "InvalidCallback", (login) => callbackOf(login, { code: ["a", "b"] }))
  check(
    "S5: a repeated iss",
    "InvalidCallback",
    (login) => callbackOf(login, { iss: ["https://discord.com", "https://discord.com"] })
  )
  check(
    "S5: a repeated error",
    "InvalidCallback",
    (login) => without(callbackOf(login, { error: ["access_denied", "access_denied"] }), "code")
  )
  check("F30, S7: a missing iss", "IssuerMismatch", (login) => without(callbackOf(login), "iss"))
  check(
    "F30, S7: another iss",
    "IssuerMismatch",
    (login) => callbackOf(login, { iss: "https://discord.com.evil.example" })
  )
  check(
    "F30, S7: an iss with a slash more",
    "IssuerMismatch",
    (login) => callbackOf(login, { iss: "https://discord.com/" })
  )
  check("F31: code and error together", "InvalidCallback", (login) => callbackOf(login, { error: "access_denied" }))
  check("neither code nor error", "InvalidCallback", (login) => without(callbackOf(login), "code"))
  check("an empty code", "InvalidCallback", (login) => callbackOf(login, { code: "" }))
  check(
    "F36: a callback of 9,000 characters",
    "InvalidCallback",
    (login) => callbackOf(login, { padding: "x".repeat(9000) })
  )
  check(
    "F36: parameters of 9,000 characters",
    "InvalidCallback",
    (login) => new URL(callbackOf(login, { padding: "x".repeat(9000) })).searchParams
  )
  check("a callback that is no URL", "InvalidCallback", () => "http://[")
  check(
    "S8: an error with a foreign state",
    "StateMismatch",
    (login) => without(callbackOf(login, { error: "access_denied", state: "x" }), "code")
  )
  check("a cancelled consent", "AuthorizationDenied", (login) =>
    without(
      callbackOf(login, {
        error: "access_denied",
        error_description: "The resource owner or authorization server denied the request"
      }),
      "code",
      "iss"
    ))
  check(
    "an invalid scope",
    "AuthorizationDenied",
    (login) => without(callbackOf(login, { error: "invalid_scope" }), "code")
  )

  it.effect("S4: a login that took longer than ten minutes is StateMismatch, one that took less is not", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri })
      yield* TestClock.adjust("599 seconds")
      yield* oauth.exchange(login, callbackOf(login))
      yield* TestClock.adjust("1 second")
      assertError(
        yield* Effect.flip(oauth.exchange(login, callbackOf(login))),
        new DiscordError.StateMismatch({ reason: "expired" })
      )
    }).pipe(Effect.provide(Stub.layer([], answering({ body: grant })))))

  it.effect("F32: script and line breaks in error_description are cleaned and cut to 200 characters", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri })
      const error = yield* Effect.flip(oauth.exchange(
        login,
        without(
          callbackOf(login, {
            error: "server_error\r\nSet-Cookie: a=b",
            error_description: "\r\n\u0000".repeat(9) + "x".repeat(5000)
          }),
          "code"
        )
      ))
      assert.strictEqual(error._tag, "AuthorizationDenied")
      // oxlint-disable-next-line eslint/no-control-regex -- it is what must be gone
      assert.notMatch(`${error.message}${JSON.stringify(error)}`, /[\u0000-\u001f]|\\r|\\n/)
      assert.isBelow(error.message.length, 300)
    }).pipe(Effect.provide(Stub.layer([], answering({})))))

  it.effect("S6: unknown parameters are ignored, and a bot's guild and permissions are read", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes: ["bot", "identify"], redirectUri })
      const parsed = yield* AuthorizationResponse.parse(
        callbackOf(login, { guild_id: "1", permissions: "8", surprise: "yes" }),
        login,
        { issuer: "https://discord.com" }
      )
      assert.deepStrictEqual([Redacted.value(parsed.code), parsed.guild_id, parsed.permissions], ["a-code", "1", "8"])
    }).pipe(Effect.provide(Stub.layer([], answering({})))))

  it.effect("S7: a missing iss is accepted where the application says so", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri })
      yield* AuthorizationResponse.parse(without(callbackOf(login), "iss"), login, {
        issuer: "https://discord.com",
        requireIssuer: false
      })
    }).pipe(Effect.provide(Stub.layer([], answering({})))))

  it.effect("S36, F38: an implicit fragment is taken only with its state and issuer, and never a query", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorizeImplicit({ scopes, redirectUri })
      const fragment = (parameters: Readonly<Record<string, string>>) =>
        `${redirectUri}#${new URLSearchParams({
          token_type: "Bearer",
          access_token: "RTfP0OK99U3kbRtHOoKLmJbOn45PjL",
          expires_in: "604800",
          scope: "identify",
          state: Redacted.value(login.state),
          iss: "https://discord.com",
          ...parameters
        })}`
      const token = yield* oauth.acceptImplicit(login, fragment({}))
      assert.deepStrictEqual(token.scopes, ["identify"])
      assert.isUndefined(token.refresh_token)
      assert.strictEqual(token.expires_at.epochMilliseconds, 604_800_000)
      assert.strictEqual(yield* flipTag(oauth.acceptImplicit(login, fragment({ state: "x" }))), "StateMismatch")
      assert.strictEqual(yield* flipTag(oauth.acceptImplicit(login, fragment({ iss: "https://e" }))), "IssuerMismatch")
      assert.strictEqual(
        yield* flipTag(oauth.acceptImplicit(login, fragment({ token_type: "mac" }))),
        "InvalidCallback"
      )
      assert.strictEqual(
        yield* flipTag(oauth.acceptImplicit(login, fragment({}).replace("#", "?"))),
        "StateMismatch"
      )
    }).pipe(Effect.provide(Stub.layer([], answering({})))))
})

describe("the token endpoint", () => {
  it.effect("S22, S14, S23: one POST with a form body, the exact redirect URI, and Basic authentication", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri: `${redirectUri}?a=1&b=%20` })
      yield* oauth.exchange(login, callbackOf(login))
      assert.strictEqual(calls.length, 1)
      const [call] = calls
      assert.strictEqual(call?.method, "POST")
      assert.strictEqual(call?.query.toString(), "")
      assert.match(call?.headers["content-type"] ?? "", /^application\/x-www-form-urlencoded/)
      assert.deepStrictEqual(Object.fromEntries(call?.form ?? []), {
        grant_type: "authorization_code",
        code: "a-code",
        redirect_uri: `${redirectUri}?a=1&b=%20`,
        code_verifier: login.code_verifier === undefined ? "" : Redacted.value(login.code_verifier)
      })
      assert.strictEqual(call?.authorization, `Basic ${btoa(`${Stub.clientId}:${Stub.clientSecret}`)}`)
    }).pipe(Effect.provide(Stub.layer(calls, answering({ body: grant }))))
  })

  it.effect("S23: Basic form-encodes both parts (RFC 6749 section 2.3.1)", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      yield* oauth.refresh(Stub.token())
      assert.strictEqual(atob(calls[0]?.authorization?.slice(6) ?? ""), `${Stub.clientId}:a+b%3Ac%2Fd%25`)
    }).pipe(
      Effect.provide(
        Stub.layer(calls, answering({ body: grant }), { config: { clientSecret: Redacted.make("a b:c/d%") } })
      )
    )
  })

  it.effect("S24: a public client sends its client_id in the form and no Authorization header", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      yield* oauth.refresh(Stub.token())
      yield* oauth.revoke(Stub.token())
      for (const { authorization, form } of calls) {
        assert.isUndefined(authorization)
        assert.strictEqual(form.get("client_id"), Stub.clientId)
        assert.isFalse(form.has("client_secret"))
      }
      assert.strictEqual(yield* flipTag(oauth.clientCredentials({ scopes: ["identify"] })), "DiscordConfigurationError")
    }).pipe(
      Effect.provide(Stub.layer(calls, answering({ body: grant }), { config: { clientSecret: undefined } }))
    )
  })

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
        const oauth = yield* OAuth2Client.OAuth2Client
        const login = yield* oauth.authorize({ scopes, redirectUri })
        assert.strictEqual(yield* flipTag(oauth.exchange(login, callbackOf(login))), tag)
        assert.strictEqual(calls.length, 1)
      }).pipe(Effect.provide(Stub.layer(calls, answering(answer))))
    })
  }

  it.effect("F3: a connection that breaks during the exchange is DiscordTransportError, and the code is not sent again", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri })
      assert.strictEqual(yield* flipTag(oauth.exchange(login, callbackOf(login))), "DiscordTransportError")
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.fail("ECONNRESET" as const))))
  })

  it.effect("F12: an answer that never comes is DiscordTransportError after the timeout", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const waiting = yield* Effect.forkChild(
        Effect.flip(oauth.exchangeCode({ code: Redacted.make("c"), redirectUri }))
      )
      yield* TestClock.adjust("2 seconds")
      const error = yield* Fiber.join(waiting)
      assert.deepStrictEqual([error._tag, "sent" in error && error.sent], ["DiscordTransportError", true])
    }).pipe(Effect.provide(Stub.layer([], () => Effect.never, { config: { timeout: "2 seconds" } }))))

  const exchanged = (body: unknown) =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri })
      return yield* oauth.exchange(login, callbackOf(login))
    }).pipe(Effect.provide(Stub.layer([], answering({ body }))))

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

  it.effect("F20: token_type is compared without case", () =>
    Effect.forEach(["bearer", "BEARER", "Bearer"], (token_type) => exchanged({ ...grant, token_type })))

  it.effect("F21, S28: scopes that were reordered, wider or narrower are accepted and shown", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        (yield* exchanged({ ...grant, scope: "guilds identify email" })).scopes,
        [
          "guilds",
          "identify",
          "email"
        ] as AccessToken.AccessToken["scopes"]
      )
      assert.deepStrictEqual((yield* exchanged({ ...grant, scope: "guilds" })).scopes.map(String), ["guilds"])
      assert.deepStrictEqual((yield* exchanged({ ...grant, scope: undefined })).scopes, ["identify", "guilds"])
    }))

  it.effect("F18: a guild or webhook that does not decode is left out and the tokens are kept", () =>
    Effect.gen(function*() {
      const token = yield* exchanged({ ...grant, guild: "?", webhook: { id: 1 } })
      assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
      assert.isUndefined(token.guild)
      assert.isUndefined(token.webhook)
    }))

  it.effect("F18, F19: a scope, id_token or expires_in that cannot be read costs no token, and is told without its value", () => {
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

  it.effect("a pair that comes with 201 is not thrown away", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const token = yield* oauth.refresh(Stub.token({ refresh: "old" }))
      assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
    }).pipe(Effect.provide(Stub.layer([], answering({ status: 201, body: grant })))))

  it.effect("F16: a refresh without a new refresh token keeps the old one", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const token = yield* oauth.refresh(Stub.token({ refresh: "kept" }))
      assert.strictEqual(token.refresh_token && Redacted.value(token.refresh_token), "kept")
    }).pipe(Effect.provide(Stub.layer([], answering({ body: { ...grant, refresh_token: undefined } })))))

  it.effect("client credentials sends Basic authentication and the scopes, and the token is not refreshable", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const token = yield* oauth.clientCredentials({ scopes: ["identify", "connections"] })
      assert.deepStrictEqual(Object.fromEntries(calls[0]?.form ?? []), {
        grant_type: "client_credentials",
        scope: "identify connections"
      })
      assert.strictEqual(yield* flipTag(oauth.refresh(token)), "AccessTokenNotRefreshable")
    }).pipe(Effect.provide(Stub.layer(
      calls,
      answering({
        body: { ...grant, refresh_token: undefined, scope: "identify connections" }
      })
    )))
  })

  it.effect("revoke names the kind of token it sends", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      yield* oauth.revoke(Stub.token())
      yield* oauth.revoke(Stub.token({ refresh: undefined }))
      assert.deepStrictEqual(calls.map(({ form }) => Object.fromEntries(form)), [
        { token: "refresh-0", token_type_hint: "refresh_token" },
        { token: "access-0", token_type_hint: "access_token" }
      ])
    }).pipe(Effect.provide(Stub.layer(calls, answering({ body: {} }))))
  })

  it.effect("the current authorization is read with the token", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const info = yield* oauth.getCurrentAuthorizationInformation(Stub.token())
      assert.deepStrictEqual([info.application.name, info.user?.username], ["AIRHORN SOLUTIONS", "nelly"])
      assert.isTrue(DateTime.isDateTime(Stub.token().expires_at))
    }).pipe(Effect.provide(Stub.layer([], answering({ body: Stub.authorization(["identify"]) })))))
})

describe("the derived client", () => {
  it.effect("refuses arguments out of range before anything is sent, and names the field", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      for (const limit of [0, 201, 1.5, Number.NaN]) {
        const error = yield* Effect.flip(api.getCurrentUserGuilds({ accessToken: Stub.token(), limit }))
        assert.strictEqual(error._tag, "InvalidCallArgument")
        assert.include(error.message, "limit")
      }
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, answering({ body: [] }))))
  })

  it.effect("a missing required member is MalformedResponse that names the path and shows no value", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const error = yield* Effect.flip(api.getCurrentUser({ accessToken: Stub.token() }))
      assert.strictEqual(error._tag, "MalformedResponse")
      assert.include(error.message, "username")
      assert.notInclude(error.message, "planted")
    }).pipe(Effect.provide(Stub.layer([], answering({ body: { ...Stub.user, username: 7, email: "planted" } })))))

  it.effect("asks for no trace headers and names itself to Discord", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      yield* api.getCurrentUser({ accessToken: Stub.token() })
      assert.isUndefined(calls[0]?.headers.traceparent)
      assert.isUndefined(calls[0]?.headers.b3)
      assert.match(calls[0]?.headers["user-agent"] ?? "", /^DiscordBot \(https:\/\/\S+, \S+\)$/)
    }).pipe(Effect.withSpan("application"), Effect.provide(Stub.layer(calls, answering({ body: Stub.user }))))
  })

  for (
    const [name, tag, answer] of [
      ["F6: 429 with Discord's body", "RateLimited", {
        status: 429,
        body: { message: "You are being rate limited.", retry_after: 1, global: true }
      }],
      ["F7: 429 as text", "CloudflareBlocked", { status: 429, body: "error code: 1015" }],
      ["F7: 403 as HTML", "CloudflareBlocked", { status: 403, body: "<html></html>" }],
      ["40333", "CloudflareBlocked", { status: 403, body: { message: "internal network error", code: 40333 } }],
      ["a 404 in HTML", "MalformedResponse", { status: 404, body: "<html></html>" }],
      ["a 405", "UnexpectedStatus", { status: 405, body: { message: "405: Method Not Allowed", code: 0 } }],
      ["50035 with nested errors", "DiscordBadRequest", {
        status: 400,
        body: { code: 50035, message: "Invalid Form Body", errors: { limit: { _errors: [] } } }
      }],
      ["a 401 code 40001", "AccessTokenExpired", { status: 401, body: { message: "Unauthorized", code: 40001 } }],
      ["an undeclared 2xx", "MalformedResponse", { status: 206, body: Stub.user }]
    ] as const
  ) {
    it.effect(`${name} is ${tag}`, () =>
      Effect.gen(function*() {
        const api = yield* DiscordClient.DiscordClient
        assert.strictEqual(yield* flipTag(api.getCurrentUser({ accessToken: Stub.token() })), tag)
      }).pipe(Effect.provide(Stub.layer([], answering(answer)))))
  }
})
