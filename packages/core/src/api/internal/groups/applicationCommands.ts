/** The endpoints of an application's commands, and of the permissions that decide who may use them. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import {
  MaximumApplicationCommands,
  MissingPermissions,
  UnknownApplicationCommand,
  UnknownGuild
} from "../../../errors/DiscordError.ts"
import {
  ApplicationCommand,
  CreateApplicationCommand,
  UpdateApplicationCommand,
  UpdateApplicationCommands
} from "../../../models/ApplicationCommand.ts"
import { ApplicationCommandPermission, GuildApplicationCommandPermissions } from "../../../models/CommandPermissions.ts"
import * as Snowflake from "../../../models/Snowflake.ts"
import { BearerToken } from "../../DiscordSecurity.ts"
import * as errorBodies from "../errorBodies.ts"
import { json } from "../errorBodies.ts"
import { described } from "./annotations.ts"

const page = "interactions/application-commands"

const applicationPath = { application_id: Snowflake.ApplicationId }
const globalCommandPath = { ...applicationPath, command_id: Snowflake.CommandId }
const guildPath = { ...applicationPath, guild_id: Snowflake.GuildId }
const commandPath = { ...guildPath, command_id: Snowflake.CommandId }

const unknownGuild = json(UnknownGuild)
const unknownCommand = json(UnknownApplicationCommand)
const maximumCommands = json(MaximumApplicationCommands)

/* What an endpoint of global commands and its counterpart of a guild's commands have in common. */
const list = {
  query: { with_localizations: Schema.optionalKey(Schema.Boolean) },
  success: Schema.Array(ApplicationCommand)
}
const create = {
  payload: CreateApplicationCommand,
  success: [ApplicationCommand, ApplicationCommand.pipe(HttpApiSchema.status(201))] as const
}
const edit = { payload: UpdateApplicationCommand, success: ApplicationCommand }
const bulkOverwrite = { payload: UpdateApplicationCommands, success: Schema.Array(ApplicationCommand) }

export const applicationCommands = HttpApiGroup.make("applicationCommands").add(
  HttpApiEndpoint.get(
    "getGuildApplicationCommandPermissions",
    "/applications/:application_id/guilds/:guild_id/commands/permissions",
    { params: guildPath, success: Schema.Array(GuildApplicationCommandPermissions), error: [unknownGuild] }
  )
    .annotateMerge(
      described("getGuildApplicationCommandPermissions", "Get Guild Application Command Permissions", page)
    ),
  HttpApiEndpoint.get(
    "getApplicationCommandPermissions",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id/permissions",
    {
      params: commandPath,
      success: GuildApplicationCommandPermissions,
      error: [unknownGuild, unknownCommand]
    }
  )
    .annotateMerge(described("getApplicationCommandPermissions", "Get Application Command Permissions", page)),
  HttpApiEndpoint.put(
    "editApplicationCommandPermissions",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id/permissions",
    {
      params: commandPath,
      payload: Schema.Struct({
        permissions: Schema.Array(ApplicationCommandPermission).check(Schema.isMaxLength(100))
      }),
      success: GuildApplicationCommandPermissions,
      error: [
        unknownGuild,
        unknownCommand,
        json(MissingPermissions),
        errorBodies.InvalidFormBody
      ]
    }
  )
    .annotateMerge(described("editApplicationCommandPermissions", "Edit Application Command Permissions", page)),
  HttpApiEndpoint.get("getGlobalApplicationCommands", "/applications/:application_id/commands", {
    params: applicationPath,
    ...list
  })
    .annotateMerge(described("getGlobalApplicationCommands", "Get Global Application Commands", page)),
  HttpApiEndpoint.post("createGlobalApplicationCommand", "/applications/:application_id/commands", {
    params: applicationPath,
    ...create,
    error: [maximumCommands, errorBodies.InvalidFormBody]
  })
    .annotateMerge(described("createGlobalApplicationCommand", "Create Global Application Command", page)),
  HttpApiEndpoint.get("getGlobalApplicationCommand", "/applications/:application_id/commands/:command_id", {
    params: globalCommandPath,
    success: ApplicationCommand,
    error: [unknownCommand]
  })
    .annotateMerge(described("getGlobalApplicationCommand", "Get Global Application Command", page)),
  HttpApiEndpoint.patch("editGlobalApplicationCommand", "/applications/:application_id/commands/:command_id", {
    params: globalCommandPath,
    ...edit,
    error: [unknownCommand, errorBodies.InvalidFormBody]
  })
    .annotateMerge(described("editGlobalApplicationCommand", "Edit Global Application Command", page)),
  HttpApiEndpoint.delete("deleteGlobalApplicationCommand", "/applications/:application_id/commands/:command_id", {
    params: globalCommandPath,
    success: HttpApiSchema.NoContent,
    error: [unknownCommand]
  })
    .annotateMerge(described("deleteGlobalApplicationCommand", "Delete Global Application Command", page)),
  HttpApiEndpoint.put("bulkOverwriteGlobalApplicationCommands", "/applications/:application_id/commands", {
    params: applicationPath,
    ...bulkOverwrite,
    error: [unknownCommand, maximumCommands, errorBodies.InvalidFormBody]
  })
    .annotateMerge(
      described("bulkOverwriteGlobalApplicationCommands", "Bulk Overwrite Global Application Commands", page)
    ),
  HttpApiEndpoint.get("getGuildApplicationCommands", "/applications/:application_id/guilds/:guild_id/commands", {
    params: guildPath,
    ...list,
    error: [unknownGuild]
  })
    .annotateMerge(described("getGuildApplicationCommands", "Get Guild Application Commands", page)),
  HttpApiEndpoint.post("createGuildApplicationCommand", "/applications/:application_id/guilds/:guild_id/commands", {
    params: guildPath,
    ...create,
    error: [unknownGuild, maximumCommands, errorBodies.InvalidFormBody]
  })
    .annotateMerge(described("createGuildApplicationCommand", "Create Guild Application Command", page)),
  HttpApiEndpoint.get(
    "getGuildApplicationCommand",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id",
    {
      params: commandPath,
      success: ApplicationCommand,
      error: [unknownGuild, unknownCommand]
    }
  )
    .annotateMerge(described("getGuildApplicationCommand", "Get Guild Application Command", page)),
  HttpApiEndpoint.patch(
    "editGuildApplicationCommand",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id",
    {
      params: commandPath,
      ...edit,
      error: [unknownGuild, unknownCommand, errorBodies.InvalidFormBody]
    }
  )
    .annotateMerge(described("editGuildApplicationCommand", "Edit Guild Application Command", page)),
  HttpApiEndpoint.delete(
    "deleteGuildApplicationCommand",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id",
    {
      params: commandPath,
      success: HttpApiSchema.NoContent,
      error: [unknownGuild, unknownCommand]
    }
  )
    .annotateMerge(described("deleteGuildApplicationCommand", "Delete Guild Application Command", page)),
  HttpApiEndpoint.put(
    "bulkOverwriteGuildApplicationCommands",
    "/applications/:application_id/guilds/:guild_id/commands",
    {
      params: guildPath,
      ...bulkOverwrite,
      error: [
        unknownGuild,
        unknownCommand,
        maximumCommands,
        errorBodies.InvalidFormBody
      ]
    }
  )
    .annotateMerge(
      described("bulkOverwriteGuildApplicationCommands", "Bulk Overwrite Guild Application Commands", page)
    )
).middleware(BearerToken)
