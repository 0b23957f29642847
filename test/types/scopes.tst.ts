/** Checks at compile time that a session must have the scopes that a call requires. */
import {
  type AccessToken,
  DiscordSession,
  DiscordSessions,
  OAuth2Client,
  type OAuth2Scope,
  type Snowflake
} from "@discord-oauth2/core"
import type { DiscordOperation } from "@discord-oauth2/core/api"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { describe, expect, test } from "tstyche"
import type { Unlike } from "./tags.ts"

declare const guild_id: Snowflake.GuildId
declare const channel_id: Snowflake.ChannelId
declare const command_id: Snowflake.CommandId
declare const entitlement_id: Snowflake.EntitlementId
declare const lobby_id: Snowflake.LobbyId
declare const sku_id: Snowflake.SkuId
declare const subscription_id: Snowflake.SubscriptionId
declare const botToken: Redacted.Redacted
declare const secret: Redacted.Redacted
declare const file: Blob
declare const wide: DiscordSession.DiscordSession
declare const identify: DiscordSession.DiscordSession<"identify">
declare const guilds: DiscordSession.DiscordSession<"guilds">
declare const member: DiscordSession.DiscordSession<"guilds.members.read">
declare const join: DiscordSession.DiscordSession<"guilds.join">
declare const connections: DiscordSession.DiscordSession<"connections">
declare const role: DiscordSession.DiscordSession<"role_connections.write">
declare const permitting: DiscordSession.DiscordSession<"applications.commands.permissions.update">
declare const commands: DiscordSession.DiscordSession<"applications.commands.update">
declare const shop: DiscordSession.DiscordSession<"applications.entitlements">
declare const openid: DiscordSession.DiscordSession<"openid">
declare const social: DiscordSession.DiscordSession<"sdk.social_layer">
declare const group: DiscordSession.DiscordSession<"gdm.join">

/** The type that a call requires of its session. */
type Needs<Call> = Call extends (this: infer This, ...request: infer _Request) => unknown ? This : never

type Needed = {
  readonly [
    K in Exclude<
      keyof DiscordSession.DiscordSession,
      "~discord-oauth2/scopes" | "userId" | "clientId" | "scopes" | "accessToken" | "refresh" | "setData" | "signOut"
    >
  ]: Needs<DiscordSession.DiscordSession[K]>
}

type With<Scope extends string> = DiscordSession.WithScope<Scope>

/** The type that each call requires of its session. `unknown` requires nothing. */
interface Expected {
  readonly getCurrentAuthorizationInformation: unknown
  readonly getUserInfo: With<"openid">
  readonly getCurrentUser: With<"identify">
  readonly getCurrentUserGuilds: With<"guilds">
  readonly currentUserGuilds: With<"guilds">
  readonly getCurrentUserGuildMember: With<"guilds.members.read">
  readonly getCurrentUserConnections: With<"connections">
  readonly getCurrentUserApplicationRoleConnection: With<"role_connections.write">
  readonly updateCurrentUserApplicationRoleConnection: With<"role_connections.write">
  readonly deleteCurrentUserApplicationRoleConnection: With<"role_connections.write">
  readonly getCurrentUserApplicationEntitlements: unknown
  readonly addGuildMember: With<"guilds.join">
  readonly groupDmAddRecipient: With<"gdm.join">
  readonly getGuildChannels: unknown
  readonly uploadApplicationAttachment: unknown
  readonly getGuildApplicationCommandPermissions: With<"applications.commands.permissions.update">
  readonly getApplicationCommandPermissions: With<"applications.commands.permissions.update">
  readonly editApplicationCommandPermissions: With<"applications.commands.permissions.update">
  readonly getGlobalApplicationCommands: With<"applications.commands.update">
  readonly createGlobalApplicationCommand: With<"applications.commands.update">
  readonly getGlobalApplicationCommand: With<"applications.commands.update">
  readonly editGlobalApplicationCommand: With<"applications.commands.update">
  readonly deleteGlobalApplicationCommand: With<"applications.commands.update">
  readonly bulkOverwriteGlobalApplicationCommands: With<"applications.commands.update">
  readonly getGuildApplicationCommands: With<"applications.commands.update">
  readonly createGuildApplicationCommand: With<"applications.commands.update">
  readonly getGuildApplicationCommand: With<"applications.commands.update">
  readonly editGuildApplicationCommand: With<"applications.commands.update">
  readonly deleteGuildApplicationCommand: With<"applications.commands.update">
  readonly bulkOverwriteGuildApplicationCommands: With<"applications.commands.update">
  readonly listEntitlements: With<"applications.entitlements">
  readonly entitlements: With<"applications.entitlements">
  readonly getEntitlement: With<"applications.entitlements">
  readonly consumeEntitlement: With<"applications.entitlements">
  readonly deleteTestEntitlement: With<"applications.entitlements">
  readonly listSkuSubscriptions: unknown
  readonly skuSubscriptions: unknown
  readonly getSkuSubscription: unknown
  readonly createOrJoinLobby: With<"sdk.social_layer">
  readonly leaveLobby: unknown
  readonly linkChannelToLobby: unknown
  readonly createLobbyChannelInviteForSelf: With<"sdk.social_layer">
  readonly getLobbyMessages: With<"sdk.social_layer">
  readonly sendLobbyMessage: With<"sdk.social_layer">
}

