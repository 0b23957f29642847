/**
 * Compares this library's models ("ours") with the types of discord-api-types ("theirs"): their types of responses must
 * be assignable to ours, and our types of requests to theirs. The lists below contain all differences, each with its
 * reason. A difference that is missing in the lists, or that no longer exists, fails the test.
 */
import type { DiscordHttpApi } from "@discord-oauth2/core/api"
import type * as Models from "@discord-oauth2/core/models"
import type * as Api from "discord-api-types/v10"
import type * as Schema from "effect/Schema"
import { describe, expect, test } from "tstyche"
import type { Received, Sent } from "./compare.ts"

/** The models in Discord's responses. */
interface Responses {
  "AccessToken.AccessTokenResponse":
    | Api.RESTPostOAuth2AccessTokenResult
    | Api.RESTPostOAuth2AccessTokenWithBotAndGuildsAndWebhookIncomingScopeResult
  "Application.Application": Api.APIApplication
  "Application.InstallParams": Api.APIApplicationInstallParams
  "Application.IntegrationTypeConfiguration": Api.APIApplicationIntegrationTypeConfiguration
  "Application.Team": Api.APITeam
  "Application.TeamMember": Api.APITeamMember
  "ApplicationCommand.ApplicationCommand": Api.APIApplicationCommand
  "Attachment.Attachment": Api.APIAttachment
  "AuthorizationInfo.AuthorizationInfo": Api.RESTGetAPIOAuth2CurrentAuthorizationResult
  "Channel.DefaultReaction": Api.APIGuildForumDefaultReactionEmoji
  "Channel.ForumTag": Api.APIGuildForumTag
  "Channel.GuildChannel": GuildChannels
  "Channel.PermissionOverwrite": Api.APIOverwrite
  "Channel.PrivateChannel": Api.APIDMChannel
  "Channel.PrivateGroupChannel": Api.APIGroupDMChannel
  "Channel.Thread": Api.APIPublicThreadChannel | Api.APIPrivateThreadChannel | Api.APIAnnouncementThreadChannel
  "Channel.ThreadMember": Api.APIThreadMember
  "Channel.ThreadMetadata": Api.APIThreadMetadata
  "CommandOption.AttachmentOption": Api.APIApplicationCommandAttachmentOption
  "CommandOption.ChannelOption": Api.APIApplicationCommandChannelOption
  "CommandOption.IntegerChoice": Api.APIApplicationCommandOptionChoice<number>
  "CommandOption.IntegerOption": Api.APIApplicationCommandIntegerOption
  "CommandOption.NumberChoice": Api.APIApplicationCommandOptionChoice<number>
  "CommandOption.NumberOption": Api.APIApplicationCommandNumberOption
  "CommandOption.PlainOption": PlainOptions
  "CommandOption.StringChoice": Api.APIApplicationCommandOptionChoice<string>
  "CommandOption.StringOption": Api.APIApplicationCommandStringOption
  "CommandOption.SubcommandGroupOption": Api.APIApplicationCommandSubcommandGroupOption
  "CommandOption.SubcommandOption": Api.APIApplicationCommandSubcommandOption
  "CommandPermissions.ApplicationCommandPermission": Api.APIApplicationCommandPermission
  "CommandPermissions.GuildApplicationCommandPermissions": Api.APIGuildApplicationCommandPermissions
  "Connection.Connection": Api.APIConnection
  "Entitlement.Entitlement": Api.APIEntitlement
  "Guild.PartialGuild": Api.RESTAPIPartialCurrentUserGuild
  "GuildMember.GuildMember": Api.APIGuildMember
  "Integration.Integration": Api.APIGuildIntegration
  "Integration.IntegrationAccount": Api.APIIntegrationAccount
  "Integration.IntegrationApplication": Api.APIGuildIntegrationApplication
  // A lobby message has these members of a message and some that only lobby messages have.
  "Message.LobbyMessage": Pick<Api.APIMessage, keyof Api.APIMessage & keyof Model<"Message.LobbyMessage">>
  "RoleConnection.RoleConnection": Api.APIApplicationRoleConnection
  "RoleConnectionMetadata.MetadataRecord": Api.APIApplicationRoleConnectionMetadata
  "Subscription.Subscription": Api.APISubscription
  "User.AvatarDecorationData": Api.APIAvatarDecorationData
  "User.Collectibles": Api.APICollectibles
  "User.Nameplate": Api.APINameplateData
  "User.PartialUser": Api.APIUser
  "User.PrimaryGuild": Api.APIUserPrimaryGuild
  "User.User": Api.APIUser
  "Webhook.Webhook": Api.APIWebhook
}

