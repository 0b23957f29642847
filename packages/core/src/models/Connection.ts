/**
 * A user's account at another service, linked to Discord (`connections` scope).
 *
 * @see https://discord.com/developers/docs/resources/user#connection-object
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { Integration } from "./Integration.ts"
import { openEnum } from "./internal/openEnum.ts"
import { segment } from "./internal/segment.ts"

/**
 * The name of a service, and whether users can add accounts.
 *
 * **Details**
 *
 * - `name`: the display name of the service.
 * - `addable`: whether users can still add accounts at this service.
 *
 * @category models
 * @since 0.1.0
 */
export interface ServiceInfo {
  readonly name: string
  readonly addable: boolean
}

const service = (name: string, addable = true): ServiceInfo => ({ name, addable })

/**
 * The services that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/user#connection-object-services
 * @category constants
 * @since 0.1.0
 */
export const services = {
  "amazon-music": service("Amazon Music"),
  "battlenet": service("Battle.net"),
  "bluesky": service("Bluesky"),
  "bungie": service("Bungie.net"),
  "crunchyroll": service("Crunchyroll"),
  "domain": service("Domain"),
  "ebay": service("eBay"),
  "epicgames": service("Epic Games"),
  "facebook": service("Facebook"),
  "github": service("GitHub"),
  "instagram": service("Instagram", false),
  "leagueoflegends": service("League of Legends"),
  "mastodon": service("Mastodon"),
  "paypal": service("PayPal"),
  "playstation": service("PlayStation Network"),
  "reddit": service("Reddit"),
  "riotgames": service("Riot Games"),
  "roblox": service("Roblox"),
  "skype": service("Skype", false),
  "spotify": service("Spotify"),
  "steam": service("Steam"),
  "tiktok": service("TikTok"),
  "twitch": service("Twitch"),
  "twitter": service("X (Twitter)"),
  "xbox": service("Xbox"),
  "youtube": service("YouTube")
} as const satisfies Record<string, ServiceInfo>

/**
 * A service that Discord documents.
 *
 * @category models
 * @since 0.1.0
 */
export type KnownService = keyof typeof services

/**
 * The services that Discord documents, in alphabetical order.
 *
 * @category constants
 * @since 0.1.0
 */
export const knownServices: ReadonlyArray<KnownService> = Struct.keys(services)

/**
 * Any service. An editor completes the documented ones.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ConnectionService = openEnum(knownServices)

/**
 * @category models
 * @since 0.1.0
 */
export type ConnectionService = typeof ConnectionService.Type

/**
 * Checks whether Discord documents the service.
 *
 * @category guards
 * @since 0.1.0
 */
export const isKnownService = (self: string): self is KnownService => Object.hasOwn(services, self)

/**
 * The values of `visibility` that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/user#connection-object-visibility-types
 * @category constants
 * @since 0.1.0
 */
export const Visibility = { None: 0, Everyone: 1 } as const

/**
 * A linked account.
 *
 * **Details**
 *
 * `id` and `name` are those of the other service. `visibility` is one of {@link Visibility}.
 *
 * **Gotchas**
 *
 * Only `verified: true` proves that the account belongs to the user.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Connection = Schema.Struct({
  id: Schema.String,
  name: Schema.NullOr(Schema.String),
  type: ConnectionService,
  revoked: Schema.optionalKey(Schema.Boolean),
  integrations: Schema.optionalKey(Schema.Array(Integration)),
  verified: Schema.Boolean,
  friend_sync: Schema.Boolean,
  show_activity: Schema.Boolean,
  two_way_link: Schema.Boolean,
  visibility: Schema.Int
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Connection extends Schema.Schema.Type<typeof Connection> {}

/**
 * Returns the display name of the connection's service, or `type` when Discord does not document the service.
 *
 * @category getters
 * @since 0.1.0
 */
export const serviceName = (self: Pick<Connection, "type">): string =>
  isKnownService(self.type) ? services[self.type].name : self.type

/**
 * Checks whether everyone can see the connection on the user's profile.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isVisible = (self: Pick<Connection, "visibility">): boolean => self.visibility === Visibility.Everyone

const host = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}][\p{L}\p{N}-]{0,61}[\p{L}\p{N}]$/u

const atHost = (name: string): string | undefined => {
  const [user, server] = name.replace(/^@/, "").split("@", 2)
  return user && server && host.test(server) ? `https://${server}/@${segment(user)}` : undefined
}

const profiles: { readonly [K in KnownService]?: (id: string, name: string) => string | undefined } = {
  bluesky: (_, name) => `https://bsky.app/profile/${segment(name)}`,
  bungie: (id) => `https://www.bungie.net/7/en/User/Profile/254/${segment(id)}`,
  domain: (_, name) => (host.test(name) ? `https://${name}` : undefined),
  ebay: (_, name) => `https://www.ebay.com/usr/${segment(name)}`,
  github: (_, name) => `https://github.com/${segment(name)}`,
  instagram: (_, name) => `https://www.instagram.com/${segment(name)}/`,
  mastodon: (_, name) => atHost(name),
  paypal: (_, name) => `https://www.paypal.com/paypalme/${segment(name)}`,
  reddit: (_, name) => `https://www.reddit.com/user/${segment(name)}`,
  roblox: (id) => `https://www.roblox.com/users/${segment(id)}/profile`,
  spotify: (id) => `https://open.spotify.com/user/${segment(id)}`,
  steam: (id) => `https://steamcommunity.com/profiles/${segment(id)}`,
  tiktok: (_, name) => `https://www.tiktok.com/@${segment(name)}`,
  twitch: (_, name) => `https://www.twitch.tv/${segment(name)}`,
  twitter: (_, name) => `https://x.com/${segment(name)}`,
  xbox: (_, name) => `https://www.xbox.com/play/user/${segment(name)}`,
  youtube: (id) => `https://www.youtube.com/channel/${segment(id)}`
}

/**
 * Computes the URL of the account's public page at its service. The URL always begins with `https:`.
 *
 * **Details**
 *
 * Returns none for:
 *
 * - a service without public profiles: Amazon Music, Battle.net, Crunchyroll, Epic Games, Facebook, League of Legends,
 *   PlayStation Network, Riot Games and Skype;
 * - a service that Discord does not document;
 * - an account without a name, when the URL contains the name.
 *
 * **Example** (A link to a GitHub account)
 *
 * ```ts
 * import { Connection } from "@discord-oauth2/core"
 *
 * Connection.profileUrl({ type: "github", id: "583231", name: "octocat" })
 * // => Option.some("https://github.com/octocat")
 *
 * Connection.serviceName({ type: "leagueoflegends" }) // => "League of Legends"
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const profileUrl = (self: Pick<Connection, "id" | "name" | "type">): Option.Option<string> => {
  const build = isKnownService(self.type) ? profiles[self.type] : undefined
  if (build === undefined) return Option.none()
  const byId = build.length === 1
  const name = self.name ?? ""
  return (byId ? self.id : name) === "" ? Option.none() : Option.fromUndefinedOr(build(self.id, name))
}
