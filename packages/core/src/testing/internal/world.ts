/** Stores everything that exists in one simulator. */
import * as Brand from "effect/Brand"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { ApplicationCommand } from "../../models/ApplicationCommand.ts"
import type { GuildApplicationCommandPermissions } from "../../models/CommandPermissions.ts"
import type { Connection } from "../../models/Connection.ts"
import type { Entitlement } from "../../models/Entitlement.ts"
import type { PartialGuild } from "../../models/Guild.ts"
import type { GuildMember } from "../../models/GuildMember.ts"
import type { Lobby, LobbyMember } from "../../models/Lobby.ts"
import type { LobbyMessage } from "../../models/Message.ts"
import * as Permissions from "../../models/Permissions.ts"
import type { RoleConnection } from "../../models/RoleConnection.ts"
import type { MetadataRecord } from "../../models/RoleConnectionMetadata.ts"
import type * as Snowflake from "../../models/Snowflake.ts"
import type { Subscription } from "../../models/Subscription.ts"
import * as Timestamp from "../../models/Timestamp.ts"
import type { User } from "../../models/User.ts"
import type { Application, GroupDm, Guild } from "../World.ts"

export const userId = Brand.nominal<Snowflake.UserId>()
export const guildId = Brand.nominal<Snowflake.GuildId>()
export const channelId = Brand.nominal<Snowflake.ChannelId>()
export const attachmentId = Brand.nominal<Snowflake.AttachmentId>()
export const commandId = Brand.nominal<Snowflake.CommandId>()
export const entitlementId = Brand.nominal<Snowflake.EntitlementId>()
export const lobbyId = Brand.nominal<Snowflake.LobbyId>()
export const messageId = Brand.nominal<Snowflake.MessageId>()
export const skuId = Brand.nominal<Snowflake.SkuId>()
export const snowflake = Brand.nominal<Snowflake.Snowflake>()
export const subscriptionId = Brand.nominal<Snowflake.SubscriptionId>()
export const applicationId = Brand.nominal<Snowflake.ApplicationId>()

/** A lobby, with members that are not sent. */
export interface LobbyRecord {
  readonly id: Snowflake.LobbyId
  readonly applicationId: Snowflake.ApplicationId
  /** The secret that users join with. A lobby of a server has none. */
  readonly secret: string | undefined
  readonly metadata: Lobby["metadata"]
  readonly flags: number
  readonly idleMillis: number
  readonly members: ReadonlyArray<LobbyMember>
  readonly linkedChannel: Snowflake.ChannelId | undefined
  /** Sorted from old to new. */
  readonly messages: ReadonlyArray<LobbyMessage>
  /** The instant since which the lobby is empty, in milliseconds since the Unix epoch. */
  readonly emptySince: number | undefined
}

/** All that one simulator stores. */
export interface World {
  readonly applications: Map<string, Application>
  readonly users: Map<string, User>
  readonly guilds: Map<string, Guild>
  /** By guild, then by user. */
  readonly members: Map<string, Map<string, GuildMember>>
  readonly bans: Map<string, Set<string>>
  /** The permissions of each application's bot, by guild, then by application. */
  readonly bots: Map<string, Map<string, Permissions.Permissions>>
  readonly connections: Map<string, Array<Connection>>
  /** By application and user. */
  readonly roleConnections: Map<string, RoleConnection>
  /** By application and guild, then by command. */
  readonly commandPermissions: Map<string, Map<string, GuildApplicationCommandPermissions>>
  /** By application, or by application and guild, then by command. */
  readonly commands: Map<string, Map<string, ApplicationCommand>>
  /** By application. */
  readonly metadataRecords: Map<string, ReadonlyArray<MetadataRecord>>
  readonly entitlements: Map<string, Entitlement>
  readonly subscriptions: Map<string, Subscription>
  readonly lobbies: Map<string, LobbyRecord>
  readonly groupDms: Map<string, GroupDm>
  readonly nextId: () => string
}

/** Ids begin on 13 April 2023, and each is one millisecond later. */
const firstId = 1_096_000_000_000_000_000n

export const make = (): World => {
  let count = 0n
  return {
    applications: new Map(),
    users: new Map(),
    guilds: new Map(),
    members: new Map(),
    bans: new Map(),
    bots: new Map(),
    connections: new Map(),
    roleConnections: new Map(),
    commandPermissions: new Map(),
    commands: new Map(),
    metadataRecords: new Map(),
    entitlements: new Map(),
    subscriptions: new Map(),
    lobbies: new Map(),
    groupDms: new Map(),
    nextId: () => String(firstId + (count++ << 22n))
  }
}