test("each call requires exactly the scope that Discord requires", () => {
  expect<{ [K in Unlike<Needed, Expected>]: "differs" }>().type.toBe<Record<never, "differs">>()
  expect<Needed>().type.toBe<Expected>()
})

describe("a call compiles only with its scope, and the compiler's message names the scope", () => {
  test("identify", () => {
    identify.getCurrentUser()
    // @ts-expect-error Type '"identify"' is not assignable to type '"guilds"'
    guilds.getCurrentUser()
  })

  test("guilds", () => {
    guilds.getCurrentUserGuilds()
    guilds.currentUserGuilds()
    // @ts-expect-error Type '"guilds"' is not assignable to type '"identify"'
    identify.getCurrentUserGuilds()
    // @ts-expect-error Type '"guilds"' is not assignable to type '"identify"'
    identify.currentUserGuilds()
  })

  test("guilds.members.read", () => {
    member.getCurrentUserGuildMember({ guild_id })
    // @ts-expect-error Type '"guilds.members.read"' is not assignable to type '"guilds"'
    guilds.getCurrentUserGuildMember({ guild_id })
  })

  test("guilds.join", () => {
    join.addGuildMember({ guild_id, botToken })
    // @ts-expect-error Type '"guilds.join"' is not assignable to type '"guilds"'
    guilds.addGuildMember({ guild_id, botToken })
  })

  test("connections", () => {
    connections.getCurrentUserConnections()
    // @ts-expect-error Type '"connections"' is not assignable to type '"identify"'
    identify.getCurrentUserConnections()
  })

  test("role_connections.write", () => {
    role.getCurrentUserApplicationRoleConnection()
    role.updateCurrentUserApplicationRoleConnection({ platform_name: "Chess" })
    role.deleteCurrentUserApplicationRoleConnection()
    // @ts-expect-error Type '"role_connections.write"' is not assignable to type '"identify"'
    identify.getCurrentUserApplicationRoleConnection()
    // @ts-expect-error Type '"role_connections.write"' is not assignable to type '"identify"'
    identify.updateCurrentUserApplicationRoleConnection({ platform_name: "Chess" })
    // @ts-expect-error Type '"role_connections.write"' is not assignable to type '"identify"'
    identify.deleteCurrentUserApplicationRoleConnection()
  })

  test("applications.commands.permissions.update", () => {
    const permissions = [] as const
    permitting.getGuildApplicationCommandPermissions({ guild_id })
    permitting.getApplicationCommandPermissions({ guild_id, command_id })
    permitting.editApplicationCommandPermissions({ guild_id, command_id, permissions })
    // @ts-expect-error Type '"applications.commands.permissions.update"' is not assignable to type '"identify"'
    identify.getGuildApplicationCommandPermissions({ guild_id })
    // @ts-expect-error Type '"applications.commands.permissions.update"' is not assignable to type '"identify"'
    identify.getApplicationCommandPermissions({ guild_id, command_id })
    // @ts-expect-error Type '"applications.commands.permissions.update"' is not assignable to type '"identify"'
    identify.editApplicationCommandPermissions({ guild_id, command_id, permissions })
  })

  test("applications.commands.update", () => {
    commands.getGlobalApplicationCommands()
    commands.createGlobalApplicationCommand({ name: "blep" })
    commands.bulkOverwriteGuildApplicationCommands({ guild_id, payload: [] })
    // @ts-expect-error Type '"applications.commands.update"' is not assignable to type '"identify"'
    identify.getGlobalApplicationCommands()
    // @ts-expect-error Type '"applications.commands.update"' is not assignable to type '"identify"'
    identify.createGlobalApplicationCommand({ name: "blep" })
    // @ts-expect-error Type '"applications.commands.update"' is not assignable to type '"identify"'
    identify.bulkOverwriteGuildApplicationCommands({ guild_id, payload: [] })
    // @ts-expect-error is not assignable to type '"applications.commands.permissions.update"'
    permitting.deleteGuildApplicationCommand({ guild_id, command_id })
    // @ts-expect-error is not assignable to type '"applications.commands.update"'
    commands.getGuildApplicationCommandPermissions({ guild_id })
  })

  test("applications.entitlements", () => {
    shop.listEntitlements()
    shop.entitlements()
    shop.consumeEntitlement({ entitlement_id })
    // @ts-expect-error Type '"applications.entitlements"' is not assignable to type '"identify"'
    identify.listEntitlements()
    // @ts-expect-error Type '"applications.entitlements"' is not assignable to type '"identify"'
    identify.entitlements()
    // @ts-expect-error Type '"applications.entitlements"' is not assignable to type '"identify"'
    identify.getEntitlement({ entitlement_id })
    // @ts-expect-error Type '"applications.entitlements"' is not assignable to type '"identify"'
    identify.consumeEntitlement({ entitlement_id })
    // @ts-expect-error Type '"applications.entitlements"' is not assignable to type '"identify"'
    identify.deleteTestEntitlement({ entitlement_id })
  })

  test("openid", () => {
    openid.getUserInfo()
    // @ts-expect-error Type '"openid"' is not assignable to type '"identify"'
    identify.getUserInfo()
  })

  test("sdk.social_layer", () => {
    social.createOrJoinLobby({ secret })
    social.createLobbyChannelInviteForSelf({ lobby_id })
    social.getLobbyMessages({ lobby_id })
    social.sendLobbyMessage({ lobby_id, content: "Supa Hot" })
    // @ts-expect-error Type '"sdk.social_layer"' is not assignable to type '"identify"'
    identify.createOrJoinLobby({ secret })
    // @ts-expect-error Type '"sdk.social_layer"' is not assignable to type '"identify"'
    identify.createLobbyChannelInviteForSelf({ lobby_id })
    // @ts-expect-error Type '"sdk.social_layer"' is not assignable to type '"identify"'
    identify.getLobbyMessages({ lobby_id })
    // @ts-expect-error Type '"sdk.social_layer"' is not assignable to type '"identify"'
    identify.sendLobbyMessage({ lobby_id, content: "Supa Hot" })
  })

  test("gdm.join", () => {
    group.groupDmAddRecipient({ channel_id, botToken })
    // @ts-expect-error Type '"gdm.join"' is not assignable to type '"guilds.join"'
    join.groupDmAddRecipient({ channel_id, botToken })
  })

  test("calls without a required scope compile with any session", () => {
    identify.getCurrentAuthorizationInformation()
    permitting.getCurrentAuthorizationInformation()
    identify.getCurrentUserApplicationEntitlements()
    identify.listSkuSubscriptions({ sku_id })
    identify.skuSubscriptions({ sku_id })
    identify.getSkuSubscription({ sku_id, subscription_id })
    identify.getGuildChannels({ guild_id })
    identify.uploadApplicationAttachment({ file })
    identify.leaveLobby({ lobby_id })
    identify.linkChannelToLobby({ lobby_id, channel_id })
  })

  test("every call compiles with a session of unknown scopes", () => {
    wide.getCurrentUser()
    wide.getCurrentUserConnections()
    wide.addGuildMember({ guild_id, botToken })
    wide.groupDmAddRecipient({ channel_id, botToken })
    wide.getUserInfo()
    wide.listEntitlements()
    wide.getGlobalApplicationCommands()
    wide.createOrJoinLobby({ secret })
  })

  test("the required scopes are exactly these", () => {
    type Scopes = typeof DiscordOperation.requiredScopes
    expect<Exclude<Scopes[keyof Scopes], null>>().type.toBe<
      | "identify"
      | "guilds"
      | "guilds.members.read"
      | "guilds.join"
      | "gdm.join"
      | "connections"
      | "role_connections.write"
      | "applications.commands.update"
      | "applications.commands.permissions.update"
      | "applications.entitlements"
      | "openid"
      | "sdk.social_layer"
    >()
    expect<keyof Scopes>().type.toBe<
      Exclude<keyof Expected, "currentUserGuilds" | "entitlements" | "skuSubscriptions">
    >()
    expect<{ readonly [K in keyof Scopes]: Scopes[K] extends string ? With<Scopes[K]> : unknown }>().type.toBe<
      Omit<Expected, "currentUserGuilds" | "entitlements" | "skuSubscriptions">
    >()
  })
})

