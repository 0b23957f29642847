/** Lets a test change and read what the simulator's world holds. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Connection } from "../../models/Connection.ts"
import type { Entitlement } from "../../models/Entitlement.ts"
import type { GuildMember } from "../../models/GuildMember.ts"
import type { Lobby, LobbyMember } from "../../models/Lobby.ts"
import type { Permissions } from "../../models/Permissions.ts"
import type { GuildId, LobbyId, UserId } from "../../models/Snowflake.ts"
import type { Subscription } from "../../models/Subscription.ts"
import type { User } from "../../models/User.ts"
import type { Application, GroupDm, Guild } from "../World.ts"
import { found, idOf, type Ref } from "./found.ts"
import * as lobbies from "./lobbies.ts"
import * as monetization from "./monetization.ts"
import * as populate from "./populate.ts"
import type { World } from "./world.ts"
import * as worlds from "./world.ts"

/** The methods that change and read the world. */
export interface WorldControls {
  /** Adds another application. By default the first user owns it. */
  readonly addApplication: (application?: Partial<Application>) => Effect.Effect<Application>

  readonly addUser: (user?: Partial<User>) => Effect.Effect<User>

  /** Changes a user. */
  readonly updateUser: (user: Ref<UserId>, change: Partial<User>) => Effect.Effect<User>

  /** Adds a guild, with its owner as a member. By default the first user owns it. */
  readonly addGuild: (guild?: Partial<Guild>) => Effect.Effect<Guild>

  readonly addMember: (
    guild: Ref<GuildId>,
    user: Ref<UserId>,
    member?: Partial<GuildMember>
  ) => Effect.Effect<GuildMember>

  /** Removes a member. */
  readonly removeMember: (guild: Ref<GuildId>, user: Ref<UserId>) => Effect.Effect<void>

  /** Bans a user, and removes the user from the guild. */
  readonly ban: (guild: Ref<GuildId>, user: Ref<UserId>) => Effect.Effect<void>

  /**
   * Adds the default application's bot to a guild. By default it has the permissions that adding a member with all options
   * needs.
   */
  readonly addBot: (guild: Ref<GuildId>, permissions?: Permissions) => Effect.Effect<void>

  readonly addConnection: (user: Ref<UserId>, connection?: Partial<Connection>) => Effect.Effect<Connection>

  /**
   * Adds an entitlement. By default it is the first user's subscription to the default application, from now on.
   *
   * An entitlement with `consumed` belongs to a consumable SKU. One with neither `starts_at` nor `ends_at` is a test
   * entitlement, which can be deleted.
   */
  readonly addEntitlement: (entitlement?: Partial<Entitlement>) => Effect.Effect<Entitlement>

  /** Adds a subscription. By default it is an active one of the first user, for 30 days from now on. */
  readonly addSubscription: (subscription?: Partial<Subscription>) => Effect.Effect<Subscription>

  /**
   * Adds a group DM that the default application manages. By default the first user owns it.
   */
  readonly addGroupDm: (
    options?: { readonly owner?: Ref<UserId> | undefined; readonly name?: string | null | undefined }
  ) => Effect.Effect<GroupDm>

  /**
   * Adds a lobby, as the default application's server does with a bot's token. It has no secret, so users cannot join it.
   * Members whose flags allow it may link a channel.
   */
  readonly addLobby: (lobby?: Pick<Partial<Lobby>, "metadata" | "members" | "flags">) => Effect.Effect<Lobby>

  /**
   * Adds or changes a member of a lobby, as the application's server does: `flags` (`CAN_LINK_LOBBY`), `additional_name`
   * and `metadata`.
   */
  readonly setLobbyMember: (
    lobby: Ref<LobbyId>,
    user: Ref<UserId>,
    change?: Partial<Omit<LobbyMember, "id">>
  ) => Effect.Effect<Lobby>

  /** The users, in the order of their creation. */
  readonly users: Effect.Effect<ReadonlyArray<User>>

  /** The guilds, in the order of their creation. */
  readonly guilds: Effect.Effect<ReadonlyArray<Guild>>

  /** The group DMs, with their recipients. */
  readonly groupDms: Effect.Effect<ReadonlyArray<GroupDm>>

  /** The open lobbies. A lobby that was empty for longer than its idle timeout is closed. */
  readonly lobbies: Effect.Effect<ReadonlyArray<Lobby>>
}

type People = Pick<WorldControls, "addApplication" | "addUser" | "updateUser" | "addConnection" | "users">

