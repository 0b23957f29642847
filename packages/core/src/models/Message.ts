/**
 * A message in a lobby, and the request body that sends one (`sdk.social_layer` scope).
 *
 * @see https://discord.com/developers/docs/resources/lobby#send-lobby-message
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Embeds } from "./Embed.ts"
import { text, textOrEmpty } from "./internal/boundedText.ts"
import { namesOf } from "./internal/flags.ts"
import { nameIn } from "./internal/nameIn.ts"
import { openEnum } from "./internal/openEnum.ts"
import { optional } from "./internal/optional.ts"
import { CreatePoll } from "./Poll.ts"
import * as Snowflake from "./Snowflake.ts"
import * as User from "./User.ts"

/**
 * The values of `type` that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/message#message-object-message-types
 * @category constants
 * @since 0.1.0
 */
export const MessageType = {
  Default: 0,
  RecipientAdd: 1,
  RecipientRemove: 2,
  Call: 3,
  ChannelNameChange: 4,
  ChannelIconChange: 5,
  ChannelPinnedMessage: 6,
  UserJoin: 7,
  GuildBoost: 8,
  GuildBoostTier1: 9,
  GuildBoostTier2: 10,
  GuildBoostTier3: 11,
  ChannelFollowAdd: 12,
  GuildDiscoveryDisqualified: 14,
  GuildDiscoveryRequalified: 15,
  GuildDiscoveryGracePeriodInitialWarning: 16,
  GuildDiscoveryGracePeriodFinalWarning: 17,
  ThreadCreated: 18,
  Reply: 19,
  ChatInputCommand: 20,
  ThreadStarterMessage: 21,
  GuildInviteReminder: 22,
  ContextMenuCommand: 23,
  AutoModerationAction: 24,
  RoleSubscriptionPurchase: 25,
  InteractionPremiumUpsell: 26,
  StageStart: 27,
  StageEnd: 28,
  StageSpeaker: 29,
  StageTopic: 31,
  GuildApplicationPremiumSubscription: 32,
  GuildIncidentAlertModeEnabled: 36,
  GuildIncidentAlertModeDisabled: 37,
  GuildIncidentReportRaid: 38,
  GuildIncidentReportFalseAlarm: 39,
  PurchaseNotification: 44,
  PollResult: 46,
  HdStreamingUpgraded: 55
} as const

/**
 * The name of a type of message.
 *
 * @category models
 * @since 0.1.0
 */
export type MessageTypeName = keyof typeof MessageType

/**
 * The bit of each flag of a message that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/message#message-object-message-flags
 * @category constants
 * @since 0.1.0
 */
export const Flag = {
  CROSSPOSTED: 1 << 0,
  IS_CROSSPOST: 1 << 1,
  SUPPRESS_EMBEDS: 1 << 2,
  SOURCE_MESSAGE_DELETED: 1 << 3,
  URGENT: 1 << 4,
  HAS_THREAD: 1 << 5,
  EPHEMERAL: 1 << 6,
  LOADING: 1 << 7,
  FAILED_TO_MENTION_SOME_ROLES_IN_THREAD: 1 << 8,
  SUPPRESS_NOTIFICATIONS: 1 << 12,
  IS_VOICE_MESSAGE: 1 << 13,
  HAS_SNAPSHOT: 1 << 14,
  IS_COMPONENTS_V2: 1 << 15
} as const

/**
 * The name of a flag of a message.
 *
 * @category models
 * @since 0.1.0
 */
export type FlagName = keyof typeof Flag

/**
 * A message in a lobby, in a response.
 *
 * **Details**
 *
 * - `channel_id` equals `lobby_id`.
 * - `lobby_member` holds the second name that the author had in the lobby when the message was sent.
 * - `metadata` is the metadata of the request, `moderation_metadata` that of the application's moderation.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LobbyMessage = Schema.Struct({
  id: Snowflake.MessageId,
  type: Schema.Int,
  content: Schema.String,
  lobby_id: Snowflake.LobbyId,
  channel_id: Snowflake.ChannelId,
  author: User.User,
  lobby_member: Schema.optionalKey(Schema.Struct({ additional_name: Schema.String })),
  metadata: Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.String))),
  moderation_metadata: Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.String))),
  flags: Schema.Int,
  application_id: Schema.optionalKey(Snowflake.ApplicationId)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface LobbyMessage extends Schema.Schema.Type<typeof LobbyMessage> {}

/**
 * The users and roles that a message may notify. Without it, the message notifies everyone that its content mentions.
 *
 * **Details**
 *
 * `users` and `roles` have at most 100 distinct ids each. `parse: []` notifies nobody.
 *
 * @see https://discord.com/developers/docs/resources/message#allowed-mentions-object
 * @category schemas
 * @since 0.1.0
 */
