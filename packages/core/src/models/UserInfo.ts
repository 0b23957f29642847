/**
 * The response of OpenID Connect's UserInfo endpoint (`openid` scope).
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfo
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Locale } from "./Locale.ts"
import * as Snowflake from "./Snowflake.ts"

/**
 * The claims about the user of a token.
 *
 * **Details**
 *
 * `sub` is the user's id. `email` and `email_verified` need the `email` scope, and all other claims need `identify`.
 *
 * **Gotchas**
 *
 * - Check that `sub` equals the `sub` of the id_token from the same token response (OpenID Connect Core section 5.3.2).
 * - An unverified email may belong to somebody else. {@link verifiedEmail} does not return it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const UserInfo = Schema.Struct({
  sub: Snowflake.UserId,
  email: Schema.optionalKey(Schema.NullOr(Schema.String)),
  email_verified: Schema.optionalKey(Schema.Boolean),
  preferred_username: Schema.optionalKey(Schema.String),
  nickname: Schema.optionalKey(Schema.NullOr(Schema.String)),
  picture: Schema.optionalKey(Schema.String),
  locale: Schema.optionalKey(Locale)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface UserInfo extends Schema.Schema.Type<typeof UserInfo> {}

/**
 * Returns the name to show: the user's display name, else the username. Returns none without the `identify` scope.
 *
 * @category getters
 * @since 0.1.0
 */
export const displayName = (self: UserInfo): Option.Option<string> =>
  Option.fromNullishOr(self.nickname ?? self.preferred_username)

/**
 * Returns the user's email address, or none when Discord has not verified it.
 *
 * **Example** (A verified and an unverified email address)
 *
 * ```ts
 * import { Snowflake } from "@discord-oauth2/core"
 * import { UserInfo } from "@discord-oauth2/core/models"
 *
 * const sub = Snowflake.UserId.make("80351110224678912")
 *
 * UserInfo.verifiedEmail({ sub, email: "nelly@example.com", email_verified: true })
 * // => Option.some("nelly@example.com")
 *
 * UserInfo.verifiedEmail({ sub, email: "nelly@example.com", email_verified: false })
 * // => Option.none()
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const verifiedEmail = (self: UserInfo): Option.Option<string> =>
  self.email_verified === true ? Option.fromNullishOr(self.email) : Option.none()
