/**
 * A guild, which users of Discord call a server.
 *
 * @see https://discord.com/developers/docs/resources/guild#guild-object
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Cdn from "./Cdn.ts"
import { openEnum } from "./internal/openEnum.ts"
import * as Permissions from "./Permissions.ts"
import * as Snowflake from "./Snowflake.ts"

/**
 * A feature of a guild. An editor completes the documented values.
 *
 * @see https://discord.com/developers/docs/resources/guild#guild-object-guild-features
 * @category schemas
 * @since 0.1.0
 */
export const GuildFeature = openEnum([
  "ANIMATED_BANNER",
  "ANIMATED_ICON",
  "APPLICATION_COMMAND_PERMISSIONS_V2",
  "AUTO_MODERATION",
  "BANNER",
  "COMMUNITY",
  "CREATOR_MONETIZABLE_PROVISIONAL",
  "CREATOR_STORE_PAGE",
  "DEVELOPER_SUPPORT_SERVER",
  "DISCOVERABLE",
  "ENHANCED_ROLE_COLORS",
  "FEATURABLE",
  "GUESTS_ENABLED",
  "GUILD_TAGS",
  "INVITES_DISABLED",
  "INVITE_SPLASH",
  "MEMBER_VERIFICATION_GATE_ENABLED",
  "MORE_EMOJI",
  "MORE_SOUNDBOARD",
  "MORE_STICKERS",
  "NEWS",
  "OFFICIAL_GAME_GUILD",
  "PARTNERED",
  "PREVIEW_ENABLED",
  "PRUNE_REQUIRES_ADMIN",
  "RAID_ALERTS_DISABLED",
  "ROLE_ICONS",
  "ROLE_SUBSCRIPTIONS_AVAILABLE_FOR_PURCHASE",
  "ROLE_SUBSCRIPTIONS_ENABLED",
  "SOUNDBOARD",
  "TICKETED_EVENTS_ENABLED",
  "VANITY_URL",
  "VERIFIED",
  "VIP_REGIONS",
  "WELCOME_SCREEN_ENABLED"
])

/**
 * @category models
 * @since 0.1.0
 */
export type GuildFeature = typeof GuildFeature.Type

/**
 * A guild in the list of a user's guilds (`guilds` scope).
 *
 * **Details**
 *
 * `owner` and `permissions` are those of the user. The approximate counts are present when the request has `with_counts`.
 *
 * @see https://discord.com/developers/docs/resources/user#get-current-user-guilds
 * @category schemas
 * @since 0.1.0
 */
export const PartialGuild = Schema.Struct({
  id: Snowflake.GuildId,
  name: Schema.String,
  icon: Schema.NullOr(Schema.String),
  banner: Schema.NullOr(Schema.String),
  owner: Schema.Boolean,
  permissions: Permissions.Permissions,
  features: Schema.Array(GuildFeature),
  approximate_member_count: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  approximate_presence_count: Schema.optionalKey(Schema.NullOr(Schema.Int))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PartialGuild extends Schema.Schema.Type<typeof PartialGuild> {}

/**
 * The guild that a bot was added to, in the token response of an advanced bot authorization.
 *
 * **Details**
 *
 * The schema checks only these members, and keeps all other members of the guild object.
 *
 * @see https://discord.com/developers/docs/topics/oauth2#advanced-bot-authorization
 * @category schemas
 * @since 0.1.0
 */
export const AuthorizedGuild = Schema.StructWithRest(
  Schema.Struct({
    id: Snowflake.GuildId,
    name: Schema.String,
    icon: Schema.optionalKey(Schema.NullOr(Schema.String)),
    banner: Schema.optionalKey(Schema.NullOr(Schema.String))
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)

/**
 * @category models
 * @since 0.1.0
 */
export interface AuthorizedGuild extends Schema.Schema.Type<typeof AuthorizedGuild> {}

/**
 * Returns the URL of the icon, or none when the guild has no icon.
 *
 * @category images
 * @since 0.1.0
 */
export const iconUrl = (
  self: Pick<PartialGuild, "id"> & { readonly icon?: string | null },
  options?: Cdn.Options
): Option.Option<string> =>
  typeof self.icon === "string" ? Option.some(Cdn.guildIcon(self.id, self.icon, options)) : Option.none()

/**
 * Checks whether the icon is animated.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isIconAnimated = (self: { readonly icon?: string | null }): boolean =>
  typeof self.icon === "string" && Cdn.isAnimated(self.icon)

/**
 * Returns the URL of the banner, or none when the guild has no banner.
 *
 * @category images
 * @since 0.1.0
 */
export const bannerUrl = (
  self: Pick<PartialGuild, "id"> & { readonly banner?: string | null },
  options?: Cdn.Options
): Option.Option<string> =>
  typeof self.banner === "string" ? Option.some(Cdn.guildBanner(self.id, self.banner, options)) : Option.none()

/**
 * Returns the initials that Discord shows for a guild without an icon, such as `"1K"` for `"1337 Krew"`.
 *
 * **Example** (The initials of a guild)
 *
 * ```ts
 * import { Guild } from "@discord-oauth2/core"
 *
 * Guild.acronym({ name: "Discord Testers" }) // => "DT"
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const acronym = (self: { readonly name: string }): string =>
  self.name
    .replace(/['’]s(?=\s|$)/gu, "")
    .replace(/([\p{L}\p{N}_])[\p{L}\p{N}\p{M}_]*/gu, "$1")
    .replace(/\s+/gu, "")

/**
 * Returns the instant at which the guild was created, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Pick<PartialGuild, "id">): DateTime.Utc => Snowflake.timestamp(self.id)

/**
 * Checks whether the user has a permission in the guild: as its owner, as an administrator, or by the permission
 * itself.
 *
 * **Gotchas**
 *
 * The permissions do not include the overwrites of channels.
 *
 * **Example** (The guilds that the user may manage)
 *
 * ```ts
 * import { type DiscordSession, Guild } from "@discord-oauth2/core"
 * import { Stream } from "effect"
 *
 * const manageable = (session: DiscordSession.DiscordSession) =>
 *   session.currentUserGuilds().pipe(
 *     Stream.filter(Guild.can("MANAGE_GUILD")),
 *     Stream.runCollect
 *   )
 * ```
 *
 * @category predicates
 * @since 0.1.0
 */
export const can: {
  (name: Permissions.Name): (self: Pick<PartialGuild, "owner" | "permissions">) => boolean
  (self: Pick<PartialGuild, "owner" | "permissions">, name: Permissions.Name): boolean
} = dual(
  2,
  (self: Pick<PartialGuild, "owner" | "permissions">, name: Permissions.Name): boolean =>
    self.owner || Permissions.can(self.permissions, name)
)
