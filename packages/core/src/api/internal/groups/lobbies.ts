/** Lobbies of the Social SDK and their messages. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { MissingPermissions, UnknownLobby } from "../../../errors/DiscordError.ts"
import { CreateOrJoinLobby, Lobby, LobbyInvite, UpdateLinkedChannel } from "../../../models/Lobby.ts"
import { CreateLobbyMessage, LobbyMessage } from "../../../models/Message.ts"
import * as Snowflake from "../../../models/Snowflake.ts"
import { BearerToken, documented, RequiredScope, requiredScopes } from "../../DiscordSecurity.ts"
import * as errorBodies from "../errorBodies.ts"
import { json } from "../errorBodies.ts"
import { limit } from "./query.ts"

const lobbyPath = { lobby_id: Snowflake.LobbyId }

export const lobbies = HttpApiGroup.make("lobbies").add(
  HttpApiEndpoint.put("createOrJoinLobby", "/lobbies", {
    payload: CreateOrJoinLobby,
    success: Lobby,
    error: [errorBodies.InvalidFormBody]
  })
    .annotate(RequiredScope, requiredScopes.createOrJoinLobby)
    .annotateMerge(documented("Create or Join Lobby", "resources/lobby#create-or-join-lobby")),
  HttpApiEndpoint.delete("leaveLobby", "/lobbies/:lobby_id/members/@me", {
    params: lobbyPath,
    success: HttpApiSchema.NoContent,
    error: [json(UnknownLobby)]
  })
    .annotate(RequiredScope, requiredScopes.leaveLobby)
    .annotateMerge(documented("Leave Lobby", "resources/lobby#leave-lobby")),
  HttpApiEndpoint.patch("linkChannelToLobby", "/lobbies/:lobby_id/channel-linking", {
    params: lobbyPath,
    payload: UpdateLinkedChannel,
    success: Lobby,
    error: [json(UnknownLobby), json(MissingPermissions), errorBodies.InvalidFormBody]
  })
    .annotate(RequiredScope, requiredScopes.linkChannelToLobby)
    .annotateMerge(documented("Link Channel to Lobby", "resources/lobby#link-channel-to-lobby")),
  HttpApiEndpoint.post("createLobbyChannelInviteForSelf", "/lobbies/:lobby_id/members/@me/invites", {
    params: lobbyPath,
    success: LobbyInvite,
    error: [json(UnknownLobby)]
  })
    .annotate(RequiredScope, requiredScopes.createLobbyChannelInviteForSelf)
    .annotateMerge(
      documented("Create Lobby Channel Invite for Self", "resources/lobby#create-lobby-channel-invite-for-self")
    ),
  HttpApiEndpoint.get("getLobbyMessages", "/lobbies/:lobby_id/messages", {
    params: lobbyPath,
    query: { limit: limit(200) },
    success: Schema.Array(LobbyMessage),
    error: [json(UnknownLobby)]
  })
    .annotate(RequiredScope, requiredScopes.getLobbyMessages)
    .annotateMerge(documented("Get Lobby Messages", "resources/lobby#get-lobby-messages")),
  HttpApiEndpoint.post("sendLobbyMessage", "/lobbies/:lobby_id/messages", {
    params: lobbyPath,
    payload: CreateLobbyMessage,
    success: LobbyMessage.pipe(HttpApiSchema.status(201)),
    error: [json(UnknownLobby), errorBodies.InvalidFormBody]
  })
    .annotate(RequiredScope, requiredScopes.sendLobbyMessage)
    .annotateMerge(documented("Send Lobby Message", "resources/lobby#send-lobby-message"))
).middleware(BearerToken)
