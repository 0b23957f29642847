/**
 * A login that waits for its callback: what an application keeps while the user is on Discord's consent page.
 *
 * **Gotchas**
 *
 * A login belongs to one browser and to one callback. Keep it where no other browser can use it, and delete it at the
 * first callback: in a sealed cookie, in `sessionStorage` or in a server-side session. `state`, `nonce` and
 * `code_verifier` are secrets.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as OAuth2Scope from "../models/OAuth2Scope.ts"

/**
 * The default time that a user has on the consent page: ten minutes.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultLifetime: Duration.Duration = Duration.minutes(10)

/**
 * A login that waits for its callback, and its JSON codec.
 *
 * **Example** (Store a login in a server-side session)
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
  /** Absent without PKCE: if `pkce` is off, with `role_connections.write`, and in the implicit grant. */
  code_verifier: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  nonce: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString)),
  redirect_uri: Schema.String,
  scopes: Schema.Array(OAuth2Scope.OAuth2Scope),
  expires_at: Schema.DateTimeUtcFromString,
  /** The path in the application to return to after the login. */
  return_to: Schema.optionalKey(Schema.String)
})

/**
 * A login that waits for its callback. `Scopes` are the scopes that it asks for.
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
 * Returns whether the login has expired at an instant.
 *
 * @category getters
 * @since 0.1.0
 */
export const isExpired = (self: PendingAuthorization, now: DateTime.Utc): boolean =>
  DateTime.isLessThanOrEqualTo(self.expires_at, now)
