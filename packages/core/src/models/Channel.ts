/**
 * A channel of a guild, a thread, a direct message or a group direct message.
 *
 * {@link Channel} is a union that the guards of this module narrow. A channel of an unknown type keeps all its members.
 *
 * @see https://discord.com/developers/docs/resources/channel#channel-object
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { GuildMember } from "./GuildMember.ts"
import { namesOf } from "./internal/flags.ts"
import { nameIn } from "./internal/nameIn.ts"
import { openEnum } from "./internal/openEnum.ts"
import { unknownType } from "./internal/unknownType.ts"
import { Permissions } from "./Permissions.ts"
import * as Snowflake from "./Snowflake.ts"
import { Timestamp } from "./Timestamp.ts"
import { PartialUser } from "./User.ts"

/**
 * The values of `type` that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/channel#channel-object-channel-types
 * @category constants
 * @since 0.1.0
 */
export const ChannelType = {
  GuildText: 0,
  Dm: 1,
  GuildVoice: 2,
  GroupDm: 3,
  GuildCategory: 4,
  GuildAnnouncement: 5,
  AnnouncementThread: 10,
  PublicThread: 11,
  PrivateThread: 12,
  GuildStageVoice: 13,
  GuildDirectory: 14,
  GuildForum: 15,
  GuildMedia: 16
} as const

/**
 * The name of a type of channel.
 *
 * @category models
 * @since 0.1.0
 */
export type ChannelTypeName = keyof typeof ChannelType

/**
 * The values of an overwrite's `type`: whether it applies to a role or to a member.
 *
 * @category constants
 * @since 0.1.0
 */
export const OverwriteType = { Role: 0, Member: 1 } as const

/**
 * The permissions of a role or a member in one channel, which override the permissions in the guild.
 *
 * @see https://discord.com/developers/docs/resources/channel#overwrite-object
 * @category schemas
 * @since 0.1.0
 */
