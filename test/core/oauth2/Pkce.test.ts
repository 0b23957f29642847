import { Pkce } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import { inspect } from "node:util"
import * as Stub from "../../support/StubDiscord.ts"

describe("Pkce.makeSecret", () => {
  it.effect("makes 43 unreserved characters from 32 bytes of SecureRandom", () => {
    const sizes: Array<number> = []
    const random = SecureRandom.make((size) => {
      sizes.push(size)
      return new Uint8Array(size).fill(7)
    })
    return Effect.gen(function*() {
      const secret = Redacted.value(yield* Pkce.makeSecret)
      assert.strictEqual(secret, Base64Url.encode(new Uint8Array(32).fill(7)))
      assert.match(secret, /^[A-Za-z0-9_-]{43}$/)
      assert.deepStrictEqual(sizes, [32])
    }).pipe(Effect.provideService(SecureRandom.SecureRandom, random))
  })

  it.effect("makes a new secret each time, and does not show it", () =>
    Effect.gen(function*() {
      const secrets = yield* Effect.forEach(Array.from({ length: 100 }), () => Pkce.makeSecret)
      assert.strictEqual(new Set(secrets.map(Redacted.value)).size, 100)
      for (const secret of secrets) {
        assert.notInclude(`${String(secret)} ${inspect(secret)} ${JSON.stringify(secret)}`, Redacted.value(secret))
      }
    }).pipe(Effect.provide(Stub.layerCrypto)))
})

describe("Pkce.challenge", () => {
  it.effect("returns the challenge of RFC 7636 appendix B for its verifier", () =>
    Effect.gen(function*() {
      const challenge = yield* Pkce.challenge(Redacted.make("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
      assert.strictEqual(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }).pipe(Effect.provide(Stub.layerCrypto)))

  it.effect("S10: is the SHA-256 of the verifier in Base64url, without padding", () =>
    Effect.gen(function*() {
      for (let i = 0; i < 100; i++) {
        const verifier = yield* Pkce.makeSecret
        assert.strictEqual(
          yield* Pkce.challenge(verifier),
          createHash("sha256").update(Redacted.value(verifier)).digest("base64url")
        )
      }
    }).pipe(Effect.provide(Stub.layerCrypto)))
})