export const AllowedMentions = Schema.Struct({
  parse: optional(
    Schema.Array(Schema.NullOr(openEnum(["users", "roles", "everyone"]))).check(Schema.isUnique())
  ),
  users: optional(
    Schema.Array(Schema.NullOr(Snowflake.UserId)).check(Schema.isMaxLength(100), Schema.isUnique())
  ),
  roles: optional(
    Schema.Array(Schema.NullOr(Snowflake.RoleId)).check(Schema.isMaxLength(100), Schema.isUnique())
  ),
  replied_user: optional(Schema.Boolean)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface AllowedMentions extends Schema.Schema.Type<typeof AllowedMentions> {}

/**
 * The message that a message replies to. `type` is 0.
 *
 * @see https://discord.com/developers/docs/resources/message#message-reference-structure
 * @category schemas
 * @since 0.1.0
 */
export const MessageReference = Schema.Struct({
  message_id: Snowflake.MessageId,
  channel_id: optional(Snowflake.ChannelId),
  guild_id: optional(Snowflake.GuildId),
  fail_if_not_exists: optional(Schema.Boolean),
  type: optional(Schema.Int)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface MessageReference extends Schema.Schema.Type<typeof MessageReference> {}

/**
 * The description of a file in the same request. `id` is the number of the file in the request, as a string.
 * `duration_secs` is in seconds.
 *
 * @category schemas
 * @since 0.1.0
 */
export const MessageAttachment = Schema.Struct({
  id: Snowflake.AttachmentId,
  filename: optional(text(1024)),
  description: optional(textOrEmpty(1024)),
  duration_secs: optional(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 2_147_483_647 }))),
  waveform: optional(textOrEmpty(400)),
  title: optional(textOrEmpty(1024)),
  is_spoiler: optional(Schema.Boolean)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface MessageAttachment extends Schema.Schema.Type<typeof MessageAttachment> {}

/**
 * A theme of Discord's client that a message shares: 1 to 5 colors of six hexadecimal digits, a gradient angle of 0 to
 * 360 degrees, and 0 to 100 percent of the base theme.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SharedClientTheme = Schema.Struct({
  colors: Schema.Array(
    Schema.String.check(Schema.isPattern(/^[0-9a-fA-F]{6}$/u, { expected: "six hexadecimal digits" }))
  ).check(Schema.isMinLength(1), Schema.isMaxLength(5)),
  gradient_angle: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 360 })),
  base_mix: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 })),
  base_theme: optional(Schema.Int)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface SharedClientTheme extends Schema.Schema.Type<typeof SharedClientTheme> {}

/**
 * The body of "Send Lobby Message".
 *
 * **Details**
 *
 * Discord's limits are checked before the request is sent: at most 4,000 characters of content, 10 embeds with at most
 * 6,000 characters together, 3 stickers, 40 components, 10 attachments, and a nonce of at most 25 characters.
 * `components` are not checked. Discord sends `metadata` to the active clients of the lobby and does not store it.
 *
 * **Gotchas**
 *
 * - Discord rejects a message that has nothing to show. Most messages have `content`.
 * - Text that a user typed can mention everyone, unless `allowed_mentions` forbids it.
 *
 * **Example** (Text of a user, without mentions)
 *
 * ```ts
 * import type { Message } from "@discord-oauth2/core/models"
 *
 * const toMessage = (typed: string): Message.CreateLobbyMessage => ({ content: typed, allowed_mentions: { parse: [] } })
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateLobbyMessage = Schema.Struct({
  content: optional(textOrEmpty(4000)),
  metadata: optional(Schema.Record(Schema.String, Schema.String)),
  embeds: optional(Embeds),
  allowed_mentions: optional(AllowedMentions),
  sticker_ids: optional(Schema.Array(Snowflake.StickerId).check(Schema.isMaxLength(3))),
  components: optional(Schema.Array(Schema.JsonObject).check(Schema.isMaxLength(40))),
  flags: optional(Schema.Int),
  attachments: optional(Schema.Array(MessageAttachment).check(Schema.isMaxLength(10))),
  poll: optional(CreatePoll),
  shared_client_theme: optional(SharedClientTheme),
  message_reference: optional(MessageReference),
  nonce: optional(Schema.Union([Schema.Int, textOrEmpty(25)])),
  enforce_nonce: optional(Schema.Boolean),
  tts: optional(Schema.Boolean)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateLobbyMessage extends Schema.Schema.Type<typeof CreateLobbyMessage> {}

/**
 * Returns the name to show for the author: the second name that the author had in the lobby, else the user's display
 * name.
 *
 * @category getters
 * @since 0.1.0
 */
export const authorName = (self: LobbyMessage): string =>
  self.lobby_member?.additional_name ?? User.displayName(self.author)

const typeNames = nameIn<MessageTypeName>(MessageType)

/**
 * Returns the name of the message's type, or none when Discord does not document the type.
 *
 * @category getters
 * @since 0.1.0
 */
export const typeName = (self: { readonly type: number }): Option.Option<MessageTypeName> => typeNames(self.type)

const flagNames = namesOf<FlagName>(Flag)

/**
 * Returns the names of the message's flags. Ignores bits without a name.
 *
 * @category getters
 * @since 0.1.0
 */
export const flags = (self: { readonly flags?: number }): ReadonlyArray<FlagName> => flagNames(self.flags)

/**
 * Returns the instant at which the message was sent, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: { readonly id: Snowflake.MessageId }): DateTime.Utc => Snowflake.timestamp(self.id)
