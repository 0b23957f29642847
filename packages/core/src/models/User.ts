/**
 * A Discord user, as the `identify` and `email` scopes show it.
 *
 * See {@link https://discord.com/developers/docs/resources/user#user-object}.
 *
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
 * The background behind a name in member lists.
 *
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
 * What a user has collected, apart from avatar decorations and profile effects.
 *
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
 * The guild whose tag a user shows behind the name.
 *
 * **Details**
 *
 * `identity_enabled` is `null` when Discord cleared the tag, and `false` when the user took it off.
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
 * A user.
 *
 * **Details**
 *
 * `verified` and `email` come with the `email` scope, `premium_type` with `identify.premium`, the rest with `identify`.
 *
 * **Gotchas**
 *
 * - `email` is `null` or absent for an account without one, and an email with `verified: false` is only claimed: never
 *   link accounts by it.
 * - `username` can change and pass to somebody else; `id` never does.
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
 * A user with fewer members, as it appears inside other objects: the owner of an application, the maker of a webhook.
 * Every {@link User} is one.
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
 * See {@link https://discord.com/developers/docs/resources/user#user-object-user-flags}.
 *
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
 * See {@link https://discord.com/developers/docs/resources/user#user-object-premium-types}.
 *
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
 * The name to show: the display name where the user has one, else the username.
 *
 * **Example** (A user as a page shows them)
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
 * The name that is unique on Discord: the username, or `name#1337` for an account, mostly a bot's, that still has a
 * discriminator.
 *
 * @category getters
 * @since 0.1.0
 */
export const tag = (self: PartialUser): string =>
  hasDiscriminator(self) ? `${self.username}#${self.discriminator}` : self.username

/**
 * The text that mentions the user in a message, such as `<@80351110224678912>`.
 *
 * @category getters
 * @since 0.1.0
 */
export const mention = (self: PartialUser): string => `<@${self.id}>`

/**
 * When the account was made.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: PartialUser): DateTime.Utc => Snowflake.timestamp(self.id)

/**
 * The avatar that Discord gives to a user without one: a PNG.
 *
 * @category images
 * @since 0.1.0
 */
export const defaultAvatarUrl = (self: PartialUser, options?: Cdn.BaseOptions): string =>
  Cdn.defaultAvatar(self, options)

/**
 * The user's avatar, or the default one for a user without.
 *
 * @category images
 * @since 0.1.0
 */
export const avatarUrl = (self: PartialUser, options?: Cdn.Options): string =>
  typeof self.avatar === "string" ? Cdn.userAvatar(self.id, self.avatar, options) : Cdn.defaultAvatar(self, options)

/**
 * Whether the avatar moves.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isAvatarAnimated = (self: PartialUser): boolean =>
  typeof self.avatar === "string" && Cdn.isAnimated(self.avatar)

/**
 * The banner of the user's profile, if there is one.
 *
 * @category images
 * @since 0.1.0
 */
export const bannerUrl = (self: PartialUser, options?: Cdn.Options): Option.Option<string> =>
  typeof self.banner === "string" ? Option.some(Cdn.userBanner(self.id, self.banner, options)) : Option.none()

/**
 * Whether the banner moves.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isBannerAnimated = (self: PartialUser): boolean =>
  typeof self.banner === "string" && Cdn.isAnimated(self.banner)

/**
 * The decoration around the user's avatar, if there is one: a PNG, which may be an animated one.
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
 * The badge of the guild tag that the user shows, if there is one.
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
 * The profile's accent colour as CSS writes it, such as `#ff0000`, if there is one.
 *
 * @category getters
 * @since 0.1.0
 */
export const accentColorHex = (self: PartialUser): Option.Option<string> =>
  typeof self.accent_color === "number"
    ? Option.some(`#${(self.accent_color & 0xffffff).toString(16).padStart(6, "0")}`)
    : Option.none()

/**
 * The name of the user's Nitro subscription; none without the `identify.premium` scope and for a type that Discord
 * does not document.
 *
 * @category getters
 * @since 0.1.0
 */
export const premiumTypeName = (self: PartialUser): Option.Option<string> =>
  Option.fromUndefinedOr(self.premium_type === undefined ? undefined : premiumNames.get(self.premium_type))

const flagNames = namesOf<FlagName>(Flag)

/**
 * The names of the account's flags; bits without a name are passed over.
 *
 * @category getters
 * @since 0.1.0
 */
export const flags = (self: PartialUser): ReadonlyArray<FlagName> => flagNames(self.flags)

/**
 * The names of the account's public flags; bits without a name are passed over.
 *
 * @category getters
 * @since 0.1.0
 */
export const publicFlags = (self: PartialUser): ReadonlyArray<FlagName> => flagNames(self.public_flags)
