/**
 * URLs of the images that Discord serves.
 *
 * Every function is pure: it computes a URL from ids and hashes and sends no request. A hash that begins with `a_`
 * belongs to an animated image.
 *
 * @see https://discord.com/developers/docs/reference#image-formatting
 * @since 0.1.0
 */
import { segment } from "./internal/segment.ts"
import type { ApplicationId, GuildId, RoleId, TeamId, UserId } from "./Snowflake.ts"

/**
 * The sizes that Discord scales images to: width and height, in pixels.
 *
 * @category models
 * @since 0.1.0
 */
export type Size = 16 | 32 | 64 | 128 | 256 | 512 | 1024 | 2048 | 4096

/**
 * The formats of an image that is never animated.
 *
 * @category models
 * @since 0.1.0
 */
export type StaticFormat = "png" | "jpeg" | "webp"

/**
 * The formats of an image that may be animated.
 *
 * @category models
 * @since 0.1.0
 */
export type Format = StaticFormat | "gif"

/**
 * The base URL of Discord's images: `https://cdn.discordapp.com`.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultBaseUrl = "https://cdn.discordapp.com"

/**
 * The options of every image.
 *
 * **Details**
 *
 * - `baseUrl`: a proxy or a test server, without a slash at the end. Default {@link defaultBaseUrl}.
 *
 * @category options
 * @since 0.1.0
 */
export interface BaseOptions {
  readonly baseUrl?: string | undefined
}

/**
 * The options of an image that is never animated.
 *
 * **Details**
 *
 * - `size`: width and height in pixels. Default: the size that Discord chooses.
 * - `format`: default `"webp"`.
 *
 * @category options
 * @since 0.1.0
 */
export interface StaticOptions extends BaseOptions {
  readonly size?: Size | undefined
  readonly format?: StaticFormat | undefined
}

/**
 * The options of an image that may be animated.
 *
 * **Details**
 *
 * - `size`: width and height in pixels. Default: the size that Discord chooses.
 * - `format`: default `"gif"` for an animated hash, else `"webp"`. With an animated hash, `"webp"` is animated WebP.
 *   Discord recommends it, as it also works for images that were uploaded as WebP or AVIF. `"png"` and `"jpeg"` show
 *   the first frame.
 *
 * **Gotchas**
 *
 * Discord responds 415 to `"gif"` with a hash that does not begin with `a_`.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends BaseOptions {
  readonly size?: Size | undefined
  readonly format?: Format | undefined
}

/**
 * Checks whether a hash belongs to an animated image.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isAnimated = (hash: string): boolean => hash.startsWith("a_")

const imageUrl = (path: string, format: Format, animated: boolean, options: StaticOptions | Options | undefined) => {
  const url = `${options?.baseUrl ?? defaultBaseUrl}/${path}.${format}`
  const size = options?.size
  if (animated) return size === undefined ? `${url}?animated=true` : `${url}?size=${size}&animated=true`
  return size === undefined ? url : `${url}?size=${size}`
}

const still = (path: string, hash: string, options: StaticOptions | undefined): string =>
  imageUrl(`${path}/${segment(hash)}`, options?.format ?? "webp", false, options)

const moving = (path: string, hash: string, options: Options | undefined): string => {
  const animated = isAnimated(hash)
  const format = options?.format ?? (animated ? "gif" : "webp")
  return imageUrl(`${path}/${segment(hash)}`, format, animated && format === "webp", options)
}

/**
 * Computes the URL of a user's avatar.
 *
 * @category images
 * @since 0.1.0
 */
export const userAvatar = (userId: UserId, hash: string, options?: Options): string =>
  moving(`avatars/${userId}`, hash, options)

/**
 * Computes the URL of the default avatar of a user without an avatar.
 *
 * **Details**
 *
 * Discord has six default avatars, chosen by the user's id. A user who still has a discriminator gets one of the first
 * five, chosen by the discriminator. The image is a PNG of a fixed size.
 *
 * @category images
 * @since 0.1.0
 */
export const defaultAvatar = (
  user: { readonly id: UserId; readonly discriminator?: string | undefined },
  options?: BaseOptions
): string => {
  const discriminator = user.discriminator ?? ""
  const legacy = /^[0-9]{1,4}$/.test(discriminator) ? Number(discriminator) : 0
  const index = legacy > 0 ? legacy % 5 : Number((BigInt(user.id) >> 22n) % 6n)
  return `${options?.baseUrl ?? defaultBaseUrl}/embed/avatars/${index}.png`
}