type GuildChannels =
  | Api.APITextChannel
  | Api.APINewsChannel
  | Api.APIGuildVoiceChannel
  | Api.APIGuildStageVoiceChannel
  | Api.APIGuildCategoryChannel
  | Api.APIGuildForumChannel
  | Api.APIGuildMediaChannel

type PlainOptions =
  | Api.APIApplicationCommandBooleanOption
  | Api.APIApplicationCommandMentionableOption
  | Api.APIApplicationCommandRoleOption
  | Api.APIApplicationCommandUserOption

/** Discord's OpenAPI document allows only strings as localizations in responses, discord-api-types also null. */
type Localized = "name_localizations allows more than ours" | "description_localizations allows more than ours"

/** discord-api-types has `name_localized` and `description_localized` only in the command, not in its options. */
type LocalizedOption = Localized | "name_localized is only in ours" | "description_localized is only in ours"

/** The differences of the models in responses, with their reasons. */
interface ResponseDifferences {
  // Discord returns an id token with the scope openid.
  "AccessToken.AccessTokenResponse": "id_token is only in ours"
  // In Discord's OpenAPI document or in the documentation's example. The summary is always empty.
  "Application.Application":
    | "eligible_oauth2_scopes is only in ours"
    | "explicit_content_filter is only in ours"
    | "hook is only in ours"
    | "max_participants is only in ours"
    | "type is only in ours"
    | "vibegrations_project_id is only in ours"
    | "summary is not read"
  // default_permission is the predecessor of default_member_permissions.
  "ApplicationCommand.ApplicationCommand": Localized | "default_permission is not read"
  // Every member is optional in discord-api-types. Discord's OpenAPI document requires the same members as ours.
  "AuthorizationInfo.AuthorizationInfo": "application allows more than ours"
  // Only Gateway events omit the guild's id.
  "Channel.GuildChannel":
    | "default_tag_setting is only in ours"
    | "guild_id allows more than ours"
    | "permissions is only in ours"
  // The name of a DM is null. Discord's OpenAPI document requires members that are optional in discord-api-types.
  "Channel.PrivateChannel": "name is not read" | "rate_limit_per_user is not read" | "recipients allows more than ours"
  // As above. In Discord's OpenAPI document an icon is a string and the application's id is an id, and neither is null.
  "Channel.PrivateGroupChannel":
    | "application_id allows more than ours"
    | "icon allows more than ours"
    | "owner_id allows more than ours"
    | "rate_limit_per_user is not read"
    | "recipients allows more than ours"
  // In Discord's OpenAPI document threads have members of voice channels, no overwrites and no nsfw; the rest is required.
  "Channel.Thread":
    | "bitrate is only in ours"
    | "guild_id allows more than ours"
    | "member allows more than ours"
    | "member_count allows more than ours"
    | "message_count allows more than ours"
    | "nsfw is not read"
    | "owner_id allows more than ours"
    | "permission_overwrites is not read"
    | "permissions is only in ours"
    | "rtc_region is only in ours"
    | "thread_metadata allows more than ours"
    | "total_message_sent allows more than ours"
    | "user_limit is only in ours"
    | "video_quality_mode is only in ours"
  // Only Gateway events omit the ids.
  "Channel.ThreadMember": "id allows more than ours" | "user_id allows more than ours"
  "CommandOption.AttachmentOption": LocalizedOption
  "CommandOption.ChannelOption": LocalizedOption
  "CommandOption.IntegerChoice": "name_localizations allows more than ours" | "name_localized is only in ours"
  // The choices have the differences of one choice, here and below.
  "CommandOption.IntegerOption": LocalizedOption | "choices allows more than ours"
  "CommandOption.NumberChoice": "name_localizations allows more than ours" | "name_localized is only in ours"
  "CommandOption.NumberOption": LocalizedOption | "choices allows more than ours"
  "CommandOption.PlainOption": LocalizedOption
  "CommandOption.StringChoice": "name_localizations allows more than ours" | "name_localized is only in ours"
  "CommandOption.StringOption": LocalizedOption | "choices allows more than ours"
  // The options have the differences of one option.
  "CommandOption.SubcommandGroupOption": LocalizedOption | "options allows more than ours"
  "CommandOption.SubcommandOption": LocalizedOption
  // discord-api-types has only optional members in an integration. Discord's document requires id, type and account.
  "Connection.Connection": "integrations allows more than ours"
  // In Discord's OpenAPI document, but not in the documentation's table.
  "Entitlement.Entitlement":
    | "fulfilled_at is only in ours"
    | "fulfillment_status is only in ours"
    | "gift_code_flags is only in ours"
    | "gifter_user_id is only in ours"
    | "parent_id is only in ours"
    | "promotion_id is only in ours"
    | "subscription_id is only in ours"
  // Only members in interactions have permissions. discord-api-types has a separate type for them.
  "GuildMember.GuildMember": "permissions is only in ours"
  // In Discord's OpenAPI document, for an integration of a connection.
  "Integration.Integration": "guild is only in ours"
  // In Discord's OpenAPI document, but not in the documentation's table.
  "Integration.IntegrationApplication":
    | "cover_image is only in ours"
    | "flags is only in ours"
    | "flags_new is only in ours"
    | "primary_sku_id is only in ours"
    | "type is only in ours"
  // The members that only lobby messages have. Discord's OpenAPI document requires flags.
  "Message.LobbyMessage":
    | "flags allows more than ours"
    | "lobby_id is missing in theirs"
    | "lobby_member is only in ours"
    | "metadata is only in ours"
    | "moderation_metadata is only in ours"
  // Discord accepts a number and returns a string.
  "RoleConnection.RoleConnection": "metadata allows more than ours"
  "RoleConnectionMetadata.MetadataRecord": Localized
  // The predecessor of avatar_decoration_data.
  "User.PartialUser": "avatar_decoration is not read"
  "User.User": "avatar_decoration is not read"
}

