import type {
  AccessToken,
  Connection,
  DiscordClient,
  DiscordError,
  Guild,
  GuildMember,
  Snowflake,
  User
} from "@discord-oauth2/core"
import type { DiscordOperation } from "@discord-oauth2/core/api"
import type {
  Application,
  ApplicationCommand,
  Attachment,
  AuthorizationInfo,
  Channel,
  CommandPermissions,
  Entitlement,
  Lobby,
  Message,
  PublicKeys,
  RoleConnection,
  RoleConnectionMetadata,
  Subscription,
  UserInfo
} from "@discord-oauth2/core/models"
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import type * as Redacted from "effect/Redacted"
import { describe, expect, test } from "tstyche"
import {
  bearer,
  type Call,
  everyCall,
  grant,
  type In,
  recover,
  type Recovered,
  type TagsOf,
  type Unlike
} from "./tags.ts"

type Command = ApplicationCommand.ApplicationCommand
type GroupDm = Channel.PrivateChannel | Channel.PrivateGroupChannel | Channel.UnknownChannel
type Permissions = CommandPermissions.GuildApplicationCommandPermissions

declare const api: DiscordClient.DiscordClient["Service"]
declare const accessToken: AccessToken.AccessToken
declare const botToken: Redacted.Redacted
declare const secret: Redacted.Redacted
declare const application_id: Snowflake.ApplicationId
declare const channel_id: Snowflake.ChannelId
declare const command_id: Snowflake.CommandId
declare const entitlement_id: Snowflake.EntitlementId
declare const guild_id: Snowflake.GuildId
declare const lobby_id: Snowflake.LobbyId
declare const sku_id: Snowflake.SkuId
declare const subscription_id: Snowflake.SubscriptionId
declare const user_id: Snowflake.UserId
declare const file: Blob

const bearerWithArguments = [...bearer, "InvalidCallArgument"] as const
const bot = [...everyCall, "InvalidBotToken"] as const
const botWithArguments = [...bot, "InvalidCallArgument"] as const

const command = { application_id, command_id } as const
const guildCommands = { accessToken, application_id, guild_id } as const
const guildCommand = { ...guildCommands, command_id } as const
const lobby = { accessToken, lobby_id } as const

