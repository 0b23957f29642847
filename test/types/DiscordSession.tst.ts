import type {
  AccessToken,
  Connection,
  DiscordClient,
  DiscordSession,
  Guild,
  GuildMember,
  Snowflake,
  User
} from "@discord-oauth2/core"
import type {
  ApplicationCommand,
  Attachment,
  AuthorizationInfo,
  Channel,
  CommandPermissions,
  Entitlement,
  Lobby,
  Message,
  RoleConnection,
  Subscription,
  UserInfo
} from "@discord-oauth2/core/models"
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { describe, expect, test } from "tstyche"
import {
  type Call,
  everyCall,
  type In,
  recover,
  type Recovered,
  session,
  storedRefresh,
  type TagsOf,
  type token,
  type Unlike,
  usable
} from "./tags.ts"

type Command = ApplicationCommand.ApplicationCommand
type Permissions = CommandPermissions.GuildApplicationCommandPermissions

declare const self: DiscordSession.DiscordSession
declare const botToken: Redacted.Redacted
declare const application_id: Snowflake.ApplicationId
declare const guild_id: Snowflake.GuildId
declare const user_id: Snowflake.UserId
declare const channel_id: Snowflake.ChannelId
declare const command_id: Snowflake.CommandId
declare const entitlement_id: Snowflake.EntitlementId
declare const lobby_id: Snowflake.LobbyId
declare const sku_id: Snowflake.SkuId
declare const subscription_id: Snowflake.SubscriptionId
declare const secret: Redacted.Redacted
declare const file: Blob

const sessionWithArguments = [...session, "InvalidCallArgument"] as const

const calls = {
  getCurrentAuthorizationInformation: self.getCurrentAuthorizationInformation(),
  getUserInfo: self.getUserInfo(),
  getCurrentUser: self.getCurrentUser(),
  getCurrentUserGuilds: self.getCurrentUserGuilds(),
  getCurrentUserGuildMember: self.getCurrentUserGuildMember({ guild_id }),
  getCurrentUserConnections: self.getCurrentUserConnections(),
  getCurrentUserApplicationRoleConnection: self.getCurrentUserApplicationRoleConnection(),
  updateCurrentUserApplicationRoleConnection: self.updateCurrentUserApplicationRoleConnection({
    metadata: { wins: "3" }
  }),
  deleteCurrentUserApplicationRoleConnection: self.deleteCurrentUserApplicationRoleConnection(),
  getCurrentUserApplicationEntitlements: self.getCurrentUserApplicationEntitlements(),
  getGuildChannels: self.getGuildChannels({ guild_id }),
  uploadApplicationAttachment: self.uploadApplicationAttachment({ file }),
  getGuildApplicationCommandPermissions: self.getGuildApplicationCommandPermissions({ guild_id }),
  getApplicationCommandPermissions: self.getApplicationCommandPermissions({ guild_id, command_id }),
  editApplicationCommandPermissions: self.editApplicationCommandPermissions({ guild_id, command_id, permissions: [] }),
  getGlobalApplicationCommands: self.getGlobalApplicationCommands(),
  createGlobalApplicationCommand: self.createGlobalApplicationCommand({ name: "blep" }),
  getGlobalApplicationCommand: self.getGlobalApplicationCommand({ command_id }),
  editGlobalApplicationCommand: self.editGlobalApplicationCommand({ command_id, nsfw: false }),
  deleteGlobalApplicationCommand: self.deleteGlobalApplicationCommand({ command_id }),
  bulkOverwriteGlobalApplicationCommands: self.bulkOverwriteGlobalApplicationCommands({ payload: [{ name: "blep" }] }),
  getGuildApplicationCommands: self.getGuildApplicationCommands({ guild_id }),
  createGuildApplicationCommand: self.createGuildApplicationCommand({ guild_id, name: "blep" }),
  getGuildApplicationCommand: self.getGuildApplicationCommand({ guild_id, command_id }),
  editGuildApplicationCommand: self.editGuildApplicationCommand({ guild_id, command_id }),
  deleteGuildApplicationCommand: self.deleteGuildApplicationCommand({ guild_id, command_id }),
  bulkOverwriteGuildApplicationCommands: self.bulkOverwriteGuildApplicationCommands({ guild_id, payload: [] }),
  listEntitlements: self.listEntitlements(),
  getEntitlement: self.getEntitlement({ entitlement_id }),
  consumeEntitlement: self.consumeEntitlement({ entitlement_id }),
  deleteTestEntitlement: self.deleteTestEntitlement({ entitlement_id }),
  listSkuSubscriptions: self.listSkuSubscriptions({ sku_id }),
  getSkuSubscription: self.getSkuSubscription({ sku_id, subscription_id }),
  createOrJoinLobby: self.createOrJoinLobby({ secret }),
  leaveLobby: self.leaveLobby({ lobby_id }),
  linkChannelToLobby: self.linkChannelToLobby({ lobby_id }),
  createLobbyChannelInviteForSelf: self.createLobbyChannelInviteForSelf({ lobby_id }),
  getLobbyMessages: self.getLobbyMessages({ lobby_id }),
  sendLobbyMessage: self.sendLobbyMessage({ lobby_id, content: "Supa Hot" })
}