/** The models in requests. */
interface Requests {
  "ApplicationCommand.CreateApplicationCommand": Api.RESTPostAPIApplicationCommandsJSONBody
  "ApplicationCommand.UpdateApplicationCommand": Api.RESTPatchAPIApplicationCommandJSONBody
  "ApplicationCommand.CreateOrUpdateApplicationCommand": Api.RESTPutAPIApplicationCommandsJSONBody[number]
  "CreateCommandOption.CreateAttachmentOption": Api.APIApplicationCommandAttachmentOption
  "CreateCommandOption.CreateChannelOption": Api.APIApplicationCommandChannelOption
  "CreateCommandOption.CreateIntegerOption": Api.APIApplicationCommandIntegerOption
  "CreateCommandOption.CreateNumberOption": Api.APIApplicationCommandNumberOption
  "CreateCommandOption.CreatePlainOption": PlainOptions
  "CreateCommandOption.CreateStringOption": Api.APIApplicationCommandStringOption
  "CreateCommandOption.CreateSubcommandGroupOption": Api.APIApplicationCommandSubcommandGroupOption
  "CreateCommandOption.CreateSubcommandOption": Api.APIApplicationCommandSubcommandOption
  "Embed.Embed": Api.APIEmbed
  "Embed.EmbedAuthor": Api.APIEmbedAuthor
  "Embed.EmbedField": Api.APIEmbedField
  "Embed.EmbedFooter": Api.APIEmbedFooter
  "Embed.EmbedMedia": Api.APIEmbedImage | Api.APIEmbedThumbnail | Api.APIEmbedVideo
  "Embed.EmbedProvider": Api.APIEmbedProvider
  "Message.AllowedMentions": Api.APIAllowedMentions
  // A lobby message has the body of a channel message.
  "Message.CreateLobbyMessage": Api.RESTPostAPIChannelMessageJSONBody
  "Message.MessageAttachment": Api.RESTAPIAttachment
  "Message.MessageReference": Api.RESTAPIMessageReference
  "Message.SharedClientTheme": Api.APIMessageSharedClientTheme
  "Poll.CreatePoll": Api.RESTAPIPoll
  "Poll.PollAnswer": Api.APIPollAnswer
  "Poll.PollEmoji": Api.APIPartialEmoji
  "Poll.PollMedia": Api.APIPollMedia
  "RoleConnection.UpdateRoleConnection": Api.RESTPutAPICurrentUserApplicationRoleConnectionJSONBody
  "RoleConnectionMetadata.CreateMetadataRecord": Api.RESTPutAPIApplicationRoleConnectionMetadataJSONBody[number]
}

/** The predecessor of default_member_permissions. */
type Replaced = "default_permission cannot be sent"