const calls = {
  exchangeToken: api.exchangeToken({ grant_type: "refresh_token", refresh_token: secret }),
  revokeToken: api.revokeToken({ token: secret }),
  getCurrentAuthorizationInformation: api.getCurrentAuthorizationInformation({ accessToken }),
  getUserInfo: api.getUserInfo({ accessToken }),
  getPublicKeys: api.getPublicKeys({}),
  getCurrentBotApplicationInformation: api.getCurrentBotApplicationInformation({ botToken }),
  getCurrentUser: api.getCurrentUser({ accessToken }),
  getCurrentUserGuilds: api.getCurrentUserGuilds({ accessToken }),
  getCurrentUserGuildMember: api.getCurrentUserGuildMember({ accessToken, guild_id }),
  getCurrentUserConnections: api.getCurrentUserConnections({ accessToken }),
  getCurrentUserApplicationRoleConnection: api.getCurrentUserApplicationRoleConnection({ accessToken, application_id }),
  updateCurrentUserApplicationRoleConnection: api.updateCurrentUserApplicationRoleConnection({
    accessToken,
    application_id,
    platform_name: "Chess"
  }),
  deleteCurrentUserApplicationRoleConnection: api.deleteCurrentUserApplicationRoleConnection({
    accessToken,
    application_id
  }),
  getCurrentUserApplicationEntitlements: api.getCurrentUserApplicationEntitlements({
    accessToken,
    application_id,
    sku_ids: [sku_id],
    exclude_consumed: true
  }),
  addGuildMember: api.addGuildMember({ botToken, guild_id, user_id, access_token: secret }),
  getGuildChannels: api.getGuildChannels({ accessToken, guild_id }),
  groupDmAddRecipient: api.groupDmAddRecipient({ botToken, channel_id, user_id, access_token: secret, nick: "Nelly" }),
  uploadApplicationAttachment: api.uploadApplicationAttachment({ accessToken, application_id, file }),
  getCurrentApplication: api.getCurrentApplication({ botToken }),
  getApplicationRoleConnectionMetadataRecords: api.getApplicationRoleConnectionMetadataRecords({
    botToken,
    application_id
  }),
  updateApplicationRoleConnectionMetadataRecords: api.updateApplicationRoleConnectionMetadataRecords({
    botToken,
    application_id,
    payload: [{ type: 2, key: "cookies_eaten", name: "Cookies Eaten", description: "Cookies eaten greater than" }]
  }),
  getGuildApplicationCommandPermissions: api.getGuildApplicationCommandPermissions(guildCommands),
  getApplicationCommandPermissions: api.getApplicationCommandPermissions(guildCommand),
  editApplicationCommandPermissions: api.editApplicationCommandPermissions({ ...guildCommand, permissions: [] }),
  getGlobalApplicationCommands: api.getGlobalApplicationCommands({
    accessToken,
    application_id,
    with_localizations: true
  }),
  createGlobalApplicationCommand: api.createGlobalApplicationCommand({ accessToken, application_id, name: "blep" }),
  getGlobalApplicationCommand: api.getGlobalApplicationCommand({ accessToken, ...command }),
  editGlobalApplicationCommand: api.editGlobalApplicationCommand({ accessToken, ...command, nsfw: false }),
  deleteGlobalApplicationCommand: api.deleteGlobalApplicationCommand({ accessToken, ...command }),
  bulkOverwriteGlobalApplicationCommands: api.bulkOverwriteGlobalApplicationCommands({
    accessToken,
    application_id,
    payload: [{ id: command_id, name: "blep" }]
  }),
  getGuildApplicationCommands: api.getGuildApplicationCommands({ ...guildCommands, with_localizations: true }),
  createGuildApplicationCommand: api.createGuildApplicationCommand({ ...guildCommands, name: "blep" }),
  getGuildApplicationCommand: api.getGuildApplicationCommand(guildCommand),
  editGuildApplicationCommand: api.editGuildApplicationCommand({ ...guildCommand, name: "blep" }),
  deleteGuildApplicationCommand: api.deleteGuildApplicationCommand(guildCommand),
  bulkOverwriteGuildApplicationCommands: api.bulkOverwriteGuildApplicationCommands({ ...guildCommands, payload: [] }),
  listEntitlements: api.listEntitlements({ accessToken, application_id, user_id, sku_ids: [sku_id], limit: 100 }),
  getEntitlement: api.getEntitlement({ accessToken, application_id, entitlement_id }),
  consumeEntitlement: api.consumeEntitlement({ accessToken, application_id, entitlement_id }),
  deleteTestEntitlement: api.deleteTestEntitlement({ accessToken, application_id, entitlement_id }),
  listSkuSubscriptions: api.listSkuSubscriptions({ accessToken, sku_id, before: subscription_id }),
  getSkuSubscription: api.getSkuSubscription({ accessToken, sku_id, subscription_id }),
  createOrJoinLobby: api.createOrJoinLobby({ accessToken, secret }),
  leaveLobby: api.leaveLobby(lobby),
  linkChannelToLobby: api.linkChannelToLobby({ ...lobby, channel_id }),
  createLobbyChannelInviteForSelf: api.createLobbyChannelInviteForSelf(lobby),
  getLobbyMessages: api.getLobbyMessages({ ...lobby, limit: 50 }),
  sendLobbyMessage: api.sendLobbyMessage({ ...lobby, content: "Supa Hot" })
}

const exchange = [...grant, "InvalidGrant", "InvalidCallArgument"] as const
const revocation = [...everyCall, "InvalidClient", "InvalidOAuth2Request", "InvalidCallArgument"] as const
/** Discord can reject the user's token and the bot's token. */
const joining = [...botWithArguments, "InvalidAccessToken", "MissingScope", "InvalidFormBody"] as const
const joiningGuild = [...joining, "UserIsAtGuildLimit", "UnknownGuild", "UserIsBanned", "MissingPermissions"] as const