/** The result of each call and the exact tags of its errors. */
interface Expected {
  readonly getCurrentAuthorizationInformation: Call<AuthorizationInfo.AuthorizationInfo, typeof session>
  readonly getUserInfo: Call<UserInfo.UserInfo, typeof session>
  readonly getCurrentUser: Call<User.User, typeof session>
  readonly getCurrentUserGuilds: Call<ReadonlyArray<Guild.PartialGuild>, typeof sessionWithArguments>
  readonly getCurrentUserGuildMember: Call<GuildMember.GuildMember, typeof sessionWithArguments, "UnknownGuild">
  readonly getCurrentUserConnections: Call<ReadonlyArray<Connection.Connection>, typeof session>
  readonly getCurrentUserApplicationRoleConnection: Call<RoleConnection.RoleConnection, typeof sessionWithArguments>
  readonly updateCurrentUserApplicationRoleConnection: Call<
    RoleConnection.RoleConnection,
    typeof sessionWithArguments,
    "InvalidFormBody"
  >
  readonly deleteCurrentUserApplicationRoleConnection: Call<void, typeof sessionWithArguments>
  readonly getCurrentUserApplicationEntitlements: Call<
    ReadonlyArray<Entitlement.Entitlement>,
    typeof sessionWithArguments
  >
  readonly getGuildChannels: Call<ReadonlyArray<Channel.Channel>, typeof sessionWithArguments, "UnknownGuild">
  readonly uploadApplicationAttachment: Call<
    Attachment.UploadedAttachment,
    typeof sessionWithArguments,
    "InvalidFormBody"
  >
  readonly getGuildApplicationCommandPermissions: Call<
    ReadonlyArray<Permissions>,
    typeof sessionWithArguments,
    "UnknownGuild"
  >
  readonly getApplicationCommandPermissions: Call<
    Permissions,
    typeof sessionWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand"
  >
  readonly editApplicationCommandPermissions: Call<
    Permissions,
    typeof sessionWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand" | "MissingPermissions" | "InvalidFormBody"
  >
  readonly getGlobalApplicationCommands: Call<ReadonlyArray<Command>, typeof sessionWithArguments>
  readonly createGlobalApplicationCommand: Call<
    Command,
    typeof sessionWithArguments,
    "MaximumApplicationCommands" | "InvalidFormBody"
  >
  readonly getGlobalApplicationCommand: Call<Command, typeof sessionWithArguments, "UnknownApplicationCommand">
  readonly editGlobalApplicationCommand: Call<
    Command,
    typeof sessionWithArguments,
    "UnknownApplicationCommand" | "InvalidFormBody"
  >
  readonly deleteGlobalApplicationCommand: Call<void, typeof sessionWithArguments, "UnknownApplicationCommand">
  readonly bulkOverwriteGlobalApplicationCommands: Call<
    ReadonlyArray<Command>,
    typeof sessionWithArguments,
    "UnknownApplicationCommand" | "MaximumApplicationCommands" | "InvalidFormBody"
  >
  readonly getGuildApplicationCommands: Call<ReadonlyArray<Command>, typeof sessionWithArguments, "UnknownGuild">
  readonly createGuildApplicationCommand: Call<
    Command,
    typeof sessionWithArguments,
    "UnknownGuild" | "MaximumApplicationCommands" | "InvalidFormBody"
  >
  readonly getGuildApplicationCommand: Call<
    Command,
    typeof sessionWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand"
  >
  readonly editGuildApplicationCommand: Call<
    Command,
    typeof sessionWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand" | "InvalidFormBody"
  >
  readonly deleteGuildApplicationCommand: Call<
    void,
    typeof sessionWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand"
  >
  readonly bulkOverwriteGuildApplicationCommands: Call<
    ReadonlyArray<Command>,
    typeof sessionWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand" | "MaximumApplicationCommands" | "InvalidFormBody"
  >
  readonly listEntitlements: Call<ReadonlyArray<Entitlement.Entitlement>, typeof sessionWithArguments>
  readonly getEntitlement: Call<Entitlement.Entitlement, typeof sessionWithArguments, "UnknownEntitlement">
  readonly consumeEntitlement: Call<void, typeof sessionWithArguments, "UnknownEntitlement">
  readonly deleteTestEntitlement: Call<void, typeof sessionWithArguments, "UnknownEntitlement">
  readonly listSkuSubscriptions: Call<ReadonlyArray<Subscription.Subscription>, typeof sessionWithArguments>
  readonly getSkuSubscription: Call<Subscription.Subscription, typeof sessionWithArguments>
  readonly createOrJoinLobby: Call<Lobby.Lobby, typeof sessionWithArguments, "InvalidFormBody">
  readonly leaveLobby: Call<void, typeof sessionWithArguments, "UnknownLobby">
  readonly linkChannelToLobby: Call<
    Lobby.Lobby,
    typeof sessionWithArguments,
    "UnknownLobby" | "MissingPermissions" | "InvalidFormBody"
  >
  readonly createLobbyChannelInviteForSelf: Call<Lobby.LobbyInvite, typeof sessionWithArguments, "UnknownLobby">
  readonly getLobbyMessages: Call<ReadonlyArray<Message.LobbyMessage>, typeof sessionWithArguments, "UnknownLobby">
  readonly sendLobbyMessage: Call<Message.LobbyMessage, typeof sessionWithArguments, "UnknownLobby" | "InvalidFormBody">
}

