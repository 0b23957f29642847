/** Seals and opens the texts of records, or leaves them as they are. */
import type { Aead } from "effect/crypto/Aead"
import type { Kdf } from "effect/crypto/Kdf"
import type { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { AccessTokenStoreError, DiscordConfigurationError } from "../../errors/DiscordError.ts"
import * as SealingKey from "../../internal/sealingKey.ts"
import type { Key } from "../RecordStore.ts"

export interface RecordSealing {
  readonly seal: (operation: string, key: Key, text: string) => Effect.Effect<string, AccessTokenStoreError>
  /** Returns the text, and whether it must be sealed again: it was plain, or sealed with an older key. */
  readonly open: (
    operation: string,
    key: Key,
    value: string
  ) => Effect.Effect<{ readonly text: string; readonly isStale: boolean }, AccessTokenStoreError>
}

export const plain: RecordSealing = {
  seal: (_operation, _key, text) => Effect.succeed(text),
  open: (_operation, _key, text) => Effect.succeed({ text, isStale: false })
}

export interface SealingOptions {
  readonly keys: ReadonlyArray<{ readonly id: string; readonly secret: Redacted.Redacted }>
  readonly plain?: "refuse" | "accept" | undefined
}

const isKeyId = (id: string) => /^[A-Za-z0-9_-]{1,32}$/.test(id)

/** A plain record is a JSON object. */
const isPlain = (value: string) => value.startsWith("{")

const purpose = "access token record"
const version = "1"

/** Binds a sealed record to its key, application and user. JSON separates the parts. */
const associatedData = (keyId: string, { clientId, userId }: Key) =>
  JSON.stringify([purpose, version, keyId, clientId, userId])

const wrongIds = (ids: ReadonlyArray<string>) =>
  !ids.every(isKeyId)
    ? "The id of a record key must be 1 to 32 letters (A to Z), digits, hyphens and underscores."
    : new Set(ids).size < ids.length
    ? "Two record keys have the same id: give each key its own id, and never reuse the id of an old key."
    : undefined

/** Seals as `sealed.<version>.<key id>.<nonce and ciphertext>`. The first key seals, and every key opens. */
export const make = Effect.fnUntraced(function*(
  options: SealingOptions
): Effect.fn.Return<RecordSealing, DiscordConfigurationError, Aead | Kdf | SecureRandom> {
  const description = wrongIds(options.keys.map(({ id }) => id))
  if (description !== undefined) return yield* new DiscordConfigurationError({ description })
  const keys = yield* Effect.forEach(
    options.keys,
    ({ id, secret }) =>
      Effect.map(SealingKey.make(`The record key "${id}"`, purpose, secret), (key) => ({ id, ...key }))
  )
  const [first] = keys
  if (first === undefined) {
    return yield* new DiscordConfigurationError({
      description: "The option `keys` is empty: at least one record key is needed."
    })
  }

  return {
    seal: (_operation, key, text) =>
      Effect.map(
        first.seal(associatedData(first.id, key), text),
        (sealed) => `sealed.${version}.${first.id}.${sealed}`
      ),
    open: Effect.fnUntraced(function*(operation, key, value) {
      const fail = (reason: AccessTokenStoreError["reason"]) => new AccessTokenStoreError({ operation, reason })
      if (isPlain(value)) {
        return options.plain === "accept" ? { text: value, isStale: true } : yield* fail("not-sealed")
      }
      const [mark, written, keyId = "", sealed, ...rest] = value.split(".", 5)
      if (mark === "sealed" && Number(written) > Number(version)) return yield* fail("newer-version")
      if (mark !== "sealed" || written !== version || !isKeyId(keyId) || sealed === undefined || rest.length > 0) {
        return yield* fail("corrupt")
      }
      const opener = keys.find(({ id }) => id === keyId)
      if (opener === undefined) return yield* fail("unknown-key")
      const text = yield* opener.open(associatedData(keyId, key), sealed)
      return Option.isSome(text) ? { text: text.value, isStale: opener !== first } : yield* fail("corrupt")
    })
  }
})
