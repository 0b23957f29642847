/**
 * Discord's ids: unsigned 64-bit integers, sent as decimal strings. Their upper 42 bits are the time of creation.
 *
 * Each resource has its own branded id over {@link Snowflake}, so the compiler rejects a guild id in place of a user
 * id. An id is a string, so JSON does not lose its digits.
 *
 * @see https://discord.com/developers/docs/reference#snowflakes
 * @since 0.1.0
 */
import * as Brand from "effect/Brand"
import * as DateTime from "effect/DateTime"
import * as Order_ from "effect/Order"
import type * as Ordering from "effect/Ordering"
import * as Schema from "effect/Schema"

const decimal = /^(?:0|[1-9][0-9]{0,19})$/u
const greatest = "18446744073709551615"

const isUint64 = Schema.makeFilter(
  (value: string) => decimal.test(value) && (value.length < 20 || value <= greatest),
  {
    expected: "a snowflake: a decimal string of an unsigned 64-bit integer",
    toJsonSchema: () => ({ pattern: decimal.source }),
    arbitraryConstraint: { patterns: [{ source: "^(?:0|[1-9][0-9]{0,18})$", flags: "" }] }
  }
)

/**
 * Any of Discord's ids.
 *
 * **Details**
 *
 * Accepts decimal strings from `"0"` to `"18446744073709551615"` without leading zeros. Rejects numbers, as a
 * JavaScript number cannot hold every snowflake.
 *
 * **Example** (An id from a literal)
 *
 * ```ts
 * import { Snowflake } from "@discord-oauth2/core"
 *
 * const id = Snowflake.UserId.make("80351110224678912")
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const Snowflake = Schema.String.check(isUint64).pipe(Schema.brand("Snowflake"))

/**
 * @category models
 * @since 0.1.0
 */
export type Snowflake = typeof Snowflake.Type

/**
 * The id of a user.
 *
 * @category schemas
 * @since 0.1.0
 */
export const UserId = Snowflake.pipe(Schema.brand("UserId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type UserId = typeof UserId.Type

/**
 * The id of a guild, which users of Discord call a server.
 *
 * @category schemas
 * @since 0.1.0
 */
export const GuildId = Snowflake.pipe(Schema.brand("GuildId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type GuildId = typeof GuildId.Type

/**
 * The id of a role in a guild. The `@everyone` role has the id of its guild.
 *
 * @category schemas
 * @since 0.1.0
 */
export const RoleId = Snowflake.pipe(Schema.brand("RoleId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type RoleId = typeof RoleId.Type

/**
 * The id of a channel, a thread, a direct message or a group direct message.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ChannelId = Snowflake.pipe(Schema.brand("ChannelId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type ChannelId = typeof ChannelId.Type

/**
 * The id of a message.
 *
 * @category schemas
 * @since 0.1.0
 */
export const MessageId = Snowflake.pipe(Schema.brand("MessageId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type MessageId = typeof MessageId.Type

/**
 * The id of an application, which is also its OAuth2 `client_id`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ApplicationId = Snowflake.pipe(Schema.brand("ApplicationId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type ApplicationId = typeof ApplicationId.Type

/**
 * The id of an application command.
 *
 * @category schemas
 * @since 0.1.0
 */
export const CommandId = Snowflake.pipe(Schema.brand("CommandId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type CommandId = typeof CommandId.Type

/**
 * The id of a webhook.
 *
 * @category schemas
 * @since 0.1.0
 */
export const WebhookId = Snowflake.pipe(Schema.brand("WebhookId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type WebhookId = typeof WebhookId.Type

/**
 * The id of a developer team.
 *
 * @category schemas
 * @since 0.1.0
 */
export const TeamId = Snowflake.pipe(Schema.brand("TeamId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type TeamId = typeof TeamId.Type

/**
 * The id of a SKU: an item that an application or Discord sells.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SkuId = Snowflake.pipe(Schema.brand("SkuId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type SkuId = typeof SkuId.Type

/**
 * The id of an entitlement: the right of a user or guild to a SKU.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EntitlementId = Snowflake.pipe(Schema.brand("EntitlementId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type EntitlementId = typeof EntitlementId.Type

/**
 * The id of a subscription.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SubscriptionId = Snowflake.pipe(Schema.brand("SubscriptionId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type SubscriptionId = typeof SubscriptionId.Type

/**
 * The id of a lobby.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LobbyId = Snowflake.pipe(Schema.brand("LobbyId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type LobbyId = typeof LobbyId.Type

/**
 * The id of an attachment.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AttachmentId = Snowflake.pipe(Schema.brand("AttachmentId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type AttachmentId = typeof AttachmentId.Type

/**
 * The id of a custom emoji.
 *
 * @category schemas
 * @since 0.1.0
 */
export const EmojiId = Snowflake.pipe(Schema.brand("EmojiId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type EmojiId = typeof EmojiId.Type

/**
 * The id of a sticker.
 *
 * @category schemas
 * @since 0.1.0
 */
export const StickerId = Snowflake.pipe(Schema.brand("StickerId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type StickerId = typeof StickerId.Type

/**
 * The id of a tag of a forum.
 *
 * @category schemas
 * @since 0.1.0
 */
export const TagId = Snowflake.pipe(Schema.brand("TagId"))

/**
 * @category schemas
 * @since 0.1.0
 */
export type TagId = typeof TagId.Type

/**
 * The first millisecond of 2015, in milliseconds of Unix time. The time in a snowflake is relative to it.
 *
 * @category constants
 * @since 0.1.0
 */
export const discordEpoch = 1_420_070_400_000

/**
 * Returns the instant at which the resource with this id was created, to the millisecond.
 *
 * **Example** (The instant at which an account was created)
 *
 * ```ts
 * import { Snowflake } from "@discord-oauth2/core"
 *
 * Snowflake.timestamp(Snowflake.UserId.make("175928847299117063"))
 * // => DateTime.makeUnsafe("2016-04-30T11:18:25.796Z")
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const timestamp = (id: Snowflake): DateTime.Utc => DateTime.makeUnsafe(Number(BigInt(id) >> 22n) + discordEpoch)

const unchecked = Brand.nominal<Snowflake>()

/**
 * Returns the lowest snowflake of an instant, for the `before` and `after` parameters of a paged call.
 *
 * **Details**
 *
 * An instant outside the range of snowflakes (2015-01-01 to 2154-05-15) gives the nearest snowflake.
 *
 * @see https://discord.com/developers/docs/reference#snowflake-ids-in-pagination
 * @category constructors
 * @since 0.1.0
 */
export const fromDateTime = (instant: DateTime.DateTime): Snowflake => {
  const elapsed = Math.trunc(DateTime.toEpochMillis(instant)) - discordEpoch
  const bounded = Math.min(Math.max(elapsed, 0), 2 ** 42 - 1)
  return unchecked(String(BigInt(bounded) << 22n))
}

const compare = (self: string, that: string): Ordering.Ordering => {
  if (self === that) return 0
  if (self.length !== that.length) return self.length < that.length ? -1 : 1
  return self < that ? -1 : 1
}

/**
 * Orders ids by number, which is the order of their creation.
 *
 * **Gotchas**
 *
 * Plain string comparison is wrong for ids of different lengths.
 *
 * @category instances
 * @since 0.1.0
 */
export const Order: Order_.Order<Snowflake> = Order_.make<Snowflake>(compare)