/** The result of each call and the exact tags of its errors. */
interface Expected {
  readonly exchangeToken: Call<AccessToken.AccessTokenResponse, typeof exchange>
  readonly revokeToken: Call<void, typeof revocation>
  readonly getCurrentAuthorizationInformation: Call<AuthorizationInfo.AuthorizationInfo, typeof bearer>
  readonly getUserInfo: Call<UserInfo.UserInfo, typeof bearer>
  readonly getPublicKeys: Call<PublicKeys.PublicKeys, typeof everyCall>
  readonly getCurrentBotApplicationInformation: Call<Application.Application, typeof bot>
  readonly getCurrentUser: Call<User.User, typeof bearer>
  readonly getCurrentUserGuilds: Call<ReadonlyArray<Guild.PartialGuild>, typeof bearerWithArguments>
  readonly getCurrentUserGuildMember: Call<GuildMember.GuildMember, typeof bearerWithArguments, "UnknownGuild">
  readonly getCurrentUserConnections: Call<ReadonlyArray<Connection.Connection>, typeof bearer>
  readonly getCurrentUserApplicationRoleConnection: Call<RoleConnection.RoleConnection, typeof bearerWithArguments>
  readonly updateCurrentUserApplicationRoleConnection: Call<
    RoleConnection.RoleConnection,
    typeof bearerWithArguments,
    "InvalidFormBody"
  >
  readonly deleteCurrentUserApplicationRoleConnection: Call<void, typeof bearerWithArguments>
  readonly getCurrentUserApplicationEntitlements: Call<
    ReadonlyArray<Entitlement.Entitlement>,
    typeof bearerWithArguments
  >
  readonly addGuildMember: Call<GuildMember.GuildMember | void, typeof joiningGuild>
  readonly getGuildChannels: Call<ReadonlyArray<Channel.Channel>, typeof bearerWithArguments, "UnknownGuild">
  readonly groupDmAddRecipient: Call<GroupDm | void, typeof joining>
  readonly uploadApplicationAttachment: Call<
    Attachment.UploadedAttachment,
    typeof bearerWithArguments,
    "InvalidFormBody"
  >
  readonly getCurrentApplication: Call<Application.Application, typeof bot>
  readonly getApplicationRoleConnectionMetadataRecords: Call<
    ReadonlyArray<RoleConnectionMetadata.MetadataRecord>,
    typeof botWithArguments
  >
  readonly updateApplicationRoleConnectionMetadataRecords: Call<
    ReadonlyArray<RoleConnectionMetadata.MetadataRecord>,
    typeof botWithArguments,
    "InvalidFormBody"
  >
  readonly getGuildApplicationCommandPermissions: Call<
    ReadonlyArray<Permissions>,
    typeof bearerWithArguments,
    "UnknownGuild"
  >
  readonly getApplicationCommandPermissions: Call<
    Permissions,
    typeof bearerWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand"
  >
  readonly editApplicationCommandPermissions: Call<
    Permissions,
    typeof bearerWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand" | "MissingPermissions" | "InvalidFormBody"
  >
  readonly getGlobalApplicationCommands: Call<ReadonlyArray<Command>, typeof bearerWithArguments>
  readonly createGlobalApplicationCommand: Call<
    Command,
    typeof bearerWithArguments,
    "MaximumApplicationCommands" | "InvalidFormBody"
  >
  readonly getGlobalApplicationCommand: Call<Command, typeof bearerWithArguments, "UnknownApplicationCommand">
  readonly editGlobalApplicationCommand: Call<
    Command,
    typeof bearerWithArguments,
    "UnknownApplicationCommand" | "InvalidFormBody"
  >
  readonly deleteGlobalApplicationCommand: Call<void, typeof bearerWithArguments, "UnknownApplicationCommand">
  readonly bulkOverwriteGlobalApplicationCommands: Call<
    ReadonlyArray<Command>,
    typeof bearerWithArguments,
    "UnknownApplicationCommand" | "MaximumApplicationCommands" | "InvalidFormBody"
  >
  readonly getGuildApplicationCommands: Call<ReadonlyArray<Command>, typeof bearerWithArguments, "UnknownGuild">
  readonly createGuildApplicationCommand: Call<
    Command,
    typeof bearerWithArguments,
    "UnknownGuild" | "MaximumApplicationCommands" | "InvalidFormBody"
  >
  readonly getGuildApplicationCommand: Call<
    Command,
    typeof bearerWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand"
  >
  readonly editGuildApplicationCommand: Call<
    Command,
    typeof bearerWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand" | "InvalidFormBody"
  >
  readonly deleteGuildApplicationCommand: Call<
    void,
    typeof bearerWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand"
  >
  readonly bulkOverwriteGuildApplicationCommands: Call<
    ReadonlyArray<Command>,
    typeof bearerWithArguments,
    "UnknownGuild" | "UnknownApplicationCommand" | "MaximumApplicationCommands" | "InvalidFormBody"
  >
  readonly listEntitlements: Call<ReadonlyArray<Entitlement.Entitlement>, typeof bearerWithArguments>
  readonly getEntitlement: Call<Entitlement.Entitlement, typeof bearerWithArguments, "UnknownEntitlement">
  readonly consumeEntitlement: Call<void, typeof bearerWithArguments, "UnknownEntitlement">
  readonly deleteTestEntitlement: Call<void, typeof bearerWithArguments, "UnknownEntitlement">
  readonly listSkuSubscriptions: Call<ReadonlyArray<Subscription.Subscription>, typeof bearerWithArguments>
  readonly getSkuSubscription: Call<Subscription.Subscription, typeof bearerWithArguments>
  readonly createOrJoinLobby: Call<Lobby.Lobby, typeof bearerWithArguments, "InvalidFormBody">
  readonly leaveLobby: Call<void, typeof bearerWithArguments, "UnknownLobby">
  readonly linkChannelToLobby: Call<
    Lobby.Lobby,
    typeof bearerWithArguments,
    "UnknownLobby" | "MissingPermissions" | "InvalidFormBody"
  >
  readonly createLobbyChannelInviteForSelf: Call<Lobby.LobbyInvite, typeof bearerWithArguments, "UnknownLobby">
  readonly getLobbyMessages: Call<ReadonlyArray<Message.LobbyMessage>, typeof bearerWithArguments, "UnknownLobby">
  readonly sendLobbyMessage: Call<Message.LobbyMessage, typeof bearerWithArguments, "UnknownLobby" | "InvalidFormBody">
}