test("a session has exactly these members, among them each call with a user's token", () => {
  expect<keyof DiscordSession.Methods>().type.toBe<keyof Expected>()
  expect<Exclude<keyof DiscordClient.Methods, keyof DiscordSession.Methods>>().type.toBe<
    | "exchangeToken"
    | "revokeToken"
    | "getPublicKeys"
    | "getCurrentBotApplicationInformation"
    | "addGuildMember"
    | "groupDmAddRecipient"
    | "getCurrentApplication"
    | "getApplicationRoleConnectionMetadataRecords"
    | "updateApplicationRoleConnectionMetadataRecords"
  >()
  expect<Exclude<keyof DiscordSession.DiscordSession, keyof DiscordSession.Methods>>().type.toBe<
    | "~discord-oauth2/scopes"
    | "userId"
    | "clientId"
    | "scopes"
    | "currentUserGuilds"
    | "entitlements"
    | "skuSubscriptions"
    | "addGuildMember"
    | "groupDmAddRecipient"
    | "accessToken"
    | "refresh"
    | "setData"
    | "signOut"
  >()
})

test("TokenFailure has exactly the errors of getting a fresh token", () => {
  expect<DiscordSession.TokenFailure["_tag"]>().type.toBe<In<typeof token>>()
})

describe("each call fails with exactly these errors, and Effect.catchTag accepts each tag", () => {
  test("each call has the expected result and errors", () => {
    expect<{ [K in Unlike<typeof calls, Expected>]: "differs" }>().type.toBe<Record<never, "differs">>()
    expect<Readonly<typeof calls>>().type.toBe<Expected>()
  })

  test("the tags of each call's errors do not depend on its result", () => {
    expect<{ readonly [K in keyof DiscordSession.Methods]: TagsOf<ReturnType<DiscordSession.Methods[K]>> }>().type
      .toBe<{ readonly [K in keyof Expected]: TagsOf<Expected[K]> }>()
    expect<TagsOf<typeof calls.getCurrentUser>>().type.toBe<In<typeof session>>()
    expect<TagsOf<typeof calls.getCurrentUserGuilds>>().type.toBe<In<typeof sessionWithArguments>>()
  })

  test("calls without arguments", () => {
    expect(Effect.catchTag(calls.getCurrentUser, session, recover)).type.toBe<Effect.Effect<User.User | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(calls.getCurrentUser, "InvalidRefreshToken", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.getCurrentUser, "InvalidCallArgument", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.getUserInfo, "MissingScope", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.getUserInfo, "IdTokenInvalid", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.getCurrentAuthorizationInformation, "NotSignedIn", recover)
  })

  test("calls with arguments", () => {
    expect(Effect.catchTag(calls.getCurrentUserGuilds, sessionWithArguments, recover)).type.toBe<
      Effect.Effect<ReadonlyArray<Guild.PartialGuild> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(calls.getCurrentUserGuilds, "InvalidCallArgument", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.getCurrentUserGuilds, "InvalidGrant", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.getCurrentUserGuildMember, "DiscordNotFound", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(
      calls.getCurrentUserGuildMember,
      "InvalidAuthorizationCode",
      recover
    )
    expect(Effect.catchTag).type.toBeCallableWith(
      calls.updateCurrentUserApplicationRoleConnection,
      "InvalidAccessToken",
      recover
    )
    expect(Effect.catchTag).type.not.toBeCallableWith(
      calls.updateCurrentUserApplicationRoleConnection,
      "UserIsAtGuildLimit",
      recover
    )
  })

  test("an error of a JSON code is only in the calls that Discord documents with the code", () => {
    expect(Effect.catchTag).type.toBeCallableWith(calls.getCurrentUserGuildMember, "UnknownGuild", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.getCurrentUserGuilds, "UnknownGuild", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.sendLobbyMessage, "UnknownLobby", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.createOrJoinLobby, "UnknownLobby", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.consumeEntitlement, "UnknownEntitlement", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.listEntitlements, "UnknownEntitlement", recover)
    expect(Effect.catchTag).type.toBeCallableWith(
      calls.createGuildApplicationCommand,
      "MaximumApplicationCommands",
      recover
    )
    expect(Effect.catchTag).type.not.toBeCallableWith(
      calls.editGuildApplicationCommand,
      "MaximumApplicationCommands",
      recover
    )
    expect(Effect.catchTag).type.toBeCallableWith(calls.editGlobalApplicationCommand, "InvalidFormBody", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.deleteGlobalApplicationCommand, "InvalidFormBody", recover)
  })

  test("calls for commands, entitlements, subscriptions, lobbies and files", () => {
    expect(Effect.catchTag).type.toBeCallableWith(calls.editApplicationCommandPermissions, "DiscordForbidden", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(
      calls.editApplicationCommandPermissions,
      "InvalidCallback",
      recover
    )
    expect(Effect.catchTag).type.toBeCallableWith(calls.createGuildApplicationCommand, "TokenNotPersisted", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.createGuildApplicationCommand, "InvalidBotToken", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.consumeEntitlement, "RefreshOutcomeUnknown", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.consumeEntitlement, "DiscordConfigurationError", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.getSkuSubscription, "AccessTokenStoreError", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.getSkuSubscription, "StateMismatch", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.createOrJoinLobby, "AccessTokenExpired", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.createOrJoinLobby, "IssuerMismatch", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.uploadApplicationAttachment, "InvalidAccessToken", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.uploadApplicationAttachment, "InvalidGrant", recover)
  })

  test("addGuildMember: Discord can also reject the bot's token, and the user's guilds can be full", () => {
    const tags = [
      ...sessionWithArguments,
      "UserIsAtGuildLimit",
      "InvalidBotToken",
      "InvalidFormBody",
      "UnknownGuild",
      "UserIsBanned",
      "MissingPermissions"
    ] as const
    const call = self.addGuildMember({ guild_id, botToken })
    expect(call).type.toBe<Call<GuildMember.GuildMember | void, typeof tags>>()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<GuildMember.GuildMember | void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "UserIsAtGuildLimit", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidGrant", recover)
  })

  test("groupDmAddRecipient: Discord can also reject the bot's token", () => {
    const tags = [...sessionWithArguments, "InvalidBotToken", "InvalidFormBody"] as const
    const call = self.groupDmAddRecipient({ channel_id, botToken })
    expect(call).type.toBe<
      Call<
        Channel.PrivateChannel | Channel.PrivateGroupChannel | Channel.UnknownChannel | void,
        typeof tags
      >
    >()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "InvalidBotToken", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "UserIsAtGuildLimit", recover)
  })

  test("entitlements and skuSubscriptions: streams of pages", () => {
    const entitlements = self.entitlements()
    const subscriptions = self.skuSubscriptions({ sku_id })
    type Errors = Effect.Error<Expected["listEntitlements"]>
    expect(entitlements).type.toBe<Stream.Stream<Entitlement.Entitlement, Errors>>()
    expect(subscriptions).type.toBe<Stream.Stream<Subscription.Subscription, Errors>>()
    expect(Stream.catchTag).type.toBeCallableWith(entitlements, "MissingScope", () => Stream.empty)
    expect(Stream.catchTag).type.not.toBeCallableWith(entitlements, "InvalidGrant", () => Stream.empty)
    expect(self.entitlements).type.toBeCallableWith({ sku_ids: [sku_id], guild_id, exclude_ended: true })
    expect(self.entitlements).type.not.toBeCallableWith({ limit: 1 })
    expect(self.entitlements).type.not.toBeCallableWith({ after: entitlement_id })
    expect(self.skuSubscriptions).type.not.toBeCallableWith()
    expect(self.skuSubscriptions).type.not.toBeCallableWith({ sku_id, before: subscription_id })
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

  test("refresh: never fails with AccessTokenExpired or InvalidAccessToken", () => {
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
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "DiscordTransportError", recover)
  })

  test("signOut", () => {
    const tags = [...everyCall, "InvalidClient", "InvalidOAuth2Request", "AccessTokenStoreError"] as const
    const call = self.signOut()
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "AccessTokenStoreError", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "NotSignedIn", recover)
  })
})

describe("arguments", () => {
  test("arguments are optional only if none is required", () => {
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
    expect(self.groupDmAddRecipient).type.not.toBeCallableWith({ channel_id })
    expect(self.getUserInfo).type.toBeCallableWith()
    expect(self.getGlobalApplicationCommands).type.toBeCallableWith()
    expect(self.listEntitlements).type.toBeCallableWith()
    expect(self.createGlobalApplicationCommand).type.not.toBeCallableWith()
    expect(self.getEntitlement).type.not.toBeCallableWith()
    expect(self.listSkuSubscriptions).type.not.toBeCallableWith()
    expect(self.createOrJoinLobby).type.not.toBeCallableWith({})
    expect(self.leaveLobby).type.not.toBeCallableWith({})
  })

  test("a list as a body is passed as payload, and a file as a Blob", () => {
    expect(self.bulkOverwriteGuildApplicationCommands).type.not.toBeCallableWith({ guild_id })
    expect(self.bulkOverwriteGuildApplicationCommands).type.not.toBeCallableWith({ guild_id, payload: [{}] })
    expect(self.uploadApplicationAttachment).type.not.toBeCallableWith({})
    expect(self.uploadApplicationAttachment).type.not.toBeCallableWith({ file: "example.gif" })
    expect(self.uploadApplicationAttachment).type.toBeCallableWith({ application_id, file })
  })

  test("application_id is optional: the default is the session's application", () => {
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

  test("the arguments cannot name another access token or user", () => {
    expect(self.getCurrentUser).type.not.toBeCallableWith({ accessToken: botToken })
    expect(self.addGuildMember).type.not.toBeCallableWith({ guild_id, botToken, user_id })
    expect(self.addGuildMember).type.not.toBeCallableWith({ guild_id, botToken, access_token: botToken })
    expect(self.addGuildMember).type.toBeCallableWith({ guild_id, botToken, nick: "Nelly", mute: true })
    expect(self.groupDmAddRecipient).type.not.toBeCallableWith({ channel_id, botToken, user_id })
    expect(self.groupDmAddRecipient).type.not.toBeCallableWith({ channel_id, botToken, access_token: botToken })
    expect(self.groupDmAddRecipient).type.toBeCallableWith({ channel_id, botToken, nick: "Nelly" })
  })

  test("an id of one kind is not accepted for another kind", () => {
    expect(self.getCurrentUserGuildMember).type.not.toBeCallableWith({ guild_id: user_id })
    expect(self.getCurrentUserGuildMember).type.toBeCallableWith({ guild_id })
    expect(self.groupDmAddRecipient).type.not.toBeCallableWith({ channel_id: guild_id, botToken })
    expect(self.getSkuSubscription).type.not.toBeCallableWith({ sku_id, subscription_id: sku_id })
    expect(self.leaveLobby).type.not.toBeCallableWith({ lobby_id: channel_id })
  })
})

describe("responseMode selects what a call returns", () => {
  test("a call returns the value, the response or both", () => {
    const value = self.getCurrentUser()
    const response = self.getCurrentUser({ responseMode: "response-only" })
    const both = self.getCurrentUserGuildMember({ guild_id, responseMode: "decoded-and-response" })
    expect<Effect.Success<typeof value>>().type.toBe<User.User>()
    expect<Effect.Success<typeof response>>().type.toBe<HttpClientResponse>()
    expect<Effect.Success<typeof both>>().type.toBe<
      [value: GuildMember.GuildMember, response: HttpClientResponse]
    >()
  })

  test("the errors are the same in each mode", () => {
    const call = self.getCurrentUser({ responseMode: "response-only" })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof session>>()
  })
})