test("the session has the scopes of the authorization in its type", () => {
  const flow = Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const sessions = yield* DiscordSessions.DiscordSessions
    const login = yield* oauth.authorize({ scopes: ["identify", "guilds"], redirectUri: "https://app.example" })
    const token = yield* oauth.exchange(login, "https://app.example")
    expect(token).type.toBe<AccessToken.AccessToken<"identify" | "guilds">>()
    return yield* sessions.open(token)
  })
  expect<Effect.Success<typeof flow>>().type.toBe<DiscordSession.DiscordSession<"identify" | "guilds">>()
})

test("a session with unknown or more scopes is assignable to one with fewer scopes, and the reverse is not", () => {
  expect<DiscordSession.DiscordSession<"identify">>().type.toBeAssignableFrom<DiscordSession.DiscordSession>()
  expect<DiscordSession.DiscordSession<"identify">>().type.toBeAssignableFrom<
    DiscordSession.DiscordSession<"identify" | "guilds">
  >()
  expect<DiscordSession.DiscordSession<"identify" | "guilds">>().type.not.toBeAssignableFrom<
    DiscordSession.DiscordSession<"identify">
  >()
  expect<DiscordSession.DiscordSession>().type.not.toBeAssignableFrom<DiscordSession.DiscordSession<"identify">>()
})

test("hasScope narrows the type of the session", () => {
  if (DiscordSession.hasScope(identify, "connections")) {
    identify.getCurrentUserConnections()
    identify.getCurrentUser()
    // @ts-expect-error '"guilds"' is not assignable to type
    identify.getCurrentUserGuilds()
  }
})

test("any string is an OAuth2Scope", () => {
  expect<OAuth2Scope.OAuth2Scope>().type.toBeAssignableFrom<"tomorrow.read">()
})
