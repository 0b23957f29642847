import type {
  AccessToken,
  AuthorizationInfo,
  CommandPermissions,
  Connection,
  DiscordApi,
  DiscordSession,
  Guild,
  GuildMember,
  RoleConnection,
  Snowflake,
  User
} from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { describe, expect, test } from "tstyche"
import {
  everyCall,
  type In,
  recover,
  type Recovered,
  session,
  storedRefresh,
  type TagsOf,
  type token,
  usable
} from "./tags.ts"

declare const self: DiscordSession.DiscordSession
declare const botToken: Redacted.Redacted
declare const application_id: Snowflake.ApplicationId
declare const guild_id: Snowflake.GuildId
declare const user_id: Snowflake.UserId
declare const command_id: Snowflake.CommandId

const sessionWithArguments = [...session, "InvalidArgument"] as const

test("these are all members; whatever takes a user's token is one", () => {
  expect<keyof DiscordSession.Methods>().type.toBe<
    | "getCurrentAuthorizationInformation"
    | "getCurrentUser"
    | "getCurrentUserGuilds"
    | "getCurrentUserGuildMember"
    | "getCurrentUserConnections"
    | "getCurrentUserApplicationRoleConnection"
    | "updateCurrentUserApplicationRoleConnection"
    | "deleteCurrentUserApplicationRoleConnection"
    | "getGuildApplicationCommandPermissions"
    | "getApplicationCommandPermissions"
    | "editApplicationCommandPermissions"
  >()
  expect<Exclude<keyof DiscordApi.Methods, keyof DiscordSession.Methods>>().type.toBe<
    "exchangeToken" | "revokeToken" | "addGuildMember"
  >()
  expect<Exclude<keyof DiscordSession.DiscordSession, keyof DiscordSession.Methods>>().type.toBe<
    | "~discord-oauth2/scopes"
    | "userId"
    | "clientId"
    | "scopes"
    | "currentUserGuilds"
    | "addGuildMember"
    | "accessToken"
    | "refresh"
    | "setData"
    | "signOut"
  >()
})

test("TokenFailure names what keeps a token from being fresh", () => {
  expect<DiscordSession.TokenFailure["_tag"]>().type.toBe<In<typeof token>>()
})