/** The differences of the models in requests, with their reasons. */
interface RequestDifferences {
  "ApplicationCommand.CreateApplicationCommand": Replaced
  // An edit cannot change the type: Discord's OpenAPI document has no type there.
  "ApplicationCommand.UpdateApplicationCommand": Replaced | "type cannot be sent"
  // The id identifies a command that is renamed. discord-api-types has it only for the commands of guilds.
  "ApplicationCommand.CreateOrUpdateApplicationCommand": Replaced | "id is only in ours"
  // In Discord's OpenAPI document each member of an embed's parts is optional. Requests omit those that Discord sets.
  "Embed.Embed":
    | "author allows more than theirs"
    | "flags cannot be sent"
    | "footer allows more than theirs"
    | "image allows more than theirs"
    | "thumbnail allows more than theirs"
  "Embed.EmbedAuthor": "name allows more than theirs" | "proxy_icon_url cannot be sent"
  "Embed.EmbedFooter": "proxy_icon_url cannot be sent" | "text allows more than theirs"
  "Embed.EmbedMedia":
    | "content_type cannot be sent"
    | "flags cannot be sent"
    | "is_animated is only in ours"
    | "proxy_url cannot be sent"
  // Only lobby messages have metadata. Components are any JSON in ours. The differences of embeds and polls are listed.
  "Message.CreateLobbyMessage":
    | "components allows more than theirs"
    | "embeds allows more than theirs"
    | "metadata is only in ours"
    | "poll allows more than theirs"
  // With choices only false is allowed. Ours reject true before they send the request.
  "CreateCommandOption.CreateIntegerOption": "autocomplete allows more than theirs"
  "CreateCommandOption.CreateNumberOption": "autocomplete allows more than theirs"
  "CreateCommandOption.CreateStringOption": "autocomplete allows more than theirs"
  // The emoji and its members are optional in Discord's OpenAPI document. Discord assigns the answer's id.
  "Poll.CreatePoll": "answers allows more than theirs" | "question allows more than theirs"
  "Poll.PollAnswer": "answer_id cannot be sent" | "poll_media allows more than theirs"
  "Poll.PollEmoji": "id allows more than theirs" | "name allows more than theirs"
  "Poll.PollMedia": "emoji allows more than theirs"
}

/** The bodies of calls that have no model, or whose model several calls share. */
interface Bodies {
  addGuildMember: Api.RESTPutAPIGuildMemberJSONBody
  createGuildApplicationCommand: Api.RESTPostAPIApplicationGuildCommandsJSONBody
  editGuildApplicationCommand: Api.RESTPatchAPIApplicationGuildCommandJSONBody
  bulkOverwriteGuildApplicationCommands: Api.RESTPutAPIApplicationGuildCommandsJSONBody[number]
  editApplicationCommandPermissions: Api.RESTPutAPIApplicationCommandPermissionsJSONBody
  groupDmAddRecipient: Api.RESTPutAPIChannelRecipientJSONBody
}

/** Ours have one model for guild and global commands, which checks whether the type needs a description. */
type GuildCommand =
  | Replaced
  | "contexts is only in ours"
  | "dm_permission is only in ours"
  | "handler is only in ours"
  | "integration_types is only in ours"

interface BodyDifferences {
  // In Discord's OpenAPI document.
  addGuildMember: "flags is only in ours"
  bulkOverwriteGuildApplicationCommands: GuildCommand | "description allows more than theirs"
  createGuildApplicationCommand: GuildCommand | "description allows more than theirs"
  editGuildApplicationCommand: GuildCommand | "type cannot be sent"
}

/** Models without a counterpart in discord-api-types. */
type Alone =
  // discord-api-types has no activities, lobbies, OpenID Connect and public keys.
  | "Attachment.UploadedAttachment"
  | "Lobby.CreateOrJoinLobby"
  | "Lobby.UpdateLinkedChannel"
  | "Lobby.Lobby"
  | "Lobby.LobbyInvite"
  | "Lobby.LobbyMember"
  | "PublicKeys.PublicKey"
  | "PublicKeys.PublicKeys"
  | "UserInfo.UserInfo"
  // discord-api-types has no guild in an integration of a connection.
  | "Integration.IntegrationGuild"
  // The stored token exists only in this library.
  | "AccessToken.AccessToken"

type Modules = typeof Models

/** The names of the structs of a module that are not errors. */
type Structs<M> = {
  [K in keyof M]: M[K] extends { readonly fields: object; readonly Encoded: unknown; readonly Type: infer Type }
    ? Type extends Error ? never : K
    : never
}

type ModelNames = {
  [M in keyof Modules]: `${M}.${Structs<Modules[M]>[keyof Modules[M]] & string}`
}[keyof Modules]

type Model<Name> = Name extends `${infer M extends keyof Modules}.${infer K}`
  ? K extends keyof Modules[M] ? Modules[M][K] extends { readonly Encoded: infer Encoded } ? Encoded : never : never
  : never

type Body<Identifier> = Extract<DiscordHttpApi.Endpoints, { readonly identifier: Identifier }>["~Payload"] extends
  Schema.toCodecJson<infer S> ? S["Encoded"] extends ReadonlyArray<infer Item> ? Item : S["Encoded"]
  : never