test("the service has exactly these methods", () => {
  expect<keyof DiscordClient.Methods>().type.toBe<keyof Expected>()
  expect<keyof typeof DiscordOperation.requiredScopes>().type.toBe<
    Exclude<
      keyof Expected,
      | "exchangeToken"
      | "revokeToken"
      | "getPublicKeys"
      | "getCurrentBotApplicationInformation"
      | "getCurrentApplication"
      | "getApplicationRoleConnectionMetadataRecords"
      | "updateApplicationRoleConnectionMetadataRecords"
    >
  >()
})

describe("each call fails with exactly these errors, and Effect.catchTag accepts each tag", () => {
  test("each call has the expected result and errors", () => {
    expect<{ [K in Unlike<typeof calls, Expected>]: "differs" }>().type.toBe<Record<never, "differs">>()
    expect<Readonly<typeof calls>>().type.toBe<Expected>()
  })

  test("the tags of each call's errors do not depend on its result", () => {
    expect<{ readonly [K in keyof DiscordClient.Methods]: TagsOf<ReturnType<DiscordClient.Methods[K]>> }>().type.toBe<
      { readonly [K in keyof Expected]: TagsOf<Expected[K]> }
    >()
    expect<TagsOf<typeof calls.exchangeToken>>().type.toBe<In<typeof exchange>>()
    expect<TagsOf<typeof calls.revokeToken>>().type.toBe<In<typeof revocation>>()
    expect<TagsOf<typeof calls.getCurrentUser>>().type.toBe<In<typeof bearer>>()
    expect<TagsOf<typeof calls.getCurrentUserGuilds>>().type.toBe<In<typeof bearerWithArguments>>()
    expect<TagsOf<typeof calls.addGuildMember>>().type.toBe<In<typeof joiningGuild>>()
    expect<TagsOf<typeof calls.groupDmAddRecipient>>().type.toBe<In<typeof joining>>()
    expect<TagsOf<typeof calls.getCurrentApplication>>().type.toBe<In<typeof bot>>()
    expect<TagsOf<typeof calls.getApplicationRoleConnectionMetadataRecords>>().type.toBe<In<typeof botWithArguments>>()
    expect<TagsOf<typeof calls.getGlobalApplicationCommand>>().type.toBe<
      In<typeof bearerWithArguments> | "UnknownApplicationCommand"
    >()
    expect<TagsOf<typeof calls.getPublicKeys>>().type.toBe<In<typeof everyCall>>()
  })

  test("calls of the token endpoint", () => {
    expect(Effect.catchTag(calls.exchangeToken, exchange, recover)).type.toBe<
      Effect.Effect<AccessToken.AccessTokenResponse | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(calls.exchangeToken, "InvalidGrant", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.exchangeToken, "AccessTokenExpired", recover)
    expect(Effect.catchTag(calls.revokeToken, revocation, recover)).type.toBe<Effect.Effect<void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(calls.revokeToken, "InvalidClient", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.revokeToken, "InvalidGrant", recover)
  })

  test("calls with a user's token", () => {
    expect(Effect.catchTag(calls.getCurrentUser, bearer, recover)).type.toBe<Effect.Effect<User.User | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(calls.getCurrentUser, "MissingScope", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.getCurrentUser, "InvalidCallArgument", recover)
    expect(Effect.catchTag(calls.getCurrentUserGuilds, bearerWithArguments, recover)).type.toBe<
      Effect.Effect<ReadonlyArray<Guild.PartialGuild> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(calls.getCurrentUserGuilds, "InvalidCallArgument", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.getCurrentUserGuilds, "UserIsAtGuildLimit", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.getCurrentUserGuildMember, "InvalidBotToken", recover)
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
    expect(Effect.catchTag).type.toBeCallableWith(calls.createGlobalApplicationCommand, "DiscordBadRequest", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.createGlobalApplicationCommand, "InvalidGrant", recover)
    expect(Effect.catchTag).type.toBeCallableWith(
      calls.bulkOverwriteGuildApplicationCommands,
      "DiscordForbidden",
      recover
    )
    expect(Effect.catchTag).type.not.toBeCallableWith(
      calls.bulkOverwriteGuildApplicationCommands,
      "InvalidBotToken",
      recover
    )
    expect(Effect.catchTag).type.toBeCallableWith(
      calls.editApplicationCommandPermissions,
      "DiscordTransportError",
      recover
    )
    expect(Effect.catchTag).type.not.toBeCallableWith(
      calls.editApplicationCommandPermissions,
      "TokenNotPersisted",
      recover
    )
    expect(Effect.catchTag).type.toBeCallableWith(calls.consumeEntitlement, "AccessTokenExpired", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.consumeEntitlement, "InvalidAccessToken", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.listSkuSubscriptions, "RateLimited", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.listSkuSubscriptions, "InvalidClient", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.sendLobbyMessage, "DiscordNotFound", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.sendLobbyMessage, "NotSignedIn", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.uploadApplicationAttachment, "CloudflareBlocked", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(
      calls.uploadApplicationAttachment,
      "InvalidOAuth2Request",
      recover
    )
  })

  test("calls with the bot's token: Discord can also reject the user's token, and guilds can be full", () => {
    expect(Effect.catchTag(calls.addGuildMember, joiningGuild, recover)).type.toBe<
      Effect.Effect<GuildMember.GuildMember | void | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(calls.addGuildMember, "UserIsAtGuildLimit", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.addGuildMember, "AccessTokenExpired", recover)
    expect(Effect.catchTag).type.toBeCallableWith(calls.groupDmAddRecipient, "InvalidAccessToken", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.groupDmAddRecipient, "UserIsAtGuildLimit", recover)
    expect(Effect.catchTag(calls.getCurrentApplication, bot, recover)).type.toBe<
      Effect.Effect<Application.Application | Recovered>
    >()
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.getCurrentApplication, "MissingScope", recover)
    expect(Effect.catchTag(calls.getPublicKeys, everyCall, recover)).type.toBe<
      Effect.Effect<PublicKeys.PublicKeys | Recovered>
    >()
    expect(Effect.catchTag).type.not.toBeCallableWith(calls.getPublicKeys, "InvalidBotToken", recover)
  })

  test("several Effect.catchTag in one pipe", () => {
    const call = api.getCurrentUser({ accessToken })
    type Others = Exclude<
      Effect.Error<typeof call>,
      DiscordError.MissingScope | DiscordError.AccessTokenExpired
    >
    expect(call.pipe(Effect.catchTag("MissingScope", recover), Effect.catchTag("AccessTokenExpired", recover))).type
      .toBe<Effect.Effect<User.User | Recovered, Others>>()
    call.pipe(
      // @ts-expect-error Argument of type '"UserIsAtGuildLimit"' is not assignable
      Effect.catchTag("UserIsAtGuildLimit", recover)
    )
  })
})

