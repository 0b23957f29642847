/** The endpoints that add a user to a guild or group DM, and that list a guild's channels. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { MissingPermissions, UnknownGuild, UserIsAtGuildLimit, UserIsBanned } from "../../../errors/DiscordError.ts"
import { Channel, PrivateChannel, PrivateGroupChannel, UnknownChannel } from "../../../models/Channel.ts"
import { GuildMember } from "../../../models/GuildMember.ts"
import * as Snowflake from "../../../models/Snowflake.ts"
import { BearerToken, BotToken } from "../../DiscordSecurity.ts"
import * as errorBodies from "../errorBodies.ts"
import { json } from "../errorBodies.ts"
import { described } from "./annotations.ts"
import { redactedText } from "./oauth2.ts"

export const guilds = HttpApiGroup.make("guilds").add(
  HttpApiEndpoint.put("addGuildMember", "/guilds/:guild_id/members/:user_id", {
    params: { guild_id: Snowflake.GuildId, user_id: Snowflake.UserId },
    payload: Schema.Struct({
      access_token: redactedText,
      /** At most 32 characters; the bot needs MANAGE_NICKNAMES. */
      nick: Schema.optionalKey(Schema.NullOr(Schema.String.check(Schema.isMaxLength(32)))),
      /** The bot needs MANAGE_ROLES; a role lets the member past the guild's screening. */
      roles: Schema.optionalKey(Schema.NullOr(Schema.Array(Snowflake.RoleId).check(Schema.isMaxLength(250)))),
      /** The bot needs MUTE_MEMBERS. */
      mute: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
      /** The bot needs DEAFEN_MEMBERS. */
      deaf: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
      flags: Schema.optionalKey(Schema.NullOr(Schema.Int))
    }),
    // 204: the user is a member already.
    success: [GuildMember.pipe(HttpApiSchema.status(201)), HttpApiSchema.NoContent],
    error: [
      json(UnknownGuild),
      json(UserIsBanned),
      json(MissingPermissions),
      errorBodies.InvalidFormBody,
      json(UserIsAtGuildLimit),
      errorBodies.InvalidAccessToken,
      errorBodies.MissingScope
    ]
  })
    .middleware(BotToken)
    .annotateMerge(described("addGuildMember", "Add Guild Member", "resources/guild")),
  HttpApiEndpoint.get("getGuildChannels", "/guilds/:guild_id/channels", {
    params: { guild_id: Snowflake.GuildId },
    success: Schema.Array(Channel),
    error: [json(UnknownGuild)]
  })
    .middleware(BearerToken)
    .annotateMerge(described("getGuildChannels", "Get Guild Channels", "resources/guild")),
  HttpApiEndpoint.put("groupDmAddRecipient", "/channels/:channel_id/recipients/:user_id", {
    params: { channel_id: Snowflake.ChannelId, user_id: Snowflake.UserId },
    payload: Schema.Struct({
      access_token: redactedText,
      nick: Schema.optionalKey(Schema.NullOr(Schema.String))
    }),
    // 201: the channel of two users became one of several.
    success: [
      Schema.Union([PrivateChannel, PrivateGroupChannel, UnknownChannel]).pipe(HttpApiSchema.status(201)),
      HttpApiSchema.NoContent
    ],
    error: [errorBodies.InvalidFormBody, errorBodies.InvalidAccessToken, errorBodies.MissingScope]
  })
    .middleware(BotToken)
    .annotateMerge(described("groupDmAddRecipient", "Group DM Add Recipient", "resources/channel"))
)
