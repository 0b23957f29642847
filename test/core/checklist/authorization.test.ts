/** The rules of the way to the consent page and back: `state`, `iss`, PKCE and the redirect URI. */
import { type DiscordConfig, DiscordError, OAuth2Client, PendingAuthorization } from "@discord-oauth2/core"
import { AuthorizationRequest, AuthorizationResponse } from "@discord-oauth2/core/oauth2"
import { assert, describe, it } from "@effect/vitest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { inspect } from "node:util"
import { assertError } from "../../support/assertError.ts"
import * as Stub from "../../support/StubDiscord.ts"

type Login = PendingAuthorization.PendingAuthorization

const redirectUri = "https://app.example/auth/callback"
const scopes = ["identify", "guilds"] as const
const issuer = "https://discord.com"

const grant = {
  access_token: "planted-access",
  token_type: "Bearer",
  expires_in: 604_800,
  refresh_token: "planted-refresh",
  scope: "identify guilds"
}

const stub = (calls: Array<Stub.Call> = [], config: Partial<DiscordConfig.Options> = {}) =>
  Stub.layer(calls, () => Effect.succeed({ body: grant }), { config })

/** Randomness that anyone can foresee: the n-th call gives bytes that are all n. */
const foreseen = () => {
  const sizes: Array<number> = []
  const random = SecureRandom.make((size) => {
    sizes.push(size)
    return new Uint8Array(size).fill(sizes.length)
  })
  const layer = Layer.fresh(OAuth2Client.layer).pipe(
    Layer.provide(Layer.succeed(SecureRandom.SecureRandom, random)),
    Layer.provide(stub())
  )
  return { sizes, layer, secret: (n: number) => Base64Url.encode(new Uint8Array(32).fill(n)) }
}

const bytesOf = (secret: string) => Result.getOrThrow(Base64Url.decode(secret))

const verifierOf = ({ code_verifier }: Login) =>
  code_verifier === undefined ? assert.fail("a login without PKCE") : Redacted.value(code_verifier)

const queryOf = ({ url }: OAuth2Client.StartedAuthorization<string>) => new URL(url).searchParams

/** A callback with these parameters beside the right `state`. */
const callbackOf = (login: Login, parameters: ReadonlyArray<readonly [string, string]>, mark = "?") =>
  `${redirectUri}${mark}${new URLSearchParams([
    ["state", Redacted.value(login.state)],
    ...parameters.map((each) => [...each])
  ])}`

/** What a callback comes to, and how often the token endpoint was asked. */
const outcomeOf = (callback: (login: Login) => string, config?: Partial<DiscordConfig.Options>) => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const login = yield* oauth.authorize({ scopes, redirectUri })
    const outcome = yield* Effect.match(oauth.exchange(login, callback(login)), {
      onFailure: (error) => error,
      onSuccess: () => undefined
    })
    return { outcome, tag: outcome?._tag ?? "signed in", requests: calls.length }
  }).pipe(Effect.provide(stub(calls, config)))
}

describe("state", () => {
  it.effect("S1: 10,000 states are 10,000 different ones, of 256 bits each", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const states = new Set<string>()
      for (let i = 0; i < 10_000; i++) {
        const { state } = yield* oauth.authorize({ scopes, redirectUri, pkce: false })
        assert.isAtLeast(bytesOf(Redacted.value(state)).length * 8, 128)
        assert.lengthOf(bytesOf(Redacted.value(state)), 32)
        states.add(Redacted.value(state))
      }
      assert.strictEqual(states.size, 10_000)
    }).pipe(Effect.provide(stub())))

  it.effect("S1: it is what SecureRandom gives, and nothing else", () => {
    const { layer, secret, sizes } = foreseen()
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const first = yield* oauth.authorize({ scopes, redirectUri, pkce: false })
      const second = yield* oauth.authorizeImplicit({ scopes: ["identify"], redirectUri })
      assert.deepStrictEqual([first, second].map(({ state }) => Redacted.value(state)), [secret(1), secret(2)])
      assert.deepStrictEqual([first, second].map((login) => queryOf(login).get("state")), [secret(1), secret(2)])
      assert.deepStrictEqual(sizes, [32, 32])
    }).pipe(Effect.provide(layer))
  })

  it.effect("S13: it is sent whether there is PKCE or not, and with the implicit grant", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const logins = [
        yield* oauth.authorize({ scopes, redirectUri }),
        yield* oauth.authorize({ scopes, redirectUri, pkce: false }),
        yield* oauth.authorize({ scopes: ["identify", "role_connections.write"], redirectUri }),
        yield* oauth.authorizeImplicit({ scopes, redirectUri })
      ]
      assert.deepStrictEqual(
        logins.map((login) => queryOf(login).has("code_challenge")),
        [true, false, false, false]
      )
      for (const login of logins) {
        assert.deepStrictEqual(queryOf(login).getAll("state"), [Redacted.value(login.state)])
        assert.lengthOf(bytesOf(Redacted.value(login.state)), 32)
      }
    }).pipe(Effect.provide(stub())))
})

