/**
 * What the endpoints of the declaration have in common: the scope that each needs, what a request proves itself with, and
 * the errors that every call may answer.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import type * as Redacted from "effect/Redacted"
import type * as OAuth2Scope from "../models/OAuth2Scope.ts"
import * as errorBodies from "./internal/errorBodies.ts"

/**
 * The scope that each bearer call needs.
 *
 * **Details**
 *
 * `null` is a call that any access token may make. `addGuildMember` and `groupDmAddRecipient` are sent with the bot's
 * token; their scope is that of the access token in the body.
 *
 * **Example** (What to ask for)
 *
 * ```ts
 * import { DiscordSecurity } from "@discord-oauth2/core/api"
 *
 * DiscordSecurity.requiredScopes.getCurrentUserGuilds // => "guilds"
 * DiscordSecurity.requiredScopes.addGuildMember // => "guilds.join"
 * ```
 *
 * @category endpoints
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
  getCurrentUserApplicationEntitlements: null,
  getUserInfo: "openid",
  addGuildMember: "guilds.join",
  groupDmAddRecipient: "gdm.join",
  getGuildChannels: null,
  getGlobalApplicationCommands: "applications.commands.update",
  createGlobalApplicationCommand: "applications.commands.update",
  getGlobalApplicationCommand: "applications.commands.update",
  editGlobalApplicationCommand: "applications.commands.update",
  deleteGlobalApplicationCommand: "applications.commands.update",
  bulkOverwriteGlobalApplicationCommands: "applications.commands.update",
  getGuildApplicationCommands: "applications.commands.update",
  createGuildApplicationCommand: "applications.commands.update",
  getGuildApplicationCommand: "applications.commands.update",
  editGuildApplicationCommand: "applications.commands.update",
  deleteGuildApplicationCommand: "applications.commands.update",
  bulkOverwriteGuildApplicationCommands: "applications.commands.update",
  getGuildApplicationCommandPermissions: "applications.commands.permissions.update",
  getApplicationCommandPermissions: "applications.commands.permissions.update",
  editApplicationCommandPermissions: "applications.commands.permissions.update",
  listEntitlements: "applications.entitlements",
  getEntitlement: "applications.entitlements",
  consumeEntitlement: "applications.entitlements",
  deleteTestEntitlement: "applications.entitlements",
  listSkuSubscriptions: null,
  getSkuSubscription: null,
  createOrJoinLobby: "sdk.social_layer",
  leaveLobby: null,
  linkChannelToLobby: null,
  createLobbyChannelInviteForSelf: "sdk.social_layer",
  getLobbyMessages: "sdk.social_layer",
  sendLobbyMessage: "sdk.social_layer",
  uploadApplicationAttachment: null
} as const satisfies Readonly<Record<string, OAuth2Scope.OAuth2Scope | null>>

/**
 * The annotation that carries an endpoint's scope.
 *
 * @category endpoints
 * @since 0.1.0
 */
export class RequiredScope extends Context.Service<RequiredScope, OAuth2Scope.OAuth2Scope | null>()(
  "@discord-oauth2/core/api/DiscordSecurity/RequiredScope"
) {}

/**
 * What every call of Discord's API may answer beside its own errors.
 *
 * @category middleware
 * @since 0.1.0
 */
export class HttpErrors extends HttpApiMiddleware.Service<HttpErrors>()(
  "@discord-oauth2/core/api/DiscordSecurity/HttpErrors",
  {
    error: [
      errorBodies.DiscordBadRequest,
      errorBodies.DiscordForbidden,
      errorBodies.DiscordNotFound,
      errorBodies.RateLimited,
      errorBodies.DiscordServerError
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
  "@discord-oauth2/core/api/DiscordSecurity/Credential"
) {}

/**
 * A user's access token in the Authorization header (RFC 6750 section 2.1).
 *
 * @category middleware
 * @since 0.1.0
 */
export class BearerToken extends HttpApiMiddleware.Service<BearerToken, { provides: Credential }>()(
  "@discord-oauth2/core/api/DiscordSecurity/BearerToken",
  {
    security: { OAuth2: HttpApiSecurity.bearer },
    error: [errorBodies.AccessTokenExpired, errorBodies.MissingScope]
  }
) {}

/**
 * A bot's token in the Authorization header.
 *
 * @category middleware
 * @since 0.1.0
 */
export class BotToken extends HttpApiMiddleware.Service<BotToken, { provides: Credential }>()(
  "@discord-oauth2/core/api/DiscordSecurity/BotToken",
  {
    security: { BotToken: HttpApiSecurity.http({ scheme: "Bot" }) },
    error: errorBodies.InvalidBotToken
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
  "@discord-oauth2/core/api/DiscordSecurity/ClientAuthentication",
  { error: errorBodies.InvalidClient }
) {}

/**
 * The title of an endpoint's section in Discord's documentation, and its address.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const documented = (title: string, page: string): Context.Context<never> =>
  OpenApi.annotations({ summary: title, externalDocs: { url: `https://discord.com/developers/docs/${page}` } })
