/**
 * A Discord user, as the `identify` and `email` scopes show one.
 *
 * @see https://discord.com/developers/docs/resources/user#user-object
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Cdn from "./Cdn.ts"
import { namesOf } from "./internal/flags.ts"
import { openEnum } from "./internal/openEnum.ts"
import { Locale } from "./Locale.ts"
import * as Snowflake from "./Snowflake.ts"

/**
 * The decoration around an avatar.
 *
 * @see https://discord.com/developers/docs/resources/user#avatar-decoration-data-object
 * @category schemas
 * @since 0.1.0
 */
export const AvatarDecorationData = Schema.Struct({
  asset: Schema.String,
  sku_id: Schema.NullOr(Snowflake.SkuId)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface AvatarDecorationData extends Schema.Schema.Type<typeof AvatarDecorationData> {}

/**
 * The background of a user's name in member lists.
 *
 * @see https://discord.com/developers/docs/resources/user#nameplate
 * @category schemas
 * @since 0.1.0
 */
export const Nameplate = Schema.Struct({
  sku_id: Schema.NullOr(Snowflake.SkuId),
  asset: Schema.String,
  label: Schema.String,
  palette: openEnum([
    "crimson",
    "berry",
    "sky",
    "teal",
    "forest",
    "bubble_gum",
    "violet",
    "cobalt",
    "clover",
    "lemon",
    "white",
    "black"
  ])
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Nameplate extends Schema.Schema.Type<typeof Nameplate> {}

/**
 * The collectibles of a user, without avatar decorations and profile effects.
 *
 * @see https://discord.com/developers/docs/resources/user#collectibles
 * @category schemas
 * @since 0.1.0
 */
export const Collectibles = Schema.Struct({
  nameplate: Schema.optionalKey(Schema.NullOr(Nameplate))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Collectibles extends Schema.Schema.Type<typeof Collectibles> {}

/**
 * The guild whose tag a user shows after the name.
 *
 * @see https://discord.com/developers/docs/resources/user#user-object-user-primary-guild
 *
 * **Details**
 *
 * `identity_enabled` is `null` when Discord removed the tag, and `false` when the user removed it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PrimaryGuild = Schema.Struct({
  identity_guild_id: Schema.NullOr(Snowflake.GuildId),
  identity_enabled: Schema.NullOr(Schema.Boolean),
  tag: Schema.NullOr(Schema.String),
  badge: Schema.NullOr(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PrimaryGuild extends Schema.Schema.Type<typeof PrimaryGuild> {}

const profile = {
  bot: Schema.optionalKey(Schema.Boolean),
  system: Schema.optionalKey(Schema.Boolean),
  mfa_enabled: Schema.optionalKey(Schema.Boolean),
  banner: Schema.optionalKey(Schema.NullOr(Schema.String)),
  accent_color: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  locale: Schema.optionalKey(Locale),
  verified: Schema.optionalKey(Schema.Boolean),
  email: Schema.optionalKey(Schema.NullOr(Schema.String)),
  flags: Schema.optionalKey(Schema.Int),
  premium_type: Schema.optionalKey(Schema.Int),
  public_flags: Schema.optionalKey(Schema.Int),
  avatar_decoration_data: Schema.optionalKey(Schema.NullOr(AvatarDecorationData)),
  collectibles: Schema.optionalKey(Schema.NullOr(Collectibles)),
  primary_guild: Schema.optionalKey(Schema.NullOr(PrimaryGuild))
}

/**
 * A user in a response.
 *
 * **Details**
 *
 * `verified` and `email` need the `email` scope, `premium_type` needs `identify.premium`, and all other members need
 * `identify`.
 *
 * **Gotchas**
 *
 * - `email` is `null` or absent when the account has none. With `verified: false` the email may belong to somebody
 *   else: never link accounts by it.
 * - `username` can change and can pass to another user. `id` never changes.
 *
 * @category schemas
 * @since 0.1.0
 */
export const User = Schema.Struct({
  id: Snowflake.UserId,
  username: Schema.String,
  discriminator: Schema.String,
  global_name: Schema.NullOr(Schema.String),
  avatar: Schema.NullOr(Schema.String),
  ...profile
})

/**
 * @category models
 * @since 0.1.0
 */
export interface User extends Schema.Schema.Type<typeof User> {}

/**
 * A user with fewer members, inside other objects, such as the owner of an application or the creator of a webhook.
 * Every {@link User} is a `PartialUser`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PartialUser = Schema.Struct({
  id: Snowflake.UserId,
  username: Schema.String,
  discriminator: Schema.optionalKey(Schema.String),
  global_name: Schema.optionalKey(Schema.NullOr(Schema.String)),
  avatar: Schema.optionalKey(Schema.NullOr(Schema.String)),
  ...profile
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PartialUser extends Schema.Schema.Type<typeof PartialUser> {}

/**
 * The bit of each flag of an account that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/user#user-object-user-flags
 * @category constants
 * @since 0.1.0
 */
export const Flag = {
  STAFF: 1 << 0,
  PARTNER: 1 << 1,
  HYPESQUAD: 1 << 2,
  BUG_HUNTER_LEVEL_1: 1 << 3,
  HYPESQUAD_ONLINE_HOUSE_1: 1 << 6,
  HYPESQUAD_ONLINE_HOUSE_2: 1 << 7,
  HYPESQUAD_ONLINE_HOUSE_3: 1 << 8,
  PREMIUM_EARLY_SUPPORTER: 1 << 9,
  TEAM_PSEUDO_USER: 1 << 10,
  BUG_HUNTER_LEVEL_2: 1 << 14,
  VERIFIED_BOT: 1 << 16,
  VERIFIED_DEVELOPER: 1 << 17,
  CERTIFIED_MODERATOR: 1 << 18,
  BOT_HTTP_INTERACTIONS: 1 << 19
} as const

/**
 * The name of a flag of an account.
 *
 * @category models
 * @since 0.1.0
 */
export type FlagName = keyof typeof Flag

/**
 * The values of `premium_type` that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/user#user-object-premium-types
 * @category constants
 * @since 0.1.0
 */
export const PremiumType = { None: 0, NitroClassic: 1, Nitro: 2, NitroBasic: 3 } as const

const premiumNames: ReadonlyMap<number, string> = new Map([
  [PremiumType.None, "None"],
  [PremiumType.NitroClassic, "Nitro Classic"],
  [PremiumType.Nitro, "Nitro"],
  [PremiumType.NitroBasic, "Nitro Basic"]
])

/**
 * Returns the name to show: the user's display name, else the username.
 *
 * **Example** (The name and avatar of a user)
 *
 * ```ts
 * import { Snowflake, User } from "@discord-oauth2/core"
 *
 * const nelly = User.User.make({
 *   id: Snowflake.UserId.make("80351110224678912"),
 *   username: "nelly",
 *   discriminator: "0",
 *   global_name: "Nelly",
 *   avatar: "8342729096ea3675442027381ff50dfe"
 * })
 *
 * User.displayName(nelly) // => "Nelly"
 * User.tag(nelly) // => "nelly"
 * User.mention(nelly) // => "<@80351110224678912>"
 *
 * User.avatarUrl(nelly, { size: 64 })
 * // => "https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.webp?size=64"
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const displayName = (self: PartialUser): string => self.global_name ?? self.username

const hasDiscriminator = (self: PartialUser): boolean => Number(self.discriminator ?? "0") > 0

/**
 * Returns the user's unique name: the username, or `name#1337` for an account that still has a discriminator, such as
 * many bots.
 *
 * @category getters
 * @since 0.1.0
 */
export const tag = (self: PartialUser): string =>
  hasDiscriminator(self) ? `${self.username}#${self.discriminator}` : self.username

/**
 * Returns the text that mentions the user in a message, such as `<@80351110224678912>`.
 *
 * @category getters
 * @since 0.1.0
 */
export const mention = (self: PartialUser): string => `<@${self.id}>`

/**
 * Returns the instant at which the account was created, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: PartialUser): DateTime.Utc => Snowflake.timestamp(self.id)

/**
 * Returns the URL of the user's default avatar: a PNG.
 *
 * @category images
 * @since 0.1.0
 */
export const defaultAvatarUrl = (self: PartialUser, options?: Cdn.BaseOptions): string =>
  Cdn.defaultAvatar(self, options)

/**
 * Returns the URL of the user's avatar, or of the default avatar when the user has none.
 *
 * @category images
 * @since 0.1.0
 */
export const avatarUrl = (self: PartialUser, options?: Cdn.Options): string =>
  typeof self.avatar === "string" ? Cdn.userAvatar(self.id, self.avatar, options) : Cdn.defaultAvatar(self, options)

/**
 * Checks whether the avatar is animated.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isAvatarAnimated = (self: PartialUser): boolean =>
  typeof self.avatar === "string" && Cdn.isAnimated(self.avatar)

/**
 * Returns the URL of the banner of the user's profile, or none when there is no banner.
 *
 * @category images
 * @since 0.1.0
 */
export const bannerUrl = (self: PartialUser, options?: Cdn.Options): Option.Option<string> =>
  typeof self.banner === "string" ? Option.some(Cdn.userBanner(self.id, self.banner, options)) : Option.none()

/**
 * Checks whether the banner is animated.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isBannerAnimated = (self: PartialUser): boolean =>
  typeof self.banner === "string" && Cdn.isAnimated(self.banner)

/**
 * Returns the URL of the decoration around the user's avatar, or none when there is no decoration. The image is a PNG,
 * which may be animated.
 *
 * @category images
 * @since 0.1.0
 */
export const decorationUrl = (
  self: PartialUser,
  options?: Parameters<typeof Cdn.avatarDecoration>[1]
): Option.Option<string> => {
  const asset = self.avatar_decoration_data?.asset
  return asset === undefined ? Option.none() : Option.some(Cdn.avatarDecoration(asset, options))
}

/**
 * Returns the URL of the badge of the guild tag that the user shows, or none when the user shows no tag.
 *
 * @category images
 * @since 0.1.0
 */
export const tagBadgeUrl = (self: PartialUser, options?: Cdn.StaticOptions): Option.Option<string> => {
  const guild = self.primary_guild
  return guild?.identity_enabled === true && guild.identity_guild_id !== null && guild.badge !== null
    ? Option.some(Cdn.guildTagBadge(guild.identity_guild_id, guild.badge, options))
    : Option.none()
}

/**
 * Returns the accent color of the user's profile in CSS notation, such as `#ff0000`, or none when there is no accent
 * color.
 *
 * @category getters
 * @since 0.1.0
 */
export const accentColorHex = (self: PartialUser): Option.Option<string> =>
  typeof self.accent_color === "number"
    ? Option.some(`#${(self.accent_color & 0xffffff).toString(16).padStart(6, "0")}`)
    : Option.none()

/**
 * Returns the name of the user's Nitro subscription. Returns none without the `identify.premium` scope, and when
 * Discord does not document the type.
 *
 * @category getters
 * @since 0.1.0
 */
export const premiumTypeName = (self: PartialUser): Option.Option<string> =>
  Option.fromUndefinedOr(self.premium_type === undefined ? undefined : premiumNames.get(self.premium_type))

const flagNames = namesOf<FlagName>(Flag)

/**
 * Returns the names of the account's flags. Ignores bits without a name.
 *
 * @category getters
 * @since 0.1.0
 */
export const flags = (self: PartialUser): ReadonlyArray<FlagName> => flagNames(self.flags)

/**
 * Returns the names of the account's public flags. Ignores bits without a name.
 *
 * @category getters
 * @since 0.1.0
 */
export const publicFlags = (self: PartialUser): ReadonlyArray<FlagName> => flagNames(self.public_flags)
