/** Cookies that only this application can read or create: sealed with AES-256-GCM and bound to their name. */
import type { Aead } from "effect/crypto/Aead"
import type { Kdf } from "effect/crypto/Kdf"
import type { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import type { Cookie } from "effect/http/Cookies"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { DiscordConfigurationError } from "../../errors/DiscordError.ts"
import * as SealingKey from "../../internal/sealingKey.ts"

/** Seals and opens the cookies of one purpose. */
export interface SealedCookie {
  /** Seals a text for the cookie with this name. */
  readonly seal: (name: string, text: string) => Effect.Effect<string>
  /** Returns the text if it was sealed for this name with one of the keys. */
  readonly open: (name: string, sealed: string) => Effect.Effect<Option.Option<string>>
}

/** F36: the limit of browsers for one cookie. A longer value was not sealed here. */
const maxLength = 4096

/** Derives one key for the purpose from each of the given keys. The first key seals; every key opens. */
export const make = Effect.fnUntraced(function*(
  purpose: string,
  keys: ReadonlyArray<Redacted.Redacted>
): Effect.fn.Return<SealedCookie, DiscordConfigurationError, Aead | Kdf | SecureRandom> {
  const derived = yield* Effect.forEach(keys, (key) => SealingKey.make("Each cookie key", purpose, key))
  const first = derived[0]
  if (first === undefined) {
    return yield* new DiscordConfigurationError({
      description: "The option `keys` is empty: at least one cookie key is needed."
    })
  }
  const associatedData = (name: string) => `${purpose} ${name}`
  return {
    seal: (name, text) => first.seal(associatedData(name), text),
    open: Effect.fnUntraced(function*(name, sealed) {
      if (sealed.length > maxLength) return Option.none()
      for (const key of derived) {
        const opened = yield* key.open(associatedData(name), sealed)
        if (Option.isSome(opened)) return opened
      }
      return Option.none()
    })
  }
})

/** S19: `__Host-` binds the cookie to this host and to HTTPS. On a loopback host without HTTPS the name has no prefix. */
export const nameOf = (name: string, secure: boolean): string => secure ? `__Host-${name}` : name

/** S19: the attributes of every cookie of the login. */
export const attributes = (secure: boolean): NonNullable<Cookie["options"]> => ({
  path: "/",
  httpOnly: true,
  sameSite: "lax",
  secure
})

/** F36: longer than the cookies of any reasonable application. */
const maxHeaderLength = 16_384

/** Whether the `Cookie` header is too long to be read. */
export const isTooLong = (header: string | undefined): boolean =>
  header !== undefined && header.length > maxHeaderLength
