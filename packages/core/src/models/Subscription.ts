/**
 * A user's recurring payments for what an application sells.
 *
 * See {@link https://discord.com/developers/docs/resources/subscription#subscription-object}.
 *
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
 * `Active` renews, `Ending` is active and will not renew, `Inactive` is not being charged.
 *
 * See {@link https://discord.com/developers/docs/resources/subscription#subscription-object-subscription-statuses}.
 *
 * @category constants
 * @since 0.1.0
 */
export const SubscriptionStatus = { Active: 0, Inactive: 1, Ending: 2 } as const

/**
 * The name of a status.
 *
 * @category models
 * @since 0.1.0
 */
export type SubscriptionStatusName = keyof typeof SubscriptionStatus

/**
 * A subscription.
 *
 * **Details**
 *
 * `country` is an ISO 3166-1 alpha-2 code. `renewal_sku_ids` is `null` where the renewal is for the same SKUs.
 *
 * **Gotchas**
 *
 * The status does not say what a user may have, and can be `Active` outside of the current period: look at the user's
 * entitlements instead.
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
 * The name of the status; none for one that Discord does not document.
 *
 * **Example** (What a page says)
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
 * Whether the subscription will renew: its status is `Active`.
 *
 * @category predicates
 * @since 0.1.0
 */
export const willRenew = (self: Pick<Subscription, "status">): boolean => self.status === SubscriptionStatus.Active

/**
 * When the subscription began.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Pick<Subscription, "id">): DateTime.Utc => Snowflake.timestamp(self.id)

/**
 * When the user cancelled it, if so.
 *
 * @category getters
 * @since 0.1.0
 */
export const canceledAt = (self: Subscription): Option.Option<DateTime.Utc> => instant(self.canceled_at)

/**
 * When the current period begins.
 *
 * @category getters
 * @since 0.1.0
 */
export const currentPeriodStart = (self: Subscription): DateTime.Utc => Timestamp.toDateTime(self.current_period_start)

/**
 * When the current period ends.
 *
 * @category getters
 * @since 0.1.0
 */
export const currentPeriodEnd = (self: Subscription): DateTime.Utc => Timestamp.toDateTime(self.current_period_end)

/**
 * Whether a moment lies in the current period: at or after its start, before its end.
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
