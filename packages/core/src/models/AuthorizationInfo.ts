/**
 * The authorization behind a bearer token: the response of "Get Current Authorization Information".
 *
 * @see https://discord.com/developers/docs/topics/oauth2#get-current-authorization-information
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import { dual } from "effect/Function"
import * as Schema from "effect/Schema"
import { Application } from "./Application.ts"
import * as OAuth2Scope from "./OAuth2Scope.ts"
import * as Timestamp from "./Timestamp.ts"
import { User } from "./User.ts"

/**
 * The application, the scopes, the user and the expiry of a bearer token.
 *
 * **Details**
 *
 * `user` is present when the token has the `identify` scope.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AuthorizationInfo = Schema.Struct({
  application: Application,
  scopes: Schema.Array(OAuth2Scope.OAuth2Scope),
  expires: Timestamp.Timestamp,
  user: Schema.optionalKey(User)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface AuthorizationInfo extends Schema.Schema.Type<typeof AuthorizationInfo> {}

/**
 * Returns the instant at which the token expires.
 *
 * @category getters
 * @since 0.1.0
 */
export const expiresAt = (self: AuthorizationInfo): DateTime.Utc => Timestamp.toDateTime(self.expires)

/**
 * Checks whether the token has expired at an instant.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isExpired: {
  (at: DateTime.DateTime): (self: AuthorizationInfo) => boolean
  (self: AuthorizationInfo, at: DateTime.DateTime): boolean
} = dual(
  2,
  (self: AuthorizationInfo, at: DateTime.DateTime): boolean => DateTime.isLessThanOrEqualTo(expiresAt(self), at)
)

/**
 * Checks whether the user granted a scope.
 *
 * **Example** (Whether the application can list guilds)
 *
 * ```ts
 * import { type DiscordSession } from "@discord-oauth2/core"
 * import { AuthorizationInfo } from "@discord-oauth2/core/models"
 * import { Effect } from "effect"
 *
 * const mayListGuilds = (session: DiscordSession.DiscordSession) =>
 *   Effect.map(session.getCurrentAuthorizationInformation(), AuthorizationInfo.hasScope("guilds"))
 * ```
 *
 * @category predicates
 * @since 0.1.0
 */
export const hasScope: {
  (scope: OAuth2Scope.OAuth2Scope): (self: AuthorizationInfo) => boolean
  (self: AuthorizationInfo, scope: OAuth2Scope.OAuth2Scope): boolean
} = dual(
  2,
  (self: AuthorizationInfo, scope: OAuth2Scope.OAuth2Scope): boolean => OAuth2Scope.includes(self.scopes, scope)
)
