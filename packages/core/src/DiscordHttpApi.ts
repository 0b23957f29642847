/**
 * Discord's HTTP surface, declared once. The typed client, the simulator, our OpenAPI document and the reference table
 * derive from it; a call's scope and its errors stand here and nowhere else.
 *
 * **Details**
 *
 * The identifier of an endpoint is the title of its section in Discord's documentation, in camelCase. Names that travel
 * keep Discord's spelling.
 *
 * @see https://discord.com/developers/docs/reference
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { AccessTokenResponse } from "./AccessToken.ts"
import { AuthorizationInfo } from "./AuthorizationInfo.ts"
import { ApplicationCommandPermission, GuildApplicationCommandPermissions } from "./CommandPermissions.ts"
import { Connection } from "./Connection.ts"
import { PartialGuild } from "./Guild.ts"
import { GuildMember } from "./GuildMember.ts"
import type * as OAuth2Scope from "./OAuth2Scope.ts"
import { RoleConnection, UpdateRoleConnection } from "./RoleConnection.ts"
import * as Snowflake from "./Snowflake.ts"
import { User } from "./User.ts"
import * as WireError from "./WireError.ts"

/**
 * The scope that each bearer call needs.
 *
 * **Details**
 *
 * `null` is a call that any access token may make. `addGuildMember` is sent with the bot's token; its scope is that of
 * the access token in its body.
 *
 * **Example** (What to ask for)
 *
 * ```ts
 * import { DiscordHttpApi } from "@discord-oauth2/core"
 *
 * DiscordHttpApi.requiredScopes.getCurrentUserGuilds // => "guilds"
 * DiscordHttpApi.requiredScopes.addGuildMember // => "guilds.join"
 * ```
 *
 * @category scopes
 * @since 0.1.0
 */
export const requiredScopes = {
  getCurrentAuthorizationInformation: null,
  getCurrentUser: "identify",
  getCurrentUserGuilds: "guilds",
  getCurrentUserGuildMember: "guilds.members.read",
  getCurrentUserConnections: "connections",
  getCurrentUserApplicationRoleConnection: "role_connections.write",
  updateCurrentUserApplicationRoleConnection: "role_connections.write",
  deleteCurrentUserApplicationRoleConnection: "role_connections.write",
  addGuildMember: "guilds.join",
  getGuildApplicationCommandPermissions: "applications.commands.permissions.update",
  getApplicationCommandPermissions: "applications.commands.permissions.update",
  editApplicationCommandPermissions: "applications.commands.permissions.update"
} as const satisfies Readonly<Record<string, OAuth2Scope.OAuth2Scope | null>>

/**
 * The annotation that carries an endpoint's scope.
 *
 * @category scopes
 * @since 0.1.0
 */
export class RequiredScope extends Context.Service<RequiredScope, OAuth2Scope.OAuth2Scope | null>()(
  "@discord-oauth2/core/DiscordHttpApi/RequiredScope"
) {}

/**
 * What every call of Discord's API may answer beside its own errors.
 *
 * @category middleware
 * @since 0.1.0
 */
export class HttpErrors extends HttpApiMiddleware.Service<HttpErrors>()(
  "@discord-oauth2/core/DiscordHttpApi/HttpErrors",
  {
    error: [
      WireError.BadRequest,
      WireError.Forbidden,
      WireError.NotFound,
      WireError.RateLimited,
      WireError.DiscordServerError
    ]
  }
) {}

/**
 * The token that a request came with, for who implements the declaration.
 *
 * @category middleware
 * @since 0.1.0
 */
export class Credential extends Context.Service<Credential, Redacted.Redacted>()(
  "@discord-oauth2/core/DiscordHttpApi/Credential"
) {}

/**
 * A user's access token in the Authorization header (RFC 6750 section 2.1).
 *
 * @category middleware
 * @since 0.1.0
 */
export class BearerToken extends HttpApiMiddleware.Service<BearerToken, { provides: Credential }>()(
  "@discord-oauth2/core/DiscordHttpApi/BearerToken",
  {
    security: { OAuth2: HttpApiSecurity.bearer },
    error: [WireError.AccessTokenExpired, WireError.MissingScope]
  }
) {}

/**
 * A bot's token in the Authorization header.
 *
 * @category middleware
 * @since 0.1.0
 */
export class BotToken extends HttpApiMiddleware.Service<BotToken, { provides: Credential }>()(
  "@discord-oauth2/core/DiscordHttpApi/BotToken",
  {
    security: { BotToken: HttpApiSecurity.http({ scheme: "Bot" }) },
    error: WireError.InvalidBotToken
  }
) {}

/**
 * How an application proves itself to the token endpoint: HTTP Basic with id and secret (RFC 6749 section 2.3.1), or,
 * for a public client, `client_id` in the form.
 *
 * @category middleware
 * @since 0.1.0
 */
export class ClientAuthentication extends HttpApiMiddleware.Service<ClientAuthentication>()(
  "@discord-oauth2/core/DiscordHttpApi/ClientAuthentication",
  { error: WireError.InvalidClient }
) {}

