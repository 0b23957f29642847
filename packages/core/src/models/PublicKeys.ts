/**
 * The public keys that verify Discord's id_tokens: a JSON Web Key Set.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import { dual } from "effect/Function"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { openEnum } from "./internal/openEnum.ts"

/**
 * A public RSA key, as a JSON Web Key.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-4
 *
 * **Details**
 *
 * `n` and `e` are the modulus and the exponent in base64url (RFC 7518 section 6.3.1). The header of an id_token names its
 * key by `kid`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PublicKey = Schema.Struct({
  kty: openEnum(["RSA"]),
  use: openEnum(["sig"]),
  kid: Schema.String,
  n: Schema.String,
  e: Schema.String,
  alg: openEnum(["RS256"])
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PublicKey extends Schema.Schema.Type<typeof PublicKey> {}

/**
 * The response of Discord's endpoint of public keys.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 * @category schemas
 * @since 0.1.0
 */
export const PublicKeys = Schema.Struct({
  keys: Schema.Array(PublicKey)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PublicKeys extends Schema.Schema.Type<typeof PublicKeys> {}

/**
 * Returns the key with the id `kid`, or none when there is no such key for RS256 signatures.
 *
 * **Details**
 *
 * Never returns a key of another type, use or algorithm.
 *
 * **Example** (A key of another algorithm)
 *
 * ```ts
 * import { PublicKeys } from "@discord-oauth2/core/models"
 *
 * const keys = { keys: [{ kty: "RSA", use: "sig", kid: "1", n: "0vx7agoebGcQSuuPiLJXZpt", e: "AQAB", alg: "RS512" }] }
 *
 * PublicKeys.signingKey(keys, "1") // => Option.none()
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const signingKey: {
  (kid: string): (self: PublicKeys) => Option.Option<PublicKey>
  (self: PublicKeys, kid: string): Option.Option<PublicKey>
} = dual(
  2,
  (self: PublicKeys, kid: string): Option.Option<PublicKey> =>
    Arr.findFirst(self.keys, (key) => key.kid === kid && key.kty === "RSA" && key.use === "sig" && key.alg === "RS256")
)