const people = (world: World): People => ({
  addApplication: (options) =>
    Effect.map(
      found(world.users, "user", options?.ownerId),
      ({ id }) => worlds.addApplication(world, { ...options, ownerId: id })
    ),
  addUser: (user) => Effect.sync(() => worlds.addUser(world, user)),
  updateUser: (user, change) =>
    Effect.map(found(world.users, "user", idOf(user)), (known) => worlds.addUser(world, { ...known, ...change })),
  addConnection: (user, connection) =>
    Effect.map(found(world.users, "user", idOf(user)), ({ id }) => worlds.addConnection(world, id, connection)),
  users: Effect.sync(() => Array.from(world.users.values()))
})

type Guilds = Pick<WorldControls, "addGuild" | "addMember" | "removeMember" | "ban" | "addBot" | "guilds">

const guilds = (world: World, application: Application): Guilds => ({
  addGuild: Effect.fnUntraced(function*(options) {
    const owner = yield* found(world.users, "user", options?.owner_id)
    const guild = worlds.addGuild(world, { ...options, owner_id: owner.id })
    worlds.addMember(world, yield* Clock.currentTimeMillis, guild.id, owner)
    return guild
  }),
  addMember: Effect.fnUntraced(function*(guild, user, member) {
    const { id } = yield* found(world.guilds, "guild", idOf(guild))
    const joining = yield* found(world.users, "user", idOf(user))
    return worlds.addMember(world, yield* Clock.currentTimeMillis, id, joining, member)
  }),
  removeMember: (guild, user) => Effect.sync(() => void world.members.get(idOf(guild))?.delete(idOf(user))),
  ban: (guild, user) =>
    Effect.map(found(world.guilds, "guild", idOf(guild)), ({ id }) => {
      world.members.get(id)?.delete(idOf(user))
      world.bans.set(id, new Set([...world.bans.get(id) ?? [], idOf(user)]))
    }),
  addBot: (guild, permissions) =>
    Effect.map(found(world.guilds, "guild", idOf(guild)), ({ id }) => {
      worlds.within(world.bots, id).set(application.clientId, permissions ?? populate.botPermissions)
    }),
  guilds: Effect.sync(() => Array.from(world.guilds.values()))
})

type Purchases = Pick<WorldControls, "addEntitlement" | "addSubscription">

const purchases = (world: World, application: Application): Purchases => ({
  addEntitlement: Effect.fnUntraced(function*(options) {
    const now = yield* Clock.currentTimeMillis
    const { id } = yield* found(world.users, "user", undefined)
    return monetization.addEntitlement(world, now, { user_id: id, application_id: application.clientId, ...options })
  }),
  addSubscription: Effect.fnUntraced(function*(options) {
    const { id } = yield* found(world.users, "user", options?.user_id)
    return monetization.addSubscription(world, yield* Clock.currentTimeMillis, { ...options, user_id: id })
  })
})

type Conversations = Pick<WorldControls, "addGroupDm" | "addLobby" | "setLobbyMember" | "groupDms" | "lobbies">

const conversations = (world: World, application: Application): Conversations => ({
  addGroupDm: ({ name = null, owner } = {}) =>
    Effect.map(
      found(world.users, "user", owner === undefined ? undefined : idOf(owner)),
      ({ id }) =>
        worlds.addGroupDm(world, { name, application_id: application.clientId, owner_id: id, recipients: [id] })
    ),
  addLobby: (options) =>
    Effect.map(
      Clock.currentTimeMillis,
      (now) => lobbies.toModel(world, lobbies.add(world, now, { applicationId: application.clientId, ...options }))
    ),
  setLobbyMember: Effect.fnUntraced(function*(lobby, user, change) {
    const known = yield* found(world.lobbies, "lobby", idOf(lobby))
    const { id } = yield* found(world.users, "user", idOf(user))
    return lobbies.toModel(world, lobbies.setMember(world, known, id, change ?? {}))
  }),
  groupDms: Effect.sync(() => Array.from(world.groupDms.values())),
  lobbies: Effect.map(
    Clock.currentTimeMillis,
    (now) => lobbies.open(world, now).map((lobby) => lobbies.toModel(world, lobby))
  )
})

/** Makes the methods that change and read the world. */
export const make = (world: World, application: Application): WorldControls => ({
  ...people(world),
  ...guilds(world, application),
  ...purchases(world, application),
  ...conversations(world, application)
})