describe("arguments", () => {
  test("a call requires its credential", () => {
    expect(api.getCurrentUser).type.not.toBeCallableWith()
    expect(api.getCurrentUser).type.not.toBeCallableWith({})
    expect(api.getCurrentUser).type.not.toBeCallableWith({ botToken })
    expect(api.getCurrentUser).type.not.toBeCallableWith({ accessToken: "6qrZcUqja7812RVdnEKjpzOL4CvHBFG" })
    expect(api.getCurrentUser).type.toBeCallableWith({ accessToken: secret })
    expect(api.addGuildMember).type.not.toBeCallableWith({ accessToken, guild_id, user_id, access_token: secret })
    expect(api.revokeToken).type.not.toBeCallableWith({ token: "6qrZcUqja7812RVdnEKjpzOL4CvHBFG" })
  })

  test("a call requires the members of its path and body", () => {
    expect(api.getCurrentUserGuildMember).type.not.toBeCallableWith({ accessToken })
    expect(api.getCurrentUserApplicationRoleConnection).type.not.toBeCallableWith({ accessToken })
    expect(api.getApplicationCommandPermissions).type.not.toBeCallableWith({ accessToken, application_id, guild_id })
    expect(api.editApplicationCommandPermissions).type.not.toBeCallableWith({
      accessToken,
      application_id,
      guild_id,
      command_id
    })
    expect(api.addGuildMember).type.not.toBeCallableWith({ botToken, guild_id, user_id })
    expect(api.groupDmAddRecipient).type.not.toBeCallableWith({ botToken, channel_id, user_id })
    expect(api.getPublicKeys).type.toBeCallableWith({})
    expect(api.getEntitlement).type.not.toBeCallableWith({ accessToken, application_id })
    expect(api.listSkuSubscriptions).type.not.toBeCallableWith({ accessToken })
    expect(api.createOrJoinLobby).type.not.toBeCallableWith({ accessToken })
    expect(api.createOrJoinLobby).type.not.toBeCallableWith({ accessToken, secret: "a secret of the game" })
    expect(api.createGlobalApplicationCommand).type.not.toBeCallableWith({ accessToken, application_id })
    expect(api.editGlobalApplicationCommand).type.toBeCallableWith({ accessToken, application_id, command_id })
  })

  test("a list as a body is passed as payload, and a file as a Blob", () => {
    const call = { accessToken, application_id }
    expect(api.bulkOverwriteGlobalApplicationCommands).type.not.toBeCallableWith(call)
    expect(api.bulkOverwriteGlobalApplicationCommands).type.not.toBeCallableWith({ ...call, payload: { name: "blep" } })
    expect(api.bulkOverwriteGlobalApplicationCommands).type.not.toBeCallableWith({ ...call, payload: [{}] })
    expect(api.updateApplicationRoleConnectionMetadataRecords).type.not.toBeCallableWith({ botToken, application_id })
    expect(api.uploadApplicationAttachment).type.not.toBeCallableWith(call)
    expect(api.uploadApplicationAttachment).type.not.toBeCallableWith({ ...call, file: "example.gif" })
    expect(api.uploadApplicationAttachment).type.toBeCallableWith({ ...call, file })
  })

  test("a call rejects members that it does not have", () => {
    expect(api.getCurrentUser).type.not.toBeCallableWith({ accessToken, limit: 1 })
    expect(api.getCurrentUserGuilds).type.not.toBeCallableWith({ accessToken, guild_id })
    expect(api.getCurrentUserGuilds).type.toBeCallableWith({
      accessToken,
      limit: 1,
      after: guild_id,
      with_counts: true
    })
  })

  test("each grant requires its own members", () => {
    expect(api.exchangeToken).type.toBeCallableWith({
      grant_type: "authorization_code",
      code: secret,
      redirect_uri: "https://example.com/callback",
      code_verifier: secret
    })
    expect(api.exchangeToken).type.toBeCallableWith({ grant_type: "client_credentials", scope: "identify" })
    expect(api.exchangeToken).type.not.toBeCallableWith({ grant_type: "authorization_code", code: secret })
    expect(api.exchangeToken).type.not.toBeCallableWith({ grant_type: "refresh_token", code: secret })
    expect(api.exchangeToken).type.not.toBeCallableWith({ grant_type: "password", scope: "identify" })
  })

  test("an id of one kind is not accepted for another kind", () => {
    expect(api.getCurrentUserGuildMember).type.not.toBeCallableWith({ accessToken, guild_id: user_id })
    expect(api.getCurrentUserGuildMember).type.not.toBeCallableWith({ accessToken, guild_id: "41771983423143937" })
    expect(api.addGuildMember).type.not.toBeCallableWith({
      botToken,
      guild_id: user_id,
      user_id: guild_id,
      access_token: secret
    })
    expect(api.getGuildChannels).type.not.toBeCallableWith({ accessToken, guild_id: channel_id })
    expect(api.getSkuSubscription).type.not.toBeCallableWith({ accessToken, sku_id: subscription_id, subscription_id })
    expect(api.listEntitlements).type.not.toBeCallableWith({ accessToken, application_id, sku_ids: [entitlement_id] })
    expect(api.leaveLobby).type.not.toBeCallableWith({ accessToken, lobby_id: channel_id })
  })
})

