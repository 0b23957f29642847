/**
 * The right of a user or a guild to a SKU of an application (`applications.entitlements` scope).
 *
 * @see https://discord.com/developers/docs/resources/entitlement#entitlement-object
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { instant } from "./internal/instant.ts"
import { nameIn } from "./internal/nameIn.ts"
import * as Snowflake from "./Snowflake.ts"
import * as Timestamp from "./Timestamp.ts"

/**
 * The values of `type` that Discord documents: how the user or the guild got the entitlement.
 *
 * @see https://discord.com/developers/docs/resources/entitlement#entitlement-object-entitlement-types
 * @category constants
 * @since 0.1.0
 */
export const EntitlementType = {
  Purchase: 1,
  PremiumSubscription: 2,
  DeveloperGift: 3,
  TestModePurchase: 4,
  FreePurchase: 5,
  UserGift: 6,
  PremiumPurchase: 7,
  ApplicationSubscription: 8,
  QuestReward: 10
} as const

/**
 * The name of a type of entitlement.
 *
 * @category models
 * @since 0.1.0
 */
export type EntitlementTypeName = keyof typeof EntitlementType

/**
 * The values of `fulfillment_status` that Discord's OpenAPI document lists.
 *
 * @category constants
 * @since 0.1.0
 */
export const FulfillmentStatus = {
  Unknown: 0,
  FulfillmentNotNeeded: 1,
  FulfillmentNeeded: 2,
  Fulfilled: 3,
  FulfillmentFailed: 4,
  UnfulfillmentNeeded: 5,
  Unfulfilled: 6,
  UnfulfillmentFailed: 7
} as const

/**
 * The name of a fulfillment status.
 *
 * @category models
 * @since 0.1.0
 */
export type FulfillmentStatusName = keyof typeof FulfillmentStatus

/**
 * An entitlement of a user or a guild.
 *
 * **Details**
 *
 * `starts_at` is `null` when the entitlement has no start, and `ends_at` when it has no end. A test entitlement has neither.
 * `user_id` is absent when a guild holds the entitlement.
 *
 * **Gotchas**
 *
 * A list can contain ended entitlements, and deleted ones on request. {@link isActive} checks whether an entitlement is
 * active at an instant.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Entitlement = Schema.Struct({
  id: Snowflake.EntitlementId,
  sku_id: Snowflake.SkuId,
  application_id: Snowflake.ApplicationId,
  user_id: Schema.optionalKey(Snowflake.UserId),
  guild_id: Schema.optionalKey(Schema.NullOr(Snowflake.GuildId)),
  type: Schema.Int,
  deleted: Schema.Boolean,
  starts_at: Schema.NullOr(Timestamp.Timestamp),
  ends_at: Schema.NullOr(Timestamp.Timestamp),
  consumed: Schema.optionalKey(Schema.Boolean),
  fulfilled_at: Schema.optionalKey(Schema.NullOr(Timestamp.Timestamp)),
  fulfillment_status: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  gifter_user_id: Schema.optionalKey(Schema.NullOr(Snowflake.UserId)),
  parent_id: Schema.optionalKey(Schema.NullOr(Snowflake.EntitlementId)),
  subscription_id: Schema.optionalKey(Schema.NullOr(Snowflake.SubscriptionId)),
  promotion_id: Schema.optionalKey(Schema.NullOr(Snowflake.Snowflake)),
  gift_code_flags: Schema.optionalKey(Schema.Int)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Entitlement extends Schema.Schema.Type<typeof Entitlement> {}

/**
 * Returns the instant at which the entitlement was created, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Pick<Entitlement, "id">): DateTime.Utc => Snowflake.timestamp(self.id)

/**
 * Returns the instant from which the entitlement is valid, or none when it has no start.
 *
 * @category getters
 * @since 0.1.0
 */
export const startsAt = (self: Entitlement): Option.Option<DateTime.Utc> => instant(self.starts_at)

/**
 * Returns the instant at which the entitlement ends, or none when it has no end.
 *
 * @category getters
 * @since 0.1.0
 */
export const endsAt = (self: Entitlement): Option.Option<DateTime.Utc> => instant(self.ends_at)

/**
 * Checks whether the entitlement is active at an instant: it has started and not ended, and is not deleted or consumed.
 *
 * **Details**
 *
 * The entitlement is active at its start, and no longer active at its end.
 *
 * **Example** (Whether one of the entitlements is active now)
 *
 * ```ts
 * import { Entitlement } from "@discord-oauth2/core/models"
 * import { DateTime, Effect } from "effect"
 *
 * const holds = (entitlements: ReadonlyArray<Entitlement.Entitlement>) =>
 *   Effect.map(DateTime.now, (now) => entitlements.some(Entitlement.isActive(now)))
 * ```
 *
 * @category predicates
 * @since 0.1.0
 */
export const isActive: {
  (at: DateTime.DateTime): (self: Entitlement) => boolean
  (self: Entitlement, at: DateTime.DateTime): boolean
} = dual(
  2,
  (self: Entitlement, at: DateTime.DateTime): boolean =>
    !self.deleted
    && self.consumed !== true
    && !Option.exists(startsAt(self), DateTime.isGreaterThan(at))
    && !Option.exists(endsAt(self), DateTime.isLessThanOrEqualTo(at))
)

const typeNames = nameIn<EntitlementTypeName>(EntitlementType)

/**
 * Returns the name of the entitlement's type, or none when Discord does not document the type.
 *
 * @category getters
 * @since 0.1.0
 */
export const typeName = (self: Pick<Entitlement, "type">): Option.Option<EntitlementTypeName> => typeNames(self.type)

const fulfillmentStatusNames = nameIn<FulfillmentStatusName>(FulfillmentStatus)

/**
 * Returns the name of the fulfillment status, or none when it is absent or not documented.
 *
 * @category getters
 * @since 0.1.0
 */
export const fulfillmentStatusName = (
  self: Pick<Entitlement, "fulfillment_status">
): Option.Option<FulfillmentStatusName> => fulfillmentStatusNames(self.fulfillment_status)