const redactedText = Schema.RedactedFromValue(Schema.NonEmptyString)

/** A public client names itself here; a confidential one in the header. */
const publicClient = { client_id: Schema.optionalKey(Snowflake.ApplicationId) }

const TokenRequest = [
  Schema.Struct({
    grant_type: Schema.Literal("authorization_code"),
    code: redactedText,
    redirect_uri: Schema.String,
    code_verifier: Schema.optionalKey(redactedText),
    ...publicClient
  }).pipe(HttpApiSchema.asFormUrlEncoded()),
  Schema.Struct({
    grant_type: Schema.Literal("refresh_token"),
    refresh_token: redactedText,
    ...publicClient
  }).pipe(HttpApiSchema.asFormUrlEncoded()),
  Schema.Struct({
    grant_type: Schema.Literal("client_credentials"),
    scope: Schema.String,
    ...publicClient
  }).pipe(HttpApiSchema.asFormUrlEncoded())
] as const

/** RFC 7009 section 2.2: 200 says it all, the body is ignored. Discord's is `{}`. */
const Revoked = Schema.Unknown.pipe(
  Schema.decodeTo(Schema.Void, SchemaTransformation.transform<void, unknown>({ decode: () => {}, encode: () => ({}) }))
)

const oauth2 = HttpApiGroup.make("oauth2").add(
  HttpApiEndpoint.post("exchangeToken", "/oauth2/token", {
    payload: TokenRequest,
    success: AccessTokenResponse,
    error: [
      WireError.InvalidGrant,
      WireError.InvalidScope,
      WireError.InvalidRequest,
      WireError.UnsupportedGrantType,
      WireError.UnauthorizedClient
    ]
  }).middleware(ClientAuthentication).annotateMerge(OpenApi.annotations({
    summary: "Access Token Exchange",
    externalDocs: { url: "https://discord.com/developers/docs/topics/oauth2#authorization-code-grant" }
  })),
  HttpApiEndpoint.post("revokeToken", "/oauth2/token/revoke", {
    payload: Schema.Struct({
      token: redactedText,
      token_type_hint: Schema.optionalKey(Schema.Literals(["access_token", "refresh_token"])),
      ...publicClient
    }).pipe(HttpApiSchema.asFormUrlEncoded()),
    success: Revoked,
    error: WireError.InvalidRequest
  }).middleware(ClientAuthentication).annotateMerge(OpenApi.annotations({
    summary: "Token Revocation",
    externalDocs: {
      url: "https://discord.com/developers/docs/topics/oauth2#authorization-code-grant-token-revocation-example"
    }
  })),
  HttpApiEndpoint.get("getCurrentAuthorizationInformation", "/oauth2/@me", { success: AuthorizationInfo })
    .middleware(BearerToken)
    .annotate(RequiredScope, requiredScopes.getCurrentAuthorizationInformation)
    .annotateMerge(OpenApi.annotations({
      summary: "Get Current Authorization Information",
      externalDocs: { url: "https://discord.com/developers/docs/topics/oauth2#get-current-authorization-information" }
    }))
)

const user = (anchor: string) => ({ url: `https://discord.com/developers/docs/resources/user#${anchor}` })

const roleConnectionPath = { application_id: Snowflake.ApplicationId }

const users = HttpApiGroup.make("users").add(
  HttpApiEndpoint.get("getCurrentUser", "/users/@me", { success: User })
    .annotate(RequiredScope, requiredScopes.getCurrentUser)
    .annotateMerge(OpenApi.annotations({ summary: "Get Current User", externalDocs: user("get-current-user") })),
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
    .annotate(RequiredScope, requiredScopes.getCurrentUserGuilds)
    .annotateMerge(
      OpenApi.annotations({ summary: "Get Current User Guilds", externalDocs: user("get-current-user-guilds") })
    ),
  HttpApiEndpoint.get("getCurrentUserGuildMember", "/users/@me/guilds/:guild_id/member", {
    params: { guild_id: Snowflake.GuildId },
    success: GuildMember
  })
    .annotate(RequiredScope, requiredScopes.getCurrentUserGuildMember)
    .annotateMerge(
      OpenApi.annotations({
        summary: "Get Current User Guild Member",
        externalDocs: user("get-current-user-guild-member")
      })
    ),
  HttpApiEndpoint.get("getCurrentUserConnections", "/users/@me/connections", { success: Schema.Array(Connection) })
    .annotate(RequiredScope, requiredScopes.getCurrentUserConnections)
    .annotateMerge(
      OpenApi.annotations({
        summary: "Get Current User Connections",
        externalDocs: user("get-current-user-connections")
      })
    ),
  HttpApiEndpoint.get(
    "getCurrentUserApplicationRoleConnection",
    "/users/@me/applications/:application_id/role-connection",
    { params: roleConnectionPath, success: RoleConnection }
  )
    .annotate(RequiredScope, requiredScopes.getCurrentUserApplicationRoleConnection)
    .annotateMerge(
      OpenApi.annotations({
        summary: "Get Current User Application Role Connection",
        externalDocs: user("get-current-user-application-role-connection")
      })
    ),
  HttpApiEndpoint.put(
    "updateCurrentUserApplicationRoleConnection",
    "/users/@me/applications/:application_id/role-connection",
    { params: roleConnectionPath, payload: UpdateRoleConnection, success: RoleConnection }
  )
    .annotate(RequiredScope, requiredScopes.updateCurrentUserApplicationRoleConnection)
    .annotateMerge(
      OpenApi.annotations({
        summary: "Update Current User Application Role Connection",
        externalDocs: user("update-current-user-application-role-connection")
      })
    ),
  HttpApiEndpoint.delete(
    "deleteCurrentUserApplicationRoleConnection",
    "/users/@me/applications/:application_id/role-connection",
    { params: roleConnectionPath, success: HttpApiSchema.NoContent }
  )
    .annotate(RequiredScope, requiredScopes.deleteCurrentUserApplicationRoleConnection)
    .annotateMerge(
      OpenApi.annotations({
        summary: "Delete Current User Application Role Connection",
        externalDocs: user("delete-current-user-application-role-connection")
      })
    )
).middleware(BearerToken)