describe("parameters of the callback", () => {
  const whole = [["code", "a-code"], ["iss", issuer]] as const

  for (const repeated of ["code", "state", "iss", "error"]) {
    it.effect(`S5: a second "${repeated}" is refused, the same, another or empty, before a token request`, () =>
      Effect.gen(function*() {
        const parameters = repeated === "error" ? [["error", "access_denied"], ["iss", issuer]] as const : whole
        const once = (login: Login) => callbackOf(login, parameters)
        const { requests, tag } = yield* outcomeOf(once)
        assert.deepStrictEqual([tag, requests], repeated === "error" ? ["AuthorizationDenied", 0] : ["signed in", 1])
        for (const second of ["the same", "another", ""]) {
          const { outcome, requests } = yield* outcomeOf((login) => {
            const url = new URL(once(login))
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

  it.effect("S6: unknown parameters of a callback and unknown members of the token response do not disturb", () => {
    const answer = { ...grant, surprise: { nested: [1] }, refresh_token_expires_in: 1, error_uri: null }
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri })
      const callback = callbackOf(login, [...whole, ["session_state", "x"], ["session_state", "y"], ["__proto__", "z"]])
      const token = yield* oauth.exchange(login, callback)
      assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
      assert.notProperty(token, "surprise")
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ body: answer }))))
  })

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
        const { requests, tag } = yield* outcomeOf((login) => callbackOf(login, [["code", "a-code"], ["iss", iss]]))
        assert.deepStrictEqual([tag, requests], ["IssuerMismatch", 0])
        const oauth = yield* OAuth2Client.OAuth2Client
        const login = yield* oauth.authorize({ scopes, redirectUri })
        const callback = callbackOf(login, [["code", "a-code"], ["iss", iss]])
        const lenient = yield* Effect.flip(
          AuthorizationResponse.parse(callback, login, { issuer, requireIssuer: false })
        )
        assert.strictEqual(lenient._tag, "IssuerMismatch")
      }).pipe(Effect.provide(stub())))
  }

  it.effect("S7: a success without iss is refused, an error without one is not", () =>
    Effect.gen(function*() {
      const success = yield* outcomeOf((login) => callbackOf(login, [["code", "a-code"]]))
      assertError(success.outcome, new DiscordError.IssuerMismatch({ expected: issuer, reason: "missing" }))
      assert.strictEqual(success.requests, 0)
      assert.strictEqual(
        (yield* outcomeOf((login) => callbackOf(login, [["error", "access_denied"]]))).tag,
        "AuthorizationDenied"
      )
    }))

  it.effect("S7: it is the configured issuer that counts", () =>
    Effect.gen(function*() {
      const config = { issuer: "https://simulated.example" }
      const from = (iss: string) => (login: Login) => callbackOf(login, [["code", "a-code"], ["iss", iss]])
      assert.strictEqual((yield* outcomeOf(from("https://simulated.example"), config)).tag, "signed in")
      assert.strictEqual((yield* outcomeOf(from(issuer), config)).tag, "IssuerMismatch")
    }))

  it.effect("S8: an error of a callback counts once its state did, and its text is cleaned and cut", () =>
    Effect.gen(function*() {
      const parameters = [
        ["error", `server_error\r\nSet-Cookie: a=b${"e".repeat(1000)}`],
        ["error_description", `planted\u0000\u001b[31m\u2028${"x".repeat(1000)}`],
        ["iss", issuer]
      ] as const
      const foreign = yield* outcomeOf((login) =>
        callbackOf(login, parameters).replace(Redacted.value(login.state), "x".repeat(43))
      )
      assertError(foreign.outcome, new DiscordError.StateMismatch({ reason: "different" }))
      assert.notInclude(`${foreign.outcome?.message} ${JSON.stringify(foreign.outcome)}`, "planted")
      const { outcome } = yield* outcomeOf((login) => callbackOf(login, parameters))
      if (outcome?._tag !== "AuthorizationDenied") return assert.fail(outcome?._tag)
      for (const text of [outcome.error, outcome.description ?? "", outcome.message]) {
        assert.notMatch(text, /\p{Cc}|\u2028|\u2029/u)
      }
      assert.isAtMost(outcome.error.length, 200)
      assert.isAtMost(outcome.description?.length ?? 0, 200)
      assert.isBelow(outcome.message.length, 500)
    }))
})

