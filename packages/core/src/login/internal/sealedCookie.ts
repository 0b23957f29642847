/** Cookies that only this application can read or make: AES-256-GCM, bound to the name they are sent under. */
import type { Aead } from "effect/crypto/Aead"
import type { Kdf } from "effect/crypto/Kdf"
import type { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import type { Cookie } from "effect/http/Cookies"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { DiscordConfigurationError } from "../../errors/DiscordError.ts"
import * as SealingKey from "../../internal/sealingKey.ts"

/** A kind of cookie under one set of keys. */
export interface SealedCookie {
  /** Seals a text for a cookie of this name. */
  readonly seal: (name: string, text: string) => Effect.Effect<string>
  /** The text that was sealed under this name, by any of the keys. */
  readonly open: (name: string, sealed: string) => Effect.Effect<Option.Option<string>>
}

/** What a browser keeps of one cookie; a longer value is none of ours (F36). */
const maxLength = 4096

/** Keys of 256 bits, one for each purpose, are derived from the given ones; the first seals and all of them open. */
export const make = Effect.fnUntraced(function*(
  purpose: string,
  keys: ReadonlyArray<Redacted.Redacted>
): Effect.fn.Return<SealedCookie, DiscordConfigurationError, Aead | Kdf | SecureRandom> {
  const derived = yield* Effect.forEach(keys, (key) => SealingKey.make("Each cookie key", purpose, key))
  const first = derived[0]
  if (first === undefined) {
    return yield* new DiscordConfigurationError({ description: "At least one cookie key is needed." })
  }
  const beside = (name: string) => `${purpose} ${name}`
  return {
    seal: (name, text) => first.seal(beside(name), text),
    open: Effect.fnUntraced(function*(name, sealed) {
      if (sealed.length > maxLength) return Option.none()
      for (const key of derived) {
        const opened = yield* key.open(beside(name), sealed)
        if (Option.isSome(opened)) return opened
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
