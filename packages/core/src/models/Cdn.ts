/**
 * Addresses of the images that Discord serves.
 *
 * Every function is pure: it builds a URL from ids and hashes and asks nobody. A hash that begins with `a_` belongs to
 * an animated image.
 *
 * See {@link https://discord.com/developers/docs/reference#image-formatting}.
 *
 * @since 0.1.0
 */
import { segment } from "./internal/segment.ts"
import type { ApplicationId, GuildId, RoleId, TeamId, UserId } from "./Snowflake.ts"

/**
 * Width and height in pixels that Discord can scale an image to.
 *
 * @category models
 * @since 0.1.0
 */
export type Size = 16 | 32 | 64 | 128 | 256 | 512 | 1024 | 2048 | 4096

/**
 * Format of an image that never moves.
 *
 * @category models
 * @since 0.1.0
 */
export type StaticFormat = "png" | "jpeg" | "webp"

/**
 * Format of an image that may move.
 *
 * @category models
 * @since 0.1.0
 */
export type Format = StaticFormat | "gif"

/**
 * Where images come from: `https://cdn.discordapp.com`.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultBaseUrl = "https://cdn.discordapp.com"

/**
 * Options that every image has.
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
 * Options of an image that never moves.
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
 * Options of an image that may move.
 *
 * **Details**
 *
 * - `size`: width and height in pixels. Default: the size that Discord chooses.
 * - `format`: default `"gif"` for an animated hash, else `"webp"`. `"webp"` of an animated hash is the animated WebP,
 *   which Discord recommends: it works for images uploaded as WebP or AVIF too. `"png"` and `"jpeg"` show the first
 *   frame.
 *
 * **Gotchas**
 *
 * Discord has no GIF of an image that does not move: it answers 415 when `"gif"` is asked of a hash without `a_`.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends BaseOptions {
  readonly size?: Size | undefined
  readonly format?: Format | undefined
}

/**
 * Whether a hash belongs to an animated image.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isAnimated = (hash: string): boolean => hash.startsWith("a_")

const address = (path: string, format: Format, animated: boolean, options: StaticOptions | Options | undefined) => {
  const url = `${options?.baseUrl ?? defaultBaseUrl}/${path}.${format}`
  const size = options?.size
  if (animated) return size === undefined ? `${url}?animated=true` : `${url}?size=${size}&animated=true`
  return size === undefined ? url : `${url}?size=${size}`
}

const still = (path: string, hash: string, options: StaticOptions | undefined): string =>
  address(`${path}/${segment(hash)}`, options?.format ?? "webp", false, options)

const moving = (path: string, hash: string, options: Options | undefined): string => {
  const animated = isAnimated(hash)
  const format = options?.format ?? (animated ? "gif" : "webp")
  return address(`${path}/${segment(hash)}`, format, animated && format === "webp", options)
}

/**
 * The avatar that a user has chosen.
 *
 * @category images
 * @since 0.1.0
 */
export const userAvatar = (userId: UserId, hash: string, options?: Options): string =>
  moving(`avatars/${userId}`, hash, options)

/**
 * The avatar that Discord gives to a user who has chosen none.
 *
 * **Details**
 *
 * One of six by the user's id, or one of five by the discriminator where the user still has one. It is a PNG of a fixed
 * size.
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
 * The banner of a user's profile.
 *
 * @category images
 * @since 0.1.0
 */
export const userBanner = (userId: UserId, hash: string, options?: Options): string =>
  moving(`banners/${userId}`, hash, options)

/**
 * The decoration around an avatar: a PNG, which may be an animated one.
 *
 * @category images
 * @since 0.1.0
 */
export const avatarDecoration = (
  asset: string,
  options?: BaseOptions & { readonly size?: Size | undefined }
): string => address(`avatar-decoration-presets/${segment(asset)}`, "png", false, options)

/**
 * The avatar that a user has chosen for one guild.
 *
 * @category images
 * @since 0.1.0
 */
export const guildMemberAvatar = (guildId: GuildId, userId: UserId, hash: string, options?: Options): string =>
  moving(`guilds/${guildId}/users/${userId}/avatars`, hash, options)

/**
 * The banner that a user has chosen for one guild.
 *
 * @category images
 * @since 0.1.0
 */
export const guildMemberBanner = (guildId: GuildId, userId: UserId, hash: string, options?: Options): string =>
  moving(`guilds/${guildId}/users/${userId}/banners`, hash, options)

/**
 * The icon of a guild.
 *
 * **Example** (A still picture of an animated icon)
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
 * The background of a guild's invites.
 *
 * @category images
 * @since 0.1.0
 */
export const guildSplash = (guildId: GuildId, hash: string, options?: StaticOptions): string =>
  still(`splashes/${guildId}`, hash, options)

/**
 * The picture of a guild in Discord's directory of servers.
 *
 * @category images
 * @since 0.1.0
 */
export const guildDiscoverySplash = (guildId: GuildId, hash: string, options?: StaticOptions): string =>
  still(`discovery-splashes/${guildId}`, hash, options)

/**
 * The banner of a guild.
 *
 * @category images
 * @since 0.1.0
 */
export const guildBanner = (guildId: GuildId, hash: string, options?: Options): string =>
  moving(`banners/${guildId}`, hash, options)

/**
 * The badge of a guild's tag, which its members can show behind their names.
 *
 * @category images
 * @since 0.1.0
 */
export const guildTagBadge = (guildId: GuildId, hash: string, options?: StaticOptions): string =>
  still(`guild-tag-badges/${guildId}`, hash, options)

/**
 * The icon of a role.
 *
 * @category images
 * @since 0.1.0
 */
export const roleIcon = (roleId: RoleId, hash: string, options?: StaticOptions): string =>
  still(`role-icons/${roleId}`, hash, options)

/**
 * The icon of an application.
 *
 * @category images
 * @since 0.1.0
 */
export const applicationIcon = (applicationId: ApplicationId, hash: string, options?: StaticOptions): string =>
  still(`app-icons/${applicationId}`, hash, options)

/**
 * The cover of an application's rich presence invites.
 *
 * @category images
 * @since 0.1.0
 */
export const applicationCover = (applicationId: ApplicationId, hash: string, options?: StaticOptions): string =>
  still(`app-icons/${applicationId}`, hash, options)

/**
 * The icon of a team of developers.
 *
 * @category images
 * @since 0.1.0
 */
export const teamIcon = (teamId: TeamId, hash: string, options?: StaticOptions): string =>
  still(`team-icons/${teamId}`, hash, options)