describe("each call fails with these and nothing else, and Effect.catchTag takes each of them", () => {
  test("getCurrentAuthorizationInformation", () => {
    const call = self.getCurrentAuthorizationInformation()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof session>>()
    expect(Effect.catchTag(call, session, recover)).type.toBe<
      Effect.Effect<AuthorizationInfo.AuthorizationInfo | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "NotSignedIn", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidArgument", recover)
  })

  test("getCurrentUser", () => {
    const call = self.getCurrentUser()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof session>>()
    expect(Effect.catchTag(call, session, recover)).type.toBe<Effect.Effect<User.User | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "InvalidRefreshToken", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidArgument", recover)
  })

  test("getCurrentUserGuilds", () => {
    const call = self.getCurrentUserGuilds()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof sessionWithArguments>>()
    expect(Effect.catchTag(call, sessionWithArguments, recover)).type.toBe<
      Effect.Effect<ReadonlyArray<Guild.PartialGuild> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "InvalidArgument", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidGrant", recover)
  })

  test("getCurrentUserGuildMember", () => {
    const call = self.getCurrentUserGuildMember({ guild_id })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof sessionWithArguments>>()
    expect(Effect.catchTag(call, sessionWithArguments, recover)).type.toBe<
      Effect.Effect<GuildMember.GuildMember | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "NotFound", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidAuthorizationCode", recover)
  })

  test("getCurrentUserConnections", () => {
    const call = self.getCurrentUserConnections()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof session>>()
    expect(Effect.catchTag(call, session, recover)).type.toBe<
      Effect.Effect<ReadonlyArray<Connection.Connection> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "MissingScope", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidArgument", recover)
  })

  test("getCurrentUserApplicationRoleConnection", () => {
    const call = self.getCurrentUserApplicationRoleConnection()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof sessionWithArguments>>()
    expect(Effect.catchTag(call, sessionWithArguments, recover)).type.toBe<
      Effect.Effect<RoleConnection.RoleConnection | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "AccessTokenExpired", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidBotToken", recover)
  })

  test("updateCurrentUserApplicationRoleConnection", () => {
    const call = self.updateCurrentUserApplicationRoleConnection({ metadata: { wins: "3" } })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof sessionWithArguments>>()
    expect(Effect.catchTag(call, sessionWithArguments, recover)).type.toBe<
      Effect.Effect<RoleConnection.RoleConnection | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "InvalidAccessToken", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "UserIsAtGuildLimit", recover)
  })

  test("deleteCurrentUserApplicationRoleConnection", () => {
    const call = self.deleteCurrentUserApplicationRoleConnection()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof sessionWithArguments>>()
    expect(Effect.catchTag(call, sessionWithArguments, recover)).type.toBe<Effect.Effect<void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "TokenNotPersisted", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "ConfigurationError", recover)
  })

  test("getGuildApplicationCommandPermissions", () => {
    const call = self.getGuildApplicationCommandPermissions({ guild_id })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof sessionWithArguments>>()
    expect(Effect.catchTag(call, sessionWithArguments, recover)).type.toBe<
      Effect.Effect<ReadonlyArray<CommandPermissions.GuildApplicationCommandPermissions> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "AccessTokenStoreError", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "StateMismatch", recover)
  })

  test("getApplicationCommandPermissions", () => {
    const call = self.getApplicationCommandPermissions({ guild_id, command_id })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof sessionWithArguments>>()
    expect(Effect.catchTag(call, sessionWithArguments, recover)).type.toBe<
      Effect.Effect<CommandPermissions.GuildApplicationCommandPermissions | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "RefreshOutcomeUnknown", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "IssuerMismatch", recover)
  })

  test("editApplicationCommandPermissions", () => {
    const call = self.editApplicationCommandPermissions({ guild_id, command_id, permissions: [] })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof sessionWithArguments>>()
    expect(Effect.catchTag(call, sessionWithArguments, recover)).type.toBe<
      Effect.Effect<CommandPermissions.GuildApplicationCommandPermissions | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "Forbidden", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidCallback", recover)
  })

  test("addGuildMember: the bot's token can be refused too, and the user's guilds can be full", () => {
    const tags = [...sessionWithArguments, "UserIsAtGuildLimit", "InvalidBotToken"] as const
    const call = self.addGuildMember({ guild_id, botToken })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<GuildMember.GuildMember | void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "UserIsAtGuildLimit", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidGrant", recover)
  })

  test("currentUserGuilds", () => {
    const call = Stream.runCollect(self.currentUserGuilds())
    expect<TagsOf<typeof call>>().type.toBe<In<typeof sessionWithArguments>>()
    expect(Effect.catchTag(call, sessionWithArguments, recover)).type.toBe<
      Effect.Effect<Array<Guild.PartialGuild> | Recovered>
    >()
    expect(Stream.catchTag).type.toBeCallableWith(self.currentUserGuilds(), "MissingScope", () => Stream.empty)
    expect(Stream.catchTag).type.not.toBeCallableWith(self.currentUserGuilds(), "InvalidGrant", () => Stream.empty)
  })

  test("accessToken", () => {
    expect<TagsOf<typeof self.accessToken>>().type.toBe<In<typeof usable>>()
    expect(Effect.catchTag(self.accessToken, usable, recover)).type.toBe<
      Effect.Effect<AccessToken.AccessToken | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(self.accessToken, "AccessTokenExpired", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(self.accessToken, "MissingScope", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(self.accessToken, "AccessTokenNotRefreshable", recover)
  })

  test("refresh: whether the old token is expired or refused does not matter to it", () => {
    expect<TagsOf<typeof self.refresh>>().type.toBe<In<typeof storedRefresh>>()
    expect(Effect.catchTag(self.refresh, storedRefresh, recover)).type.toBe<
      Effect.Effect<AccessToken.AccessToken | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(self.refresh, "AccessTokenNotRefreshable", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(self.refresh, "AccessTokenExpired", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(self.refresh, "InvalidAccessToken", recover)
  })

  test("setData", () => {
    const tags = ["NotSignedIn", "AccessTokenStoreError"] as const
    const call = self.setData({ theme: "dark" })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "NotSignedIn", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "TransportError", recover)
  })

  test("signOut", () => {
    const tags = [...everyCall, "InvalidClient", "InvalidRequest", "AccessTokenStoreError"] as const
    const call = self.signOut()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "AccessTokenStoreError", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "NotSignedIn", recover)
  })
})

