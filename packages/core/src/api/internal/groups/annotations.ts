/** What each endpoint of the declaration is annotated with: its scope, and its section in Discord's documentation. */
import * as Context from "effect/Context"
import * as OpenApi from "effect/http-api/OpenApi"
import type * as OAuth2Scope from "../../../models/OAuth2Scope.ts"

/** Documented at `DiscordOperation.requiredScopes`. */
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

/** Documented at `DiscordOperation.RequiredScope`. */
export class RequiredScope extends Context.Service<RequiredScope, OAuth2Scope.OAuth2Scope | null>()(
  "@discord-oauth2/core/api/DiscordOperation/RequiredScope"
) {}

/** Discord's documentation makes the anchor of a section from its title. */
const anchorOf = (title: string) => title.toLowerCase().replaceAll(" ", "-")

/** `anchor` is for a section with another title than the endpoint's, and `null` for a page without a section of its own. */
export const documented = (
  title: string,
  page: string,
  anchor: string | null = anchorOf(title)
): Context.Context<never> =>
  OpenApi.annotations({
    summary: title,
    externalDocs: { url: `https://discord.com/developers/docs/${page}${anchor === null ? "" : `#${anchor}`}` }
  })

/** `documented`, and the scope of an endpoint that a user's access token calls. */
export const described = (
  identifier: keyof typeof requiredScopes,
  title: string,
  page: string,
  anchor?: string | null
): Context.Context<never> =>
  Context.merge(documented(title, page, anchor), Context.make(RequiredScope, requiredScopes[identifier]))
