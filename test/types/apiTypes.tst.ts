/**
 * Our models on the wire, held against discord-api-types: what those let Discord send must fit into ours, and what we send
 * into theirs. The differences stand in the lists below, each with its reason; one more fails, and one less as well.
 */
import type { DiscordHttpApi } from "@discord-oauth2/core/api"
import type * as Models from "@discord-oauth2/core/models"
import type * as Api from "discord-api-types/v10"
import type * as Schema from "effect/Schema"
import { describe, expect, test } from "tstyche"
import type { Received, Sent } from "./compare.ts"

/** The models that Discord answers with. */
interface Answers {
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
  // A message of a lobby has these members of a message, and some of its own.
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

/** Discord's document has text alone in the localizations that it answers; discord-api-types has null too. */
type Localized = "name_localizations is more than we take" | "description_localizations is more than we take"

/** discord-api-types has the localized texts, which `with_localizations` leaves out, of the command alone. */
type LocalizedOption = Localized | "name_localized is ours alone" | "description_localized is ours alone"

/** How what they let Discord send differs from what we take, and why. */
interface AnswerDifferences {
  // An id token comes with the scope openid.
  "AccessToken.AccessTokenResponse": "id_token is ours alone"
  // Of Discord's document, or of the documentation's example, and not of discord-api-types; the summary is always empty.
  "Application.Application":
    | "eligible_oauth2_scopes is ours alone"
    | "explicit_content_filter is ours alone"
    | "hook is ours alone"
    | "max_participants is ours alone"
    | "type is ours alone"
    | "vibegrations_project_id is ours alone"
    | "summary is not read"
  // The permission by default is what default_member_permissions took the place of.
  "ApplicationCommand.ApplicationCommand": Localized | "default_permission is not read"
  // Every member optional there; Discord's document requires what ours does.
  "AuthorizationInfo.AuthorizationInfo": "application is more than we take"
  // The guild's id is left out in events of the Gateway alone.
  "Channel.GuildChannel":
    | "default_tag_setting is ours alone"
    | "guild_id is more than we take"
    | "permissions is ours alone"
  // The name of a DM is null; what is optional there Discord's document requires.
  "Channel.PrivateChannel": "name is not read" | "rate_limit_per_user is not read" | "recipients is more than we take"
  // As above; and Discord's document has text for the icon, where there is one, and an id for the application.
  "Channel.PrivateGroupChannel":
    | "application_id is more than we take"
    | "icon is more than we take"
    | "owner_id is more than we take"
    | "rate_limit_per_user is not read"
    | "recipients is more than we take"
  // Discord's document has threads with members of voice channels, without overwrites and nsfw, and requires the rest.
  "Channel.Thread":
    | "bitrate is ours alone"
    | "guild_id is more than we take"
    | "member is more than we take"
    | "member_count is more than we take"
    | "message_count is more than we take"
    | "nsfw is not read"
    | "owner_id is more than we take"
    | "permission_overwrites is not read"
    | "permissions is ours alone"
    | "rtc_region is ours alone"
    | "thread_metadata is more than we take"
    | "total_message_sent is more than we take"
    | "user_limit is ours alone"
    | "video_quality_mode is ours alone"
  // The ids are left out in events of the Gateway alone.
  "Channel.ThreadMember": "id is more than we take" | "user_id is more than we take"
  "CommandOption.AttachmentOption": LocalizedOption
  "CommandOption.ChannelOption": LocalizedOption
  "CommandOption.IntegerChoice": "name_localizations is more than we take" | "name_localized is ours alone"
  // The choices differ as the choice does, here and below.
  "CommandOption.IntegerOption": LocalizedOption | "choices is more than we take"
  "CommandOption.NumberChoice": "name_localizations is more than we take" | "name_localized is ours alone"
  "CommandOption.NumberOption": LocalizedOption | "choices is more than we take"
  "CommandOption.PlainOption": LocalizedOption
  "CommandOption.StringChoice": "name_localizations is more than we take" | "name_localized is ours alone"
  "CommandOption.StringOption": LocalizedOption | "choices is more than we take"
  // The options differ as the option does.
  "CommandOption.SubcommandGroupOption": LocalizedOption | "options is more than we take"
  "CommandOption.SubcommandOption": LocalizedOption
  // Every member of an integration optional there; Discord's document requires its id, type and account.
  "Connection.Connection": "integrations is more than we take"
  // Of Discord's document, and not of the documentation's table.
  "Entitlement.Entitlement":
    | "fulfilled_at is ours alone"
    | "fulfillment_status is ours alone"
    | "gift_code_flags is ours alone"
    | "gifter_user_id is ours alone"
    | "parent_id is ours alone"
    | "promotion_id is ours alone"
    | "subscription_id is ours alone"
  // Of members in interactions, which discord-api-types has as a type of its own.
  "GuildMember.GuildMember": "permissions is ours alone"
  // In Discord's document, for an integration of a connection.
  "Integration.Integration": "guild is ours alone"
  // Of Discord's document, and not of the documentation's table.
  "Integration.IntegrationApplication":
    | "cover_image is ours alone"
    | "flags is ours alone"
    | "flags_new is ours alone"
    | "primary_sku_id is ours alone"
    | "type is ours alone"
  // What makes it a lobby's; and its flags are required in Discord's document.
  "Message.LobbyMessage":
    | "flags is more than we take"
    | "lobby_id is missing in theirs"
    | "lobby_member is ours alone"
    | "metadata is ours alone"
    | "moderation_metadata is ours alone"
  // A number can be written, and is answered as text.
  "RoleConnection.RoleConnection": "metadata is more than we take"
  "RoleConnectionMetadata.MetadataRecord": Localized
  // The predecessor of avatar_decoration_data.
  "User.PartialUser": "avatar_decoration is not read"
  "User.User": "avatar_decoration is not read"
}

/** The models of what is sent. */
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
  // A message to a lobby is written as a message to a channel is.
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

/** What default_member_permissions took the place of. */
type Replaced = "default_permission cannot be sent"

/** How what we send differs from what they let be sent, and why. */
interface RequestDifferences {
  "ApplicationCommand.CreateApplicationCommand": Replaced
  // Discord's document has no type in an edit: it stays what it is.
  "ApplicationCommand.UpdateApplicationCommand": Replaced | "type cannot be sent"
  // An id keeps a command that is renamed; discord-api-types has it for the commands of guilds alone.
  "ApplicationCommand.CreateOrUpdateApplicationCommand": Replaced | "id is ours alone"
  // Discord's document has every member of an embed's parts optional, and takes of them what is not Discord's own to fill.
  "Embed.Embed":
    | "author is more than they take"
    | "flags cannot be sent"
    | "footer is more than they take"
    | "image is more than they take"
    | "thumbnail is more than they take"
  "Embed.EmbedAuthor": "name is more than they take" | "proxy_icon_url cannot be sent"
  "Embed.EmbedFooter": "proxy_icon_url cannot be sent" | "text is more than they take"
  "Embed.EmbedMedia":
    | "content_type cannot be sent"
    | "flags cannot be sent"
    | "is_animated is ours alone"
    | "proxy_url cannot be sent"
  // The metadata are a lobby's own; components are JSON to us; embeds and polls differ as theirs do.
  "Message.CreateLobbyMessage":
    | "components is more than they take"
    | "embeds is more than they take"
    | "metadata is ours alone"
    | "poll is more than they take"
  // With choices it is false alone; ours refuse the other before sending.
  "CreateCommandOption.CreateIntegerOption": "autocomplete is more than they take"
  "CreateCommandOption.CreateNumberOption": "autocomplete is more than they take"
  "CreateCommandOption.CreateStringOption": "autocomplete is more than they take"
  // The emoji and its members are optional in Discord's document; the answer's id is Discord's to give.
  "Poll.CreatePoll": "answers is more than they take" | "question is more than they take"
  "Poll.PollAnswer": "answer_id cannot be sent" | "poll_media is more than they take"
  "Poll.PollEmoji": "id is more than they take" | "name is more than they take"
  "Poll.PollMedia": "emoji is more than they take"
}

/** The bodies of calls, where the model is sent to more than one, or there is none. */
interface Bodies {
  addGuildMember: Api.RESTPutAPIGuildMemberJSONBody
  createGuildApplicationCommand: Api.RESTPostAPIApplicationGuildCommandsJSONBody
  editGuildApplicationCommand: Api.RESTPatchAPIApplicationGuildCommandJSONBody
  bulkOverwriteGuildApplicationCommands: Api.RESTPutAPIApplicationGuildCommandsJSONBody[number]
  editApplicationCommandPermissions: Api.RESTPutAPIApplicationCommandPermissionsJSONBody
  groupDmAddRecipient: Api.RESTPutAPIChannelRecipientJSONBody
}

/** One model for the commands of guilds and the others, whose description is checked by their type before sending. */
type GuildCommand =
  | Replaced
  | "contexts is ours alone"
  | "dm_permission is ours alone"
  | "handler is ours alone"
  | "integration_types is ours alone"

interface BodyDifferences {
  // Of Discord's document.
  addGuildMember: "flags is ours alone"
  bulkOverwriteGuildApplicationCommands: GuildCommand | "description is more than they take"
  createGuildApplicationCommand: GuildCommand | "description is more than they take"
  editGuildApplicationCommand: GuildCommand | "type cannot be sent"
}

/** Models without a counterpart in discord-api-types. */
type Alone =
  // Activities, lobbies, OpenID Connect and the public keys are not in discord-api-types.
  | "Attachment.UploadedAttachment"
  | "Lobby.CreateOrJoinLobby"
  | "Lobby.UpdateLinkedChannel"
  | "Lobby.Lobby"
  | "Lobby.LobbyInvite"
  | "Lobby.LobbyMember"
  | "PublicKeys.PublicKey"
  | "PublicKeys.PublicKeys"
  | "UserInfo.UserInfo"
  // Nor is the guild of an integration of a connection.
  | "Integration.IntegrationGuild"
  // A token as it is kept is the library's own.
  | "AccessToken.AccessToken"

type Modules = typeof Models

/** The structs of a module that are no errors. */
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

type AnswersFound = { [Name in keyof Answers]: Received<Model<Name>, Answers[Name]> }
type RequestsFound = { [Name in keyof Requests]: Sent<Model<Name>, Requests[Name]> }
type BodiesFound = { [Name in keyof Bodies]: Sent<Body<Name>, Bodies[Name]> }

/** The sentences of `A` that are not in `B`. */
type Without<A, B> = {
  [Name in keyof A & string]: `${Name}: ${Exclude<A[Name], Name extends keyof B ? B[Name] : never> & string}`
}[keyof A & string]

describe("what Discord sends by discord-api-types fits into our models", () => {
  test("but for a list", () => {
    expect<Without<AnswersFound, AnswerDifferences>>().type.toBe<never>()
  })

  test("and nothing of the list is out of date", () => {
    expect<Without<AnswerDifferences, AnswersFound>>().type.toBe<never>()
  })
})

describe("what we send fits into discord-api-types", () => {
  test("but for a list", () => {
    expect<Without<RequestsFound, RequestDifferences>>().type.toBe<never>()
    expect<Without<BodiesFound, BodyDifferences>>().type.toBe<never>()
  })

  test("and nothing of the list is out of date", () => {
    expect<Without<RequestDifferences, RequestsFound>>().type.toBe<never>()
    expect<Without<BodyDifferences, BodiesFound>>().type.toBe<never>()
  })
})

test("every model of ours is compared, or has no counterpart", () => {
  expect<Exclude<ModelNames, Alone | keyof Answers | keyof Requests>>().type.toBe<never>()
  expect<Exclude<Alone | keyof Answers | keyof Requests, ModelNames>>().type.toBe<never>()
})

// When lobbies come to discord-api-types, these lines fail.
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

