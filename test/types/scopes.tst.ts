import {
  type AccessToken,
  type DiscordApi,
  type DiscordHttpApi,
  DiscordSession,
  DiscordSessions,
  OAuth2Client,
  type OAuth2Scope,
  type Snowflake
} from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { describe, expect, test } from "tstyche"

declare const guild_id: Snowflake.GuildId
declare const command_id: Snowflake.CommandId
declare const botToken: Redacted.Redacted
declare const wide: DiscordSession.DiscordSession
declare const identify: DiscordSession.DiscordSession<"identify">
declare const guilds: DiscordSession.DiscordSession<"guilds">
declare const member: DiscordSession.DiscordSession<"guilds.members.read">
declare const join: DiscordSession.DiscordSession<"guilds.join">
declare const connections: DiscordSession.DiscordSession<"connections">
declare const role: DiscordSession.DiscordSession<"role_connections.write">
declare const commands: DiscordSession.DiscordSession<"applications.commands.permissions.update">

describe("for each scope, a call that needs it compiles with it, and without it the message names the scope", () => {
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
    commands.getGuildApplicationCommandPermissions({ guild_id })
    commands.getApplicationCommandPermissions({ guild_id, command_id })
    commands.editApplicationCommandPermissions({ guild_id, command_id, permissions })
    // @ts-expect-error Type '"applications.commands.permissions.update"' is not assignable to type '"identify"'
    identify.getGuildApplicationCommandPermissions({ guild_id })
    // @ts-expect-error Type '"applications.commands.permissions.update"' is not assignable to type '"identify"'
    identify.getApplicationCommandPermissions({ guild_id, command_id })
    // @ts-expect-error Type '"applications.commands.permissions.update"' is not assignable to type '"identify"'
    identify.editApplicationCommandPermissions({ guild_id, command_id, permissions })
  })

  test("none: any token may ask what it stands for", () => {
    identify.getCurrentAuthorizationInformation()
    commands.getCurrentAuthorizationInformation()
  })

  test("nothing is known: every call compiles", () => {
    wide.getCurrentUser()
    wide.getCurrentUserConnections()
    wide.addGuildMember({ guild_id, botToken })
  })

  test("every scope that a call needs is among these", () => {
    expect<Exclude<(typeof DiscordHttpApi.requiredScopes)[keyof typeof DiscordHttpApi.requiredScopes], null>>().type
      .toBe<
        | "identify"
        | "guilds"
        | "guilds.members.read"
        | "guilds.join"
        | "connections"
        | "role_connections.write"
        | "applications.commands.permissions.update"
      >()
    expect<keyof typeof DiscordHttpApi.requiredScopes>().type.toBe<
      Exclude<keyof DiscordApi.Methods, "exchangeToken" | "revokeToken">
    >()
  })
})

test("the scopes flow from the authorization to the session", () => {
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

test("a session of which nothing is known, and one with more scopes, do for one with fewer, not the other way round", () => {
  expect<DiscordSession.DiscordSession<"identify">>().type.toBeAssignableFrom<DiscordSession.DiscordSession>()
  expect<DiscordSession.DiscordSession<"identify">>().type.toBeAssignableFrom<
    DiscordSession.DiscordSession<"identify" | "guilds">
  >()
  expect<DiscordSession.DiscordSession<"identify" | "guilds">>().type.not.toBeAssignableFrom<
    DiscordSession.DiscordSession<"identify">
  >()
  expect<DiscordSession.DiscordSession>().type.not.toBeAssignableFrom<DiscordSession.DiscordSession<"identify">>()
})

test("hasScope narrows", () => {
  if (DiscordSession.hasScope(identify, "connections")) {
    identify.getCurrentUserConnections()
    identify.getCurrentUser()
    // @ts-expect-error '"guilds"' is not assignable to type
    identify.getCurrentUserGuilds()
  }
})

test("an unknown scope is a scope", () => {
  expect<OAuth2Scope.OAuth2Scope>().type.toBeAssignableFrom<"tomorrow.read">()
})
