/** The endpoints of the signed-in user. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { UnknownGuild } from "../../../errors/DiscordError.ts"
import { Connection } from "../../../models/Connection.ts"
import { Entitlement } from "../../../models/Entitlement.ts"
import { PartialGuild } from "../../../models/Guild.ts"
import { GuildMember } from "../../../models/GuildMember.ts"
import { RoleConnection, UpdateRoleConnection } from "../../../models/RoleConnection.ts"
import * as Snowflake from "../../../models/Snowflake.ts"
import { User } from "../../../models/User.ts"
import { BearerToken } from "../../DiscordSecurity.ts"
import * as errorBodies from "../errorBodies.ts"
import { json } from "../errorBodies.ts"
import { described } from "./annotations.ts"
import { SkuIds } from "./query.ts"

const roleConnectionPath = { application_id: Snowflake.ApplicationId }

export const users = HttpApiGroup.make("users").add(
  HttpApiEndpoint.get("getCurrentUser", "/users/@me", { success: User })
    .annotateMerge(described("getCurrentUser", "Get Current User", "resources/user")),
  HttpApiEndpoint.get("getCurrentUserGuilds", "/users/@me/guilds", {
    query: {
      before: Schema.optionalKey(Snowflake.GuildId),
      after: Schema.optionalKey(Snowflake.GuildId),
      /** 1 to 200, default 200. */
      limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 200 }))),
      with_counts: Schema.optionalKey(Schema.Boolean)
    },
    success: Schema.Array(PartialGuild)
  })
    .annotateMerge(described("getCurrentUserGuilds", "Get Current User Guilds", "resources/user")),
  HttpApiEndpoint.get("getCurrentUserGuildMember", "/users/@me/guilds/:guild_id/member", {
    params: { guild_id: Snowflake.GuildId },
    success: GuildMember,
    error: [json(UnknownGuild)]
  })
    .annotateMerge(described("getCurrentUserGuildMember", "Get Current User Guild Member", "resources/user")),
  HttpApiEndpoint.get("getCurrentUserConnections", "/users/@me/connections", { success: Schema.Array(Connection) })
    .annotateMerge(described("getCurrentUserConnections", "Get Current User Connections", "resources/user")),
  HttpApiEndpoint.get(
    "getCurrentUserApplicationRoleConnection",
    "/users/@me/applications/:application_id/role-connection",
    { params: roleConnectionPath, success: RoleConnection }
  )
    .annotateMerge(
      described(
        "getCurrentUserApplicationRoleConnection",
        "Get Current User Application Role Connection",
        "resources/user"
      )
    ),
  HttpApiEndpoint.put(
    "updateCurrentUserApplicationRoleConnection",
    "/users/@me/applications/:application_id/role-connection",
    {
      params: roleConnectionPath,
      payload: UpdateRoleConnection,
      success: RoleConnection,
      error: [errorBodies.InvalidFormBody]
    }
  )
    .annotateMerge(
      described(
        "updateCurrentUserApplicationRoleConnection",
        "Update Current User Application Role Connection",
        "resources/user"
      )
    ),
  HttpApiEndpoint.delete(
    "deleteCurrentUserApplicationRoleConnection",
    "/users/@me/applications/:application_id/role-connection",
    { params: roleConnectionPath, success: HttpApiSchema.NoContent }
  )
    .annotateMerge(
      described(
        "deleteCurrentUserApplicationRoleConnection",
        "Delete Current User Application Role Connection",
        "resources/user"
      )
    ),
  HttpApiEndpoint.get(
    "getCurrentUserApplicationEntitlements",
    "/users/@me/applications/:application_id/entitlements",
    {
      params: roleConnectionPath,
      query: { sku_ids: Schema.optionalKey(SkuIds), exclude_consumed: Schema.optionalKey(Schema.Boolean) },
      success: Schema.Array(Entitlement)
    }
  )
    .annotateMerge(
      described(
        "getCurrentUserApplicationEntitlements",
        "Get Current User Application Entitlements",
        "resources/entitlement",
        null
      )
    )
).middleware(BearerToken)