  test("nothing where enums are open and the rest is the same", () => {
    expect<Received<Ours, Theirs>>().type.toBe<never>()
    expect<Sent<Ours, Theirs>>().type.toBe<never>()
  })

  test("members of either alone", () => {
    expect<Received<Ours, Theirs & { color: number }>>().type.toBe<"color is not read">()
    expect<Received<Ours & { color?: number }, Theirs>>().type.toBe<"color is ours alone">()
    expect<Received<Ours & { color: number }, Theirs>>().type.toBe<"color is missing in theirs">()
    expect<Sent<Ours, Theirs & { color: number }>>().type.toBe<"color cannot be sent">()
    expect<Sent<Ours & { color?: number }, Theirs>>().type.toBe<"color is ours alone">()
  })

  test("null, absence, other types and other values, however deep", () => {
    expect<Received<Ours, Omit<Theirs, "id"> & { id: string | null }>>().type.toBe<"id is more than we take">()
    expect<Received<Ours, Omit<Theirs, "id"> & { id?: string }>>().type.toBe<"id is more than we take">()
    expect<Received<Ours, Omit<Theirs, "size"> & { size: Api.NameplatePalette }>>().type.toBe<
      "size is more than we take"
    >()
    expect<Received<{ readonly kind: "berry" }, Pick<Theirs, "kind">>>().type.toBe<"kind is more than we take">()
    expect<Received<{ readonly one: Ours }, { one: Theirs | null }>>().type.toBe<"one is more than we take">()
    expect<Received<{ readonly all: ReadonlyArray<Ours> }, { all: Array<Partial<Theirs>> }>>().type.toBe<
      "all is more than we take"
    >()
    expect<Sent<{ readonly size?: number }, Pick<Theirs, "size">>>().type.toBe<"size is more than they take">()
    expect<Sent<{ readonly id: number }, Pick<Theirs, "id">>>().type.toBe<"id is more than they take">()
  })

  test("each of theirs where there are several, and of what is sent one that takes it", () => {
    expect<Received<Ours, Theirs | Omit<Theirs, "id">>>().type.toBe<"id is missing in theirs">()
    expect<Sent<{ readonly id?: string }, { id: string } | { id?: string }>>().type.toBe<never>()
  })
})
