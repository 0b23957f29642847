/** Stores lobbies and their messages. */
import type { Lobby, LobbyMember } from "../../models/Lobby.ts"
import type { LobbyMessage } from "../../models/Message.ts"
import type { ApplicationId, UserId } from "../../models/Snowflake.ts"
import type { User } from "../../models/User.ts"
import * as channels from "./channels.ts"
import { publicUser } from "./visibleUser.ts"
import * as worlds from "./world.ts"

type LobbyRecord = worlds.LobbyRecord

const defaultIdleSeconds = 300

export const add = (
  world: worlds.World,
  now: number,
  options: Pick<LobbyRecord, "applicationId"> & Partial<LobbyRecord> & {
    readonly idleSeconds?: number | null | undefined
  }
): LobbyRecord => {
  const { idleSeconds, ...rest } = options
  const lobby: LobbyRecord = {
    id: worlds.lobbyId(world.nextId()),
    secret: undefined,
    metadata: null,
    flags: 0,
    idleMillis: (idleSeconds ?? defaultIdleSeconds) * 1000,
    members: [],
    linkedChannel: undefined,
    messages: [],
    emptySince: (options.members ?? []).length > 0 ? undefined : now,
    ...rest
  }
  world.lobbies.set(lobby.id, lobby)
  return lobby
}

/** Returns the lobbies that are open, and removes those that were empty for too long. */
export const open = (world: worlds.World, now: number): ReadonlyArray<LobbyRecord> => {
  for (const { emptySince, id, idleMillis } of world.lobbies.values()) {
    if (emptySince !== undefined && now - emptySince >= idleMillis) world.lobbies.delete(id)
  }
  return Array.from(world.lobbies.values())
}

export const update = (world: worlds.World, lobby: LobbyRecord, change: Partial<LobbyRecord>): LobbyRecord => {
  const updated = { ...lobby, ...change }
  world.lobbies.set(lobby.id, updated)
  return updated
}

/** Adds or changes a member. */
export const setMember = (
  world: worlds.World,
  lobby: LobbyRecord,
  userId: UserId,
  change: Partial<LobbyMember>
): LobbyRecord => {
  const known = lobby.members.find(({ id }) => id === userId)
  const member: LobbyMember = { metadata: null, flags: 0, ...known, ...change, id: userId }
  return update(world, lobby, {
    members: known === undefined
      ? [...lobby.members, member]
      : lobby.members.map((each) => each === known ? member : each),
    emptySince: undefined
  })
}

export const removeMember = (world: worlds.World, now: number, lobby: LobbyRecord, userId: string): LobbyRecord => {
  const members = lobby.members.filter(({ id }) => id !== userId)
  return update(world, lobby, {
    members,
    emptySince: members.length > 0 ? undefined : lobby.emptySince ?? now
  })
}

export const toModel = (world: worlds.World, lobby: LobbyRecord): Lobby => {
  const linked = lobby.linkedChannel === undefined ? undefined : channels.find(world, lobby.linkedChannel)
  return {
    id: lobby.id,
    application_id: lobby.applicationId,
    metadata: lobby.metadata,
    members: lobby.members,
    flags: lobby.flags,
    ...(linked !== undefined && { linked_channel: linked.channel })
  }
}

export const addMessage = (
  world: worlds.World,
  lobby: LobbyRecord,
  author: User,
  sent: Pick<LobbyMessage, "content" | "flags"> & { readonly metadata: LobbyMessage["metadata"] | undefined }
): LobbyMessage => {
  const name = lobby.members.find(({ id }) => id === author.id)?.additional_name
  const id = world.nextId()
  const message: LobbyMessage = {
    id: worlds.messageId(id),
    type: 0,
    content: sent.content,
    lobby_id: lobby.id,
    channel_id: worlds.channelId(lobby.id),
    author: publicUser(author),
    ...(name !== undefined && { lobby_member: { additional_name: name } }),
    ...(sent.metadata !== undefined && sent.metadata !== null && { metadata: sent.metadata }),
    flags: sent.flags,
    application_id: lobby.applicationId
  }
  update(world, lobby, { messages: [...lobby.messages, message] })
  return message
}

export const withSecret = (
  lobbies: ReadonlyArray<LobbyRecord>,
  applicationId: ApplicationId,
  secret: string
): LobbyRecord | undefined => lobbies.find((each) => each.applicationId === applicationId && each.secret === secret)