export const PermissionOverwrite = Schema.Struct({
  id: Snowflake.Snowflake,
  type: Schema.Int,
  allow: Permissions,
  deny: Permissions
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PermissionOverwrite extends Schema.Schema.Type<typeof PermissionOverwrite> {}

/**
 * A tag for the threads of a forum. At least one of `emoji_id` and `emoji_name` is `null`.
 *
 * @see https://discord.com/developers/docs/resources/channel#forum-tag-object
 * @category schemas
 * @since 0.1.0
 */
export const ForumTag = Schema.Struct({
  id: Snowflake.TagId,
  name: Schema.String,
  moderated: Schema.Boolean,
  emoji_id: Schema.NullOr(Snowflake.EmojiId),
  emoji_name: Schema.NullOr(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface ForumTag extends Schema.Schema.Type<typeof ForumTag> {}

/**
 * The emoji of a forum's reaction button: a custom emoji by its id, or a Unicode emoji by its characters.
 *
 * @see https://discord.com/developers/docs/resources/channel#default-reaction-object
 * @category schemas
 * @since 0.1.0
 */
export const DefaultReaction = Schema.Struct({
  emoji_id: Schema.NullOr(Snowflake.EmojiId),
  emoji_name: Schema.NullOr(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface DefaultReaction extends Schema.Schema.Type<typeof DefaultReaction> {}

const base = {
  id: Snowflake.ChannelId,
  flags: Schema.optionalKey(Schema.Int),
  last_message_id: Schema.optionalKey(Schema.NullOr(Snowflake.MessageId)),
  last_pin_timestamp: Schema.optionalKey(Schema.NullOr(Timestamp))
}

const ofGuild = {
  guild_id: Snowflake.GuildId,
  name: Schema.String,
  parent_id: Schema.optionalKey(Schema.NullOr(Snowflake.ChannelId)),
  permissions: Schema.optionalKey(Permissions),
  rate_limit_per_user: Schema.optionalKey(Schema.Int),
  bitrate: Schema.optionalKey(Schema.Int),
  user_limit: Schema.optionalKey(Schema.Int),
  rtc_region: Schema.optionalKey(Schema.NullOr(Schema.String)),
  video_quality_mode: Schema.optionalKey(Schema.Int)
}

/**
 * A channel of a guild that is not a thread.
 *
 * **Details**
 *
 * `rate_limit_per_user` is in seconds, `bitrate` in bits per second, `default_auto_archive_duration` in minutes.
 * `video_quality_mode` is 1 (automatic) or 2 (720p), `default_sort_order` 0 (latest activity) or 1 (date of creation),
 * `default_forum_layout` 0 (none set), 1 (list) or 2 (gallery).
 *
 * @category schemas
 * @since 0.1.0
 */
export const GuildChannel = Schema.Struct({
  type: Schema.Literals([
    ChannelType.GuildText,
    ChannelType.GuildVoice,
    ChannelType.GuildCategory,
    ChannelType.GuildAnnouncement,
    ChannelType.GuildStageVoice,
    ChannelType.GuildDirectory,
    ChannelType.GuildForum,
    ChannelType.GuildMedia
  ]),
  ...base,
  ...ofGuild,
  position: Schema.Int,
  permission_overwrites: Schema.optionalKey(Schema.Array(PermissionOverwrite)),
  nsfw: Schema.optionalKey(Schema.Boolean),
  topic: Schema.optionalKey(Schema.NullOr(Schema.String)),
  default_auto_archive_duration: Schema.optionalKey(Schema.Int),
  default_thread_rate_limit_per_user: Schema.optionalKey(Schema.Int),
  available_tags: Schema.optionalKey(Schema.Array(ForumTag)),
  default_reaction_emoji: Schema.optionalKey(Schema.NullOr(DefaultReaction)),
  default_sort_order: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  default_forum_layout: Schema.optionalKey(Schema.Int),
  default_tag_setting: Schema.optionalKey(Schema.NullOr(openEnum(["match_all", "match_some"])))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface GuildChannel extends Schema.Schema.Type<typeof GuildChannel> {}

/**
 * The members that only a thread has. `auto_archive_duration` is in minutes.
 *
 * @see https://discord.com/developers/docs/resources/channel#thread-metadata-object
 * @category schemas
 * @since 0.1.0
 */
export const ThreadMetadata = Schema.Struct({
  archived: Schema.Boolean,
  archive_timestamp: Schema.NullOr(Timestamp),
  auto_archive_duration: Schema.Int,
  locked: Schema.Boolean,
  create_timestamp: Schema.optionalKey(Schema.NullOr(Timestamp)),
  invitable: Schema.optionalKey(Schema.Boolean)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface ThreadMetadata extends Schema.Schema.Type<typeof ThreadMetadata> {}

/**
 * A user who has joined a thread. `id` is the id of the thread.
 *
 * @see https://discord.com/developers/docs/resources/channel#thread-member-object
 * @category schemas
 * @since 0.1.0
 */
export const ThreadMember = Schema.Struct({
  id: Snowflake.ChannelId,
  user_id: Snowflake.UserId,
  join_timestamp: Timestamp,
  flags: Schema.Int,
  member: Schema.optionalKey(GuildMember)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface ThreadMember extends Schema.Schema.Type<typeof ThreadMember> {}

/**
 * A thread: a temporary channel inside the channel with the id `parent_id`.
 *
 * @see https://discord.com/developers/docs/topics/threads
 * @category schemas
 * @since 0.1.0
 */
export const Thread = Schema.Struct({
  type: Schema.Literals([ChannelType.AnnouncementThread, ChannelType.PublicThread, ChannelType.PrivateThread]),
  ...base,
  ...ofGuild,
  owner_id: Snowflake.UserId,
  thread_metadata: ThreadMetadata,
  message_count: Schema.Int,
  member_count: Schema.Int,
  total_message_sent: Schema.Int,
  applied_tags: Schema.optionalKey(Schema.Array(Snowflake.TagId)),
  member: Schema.optionalKey(ThreadMember)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Thread extends Schema.Schema.Type<typeof Thread> {}

/**
 * A direct message channel between two users.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PrivateChannel = Schema.Struct({
  type: Schema.Literal(ChannelType.Dm),
  ...base,
  recipients: Schema.Array(PartialUser)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PrivateChannel extends Schema.Schema.Type<typeof PrivateChannel> {}

/**
 * A group direct message channel. An application can add users to one (`gdm.join` scope).
 *
 * @category schemas
 * @since 0.1.0
 */
export const PrivateGroupChannel = Schema.Struct({
  type: Schema.Literal(ChannelType.GroupDm),
  ...base,
  recipients: Schema.Array(PartialUser),
  name: Schema.NullOr(Schema.String),
  icon: Schema.NullOr(Schema.String),
  owner_id: Snowflake.UserId,
  managed: Schema.optionalKey(Schema.Boolean),
  application_id: Schema.optionalKey(Snowflake.ApplicationId)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface PrivateGroupChannel extends Schema.Schema.Type<typeof PrivateGroupChannel> {}

/**
 * A channel of an unknown type. It keeps all its members.
 *
 * @category schemas
 * @since 0.1.0
 */
export const UnknownChannel = Schema.StructWithRest(
  Schema.Struct({
    id: Snowflake.ChannelId,
    type: unknownType(Object.values(ChannelType)),
    flags: Schema.optionalKey(Schema.Int)
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)

/**
 * @category models
 * @since 0.1.0
 */
export interface UnknownChannel extends Schema.Schema.Type<typeof UnknownChannel> {}

/**
 * Any channel.
 *
 * **Details**
 *
 * {@link isGuildChannel}, {@link isThread}, {@link isPrivateChannel} and {@link isPrivateGroupChannel} narrow the
 * union. A channel that matches none of them is an {@link UnknownChannel}.
 *
 * **Example** (The text channels of a guild, in the order in which Discord shows them)
 *
 * ```ts
 * import { Channel } from "@discord-oauth2/core/models"
 *
 * const textChannels = (channels: ReadonlyArray<Channel.Channel>): ReadonlyArray<Channel.GuildChannel> =>
 *   channels
 *     .filter(Channel.isGuildChannel)
 *     .filter(({ type }) => type === Channel.ChannelType.GuildText)
 *     .toSorted((self, that) => self.position - that.position)
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const Channel = Schema.Union([GuildChannel, Thread, PrivateChannel, PrivateGroupChannel, UnknownChannel])

/**
 * @category models
 * @since 0.1.0
 */
export type Channel = typeof Channel.Type

/**
 * The bit of each flag of a channel that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/channel#channel-object-channel-flags
 * @category constants
 * @since 0.1.0
 */
export const Flag = {
  PINNED: 1 << 1,
  REQUIRE_TAG: 1 << 4,
  HIDE_MEDIA_DOWNLOAD_OPTIONS: 1 << 15,
  IS_SPOILER_CHANNEL: 1 << 21
} as const

/**
 * The name of a flag of a channel.
 *
 * @category models
 * @since 0.1.0
 */
export type FlagName = keyof typeof Flag

const flagNames = namesOf<FlagName>(Flag)

/**
 * Returns the names of the channel's flags. Ignores bits without a name.
 *
 * @category getters
 * @since 0.1.0
 */
export const flags = (self: { readonly flags?: number }): ReadonlyArray<FlagName> => flagNames(self.flags)

const typeNames = nameIn<ChannelTypeName>(ChannelType)

/**
 * Returns the name of the channel's type, or none when Discord does not document the type.
 *
 * @category getters
 * @since 0.1.0
 */
export const typeName = (self: { readonly type: number }): Option.Option<ChannelTypeName> => typeNames(self.type)

/**
 * Returns the name of the channel. A direct message has none, and a group direct message may have none.
 *
 * @category getters
 * @since 0.1.0
 */
export const name = (self: Channel): Option.Option<string> =>
  "name" in self && typeof self.name === "string" ? Option.some(self.name) : Option.none()

/**
 * Checks whether the channel belongs to a guild and is not a thread.
 *
 * @category guards
 * @since 0.1.0
 */
export const isGuildChannel = (self: Channel): self is GuildChannel =>
  GuildChannel.fields.type.literals.some((type) => type === self.type)

/**
 * Checks whether the channel is a thread.
 *
 * @category guards
 * @since 0.1.0
 */
export const isThread = (self: Channel): self is Thread =>
  Thread.fields.type.literals.some((type) => type === self.type)

/**
 * Checks whether the channel is a direct message.
 *
 * @category guards
 * @since 0.1.0
 */
export const isPrivateChannel = (self: Channel): self is PrivateChannel => self.type === ChannelType.Dm

/**
 * Checks whether the channel is a group direct message.
 *
 * @category guards
 * @since 0.1.0
 */
export const isPrivateGroupChannel = (self: Channel): self is PrivateGroupChannel => self.type === ChannelType.GroupDm

/**
 * Returns the text that mentions the channel in a message, such as `<#103735883630395392>`.
 *
 * @category getters
 * @since 0.1.0
 */
export const mention = (self: { readonly id: Snowflake.ChannelId }): string => `<#${self.id}>`

/**
 * Returns the instant at which the channel was created, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: { readonly id: Snowflake.ChannelId }): DateTime.Utc => Snowflake.timestamp(self.id)
