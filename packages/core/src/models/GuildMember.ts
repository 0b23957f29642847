/**
 * A member of a guild: a user with what belongs to that guild.
 *
 * @see https://discord.com/developers/docs/resources/guild#guild-member-object
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Cdn from "./Cdn.ts"
import { namesOf } from "./internal/flags.ts"
import { instant } from "./internal/instant.ts"
import { Permissions } from "./Permissions.ts"
import * as Snowflake from "./Snowflake.ts"
import * as Timestamp from "./Timestamp.ts"
import * as User from "./User.ts"

/**
 * A member of a guild: a user with what belongs to that guild.
 *
 * **Details**
 *
 * Times are {@link Timestamp.Timestamp} strings. {@link joinedAt}, {@link premiumSince} and {@link timedOutUntil}
 * convert them.
 *
 * **Gotchas**
 *
 * `communication_disabled_until` may be in the past. {@link isTimedOut} compares it with an instant.
 *
 * @category schemas
 * @since 0.1.0
 */
export const GuildMember = Schema.Struct({
  user: Schema.optionalKey(User.User),
  nick: Schema.optionalKey(Schema.NullOr(Schema.String)),
  avatar: Schema.optionalKey(Schema.NullOr(Schema.String)),
  banner: Schema.optionalKey(Schema.NullOr(Schema.String)),
  roles: Schema.Array(Snowflake.RoleId),
  joined_at: Schema.NullOr(Timestamp.Timestamp),
  premium_since: Schema.optionalKey(Schema.NullOr(Timestamp.Timestamp)),
  deaf: Schema.Boolean,
  mute: Schema.Boolean,
  flags: Schema.optionalKey(Schema.Int),
  pending: Schema.optionalKey(Schema.Boolean),
  permissions: Schema.optionalKey(Permissions),
  communication_disabled_until: Schema.optionalKey(Schema.NullOr(Timestamp.Timestamp)),
  avatar_decoration_data: Schema.optionalKey(Schema.NullOr(User.AvatarDecorationData)),
  collectibles: Schema.optionalKey(Schema.NullOr(User.Collectibles))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface GuildMember extends Schema.Schema.Type<typeof GuildMember> {}

/**
 * The bit of each flag of a member that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/guild#guild-member-object-guild-member-flags
 * @category constants
 * @since 0.1.0
 */
export const Flag = {
  DID_REJOIN: 1 << 0,
  COMPLETED_ONBOARDING: 1 << 1,
  BYPASSES_VERIFICATION: 1 << 2,
  STARTED_ONBOARDING: 1 << 3,
  IS_GUEST: 1 << 4,
  STARTED_HOME_ACTIONS: 1 << 5,
  COMPLETED_HOME_ACTIONS: 1 << 6,
  AUTOMOD_QUARANTINED_USERNAME: 1 << 7,
  DM_SETTINGS_UPSELL_ACKNOWLEDGED: 1 << 9,
  AUTOMOD_QUARANTINED_GUILD_TAG: 1 << 10
} as const

/**
 * The name of a flag of a member.
 *
 * @category models
 * @since 0.1.0
 */
export type FlagName = keyof typeof Flag

/**
 * Returns the name to show in the guild: the nickname, else the user's display name. Returns none when the member has
 * neither a nickname nor `user`.
 *
 * @category getters
 * @since 0.1.0
 */
export const displayName = (self: GuildMember): Option.Option<string> =>
  Option.fromNullishOr(self.nick ?? (self.user && User.displayName(self.user)))

/**
 * Returns the text that mentions the member in a message, or none when `user` is absent.
 *
 * @category getters
 * @since 0.1.0
 */
export const mention = (self: GuildMember): Option.Option<string> =>
  Option.map(Option.fromUndefinedOr(self.user), User.mention)

/**
 * Returns the URL of the member's avatar in the guild, or none when the member has none there.
 *
 * @category images
 * @since 0.1.0
 */
export const guildAvatarUrl = (
  self: GuildMember,
  guildId: Snowflake.GuildId,
  options?: Cdn.Options
): Option.Option<string> =>
  self.user !== undefined && typeof self.avatar === "string"
    ? Option.some(Cdn.guildMemberAvatar(guildId, self.user.id, self.avatar, options))
    : Option.none()

/**
 * Returns the URL of the avatar to show in the guild: the member's avatar there, else the user's avatar, else the
 * default avatar. Returns none when `user` is absent.
 *
 * @category images
 * @since 0.1.0
 */
export const avatarUrl = (
  self: GuildMember,
  guildId: Snowflake.GuildId,
  options?: Cdn.Options
): Option.Option<string> => {
  const user = self.user
  if (user === undefined) return Option.none()
  return Option.orElseSome(guildAvatarUrl(self, guildId, options), () => User.avatarUrl(user, options))
}

/**
 * Returns the URL of the banner to show in the guild: the member's banner there, else the user's banner. Returns none
 * when there is no banner or `user` is absent.
 *
 * @category images
 * @since 0.1.0
 */
export const bannerUrl = (
  self: GuildMember,
  guildId: Snowflake.GuildId,
  options?: Cdn.Options
): Option.Option<string> => {
  if (self.user === undefined) return Option.none()
  return typeof self.banner === "string"
    ? Option.some(Cdn.guildMemberBanner(guildId, self.user.id, self.banner, options))
    : User.bannerUrl(self.user, options)
}

const flagNames = namesOf<FlagName>(Flag)

/**
 * Returns the names of the member's flags. Ignores bits without a name.
 *
 * @category getters
 * @since 0.1.0
 */
export const flags = (self: GuildMember): ReadonlyArray<FlagName> => flagNames(self.flags)

/**
 * Returns the instant at which the user joined the guild, or none for a guest of a voice channel.
 *
 * @category getters
 * @since 0.1.0
 */
export const joinedAt = (self: GuildMember): Option.Option<DateTime.Utc> => instant(self.joined_at)

/**
 * Returns the instant from which the user boosts the guild, or none when the user does not boost it.
 *
 * @category getters
 * @since 0.1.0
 */
export const premiumSince = (self: GuildMember): Option.Option<DateTime.Utc> => instant(self.premium_since)

/**
 * Returns the instant at which the member's timeout ends, or none when there is no timeout. It may be in the past.
 *
 * @category getters
 * @since 0.1.0
 */
export const timedOutUntil = (self: GuildMember): Option.Option<DateTime.Utc> =>
  instant(self.communication_disabled_until)

/**
 * Checks whether the member is timed out at an instant.
 *
 * **Example** (Whether a member is timed out now)
 *
 * ```ts
 * import { GuildMember } from "@discord-oauth2/core"
 * import { DateTime, Effect } from "effect"
 *
 * const timedOut = (member: GuildMember.GuildMember) =>
 *   Effect.map(DateTime.now, (now) => GuildMember.isTimedOut(member, now))
 * ```
 *
 * @category predicates
 * @since 0.1.0
 */
export const isTimedOut: {
  (at: DateTime.DateTime): (self: GuildMember) => boolean
  (self: GuildMember, at: DateTime.DateTime): boolean
} = dual(
  2,
  (self: GuildMember, at: DateTime.DateTime): boolean =>
    Option.exists(timedOutUntil(self), (until) => DateTime.isGreaterThan(until, at))
)
