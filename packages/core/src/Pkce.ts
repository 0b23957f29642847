/**
 * Proof Key for Code Exchange (RFC 7636), S256 only.
 *
 * @since 0.1.0
 */
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"

/**
 * Makes a secret of 256 random bits, as 43 unreserved characters: a `state`, a `nonce` or a `code_verifier`.
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
 * The `code_challenge` of a verifier: its SHA-256 in Base64url (RFC 7636 section 4.2).
 *
 * @category constructors
 * @since 0.1.0
 */
export const challenge = (codeVerifier: Redacted.Redacted): Effect.Effect<string, never, Digest.Digest> =>
  Effect.flatMap(
    Digest.Digest,
    (digest) => Effect.map(digest.digest(Digest.sha256, encoder.encode(Redacted.value(codeVerifier))), Base64Url.encode)
  )
