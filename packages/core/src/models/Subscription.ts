/**
 * A user's recurring payment for SKUs of an application.
 *
 * @see https://discord.com/developers/docs/resources/subscription#subscription-object
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import { dual } from "effect/Function"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { instant } from "./internal/instant.ts"
import { nameIn } from "./internal/nameIn.ts"
import * as Snowflake from "./Snowflake.ts"
import * as Timestamp from "./Timestamp.ts"

/**
 * The values of `status` that Discord documents.
 *
 * **Details**
 *
 * An `Active` subscription renews. An `Ending` one is active and does not renew. An `Inactive` one is not charged.
 *
 * @see https://discord.com/developers/docs/resources/subscription#subscription-object-subscription-statuses
 * @category constants
 * @since 0.1.0
 */
export const SubscriptionStatus = { Active: 0, Inactive: 1, Ending: 2 } as const

/**
 * The name of a subscription status.
 *
 * @category models
 * @since 0.1.0
 */
export type SubscriptionStatusName = keyof typeof SubscriptionStatus

/**
 * A subscription of a user.
 *
 * **Details**
 *
 * `country` is an ISO 3166-1 alpha-2 code. `renewal_sku_ids` is `null` when the subscription renews for the
 * same SKUs.
 *
 * **Gotchas**
 *
 * Do not grant access by the status, which can be `Active` outside the current period. Use the user's entitlements
 * instead.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Subscription = Schema.Struct({
  id: Snowflake.SubscriptionId,
  user_id: Snowflake.UserId,
  sku_ids: Schema.Array(Snowflake.SkuId),
  renewal_sku_ids: Schema.NullOr(Schema.Array(Snowflake.SkuId)),
  entitlement_ids: Schema.Array(Snowflake.EntitlementId),
  current_period_start: Timestamp.Timestamp,
  current_period_end: Timestamp.Timestamp,
  status: Schema.Int,
  canceled_at: Schema.NullOr(Timestamp.Timestamp),
  country: Schema.optionalKey(Schema.NullOr(Schema.String))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Subscription extends Schema.Schema.Type<typeof Subscription> {}

const statusNames = nameIn<SubscriptionStatusName>(SubscriptionStatus)

/**
 * Returns the name of the status, or none when Discord does not document the status.
 *
 * **Example** (The status of a subscription)
 *
 * ```ts
 * import { Subscription } from "@discord-oauth2/core/models"
 *
 * Subscription.statusName({ status: 2 }) // => Option.some("Ending")
 * Subscription.willRenew({ status: 2 }) // => false
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const statusName = (self: Pick<Subscription, "status">): Option.Option<SubscriptionStatusName> =>
  statusNames(self.status)

/**
 * Checks whether the subscription will renew: its status is `Active`.
 *
 * @category predicates
 * @since 0.1.0
 */
export const willRenew = (self: Pick<Subscription, "status">): boolean => self.status === SubscriptionStatus.Active

/**
 * Returns the instant at which the subscription was created, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Pick<Subscription, "id">): DateTime.Utc => Snowflake.timestamp(self.id)

/**
 * Returns the instant at which the user canceled the subscription, or none when the user did not cancel it.
 *
 * @category getters
 * @since 0.1.0
 */
export const canceledAt = (self: Subscription): Option.Option<DateTime.Utc> => instant(self.canceled_at)

/**
 * Returns the instant at which the current period starts.
 *
 * @category getters
 * @since 0.1.0
 */
export const currentPeriodStart = (self: Subscription): DateTime.Utc => Timestamp.toDateTime(self.current_period_start)

/**
 * Returns the instant at which the current period ends.
 *
 * @category getters
 * @since 0.1.0
 */
export const currentPeriodEnd = (self: Subscription): DateTime.Utc => Timestamp.toDateTime(self.current_period_end)

/**
 * Checks whether an instant is in the current period: at or after its start, and before its end.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isInCurrentPeriod: {
  (at: DateTime.DateTime): (self: Subscription) => boolean
  (self: Subscription, at: DateTime.DateTime): boolean
} = dual(
  2,
  (self: Subscription, at: DateTime.DateTime): boolean =>
    DateTime.isLessThanOrEqualTo(currentPeriodStart(self), at) && DateTime.isGreaterThan(currentPeriodEnd(self), at)
)
