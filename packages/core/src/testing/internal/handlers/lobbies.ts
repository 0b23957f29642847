/** Plays lobbies and their messages. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Redacted from "effect/Redacted"
import { DiscordHttpApi } from "../../../api/DiscordHttpApi.ts"
import { type CreateOrJoinLobby, MemberFlag } from "../../../models/Lobby.ts"
import * as Permissions from "../../../models/Permissions.ts"
import type { ChannelId } from "../../../models/Snowflake.ts"
import * as channels from "../channels.ts"
import { currentUser } from "../credentials.ts"
import * as lobbies from "../lobbies.ts"
import * as refusals from "../refusals.ts"
import type { Simulation } from "../simulation.ts"
import * as worlds from "../world.ts"

/** Finds a lobby of the token's application, and the token's user in it. */
const findLobby = Effect.fnUntraced(function*(simulation: Simulation, lobbyId: string) {
  const { issued, user } = yield* currentUser(simulation)
  const lobby = lobbies.open(simulation.world, yield* Clock.currentTimeMillis).find(({ id }) => id === lobbyId)
  return lobby?.applicationId === issued.clientId
    ? { lobby, user, member: lobby.members.find(({ id }) => id === user.id) }
    : yield* refusals.unknownLobby()
})

const joined = Effect.fnUntraced(function*(simulation: Simulation, lobbyId: string) {
  const { lobby, member, user } = yield* findLobby(simulation, lobbyId)
  return member === undefined ? yield* refusals.missingAccess() : { lobby, member, user }
})

/** The permissions that linking a channel needs. */
const linking = ["VIEW_CHANNEL", "MANAGE_CHANNELS", "SEND_MESSAGES"] as const satisfies ReadonlyArray<Permissions.Name>

/** Returns the channel if the user may link it. */
const linkable = Effect.fnUntraced(function*({ world }: Simulation, channelId: ChannelId, userId: string) {
  const found = channels.find(world, channelId)
  if (found === undefined) return yield* refusals.unknownChannel()
  const member = world.members.get(found.guild.id)?.get(userId)
  if (member === undefined) return yield* refusals.missingAccess()
  const permissions = worlds.permissionsOf(found.guild, userId, member)
  return linking.every((name) => Permissions.can(permissions, name))
    ? found.channel
    : yield* refusals.missingPermissions()
})

const createOrJoinLobby = Effect.fnUntraced(function*(simulation: Simulation, request: CreateOrJoinLobby) {
  const { world } = simulation
  const { issued, user } = yield* currentUser(simulation)
  const now = yield* Clock.currentTimeMillis
  const secret = Redacted.value(request.secret)
  const applicationId = worlds.applicationId(issued.clientId)
  const lobby = lobbies.withSecret(lobbies.open(world, now), applicationId, secret) ??
    lobbies.add(world, now, {
      applicationId,
      secret,
      flags: request.flags ?? 0,
      idleSeconds: request.idle_timeout_seconds
    })
  const described = request.lobby_metadata === undefined
    ? lobby
    : lobbies.update(world, lobby, { metadata: request.lobby_metadata })
  const entered = lobbies.setMember(world, described, user.id, {
    ...(request.member_metadata !== undefined && { metadata: request.member_metadata })
  })
  return lobbies.toModel(world, entered)
})

export const layer = (simulation: Simulation) =>
  HttpApiBuilder.group(DiscordHttpApi, "lobbies", (handlers) =>
    handlers
      .handle("createOrJoinLobby", ({ payload }) => createOrJoinLobby(simulation, payload))
      .handle("leaveLobby", ({ params }) =>
        Effect.gen(function*() {
          const { lobby, user } = yield* findLobby(simulation, params.lobby_id)
          lobbies.removeMember(simulation.world, yield* Clock.currentTimeMillis, lobby, user.id)
        }))
      .handle("linkChannelToLobby", ({ params, payload }) =>
        Effect.gen(function*() {
          const { lobby, member, user } = yield* joined(simulation, params.lobby_id)
          if ((member.flags & MemberFlag.CAN_LINK_LOBBY) === 0) return yield* refusals.missingPermissions()
          // A lobby that users created with a secret cannot have a linked channel.
          if (lobby.secret !== undefined) return yield* refusals.wrongChannelType()
          const channelId = payload.channel_id ?? undefined
          const linkedChannel = channelId === undefined
            ? undefined
            : (yield* linkable(simulation, channelId, user.id)).id
          return lobbies.toModel(simulation.world, lobbies.update(simulation.world, lobby, { linkedChannel }))
        }))
      .handle("createLobbyChannelInviteForSelf", ({ params }) =>
        Effect.gen(function*() {
          const { lobby } = yield* joined(simulation, params.lobby_id)
          return lobby.linkedChannel === undefined
            ? yield* refusals.unknownChannel()
            : { code: BigInt(simulation.world.nextId()).toString(36) }
        }))
      .handle("getLobbyMessages", ({ params, query }) =>
        Effect.map(
          joined(simulation, params.lobby_id),
          ({ lobby }) => lobby.messages.slice(-(query.limit ?? 50)).toReversed()
        ))
      .handle("sendLobbyMessage", ({ params, payload }) =>
        Effect.gen(function*() {
          const { lobby, user } = yield* joined(simulation, params.lobby_id)
          const content = payload.content ?? ""
          if (content.trim() === "") return yield* refusals.emptyMessage()
          return lobbies.addMessage(simulation.world, lobby, user, {
            content,
            flags: payload.flags ?? 0,
            metadata: payload.metadata
          })
        })))
