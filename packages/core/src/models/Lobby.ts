/**
 * A lobby: a group of players who communicate through Discord (`sdk.social_layer` scope).
 *
 * @see https://discord.com/developers/docs/resources/lobby
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import type * as DateTime from "effect/DateTime"
import { dual } from "effect/Function"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { GuildChannel, UnknownChannel } from "./Channel.ts"
import { textOrEmpty } from "./internal/boundedText.ts"
import { namesOf } from "./internal/flags.ts"
import { optional } from "./internal/optional.ts"
import * as Snowflake from "./Snowflake.ts"

/**
 * A member of a lobby. `additional_name` is a second name to show, such as the name of the player's character.
 *
 * @see https://discord.com/developers/docs/resources/lobby#lobby-member-object
 * @category schemas
 * @since 0.1.0
 */
export const LobbyMember = Schema.Struct({
  id: Snowflake.UserId,
  metadata: Schema.NullOr(Schema.Record(Schema.String, Schema.String)),
  flags: Schema.Int,
  additional_name: Schema.optionalKey(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface LobbyMember extends Schema.Schema.Type<typeof LobbyMember> {}

/**
 * A lobby in a response.
 *
 * @see https://discord.com/developers/docs/resources/lobby#lobby-object
 * @category schemas
 * @since 0.1.0
 */
export const Lobby = Schema.Struct({
  id: Snowflake.LobbyId,
  application_id: Snowflake.ApplicationId,
  metadata: Schema.NullOr(Schema.Record(Schema.String, Schema.String)),
  members: Schema.Array(LobbyMember),
  linked_channel: Schema.optionalKey(Schema.Union([GuildChannel, UnknownChannel])),
  flags: Schema.optionalKey(Schema.Int),
  override_event_webhooks_url: Schema.optionalKey(Schema.NullOr(Schema.String))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Lobby extends Schema.Schema.Type<typeof Lobby> {}

const Metadata = Schema.Record(Schema.String, textOrEmpty(1024)).check(
  Schema.isMaxProperties(25)
)

/**
 * The body of "Create or Join Lobby".
 *
 * **Details**
 *
 * - Everyone who knows the `secret` can join the lobby, so it is `Redacted`. It has at most 250 characters.
 * - `idle_timeout_seconds` is 5 to 604,800 (7 days).
 * - Metadata has at most 25 entries, with values of at most 1,024 characters, and replaces the existing metadata.
 *   Discord also documents a limit of 1,000 for all metadata, without a unit. Only Discord checks that limit.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CreateOrJoinLobby = Schema.Struct({
  secret: Schema.RedactedFromValue(textOrEmpty(250)),
  idle_timeout_seconds: optional(Schema.Int.check(Schema.isBetween({ minimum: 5, maximum: 604_800 }))),
  lobby_metadata: optional(Metadata),
  member_metadata: optional(Metadata),
  flags: optional(Schema.Int)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface CreateOrJoinLobby extends Schema.Schema.Type<typeof CreateOrJoinLobby> {}

/**
 * The body of "Link Channel to Lobby". Without a `channel_id`, Discord unlinks the channel of the lobby.
 *
 * @see https://discord.com/developers/docs/resources/lobby#link-channel-to-lobby
 * @category schemas
 * @since 0.1.0
 */
export const UpdateLinkedChannel = Schema.Struct({
  channel_id: optional(Snowflake.ChannelId)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface UpdateLinkedChannel extends Schema.Schema.Type<typeof UpdateLinkedChannel> {}

/**
 * An invite to the guild of a lobby's linked channel. It can be used once and expires after one hour.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LobbyInvite = Schema.Struct({
  code: Schema.String
})

/**
 * @category models
 * @since 0.1.0
 */
export interface LobbyInvite extends Schema.Schema.Type<typeof LobbyInvite> {}

/**
 * The bit of each flag of a lobby's member that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/lobby#lobby-member-object-lobby-member-flags
 * @category constants
 * @since 0.1.0
 */
export const MemberFlag = { CAN_LINK_LOBBY: 1 << 0 } as const

/**
 * The name of a flag of a lobby's member.
 *
 * @category models
 * @since 0.1.0
 */
export type MemberFlagName = keyof typeof MemberFlag

const memberFlagNames = namesOf<MemberFlagName>(MemberFlag)

/**
 * Returns the names of a member's flags. Ignores bits without a name.
 *
 * @category getters
 * @since 0.1.0
 */
export const memberFlags = (member: Pick<LobbyMember, "flags">): ReadonlyArray<MemberFlagName> =>
  memberFlagNames(member.flags)

/**
 * Returns the user as a member of the lobby, or none when the user is not a member.
 *
 * @category getters
 * @since 0.1.0
 */
export const member: {
  (userId: Snowflake.UserId): (self: Lobby) => Option.Option<LobbyMember>
  (self: Lobby, userId: Snowflake.UserId): Option.Option<LobbyMember>
} = dual(
  2,
  (self: Lobby, userId: Snowflake.UserId): Option.Option<LobbyMember> =>
    Arr.findFirst(self.members, ({ id }) => id === userId)
)

/**
 * Checks whether the user may link a channel to the lobby: only a member with the flag `CAN_LINK_LOBBY` may.
 *
 * **Example** (A member who may link a channel)
 *
 * ```ts
 * import { Snowflake } from "@discord-oauth2/core"
 * import { Lobby } from "@discord-oauth2/core/models"
 *
 * const nelly = Snowflake.UserId.make("80351110224678912")
 * const lobby = Lobby.Lobby.make({
 *   id: Snowflake.LobbyId.make("1350184413060661332"),
 *   application_id: Snowflake.ApplicationId.make("157730590492196864"),
 *   metadata: null,
 *   members: [{ id: nelly, metadata: null, flags: Lobby.MemberFlag.CAN_LINK_LOBBY }]
 * })
 *
 * Lobby.canLinkChannel(lobby, nelly) // => true
 * ```
 *
 * @category predicates
 * @since 0.1.0
 */
export const canLinkChannel: {
  (userId: Snowflake.UserId): (self: Lobby) => boolean
  (self: Lobby, userId: Snowflake.UserId): boolean
} = dual(
  2,
  (self: Lobby, userId: Snowflake.UserId): boolean =>
    self.members.some(({ flags, id }) => id === userId && (flags & MemberFlag.CAN_LINK_LOBBY) !== 0)
)

/**
 * Computes the URL of an invite. The user opens it to join the guild.
 *
 * @category getters
 * @since 0.1.0
 */
export const inviteUrl = (invite: LobbyInvite): string => `https://discord.gg/${encodeURIComponent(invite.code)}`

/**
 * Returns the instant at which the lobby was created, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Pick<Lobby, "id">): DateTime.Utc => Snowflake.timestamp(self.id)
