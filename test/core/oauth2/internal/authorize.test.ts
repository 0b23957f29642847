/** `OAuth2Client.authorize` and `authorizeImplicit`. */
import { OAuth2Client } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { createHash } from "node:crypto"
import { queryOf, redirectUri, responding, scopes, tagOf, verifierOf } from "../../../support/oauth2.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const stub = Stub.layer([], responding({}))

/** Predictable randomness: all bytes of the n-th call are n. */
const predictable = () => {
  const sizes: Array<number> = []
  const random = SecureRandom.make((size) => {
    sizes.push(size)
    return new Uint8Array(size).fill(sizes.length)
  })
  const layer = Layer.fresh(OAuth2Client.layer).pipe(
    Layer.provide(Layer.succeed(SecureRandom.SecureRandom, random)),
    Layer.provide(stub)
  )
  return { sizes, layer, secret: (n: number) => Base64Url.encode(new Uint8Array(32).fill(n)) }
}

const bytesOf = (secret: string) => Result.getOrThrow(Base64Url.decode(secret))

describe("state", () => {
  it.effect("S1: 10,000 logins have 10,000 different states, of 256 bits each", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const states = new Set<string>()
      for (let i = 0; i < 10_000; i++) {
        const { state } = yield* oauth.authorize({ scopes, redirectUri, pkce: false })
        assert.lengthOf(bytesOf(Redacted.value(state)), 32)
        states.add(Redacted.value(state))
      }
      assert.strictEqual(states.size, 10_000)
    }).pipe(Effect.provide(stub)))

  it.effect("S1: is made from SecureRandom only", () => {
    const { layer, secret, sizes } = predictable()
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const first = yield* oauth.authorize({ scopes, redirectUri, pkce: false })
      const second = yield* oauth.authorizeImplicit({ scopes: ["identify"], redirectUri })
      assert.deepStrictEqual([first, second].map(({ state }) => Redacted.value(state)), [secret(1), secret(2)])
      assert.deepStrictEqual([first, second].map((login) => queryOf(login).get("state")), [secret(1), secret(2)])
      assert.deepStrictEqual(sizes, [32, 32])
    }).pipe(Effect.provide(layer))
  })

  it.effect("S13: is sent with PKCE, without PKCE, and with the implicit grant", () =>
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
    }).pipe(Effect.provide(stub)))
})

describe("PKCE", () => {
  it.effect("S9: is used by default, by a client with a secret too, and not with pkce: false", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      for (const [pkce, isUsed] of [[undefined, true], [true, true], [false, false]] as const) {
        const login = yield* oauth.authorize({ scopes, redirectUri, pkce })
        assert.strictEqual(login.code_verifier !== undefined, isUsed)
        assert.strictEqual(queryOf(login).has("code_challenge"), isUsed)
      }
    }).pipe(Effect.provide(stub)))

  it.effect("S9: is left out with role_connections.write, and pkce: true then fails with InvalidScope", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const linked = ["identify", "role_connections.write"] as const
      const login = yield* oauth.authorize({ scopes: linked, redirectUri })
      assert.isUndefined(login.code_verifier)
      assert.isFalse(queryOf(login).has("code_challenge"))
      const error = yield* Effect.flip(oauth.authorize({ scopes: linked, redirectUri, pkce: true }))
      assert.strictEqual(error._tag, "InvalidScope")
      assert.include(error.message, "does not allow role_connections.write with the grant authorization_code and PKCE")
      assert.strictEqual(yield* tagOf(oauth.authorizeImplicit({ scopes: linked, redirectUri })), "InvalidScope")
    }).pipe(Effect.provide(stub)))

  it.effect("S10: the challenge is always the SHA-256 of the verifier, with the method S256", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      for (let i = 0; i < 100; i++) {
        const login = yield* oauth.authorize({ scopes, redirectUri })
        assert.deepStrictEqual(queryOf(login).getAll("code_challenge_method"), ["S256"])
        assert.deepStrictEqual(
          queryOf(login).getAll("code_challenge"),
          [createHash("sha256").update(verifierOf(login)).digest("base64url")]
        )
      }
    }).pipe(Effect.provide(stub)))

  it.effect("S11: each login has a new verifier of 256 bits, in 43 to 128 unreserved characters", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const seen = new Set<string>()
      for (let i = 0; i < 1000; i++) {
        const login = yield* oauth.authorize({ scopes, redirectUri, nonce: true })
        const verifier = verifierOf(login)
        assert.match(verifier, /^[A-Za-z0-9\-._~]{43,128}$/)
        for (const secret of [verifier, Redacted.value(login.state), Redacted.value(login.nonce ?? login.state)]) {
          assert.match(secret, /^[A-Za-z0-9_-]{43}$/)
          assert.lengthOf(bytesOf(secret), 32)
          seen.add(secret)
        }
      }
      assert.strictEqual(seen.size, 3000)
    }).pipe(Effect.provide(stub)))

  it.effect("S11: state, verifier and nonce are made from SecureRandom one by one", () => {
    const { layer, secret, sizes } = predictable()
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
})

describe("a login", () => {
  it.effect("has the options that the callback needs, and expires after expiresIn", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const options = { scopes, redirectUri, expiresIn: "1 minute", returnTo: "/guilds" } as const
      const code = yield* oauth.authorize(options)
      const implicit = yield* oauth.authorizeImplicit(options)
      for (const [login, responseType] of [[code, "code"], [implicit, "token"]] as const) {
        assert.strictEqual(login.response_type, responseType)
        assert.strictEqual(queryOf(login).get("response_type"), responseType)
        assert.deepStrictEqual([login.scopes, login.redirect_uri, login.return_to], [scopes, redirectUri, "/guilds"])
        assert.strictEqual(DateTime.toEpochMillis(login.expires_at), 60_000)
        assert.notProperty(login, "nonce")
      }
      assert.notProperty(implicit, "code_verifier")
    }).pipe(Effect.provide(stub)))

  it.effect("a webhook is an authorization with the scope webhook.incoming", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes: ["webhook.incoming"], redirectUri })
      assert.strictEqual(queryOf(login).get("scope"), "webhook.incoming")
    }).pipe(Effect.provide(stub)))

  it.effect("a redirect URI that is no URL fails with InvalidCallArgument, which names it", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      for (const invalid of ["/callback", "", `${redirectUri}?\ud800`]) {
        const error = yield* Effect.flip(oauth.authorize({ scopes, redirectUri: invalid }))
        assert.strictEqual(error._tag, "InvalidCallArgument")
        assert.include(error.message, "redirectUri")
      }
    }).pipe(Effect.provide(stub)))

  it.effect("a scope with a lone surrogate is replaced in the URL, and is no defect", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorize({ scopes: ["identify", "\udc00"], redirectUri })
      assert.include(login.url, "%EF%BF%BD")
    }).pipe(Effect.provide(stub)))
})