const guilds = HttpApiGroup.make("guilds").add(
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
    error: [WireError.UserIsAtGuildLimit, WireError.InvalidAccessToken, WireError.MissingScope]
  })
    .middleware(BotToken)
    .annotate(RequiredScope, requiredScopes.addGuildMember)
    .annotateMerge(OpenApi.annotations({
      summary: "Add Guild Member",
      externalDocs: { url: "https://discord.com/developers/docs/resources/guild#add-guild-member" }
    }))
)

const commands = (anchor: string) => ({
  url: `https://discord.com/developers/docs/interactions/application-commands#${anchor}`
})

const guildPath = { application_id: Snowflake.ApplicationId, guild_id: Snowflake.GuildId }
const commandPath = { ...guildPath, command_id: Snowflake.CommandId }

const applicationCommands = HttpApiGroup.make("applicationCommands").add(
  HttpApiEndpoint.get(
    "getGuildApplicationCommandPermissions",
    "/applications/:application_id/guilds/:guild_id/commands/permissions",
    { params: guildPath, success: Schema.Array(GuildApplicationCommandPermissions) }
  )
    .annotate(RequiredScope, requiredScopes.getGuildApplicationCommandPermissions)
    .annotateMerge(
      OpenApi.annotations({
        summary: "Get Guild Application Command Permissions",
        externalDocs: commands("get-guild-application-command-permissions")
      })
    ),
  HttpApiEndpoint.get(
    "getApplicationCommandPermissions",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id/permissions",
    { params: commandPath, success: GuildApplicationCommandPermissions }
  )
    .annotate(RequiredScope, requiredScopes.getApplicationCommandPermissions)
    .annotateMerge(
      OpenApi.annotations({
        summary: "Get Application Command Permissions",
        externalDocs: commands("get-application-command-permissions")
      })
    ),
  HttpApiEndpoint.put(
    "editApplicationCommandPermissions",
    "/applications/:application_id/guilds/:guild_id/commands/:command_id/permissions",
    {
      params: commandPath,
      payload: Schema.Struct({
        permissions: Schema.Array(ApplicationCommandPermission).check(Schema.isMaxLength(100))
      }),
      success: GuildApplicationCommandPermissions
    }
  )
    .annotate(RequiredScope, requiredScopes.editApplicationCommandPermissions)
    .annotateMerge(
      OpenApi.annotations({
        summary: "Edit Application Command Permissions",
        externalDocs: commands("edit-application-command-permissions")
      })
    )
).middleware(BearerToken)

/**
 * The declaration.
 *
 * @category declaration
 * @since 0.1.0
 */
export class DiscordHttpApi extends HttpApi.make("discord")
  .add(oauth2, users, guilds, applicationCommands)
  .middleware(HttpErrors)
  .annotateMerge(OpenApi.annotations({
    title: "Discord OAuth2",
    version: "10",
    description: "The part of Discord's HTTP API that an OAuth2 application calls.",
    servers: [{ url: "https://discord.com/api/v10" }]
  }))
{}

/**
 * The groups of the declaration.
 *
 * @category declaration
 * @since 0.1.0
 */
export type Groups = typeof DiscordHttpApi extends HttpApi.HttpApi<infer _Id, infer G> ? G : never

/**
 * The endpoints of the declaration.
 *
 * @category declaration
 * @since 0.1.0
 */
export type Endpoints = HttpApiGroup.Endpoints<Groups>

/**
 * Our OpenAPI document.
 *
 * @category declaration
 * @since 0.1.0
 */
export const openApi = (): OpenApi.OpenAPISpec => OpenApi.fromApi(DiscordHttpApi)