/**
 * Computes the URL of the banner of a user's profile.
 *
 * @category images
 * @since 0.1.0
 */
export const userBanner = (userId: UserId, hash: string, options?: Options): string =>
  moving(`banners/${userId}`, hash, options)

/**
 * Computes the URL of the decoration around an avatar: a PNG, which may be animated.
 *
 * @category images
 * @since 0.1.0
 */
export const avatarDecoration = (
  asset: string,
  options?: BaseOptions & { readonly size?: Size | undefined }
): string => imageUrl(`avatar-decoration-presets/${segment(asset)}`, "png", false, options)

/**
 * Computes the URL of a member's avatar in one guild.
 *
 * @category images
 * @since 0.1.0
 */
export const guildMemberAvatar = (guildId: GuildId, userId: UserId, hash: string, options?: Options): string =>
  moving(`guilds/${guildId}/users/${userId}/avatars`, hash, options)

/**
 * Computes the URL of a member's banner in one guild.
 *
 * @category images
 * @since 0.1.0
 */
export const guildMemberBanner = (guildId: GuildId, userId: UserId, hash: string, options?: Options): string =>
  moving(`guilds/${guildId}/users/${userId}/banners`, hash, options)

/**
 * Computes the URL of a guild's icon.
 *
 * **Example** (The first frame of an animated icon)
 *
 * ```ts
 * import { Cdn, Snowflake } from "@discord-oauth2/core"
 *
 * const guildId = Snowflake.GuildId.make("197038439483310086")
 *
 * Cdn.guildIcon(guildId, "a_f64c482b807da4f539cff778d174971c")
 * // => "https://cdn.discordapp.com/icons/197038439483310086/a_f64c482b807da4f539cff778d174971c.gif"
 *
 * Cdn.guildIcon(guildId, "a_f64c482b807da4f539cff778d174971c", { format: "png", size: 64 })
 * // => "https://cdn.discordapp.com/icons/197038439483310086/a_f64c482b807da4f539cff778d174971c.png?size=64"
 * ```
 *
 * @category images
 * @since 0.1.0
 */
export const guildIcon = (guildId: GuildId, hash: string, options?: Options): string =>
  moving(`icons/${guildId}`, hash, options)

/**
 * Computes the URL of the background of a guild's invites.
 *
 * @category images
 * @since 0.1.0
 */
export const guildSplash = (guildId: GuildId, hash: string, options?: StaticOptions): string =>
  still(`splashes/${guildId}`, hash, options)

/**
 * Computes the URL of a guild's image in Server Discovery.
 *
 * @category images
 * @since 0.1.0
 */
export const guildDiscoverySplash = (guildId: GuildId, hash: string, options?: StaticOptions): string =>
  still(`discovery-splashes/${guildId}`, hash, options)

/**
 * Computes the URL of a guild's banner.
 *
 * @category images
 * @since 0.1.0
 */
export const guildBanner = (guildId: GuildId, hash: string, options?: Options): string =>
  moving(`banners/${guildId}`, hash, options)

/**
 * Computes the URL of the badge of a guild's tag, which members can show after their names.
 *
 * @category images
 * @since 0.1.0
 */
export const guildTagBadge = (guildId: GuildId, hash: string, options?: StaticOptions): string =>
  still(`guild-tag-badges/${guildId}`, hash, options)

/**
 * Computes the URL of a role's icon.
 *
 * @category images
 * @since 0.1.0
 */
export const roleIcon = (roleId: RoleId, hash: string, options?: StaticOptions): string =>
  still(`role-icons/${roleId}`, hash, options)

/**
 * Computes the URL of an application's icon.
 *
 * @category images
 * @since 0.1.0
 */
export const applicationIcon = (applicationId: ApplicationId, hash: string, options?: StaticOptions): string =>
  still(`app-icons/${applicationId}`, hash, options)

/**
 * Computes the URL of the cover image of an application's rich presence invites.
 *
 * @category images
 * @since 0.1.0
 */
export const applicationCover = (applicationId: ApplicationId, hash: string, options?: StaticOptions): string =>
  still(`app-icons/${applicationId}`, hash, options)

/**
 * Computes the URL of the icon of a developer team.
 *
 * @category images
 * @since 0.1.0
 */
export const teamIcon = (teamId: TeamId, hash: string, options?: StaticOptions): string =>
  still(`team-icons/${teamId}`, hash, options)
