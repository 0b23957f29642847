/** An application's commands and who may use them. */
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
import { BearerToken, documented, RequiredScope, requiredScopes } from "../../DiscordSecurity.ts"
import * as errorBodies from "../errorBodies.ts"
import { json } from "../errorBodies.ts"

const applicationPath = { application_id: Snowflake.ApplicationId }
const globalCommandPath = { ...applicationPath, command_id: Snowflake.CommandId }
const guildPath = { ...applicationPath, guild_id: Snowflake.GuildId }
const commandPath = { ...guildPath, command_id: Snowflake.CommandId }

export const applicationCommands = HttpApiGroup.make("applicationCommands").add(
  HttpApiEndpoint.get(
    "getGuildApplicationCommandPermissions",
    "/applications/:application_id/guilds/:guild_id/commands/permissions",
    { params: guildPath, success: Schema.Array(GuildApplicationCommandPermissions), error: [json(UnknownGuild)] }
  )
    .annotate(RequiredScope, requiredScopes.getGuildApplicationCommandPermissions)
    .annotateMerge(
      documented(
        "Get Guild Application Command Permissions",
        "interactions/application-commands#get-guild-application-command-permissions"
      )
    ),
  HttpApiEndpoint.get(
    "getApplicationCommandPermissions",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id/permissions",
    {
      params: commandPath,
      success: GuildApplicationCommandPermissions,
      error: [json(UnknownGuild), json(UnknownApplicationCommand)]
    }
  )
    .annotate(RequiredScope, requiredScopes.getApplicationCommandPermissions)
    .annotateMerge(
      documented(
        "Get Application Command Permissions",
        "interactions/application-commands#get-application-command-permissions"
      )
    ),
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
        json(UnknownGuild),
        json(UnknownApplicationCommand),
        json(MissingPermissions),
        errorBodies.InvalidFormBody
      ]
    }
  )
    .annotate(RequiredScope, requiredScopes.editApplicationCommandPermissions)
    .annotateMerge(
      documented(
        "Edit Application Command Permissions",
        "interactions/application-commands#edit-application-command-permissions"
      )
    ),
  HttpApiEndpoint.get("getGlobalApplicationCommands", "/applications/:application_id/commands", {
    params: applicationPath,
    query: { with_localizations: Schema.optionalKey(Schema.Boolean) },
    success: Schema.Array(ApplicationCommand)
  })
    .annotate(RequiredScope, requiredScopes.getGlobalApplicationCommands)
    .annotateMerge(
      documented("Get Global Application Commands", "interactions/application-commands#get-global-application-commands")
    ),
  HttpApiEndpoint.post("createGlobalApplicationCommand", "/applications/:application_id/commands", {
    params: applicationPath,
    payload: CreateApplicationCommand,
    success: [ApplicationCommand, ApplicationCommand.pipe(HttpApiSchema.status(201))],
    error: [json(MaximumApplicationCommands), errorBodies.InvalidFormBody]
  })
    .annotate(RequiredScope, requiredScopes.createGlobalApplicationCommand)
    .annotateMerge(
      documented(
        "Create Global Application Command",
        "interactions/application-commands#create-global-application-command"
      )
    ),
  HttpApiEndpoint.get("getGlobalApplicationCommand", "/applications/:application_id/commands/:command_id", {
    params: globalCommandPath,
    success: ApplicationCommand,
    error: [json(UnknownApplicationCommand)]
  })
    .annotate(RequiredScope, requiredScopes.getGlobalApplicationCommand)
    .annotateMerge(
      documented("Get Global Application Command", "interactions/application-commands#get-global-application-command")
    ),
  HttpApiEndpoint.patch("editGlobalApplicationCommand", "/applications/:application_id/commands/:command_id", {
    params: globalCommandPath,
    payload: UpdateApplicationCommand,
    success: ApplicationCommand,
    error: [json(UnknownApplicationCommand), errorBodies.InvalidFormBody]
  })
    .annotate(RequiredScope, requiredScopes.editGlobalApplicationCommand)
    .annotateMerge(
      documented("Edit Global Application Command", "interactions/application-commands#edit-global-application-command")
    ),
  HttpApiEndpoint.delete("deleteGlobalApplicationCommand", "/applications/:application_id/commands/:command_id", {
    params: globalCommandPath,
    success: HttpApiSchema.NoContent,
    error: [json(UnknownApplicationCommand)]
  })
    .annotate(RequiredScope, requiredScopes.deleteGlobalApplicationCommand)
    .annotateMerge(
      documented(
        "Delete Global Application Command",
        "interactions/application-commands#delete-global-application-command"
      )
    ),
  HttpApiEndpoint.put("bulkOverwriteGlobalApplicationCommands", "/applications/:application_id/commands", {
    params: applicationPath,
    payload: UpdateApplicationCommands,
    success: Schema.Array(ApplicationCommand),
    error: [json(UnknownApplicationCommand), json(MaximumApplicationCommands), errorBodies.InvalidFormBody]
  })
    .annotate(RequiredScope, requiredScopes.bulkOverwriteGlobalApplicationCommands)
    .annotateMerge(
      documented(
        "Bulk Overwrite Global Application Commands",
        "interactions/application-commands#bulk-overwrite-global-application-commands"
      )
    ),
  HttpApiEndpoint.get("getGuildApplicationCommands", "/applications/:application_id/guilds/:guild_id/commands", {
    params: guildPath,
    query: { with_localizations: Schema.optionalKey(Schema.Boolean) },
    success: Schema.Array(ApplicationCommand),
    error: [json(UnknownGuild)]
  })
    .annotate(RequiredScope, requiredScopes.getGuildApplicationCommands)
    .annotateMerge(
      documented("Get Guild Application Commands", "interactions/application-commands#get-guild-application-commands")
    ),
  HttpApiEndpoint.post("createGuildApplicationCommand", "/applications/:application_id/guilds/:guild_id/commands", {
    params: guildPath,
    payload: CreateApplicationCommand,
    success: [ApplicationCommand, ApplicationCommand.pipe(HttpApiSchema.status(201))],
    error: [json(UnknownGuild), json(MaximumApplicationCommands), errorBodies.InvalidFormBody]
  })
    .annotate(RequiredScope, requiredScopes.createGuildApplicationCommand)
    .annotateMerge(
      documented(
        "Create Guild Application Command",
        "interactions/application-commands#create-guild-application-command"
      )
    ),
  HttpApiEndpoint.get(
    "getGuildApplicationCommand",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id",
    {
      params: commandPath,
      success: ApplicationCommand,
      error: [json(UnknownGuild), json(UnknownApplicationCommand)]
    }
  )
    .annotate(RequiredScope, requiredScopes.getGuildApplicationCommand)
    .annotateMerge(
      documented("Get Guild Application Command", "interactions/application-commands#get-guild-application-command")
    ),
  HttpApiEndpoint.patch(
    "editGuildApplicationCommand",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id",
    {
      params: commandPath,
      payload: UpdateApplicationCommand,
      success: ApplicationCommand,
      error: [json(UnknownGuild), json(UnknownApplicationCommand), errorBodies.InvalidFormBody]
    }
  )
    .annotate(RequiredScope, requiredScopes.editGuildApplicationCommand)
    .annotateMerge(
      documented("Edit Guild Application Command", "interactions/application-commands#edit-guild-application-command")
    ),
  HttpApiEndpoint.delete(
    "deleteGuildApplicationCommand",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id",
    {
      params: commandPath,
      success: HttpApiSchema.NoContent,
      error: [json(UnknownGuild), json(UnknownApplicationCommand)]
    }
  )
    .annotate(RequiredScope, requiredScopes.deleteGuildApplicationCommand)
    .annotateMerge(
      documented(
        "Delete Guild Application Command",
        "interactions/application-commands#delete-guild-application-command"
      )
    ),
  HttpApiEndpoint.put(
    "bulkOverwriteGuildApplicationCommands",
    "/applications/:application_id/guilds/:guild_id/commands",
    {
      params: guildPath,
      payload: UpdateApplicationCommands,
      success: Schema.Array(ApplicationCommand),
      error: [
        json(UnknownGuild),
        json(UnknownApplicationCommand),
        json(MaximumApplicationCommands),
        errorBodies.InvalidFormBody
      ]
    }
  )
    .annotate(RequiredScope, requiredScopes.bulkOverwriteGuildApplicationCommands)
    .annotateMerge(
      documented(
        "Bulk Overwrite Guild Application Commands",
        "interactions/application-commands#bulk-overwrite-guild-application-commands"
      )
    )
).middleware(BearerToken)
