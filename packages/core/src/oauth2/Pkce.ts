/**
 * Proof Key for Code Exchange (RFC 7636), with the method S256 only.
 *
 * **When to use**
 *
 * To build an authorization request yourself. `OAuth2Client.authorize` uses PKCE by default.
 *
 * @since 0.1.0
 */
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"

/**
 * Makes a secret of 256 random bits in 43 unreserved characters, for a `state`, a `nonce` or a `code_verifier`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeSecret: Effect.Effect<Redacted.Redacted, never, SecureRandom.SecureRandom> = Effect.gen(function*() {
  const random = yield* SecureRandom.SecureRandom
  return Redacted.make(Base64Url.encode(yield* random.randomBytes(32)))
})

const encoder = new TextEncoder()

/**
 * Returns the `code_challenge` of a verifier: its SHA-256 in Base64url (RFC 7636 section 4.2).
 *
 * **Example** (The challenge of RFC 7636 appendix B)
 *
 * ```ts
 * import { Pkce } from "@discord-oauth2/core"
 * import { Effect, Redacted } from "effect"
 * import { Digest } from "effect/crypto"
 *
 * const verifier = Redacted.make("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
 *
 * Effect.runPromise(Pkce.challenge(verifier).pipe(Effect.provide(Digest.layerWebCrypto)))
 * // => "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const challenge = (codeVerifier: Redacted.Redacted): Effect.Effect<string, never, Digest.Digest> =>
  Effect.flatMap(
    Digest.Digest,
    (digest) => Effect.map(digest.digest(Digest.sha256, encoder.encode(Redacted.value(codeVerifier))), Base64Url.encode)
  )
