import { type DiscordConfig, DiscordError, OAuth2Client } from "@discord-oauth2/core"
import { AuthorizationResponse } from "@discord-oauth2/core/oauth2"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { assertError } from "../../support/assertError.ts"
import {
  callbackOf,
  grant,
  issuer,
  type Login,
  redirectUri,
  responding,
  scopes,
  without
} from "../../support/oauth2.ts"
import * as Stub from "../../support/StubDiscord.ts"

/** The outcome of `exchange` for a callback, and the number of requests to the token endpoint. */
const outcomeOf = (
  callback: (login: Login) => string | URL | URLSearchParams,
  config: Partial<DiscordConfig.Options> = {}
) => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const login = yield* oauth.authorize({ scopes, redirectUri })
    const outcome = yield* Effect.match(oauth.exchange(login, callback(login)), {
      onFailure: (error) => error,
      onSuccess: () => undefined
    })
    return { outcome, tag: outcome?._tag ?? "success", requests: calls.length }
  }).pipe(Effect.provide(Stub.layer(calls, responding({ body: grant }), { config })))
}

const denied = (login: Login) => without(callbackOf(login, { error: "access_denied" }), "code")

describe("the callback of the authorization code grant", () => {
  const check = (
    name: string,
    tag: DiscordError.CallbackError["_tag"],
    callback: (login: Login) => string | URL | URLSearchParams
  ) => {
    it.effect(`${name} fails with ${tag}, and no token is requested`, () =>
      Effect.map(outcomeOf(callback), (outcome) => assert.deepInclude(outcome, { tag, requests: 0 })))
  }

  check("F26: a missing state", "StateMismatch", (login) => without(callbackOf(login), "state"))
  check("F26: an empty state", "StateMismatch", (login) => callbackOf(login, { state: "" }))
  check("F26: the state of another login", "StateMismatch", (login) => callbackOf(login, { state: "x".repeat(43) }))
  check("F26: a state of another length", "StateMismatch", (login) => callbackOf(login, { state: "x" }))
  check("F30: a missing iss", "IssuerMismatch", (login) => without(callbackOf(login), "iss"))
  check(
    "F30: another iss",
    "IssuerMismatch",
    (login) => callbackOf(login, { iss: "https://discord.com.evil.example" })
  )
  check("F31: code and error together", "InvalidCallback", (login) => callbackOf(login, { error: "access_denied" }))
  check("a callback without code and error", "InvalidCallback", (login) => without(callbackOf(login), "code"))
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
  check("a callback that is not a URL", "InvalidCallback", () => "http://[")
  check(
    "S8: an error with the state of another login",
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

  for (const form of ["a URL", "text", "parameters"] as const) {
    it.effect(`is accepted as ${form}`, () =>
      Effect.map(
        outcomeOf((login) => {
          const url = callbackOf(login)
          return form === "a URL" ? url : form === "text" ? `${url.pathname}${url.search}` : url.searchParams
        }),
        (outcome) => assert.deepInclude(outcome, { tag: "success", requests: 1 })
      ))
  }

  it.effect("S4: a login of ten minutes fails with StateMismatch, a younger one does not", () =>
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
    }).pipe(Effect.provide(Stub.layer([], responding({ body: grant })))))

  for (const [rule, repeated] of [["F29", "code"], ["F29", "state"], ["S5", "iss"], ["S5", "error"]] as const) {
    it.effect(`${rule}: a second "${repeated}" is rejected before a token request, whatever its value`, () =>
      Effect.gen(function*() {
        const once = (login: Login) => repeated === "error" ? denied(login) : callbackOf(login)
        const { requests, tag } = yield* outcomeOf(once)
        assert.deepStrictEqual([tag, requests], repeated === "error" ? ["AuthorizationDenied", 0] : ["success", 1])
        for (const second of ["the same", "another", ""]) {
          const { outcome, requests } = yield* outcomeOf((login) => {
            const url = once(login)
            url.searchParams.append(repeated, second === "the same" ? url.searchParams.get(repeated) ?? "" : second)
            return url.href
          })
          assertError(
            outcome,
            new DiscordError.InvalidCallback({ reason: "repeated-parameter", parameter: repeated })
          )
          assert.strictEqual(requests, 0)
        }
      }))
  }

  it.effect("S6: unknown parameters are ignored", () =>
    Effect.map(
      outcomeOf((login) => {
        const url = callbackOf(login, { session_state: ["x", "y"] })
        url.searchParams.append("__proto__", "z")
        return url
      }),
      ({ tag }) => assert.strictEqual(tag, "success")
    ))

  it.effect("returns the guild and the permissions of a bot", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes: ["bot", "identify"], redirectUri })
      const parsed = yield* AuthorizationResponse.parse(
        callbackOf(login, { guild_id: "1", permissions: "8" }),
        login,
        { issuer }
      )
      assert.deepStrictEqual(
        [Redacted.value(parsed.code), parsed.guild_id, parsed.permissions],
        ["planted-code", "1", "8"]
      )
    }).pipe(Effect.provide(Stub.layer([], responding({})))))
})

