/**
 * What OpenID Connect's userinfo endpoint says about the user (`openid` scope).
 *
 * See {@link https://openid.net/specs/openid-connect-core-1_0.html#UserInfo}.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Locale } from "./Locale.ts"
import * as Snowflake from "./Snowflake.ts"

/**
 * The claims about a user.
 *
 * **Details**
 *
 * `sub` is the user's id. `email` and `email_verified` come with the `email` scope, the rest with `identify`.
 *
 * **Gotchas**
 *
 * - `sub` must equal the `sub` of the id_token that came with the same token (OpenID Connect Core, section 5.3.2).
 * - An email that is not verified is only claimed: {@link verifiedEmail} leaves it out.
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
 * The name to show: the display name where the user has one, else the username; none without the `identify` scope.
 *
 * @category getters
 * @since 0.1.0
 */
export const displayName = (self: UserInfo): Option.Option<string> =>
  Option.fromNullishOr(self.nickname ?? self.preferred_username)

/**
 * The user's email address, if Discord has verified it.
 *
 * **Example** (An address that is only claimed)
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