describe("arguments", () => {
  test("a call that needs none can be made without, one that needs some cannot", () => {
    expect(self.getCurrentUser).type.toBeCallableWith()
    expect(self.getCurrentUserGuilds).type.toBeCallableWith()
    expect(self.getCurrentUserConnections).type.toBeCallableWith()
    expect(self.getCurrentAuthorizationInformation).type.toBeCallableWith()
    expect(self.getCurrentUserGuildMember).type.not.toBeCallableWith()
    expect(self.getCurrentUserGuildMember).type.not.toBeCallableWith({})
    expect(self.getGuildApplicationCommandPermissions).type.not.toBeCallableWith()
    expect(self.getApplicationCommandPermissions).type.not.toBeCallableWith({ guild_id })
    expect(self.editApplicationCommandPermissions).type.not.toBeCallableWith({ guild_id, command_id })
    expect(self.addGuildMember).type.not.toBeCallableWith({ guild_id })
  })

  test("application_id is the session's own where it is not said", () => {
    expect(self.getCurrentUserApplicationRoleConnection).type.toBeCallableWith()
    expect(self.getCurrentUserApplicationRoleConnection).type.toBeCallableWith({ application_id })
    expect(self.getCurrentUserApplicationRoleConnection).type.toBeCallableWith({ application_id: undefined })
    expect(self.getCurrentUserApplicationRoleConnection).type.not.toBeCallableWith({ application_id: user_id })
    expect(self.getGuildApplicationCommandPermissions).type.toBeCallableWith({ application_id, guild_id })
    expect(self.updateCurrentUserApplicationRoleConnection).type.toBeCallableWith({ platform_name: "Chess" })
    expect(self.updateCurrentUserApplicationRoleConnection).type.toBeCallableWith({
      application_id,
      platform_name: "Chess"
    })
  })

  test("the session's credentials and user are nobody else's", () => {
    expect(self.getCurrentUser).type.not.toBeCallableWith({ accessToken: botToken })
    expect(self.addGuildMember).type.not.toBeCallableWith({ guild_id, botToken, user_id })
    expect(self.addGuildMember).type.not.toBeCallableWith({ guild_id, botToken, access_token: botToken })
    expect(self.addGuildMember).type.toBeCallableWith({ guild_id, botToken, nick: "Nelly", mute: true })
  })

  test("an id of one kind is none of another", () => {
    expect(self.getCurrentUserGuildMember).type.not.toBeCallableWith({ guild_id: user_id })
    expect(self.getCurrentUserGuildMember).type.toBeCallableWith({ guild_id })
  })
})

describe("responseMode decides what a call returns", () => {
  test("the value, the response or both", () => {
    const value = self.getCurrentUser()
    const response = self.getCurrentUser({ responseMode: "response-only" })
    const both = self.getCurrentUserGuildMember({ guild_id, responseMode: "decoded-and-response" })
    expect<Effect.Success<typeof value>>().type.toBe<User.User>()
    expect<Effect.Success<typeof response>>().type.toBe<HttpClientResponse>()
    expect<Effect.Success<typeof both>>().type.toBe<
      [value: GuildMember.GuildMember, response: HttpClientResponse]
    >()
  })

  test("with the same errors", () => {
    const call = self.getCurrentUser({ responseMode: "response-only" })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof session>>()
  })
})