describe("PKCE", () => {
  it.effect("S10: the challenge is always S256 of the verifier, and without one no method is named", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      for (let i = 0; i < 100; i++) {
        const login = yield* oauth.authorize({ scopes, redirectUri })
        const query = queryOf(login)
        assert.deepStrictEqual(query.getAll("code_challenge_method"), ["S256"])
        assert.deepStrictEqual(
          query.getAll("code_challenge"),
          [createHash("sha256").update(verifierOf(login)).digest("base64url")]
        )
      }
      for (const codeChallenge of ["x", "plain", undefined]) {
        const url = AuthorizationRequest.toUrl("https://discord.com/oauth2/authorize", {
          clientId: Stub.clientId,
          scopes,
          codeChallenge
        })
        assert.strictEqual(
          new URL(url).searchParams.get("code_challenge_method"),
          codeChallenge === undefined ? null : "S256"
        )
      }
    }).pipe(Effect.provide(stub())))

  it.effect("S11: each login has a fresh verifier of 256 bits, 43 to 128 unreserved characters", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const seen = new Set<string>()
      for (let i = 0; i < 1000; i++) {
        const login = yield* oauth.authorize({ scopes, redirectUri, nonce: true })
        const verifier = verifierOf(login)
        assert.match(verifier, /^[A-Za-z0-9\-._~]{43,128}$/)
        assert.lengthOf(bytesOf(verifier), 32)
        for (const secret of [verifier, Redacted.value(login.state), Redacted.value(login.nonce ?? login.state)]) {
          seen.add(secret)
        }
      }
      assert.strictEqual(seen.size, 3000)
    }).pipe(Effect.provide(stub())))

  it.effect("S11: state, verifier and nonce are drawn from SecureRandom one by one", () => {
    const { layer, secret, sizes } = foreseen()
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes, redirectUri, nonce: true })
      assert.deepStrictEqual(
        [login.state, login.code_verifier, login.nonce].map((each) => each && Redacted.value(each)),
        [secret(1), secret(2), secret(3)]
      )
      assert.deepStrictEqual(sizes, [32, 32, 32])
    }).pipe(Effect.provide(layer))
  })

  it.effect("S12: an exchange sends the verifier of its own login, which shows nowhere before", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const first = yield* oauth.authorize({ scopes, redirectUri, nonce: true })
      const second = yield* oauth.authorize({ scopes, redirectUri, nonce: true })
      yield* oauth.exchange(second, callbackOf(second, [["code", "of-second"], ["iss", issuer]]))
      yield* oauth.exchange(first, callbackOf(first, [["code", "of-first"], ["iss", issuer]]))
      assert.deepStrictEqual(
        calls.map(({ form }) => [form.get("code"), form.get("code_verifier")]),
        [["of-second", verifierOf(second)], ["of-first", verifierOf(first)]]
      )
      const { url, ...login } = first
      assert.notInclude(url, verifierOf(first))
      assert.notInclude(`${JSON.stringify(login)} ${inspect(login, { depth: 9 })}`, verifierOf(first))
      assert.notInclude(JSON.stringify(login), Redacted.value(first.nonce ?? first.state))
    }).pipe(Effect.provide(stub(calls)))
  })
})

describe("the redirect URI", () => {
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
    it.effect(`S14: ${uri} is the same at the consent page, in storage and at the exchange`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        const oauth = yield* OAuth2Client.OAuth2Client
        const { url, ...login } = yield* oauth.authorize({ scopes, redirectUri: uri })
        assert.strictEqual(new URL(url).searchParams.get("redirect_uri"), uri)
        const codec = Schema.fromJsonString(PendingAuthorization.PendingAuthorization)
        const kept = yield* Schema.decodeEffect(codec)(yield* Schema.encodeEffect(codec)(login))
        yield* oauth.exchange(kept, callbackOf(kept, [["code", "a-code"], ["iss", issuer]]))
        yield* oauth.exchangeCode({ code: Redacted.make("b-code"), redirectUri: uri })
        assert.deepStrictEqual(calls.map(({ form }) => form.getAll("redirect_uri")), [[uri], [uri]])
        assert.strictEqual(/redirect_uri=([^&]*)/.exec(url)?.[1], encodeURIComponent(uri))
      }).pipe(Effect.provide(stub(calls)))
    })
  }
})
