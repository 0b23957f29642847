/**
 * A login on its way: what has to be remembered between the redirect to Discord and the callback.
 *
 * **Gotchas**
 *
 * It is bound to one browser and good for one callback. Keep it where both hold: a sealed cookie, `sessionStorage`, or a
 * server-side session. `state` and `code_verifier` are secrets.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as OAuth2Scope from "../models/OAuth2Scope.ts"

/**
 * How long a user may take on the consent page, by default: ten minutes.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultLifetime: Duration.Duration = Duration.minutes(10)

/**
 * A login on its way, and its JSON codec.
 *
 * **Example** (Into a server-side session and out of it)
 *
 * ```ts
 * import { PendingAuthorization } from "@discord-oauth2/core"
 * import { Schema } from "effect"
 *
 * const Stored = Schema.fromJsonString(PendingAuthorization.PendingAuthorization)
 *
 * const write = Schema.encodeEffect(Stored)
 * const read = Schema.decodeEffect(Stored)
 * ```
 *
 * @category models
 * @since 0.1.0
 */
export const PendingAuthorization = Schema.Struct({
  response_type: Schema.Literals(["code", "token"]),
  state: Schema.RedactedFromValue(Schema.NonEmptyString),
  /** Absent where Discord refuses PKCE (`role_connections.write`), and in the implicit grant. */
  code_verifier: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  nonce: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  redirect_uri: Schema.String,
  scopes: Schema.Array(OAuth2Scope.OAuth2Scope),
  expires_at: Schema.DateTimeUtcFromString,
  /** Where the application wants to go on, a path of its own. */
  return_to: Schema.optionalKey(Schema.String)
})

/**
 * `Scopes` is what was asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface PendingAuthorization<out Scopes extends OAuth2Scope.OAuth2Scope = OAuth2Scope.OAuth2Scope>
  extends Omit<typeof PendingAuthorization.Type, "scopes">
{
  readonly scopes: ReadonlyArray<Scopes>
}

/**
 * Whether the login took too long, at a given moment.
 *
 * @category getters
 * @since 0.1.0
 */
export const isExpired = (self: PendingAuthorization, now: DateTime.Utc): boolean =>
  DateTime.isLessThanOrEqualTo(self.expires_at, now)
