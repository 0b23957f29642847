/** This library's models, as its client decodes answers with them. */
import { GuildApplicationCommandPermissions } from "@discord-oauth2/core/models/CommandPermissions"
import { Connection } from "@discord-oauth2/core/models/Connection"
import { PartialGuild } from "@discord-oauth2/core/models/Guild"
import * as Schema from "effect/Schema"
import { afterParse } from "./Decoder.ts"

export const decoder = afterParse({
  guilds: Schema.decodeUnknownSync(Schema.toCodecJson(Schema.Array(PartialGuild))),
  connections: Schema.decodeUnknownSync(Schema.toCodecJson(Schema.Array(Connection))),
  commandPermissions: Schema.decodeUnknownSync(Schema.toCodecJson(Schema.Array(GuildApplicationCommandPermissions)))
})