describe("the issuer", () => {
  for (
    const iss of [
      "https://discord.com/",
      "https://DISCORD.com",
      "http://discord.com",
      "https://discord.com:443",
      "https://discord.com.evil.example",
      "https://evil.example/https://discord.com",
      "https://discord.com@evil.example",
      "https://ptb.discord.com",
      " https://discord.com",
      "https://discord.com\u0000",
      "discord.com",
      ""
    ]
  ) {
    it.effect(`S7: ${JSON.stringify(iss)} is not the issuer, whether one is required or not`, () =>
      Effect.gen(function*() {
        assert.deepInclude(yield* outcomeOf((login) => callbackOf(login, { iss })), {
          tag: "IssuerMismatch",
          requests: 0
        })
        const oauth = yield* OAuth2Client.OAuth2Client
        const login = yield* oauth.authorize({ scopes, redirectUri })
        const lenient = yield* Effect.flip(
          AuthorizationResponse.parse(callbackOf(login, { iss }), login, { issuer, requireIssuer: false })
        )
        assert.strictEqual(lenient._tag, "IssuerMismatch")
      }).pipe(Effect.provide(Stub.layer([], responding({ body: grant })))))
  }

  it.effect("S7: a success without iss is rejected, an error without iss is not", () =>
    Effect.gen(function*() {
      const success = yield* outcomeOf((login) => without(callbackOf(login), "iss"))
      assertError(success.outcome, new DiscordError.IssuerMismatch({ expected: issuer, reason: "missing" }))
      assert.strictEqual(success.requests, 0)
      assert.strictEqual((yield* outcomeOf((login) => without(denied(login), "iss"))).tag, "AuthorizationDenied")
    }))

  it.effect("S7: a success without iss is accepted if requireIssuer is false", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri })
      yield* AuthorizationResponse.parse(without(callbackOf(login), "iss"), login, { issuer, requireIssuer: false })
    }).pipe(Effect.provide(Stub.layer([], responding({})))))

  it.effect("S7: iss is compared with the issuer in the configuration", () =>
    Effect.gen(function*() {
      const config = { issuer: "https://simulated.example" }
      const from = (iss: string) => (login: Login) => callbackOf(login, { iss })
      assert.strictEqual((yield* outcomeOf(from("https://simulated.example"), config)).tag, "success")
      assert.strictEqual((yield* outcomeOf(from(issuer), config)).tag, "IssuerMismatch")
    }))
})

describe("the error of a callback", () => {
  const parameters = {
    error: `server_error\r\nSet-Cookie: a=b${"e".repeat(1000)}`,
    error_description: `planted\u0000\u001b[31m\u2028${"\r\n\u0000".repeat(9)}${"x".repeat(5000)}`
  }

  it.effect("S8: is reported only after its state matched", () =>
    Effect.gen(function*() {
      const { outcome } = yield* outcomeOf((login) =>
        without(callbackOf(login, { ...parameters, state: "x".repeat(43) }), "code")
      )
      assertError(outcome, new DiscordError.StateMismatch({ reason: "different" }))
      assert.notInclude(`${outcome?.message} ${JSON.stringify(outcome)}`, "planted")
    }))

  it.effect("F32: has no control characters, and is cut to 200 characters", () =>
    Effect.gen(function*() {
      const { outcome } = yield* outcomeOf((login) => without(callbackOf(login, parameters), "code"))
      if (outcome?._tag !== "AuthorizationDenied") return assert.fail(outcome?._tag)
      for (const text of [outcome.error, outcome.description ?? "", outcome.message]) {
        assert.notMatch(text, /\p{Cc}|\u2028|\u2029/u)
      }
      assert.notMatch(JSON.stringify(outcome), /\\r|\\n|\\u00/)
      assert.isAtMost(outcome.error.length, 200)
      assert.isAtMost(outcome.description?.length ?? 0, 200)
      assert.isBelow(outcome.message.length, 500)
    }))
})
