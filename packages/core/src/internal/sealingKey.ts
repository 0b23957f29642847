/** Derives a 256-bit AES-256-GCM key for one purpose from a secret of the application. */
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { DiscordConfigurationError } from "../errors/DiscordError.ts"

/** Seals and opens texts with associated data (RFC 5116): a text opens only with the data it was sealed with. */
export interface SealingKey {
  /** Encrypts the text with a random nonce and authenticates the associated data. */
  readonly seal: (associatedData: string, text: string) => Effect.Effect<string>
  /** Returns `None` if the text was changed, or sealed with another key or other associated data. */
  readonly open: (associatedData: string, sealed: string) => Effect.Effect<Option.Option<string>>
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Fails with `DiscordConfigurationError` if the secret has fewer than 32 bytes. `name` is its name in the message. */
export const make = Effect.fnUntraced(function*(
  name: string,
  purpose: string,
  secret: Redacted.Redacted
): Effect.fn.Return<SealingKey, DiscordConfigurationError, Aead.Aead | Kdf.Kdf | SecureRandom.SecureRandom> {
  const aead = yield* Aead.Aead
  const kdf = yield* Kdf.Kdf
  const random = yield* SecureRandom.SecureRandom
  const bytes = encoder.encode(Redacted.value(secret))
  if (bytes.length < 32) {
    return yield* new DiscordConfigurationError({
      description: `${name} needs at least 32 random bytes: make one with \`openssl rand -base64 32\`.`
    })
  }
  const info = encoder.encode(`@discord-oauth2/core ${purpose}`)
  const key = yield* kdf.derive(Kdf.hkdfSha256, bytes, { salt: new Uint8Array(0), info, length: 32 }).pipe(
    Effect.flatMap((derived) => Aead.key(Aead.aes256Gcm, derived)),
    Effect.orDie
  )
  return {
    seal: Effect.fnUntraced(function*(associatedData, text) {
      const nonce = yield* random.randomBytes(Aead.aes256Gcm.nonceLength)
      const sealed = yield* Effect.orDie(
        aead.encrypt(key, encoder.encode(text), { nonce, aad: encoder.encode(associatedData) })
      )
      const value = new Uint8Array(nonce.length + sealed.length)
      value.set(nonce)
      value.set(sealed, nonce.length)
      return Base64Url.encode(value)
    }),
    open: Effect.fnUntraced(function*(associatedData, sealed) {
      const decoded = Base64Url.decode(sealed)
      const { nonceLength } = Aead.aes256Gcm
      if (Result.isFailure(decoded) || decoded.success.length < nonceLength) return Option.none()
      // Base64url also decodes line breaks, padding and unused last bits. Only the canonical text is accepted.
      if (Base64Url.encode(decoded.success) !== sealed) return Option.none()
      const nonce = decoded.success.subarray(0, nonceLength)
      const ciphertext = decoded.success.subarray(nonceLength)
      const opened = yield* Effect.option(aead.decrypt(key, ciphertext, { nonce, aad: encoder.encode(associatedData) }))
      return Option.map(opened, (bytes) => decoder.decode(bytes))
    })
  }
})