describe("responseMode selects what a call returns", () => {
  test("without it and with decoded-only, a call returns the value", () => {
    const plain = api.getCurrentUser({ accessToken })
    const decoded = api.getCurrentUser({ accessToken, responseMode: "decoded-only" })
    expect<Effect.Success<typeof plain>>().type.toBe<User.User>()
    expect<Effect.Success<typeof decoded>>().type.toBe<User.User>()
  })

  test("with response-only, a call returns the response", () => {
    const call = api.getCurrentUser({ accessToken, responseMode: "response-only" })
    expect<Effect.Success<typeof call>>().type.toBe<HttpClientResponse>()
  })

  test("with decoded-and-response, a call returns both", () => {
    const call = api.getCurrentUserGuilds({ accessToken, limit: 1, responseMode: "decoded-and-response" })
    expect<Effect.Success<typeof call>>().type.toBe<
      [value: ReadonlyArray<Guild.PartialGuild>, response: HttpClientResponse]
    >()
  })

  test("no other mode exists, and the errors are the same in each mode", () => {
    expect<DiscordClient.ResponseMode>().type.toBe<"decoded-only" | "response-only" | "decoded-and-response">()
    expect(api.getCurrentUser).type.not.toBeCallableWith({ accessToken, responseMode: "raw" })
    const call = api.getCurrentUser({ accessToken, responseMode: "response-only" })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearer>>()
  })
})