type ResponsesFound = { [Name in keyof Responses]: Received<Model<Name>, Responses[Name]> }
type RequestsFound = { [Name in keyof Requests]: Sent<Model<Name>, Requests[Name]> }
type BodiesFound = { [Name in keyof Bodies]: Sent<Body<Name>, Bodies[Name]> }

/** The sentences of `A` that are not in `B`. */
type Without<A, B> = {
  [Name in keyof A & string]: `${Name}: ${Exclude<A[Name], Name extends keyof B ? B[Name] : never> & string}`
}[keyof A & string]

describe("the types of responses in discord-api-types are assignable to our models", () => {
  test("except for the listed differences", () => {
    expect<Without<ResponsesFound, ResponseDifferences>>().type.toBe<never>()
  })

  test("each listed difference exists", () => {
    expect<Without<ResponseDifferences, ResponsesFound>>().type.toBe<never>()
  })
})

describe("our models of requests are assignable to discord-api-types", () => {
  test("except for the listed differences", () => {
    expect<Without<RequestsFound, RequestDifferences>>().type.toBe<never>()
    expect<Without<BodiesFound, BodyDifferences>>().type.toBe<never>()
  })

  test("each listed difference exists", () => {
    expect<Without<RequestDifferences, RequestsFound>>().type.toBe<never>()
    expect<Without<BodyDifferences, BodiesFound>>().type.toBe<never>()
  })
})

test("each of our models is compared or listed as a model without a counterpart", () => {
  expect<Exclude<ModelNames, Alone | keyof Responses | keyof Requests>>().type.toBe<never>()
  expect<Exclude<Alone | keyof Responses | keyof Requests, ModelNames>>().type.toBe<never>()
})

// These lines fail when discord-api-types gets lobbies.
// @ts-expect-error has no exported member 'APILobby'
export type Lobby = Api.APILobby
// @ts-expect-error has no exported member 'APILobbyMember'
export type LobbyMember = Api.APILobbyMember

describe("the comparison finds", () => {
  interface Ours {
    readonly id: string
    readonly kind: "berry" | (string & {})
    readonly size: number
    readonly note?: string | null
    readonly tags: ReadonlyArray<string>
  }

  interface Theirs {
    id: string
    kind: Api.NameplatePalette
    size: Api.EntitlementType
    note?: string | null
    tags: Array<string>
  }

  test("no difference if ours differ only by open enums", () => {
    expect<Received<Ours, Theirs>>().type.toBe<never>()
    expect<Sent<Ours, Theirs>>().type.toBe<never>()
  })

  test("members that only one of the two has", () => {
    expect<Received<Ours, Theirs & { color: number }>>().type.toBe<"color is not read">()
    expect<Received<Ours & { color?: number }, Theirs>>().type.toBe<"color is only in ours">()
    expect<Received<Ours & { color: number }, Theirs>>().type.toBe<"color is missing in theirs">()
    expect<Sent<Ours, Theirs & { color: number }>>().type.toBe<"color cannot be sent">()
    expect<Sent<Ours & { color?: number }, Theirs>>().type.toBe<"color is only in ours">()
  })

  test("differences in null, optional members, types and values at any depth", () => {
    expect<Received<Ours, Omit<Theirs, "id"> & { id: string | null }>>().type.toBe<"id allows more than ours">()
    expect<Received<Ours, Omit<Theirs, "id"> & { id?: string }>>().type.toBe<"id allows more than ours">()
    expect<Received<Ours, Omit<Theirs, "size"> & { size: Api.NameplatePalette }>>().type.toBe<
      "size allows more than ours"
    >()
    expect<Received<{ readonly kind: "berry" }, Pick<Theirs, "kind">>>().type.toBe<"kind allows more than ours">()
    expect<Received<{ readonly one: Ours }, { one: Theirs | null }>>().type.toBe<"one allows more than ours">()
    expect<Received<{ readonly all: ReadonlyArray<Ours> }, { all: Array<Partial<Theirs>> }>>().type.toBe<
      "all allows more than ours"
    >()
    expect<Sent<{ readonly size?: number }, Pick<Theirs, "size">>>().type.toBe<"size allows more than theirs">()
    expect<Sent<{ readonly id: number }, Pick<Theirs, "id">>>().type.toBe<"id allows more than theirs">()
  })

  test("each member of a union in responses must fit, and at least one in requests", () => {
    expect<Received<Ours, Theirs | Omit<Theirs, "id">>>().type.toBe<"id is missing in theirs">()
    expect<Sent<{ readonly id?: string }, { id: string } | { id?: string }>>().type.toBe<never>()
  })
})
