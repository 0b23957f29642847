/** Cookies that only this application can read or make: AES-256-GCM, bound to the name they are sent under. */
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import type { Cookie } from "effect/http/Cookies"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { ConfigurationError } from "../DiscordError.ts"

/** A kind of cookie under one set of keys. */
export interface SealedCookie {
  /** Seals a text for a cookie of this name. */
  readonly seal: (name: string, text: string) => Effect.Effect<string>
  /** The text that was sealed under this name, by any of the keys. */
  readonly open: (name: string, sealed: string) => Effect.Effect<Option.Option<string>>
}

/** What a browser keeps of one cookie; a longer value is none of ours (F36). */
const maxLength = 4096

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const checkKey = (key: Redacted.Redacted): Effect.Effect<Uint8Array, ConfigurationError> => {
  const bytes = encoder.encode(Redacted.value(key))
  return bytes.length >= 32
    ? Effect.succeed(bytes)
    : Effect.fail(
      new ConfigurationError({
        description: "Each cookie key needs at least 32 random bytes: make one with `openssl rand -base64 32`."
      })
    )
}

/** Keys of 256 bits, one for each purpose, are derived from the given ones; the first seals and all of them open. */
export const make = Effect.fnUntraced(function*(
  purpose: string,
  keys: ReadonlyArray<Redacted.Redacted>
): Effect.fn.Return<SealedCookie, ConfigurationError, Aead.Aead | Kdf.Kdf | SecureRandom.SecureRandom> {
  const aead = yield* Aead.Aead
  const kdf = yield* Kdf.Kdf
  const random = yield* SecureRandom.SecureRandom
  const info = encoder.encode(`@discord-oauth2/core ${purpose}`)
  const derived = yield* Effect.forEach(
    keys,
    (key) =>
      Effect.flatMap(
        checkKey(key),
        (secret) =>
          kdf.derive(Kdf.hkdfSha256, secret, { salt: new Uint8Array(0), info, length: 32 }).pipe(
            Effect.flatMap((bytes) => Aead.key(Aead.aes256Gcm, bytes)),
            Effect.orDie
          )
      )
  )
  const first = derived[0]
  if (first === undefined) {
    return yield* new ConfigurationError({ description: "At least one cookie key is needed." })
  }
  const aad = (name: string) => encoder.encode(`${purpose} ${name}`)
  return {
    seal: Effect.fnUntraced(function*(name, text) {
      const nonce = yield* random.randomBytes(Aead.aes256Gcm.nonceLength)
      const sealed = yield* Effect.orDie(aead.encrypt(first, encoder.encode(text), { nonce, aad: aad(name) }))
      const value = new Uint8Array(nonce.length + sealed.length)
      value.set(nonce)
      value.set(sealed, nonce.length)
      return Base64Url.encode(value)
    }),
    open: Effect.fnUntraced(function*(name, sealed) {
      if (sealed.length > maxLength) return Option.none()
      const decoded = Base64Url.decode(sealed)
      if (Result.isFailure(decoded) || decoded.success.length < Aead.aes256Gcm.nonceLength) return Option.none()
      const nonce = decoded.success.subarray(0, Aead.aes256Gcm.nonceLength)
      const ciphertext = decoded.success.subarray(Aead.aes256Gcm.nonceLength)
      for (const key of derived) {
        const opened = yield* Effect.option(aead.decrypt(key, ciphertext, { nonce, aad: aad(name) }))
        if (Option.isSome(opened)) return Option.some(decoder.decode(opened.value))
      }
      return Option.none()
    })
  }
})

/** S19: `__Host-` binds the cookie to this very host and to HTTPS; a loopback address without HTTPS has the plain name. */
export const nameOf = (name: string, secure: boolean): string => secure ? `__Host-${name}` : name

/** S19: what every cookie of ours is sent with. */
export const attributes = (secure: boolean): NonNullable<Cookie["options"]> => ({
  path: "/",
  httpOnly: true,
  sameSite: "lax",
  secure
})

/** F36: longer than what any browser sends an application that sets reasonable cookies. */
const maxHeaderLength = 16_384

/** Whether the `Cookie` header is too long to be looked at. */
export const isTooLong = (header: string | undefined): boolean =>
  header !== undefined && header.length > maxHeaderLength