/** Returns the inner map of a key. Makes it if it is missing. */
export const within = <K, V>(maps: Map<string, Map<K, V>>, key: string): Map<K, V> => {
  const known = maps.get(key)
  if (known !== undefined) return known
  const made = new Map<K, V>()
  maps.set(key, made)
  return made
}

export const addApplication = (world: World, options: Partial<Application> & Pick<Application, "ownerId">) => {
  const application: Application = {
    clientId: applicationId(world.nextId()),
    clientSecret: Redacted.make("simulated/client+secret:1"),
    botToken: Redacted.make("simulated.bot.token"),
    name: "Simulated Application",
    description: "An application of the simulator.",
    redirectUris: ["http://127.0.0.1:3000/callback"],
    public: false,
    team: false,
    approvedScopes: [],
    ...options
  }
  world.applications.set(application.clientId, application)
  return application
}

export const addUser = (world: World, options: Partial<User> = {}): User => {
  const id = options.id ?? userId(world.nextId())
  const user: User = {
    id,
    username: `user${world.users.size + 1}`,
    discriminator: "0",
    global_name: null,
    avatar: null,
    banner: null,
    accent_color: null,
    avatar_decoration_data: null,
    collectibles: null,
    primary_guild: null,
    public_flags: 0,
    flags: 0,
    premium_type: 0,
    locale: "en-US",
    mfa_enabled: false,
    verified: true,
    email: `${options.username ?? `user${world.users.size + 1}`}@example.com`,
    ...options
  }
  world.users.set(id, user)
  return user
}

export const addMember = (
  world: World,
  now: number,
  guild: string,
  user: User,
  options: Partial<GuildMember> = {}
): GuildMember => {
  const member: GuildMember = {
    user,
    nick: null,
    avatar: null,
    banner: null,
    roles: [],
    joined_at: Timestamp.fromDateTime(DateTime.makeUnsafe(now)),
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    communication_disabled_until: null,
    ...options
  }
  within(world.members, guild).set(user.id, member)
  return member
}

export const addGuild = (world: World, options: Partial<Guild> & Pick<Guild, "owner_id">): Guild => {
  const id = options.id ?? guildId(world.nextId())
  const guild: Guild = {
    id,
    name: `Guild ${world.guilds.size + 1}`,
    icon: null,
    banner: null,
    features: [],
    channels: [{ id: channelId(world.nextId()), name: "general" }],
    ...options
  }
  world.guilds.set(id, guild)
  within(world.members, id)
  return guild
}

export const addConnection = (world: World, user: string, options: Partial<Connection> = {}): Connection => {
  const connections = world.connections.get(user) ?? []
  const connection: Connection = {
    id: world.nextId(),
    name: world.users.get(user)?.username ?? "someone",
    type: "github",
    verified: true,
    revoked: false,
    friend_sync: false,
    show_activity: true,
    two_way_link: false,
    visibility: 1,
    ...options
  }
  world.connections.set(user, [...connections, connection])
  return connection
}

export const addGroupDm = (world: World, options: Omit<GroupDm, "id" | "nicks">): GroupDm => {
  const channel: GroupDm = { id: channelId(world.nextId()), nicks: {}, ...options }
  world.groupDms.set(channel.id, channel)
  return channel
}

/** The permissions of all members of a new guild. */
const everyone = Permissions.fromNames(["VIEW_CHANNEL", "SEND_MESSAGES", "CREATE_INSTANT_INVITE", "CONNECT", "SPEAK"])
const all = Permissions.fromNames(Permissions.names)

export const permissionsOf = (guild: Guild, user: string, member: GuildMember | undefined) =>
  guild.owner_id === user ? all : member?.permissions ?? everyone

export const guildsOf = (world: World, user: string): ReadonlyArray<Guild> =>
  Array.from(world.guilds.values()).filter(({ id }) => world.members.get(id)?.has(user) === true)

export const toPartialGuild = (world: World, guild: Guild, user: string, withCounts: boolean): PartialGuild => {
  const members = within(world.members, guild.id)
  return {
    id: guild.id,
    name: guild.name,
    icon: guild.icon,
    banner: guild.banner,
    owner: guild.owner_id === user,
    permissions: permissionsOf(guild, user, members.get(user)),
    features: guild.features,
    ...(withCounts &&
      { approximate_member_count: members.size, approximate_presence_count: Math.ceil(members.size / 2) })
  }
}
