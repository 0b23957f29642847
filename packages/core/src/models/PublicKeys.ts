/**
 * The public keys with which Discord signs id_tokens: a JSON Web Key Set.
 *
 * See {@link https://www.rfc-editor.org/rfc/rfc7517#section-5}.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import { dual } from "effect/Function"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { openEnum } from "./internal/openEnum.ts"

/**
 * One public key of an RSA pair, as a JSON Web Key.
 *
 * **Details**
 *
 * `n` and `e` are the modulus and the exponent in base64url (RFC 7518, section 6.3.1), `kid` is the name by which an
 * id_token's header refers to the key.
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
 * The set of keys.
 *
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
 * The key that an id_token names, if it may verify signatures by RS256.
 *
 * **Details**
 *
 * A key of another type, use or algorithm is never given out, whatever its name.
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
