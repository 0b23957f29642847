/** The endpoints of lobbies of the Social SDK and their messages. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { MissingPermissions, UnknownLobby } from "../../../errors/DiscordError.ts"
import { CreateOrJoinLobby, Lobby, LobbyInvite, UpdateLinkedChannel } from "../../../models/Lobby.ts"
import { CreateLobbyMessage, LobbyMessage } from "../../../models/Message.ts"
import * as Snowflake from "../../../models/Snowflake.ts"
import { BearerToken } from "../../DiscordSecurity.ts"
import * as errorBodies from "../errorBodies.ts"
import { json } from "../errorBodies.ts"
import { described } from "./annotations.ts"
import { limit } from "./query.ts"

const lobbyPath = { lobby_id: Snowflake.LobbyId }

export const lobbies = HttpApiGroup.make("lobbies").add(
  HttpApiEndpoint.put("createOrJoinLobby", "/lobbies", {
    payload: CreateOrJoinLobby,
    success: Lobby,
    error: [errorBodies.InvalidFormBody]
  })
    .annotateMerge(described("createOrJoinLobby", "Create or Join Lobby", "resources/lobby")),
  HttpApiEndpoint.delete("leaveLobby", "/lobbies/:lobby_id/members/@me", {
    params: lobbyPath,
    success: HttpApiSchema.NoContent,
    error: [json(UnknownLobby)]
  })
    .annotateMerge(described("leaveLobby", "Leave Lobby", "resources/lobby")),
  HttpApiEndpoint.patch("linkChannelToLobby", "/lobbies/:lobby_id/channel-linking", {
    params: lobbyPath,
    payload: UpdateLinkedChannel,
    success: Lobby,
    error: [json(UnknownLobby), json(MissingPermissions), errorBodies.InvalidFormBody]
  })
    .annotateMerge(described("linkChannelToLobby", "Link Channel to Lobby", "resources/lobby")),
  HttpApiEndpoint.post("createLobbyChannelInviteForSelf", "/lobbies/:lobby_id/members/@me/invites", {
    params: lobbyPath,
    success: LobbyInvite,
    error: [json(UnknownLobby)]
  })
    .annotateMerge(
      described("createLobbyChannelInviteForSelf", "Create Lobby Channel Invite for Self", "resources/lobby")
    ),
  HttpApiEndpoint.get("getLobbyMessages", "/lobbies/:lobby_id/messages", {
    params: lobbyPath,
    query: { limit: limit(200) },
    success: Schema.Array(LobbyMessage),
    error: [json(UnknownLobby)]
  })
    .annotateMerge(described("getLobbyMessages", "Get Lobby Messages", "resources/lobby")),
  HttpApiEndpoint.post("sendLobbyMessage", "/lobbies/:lobby_id/messages", {
    params: lobbyPath,
    payload: CreateLobbyMessage,
    success: LobbyMessage.pipe(HttpApiSchema.status(201)),
    error: [json(UnknownLobby), errorBodies.InvalidFormBody]
  })
    .annotateMerge(described("sendLobbyMessage", "Send Lobby Message", "resources/lobby"))
).middleware(BearerToken)
