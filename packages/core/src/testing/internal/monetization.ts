/** Stores entitlements and subscriptions. */
import * as DateTime from "effect/DateTime"
import * as Entitlements from "../../models/Entitlement.ts"
import type { Entitlement } from "../../models/Entitlement.ts"
import type { Subscription } from "../../models/Subscription.ts"
import { SubscriptionStatus } from "../../models/Subscription.ts"
import * as Timestamp from "../../models/Timestamp.ts"
import * as worlds from "./world.ts"

const at = (millis: number) => Timestamp.fromDateTime(DateTime.makeUnsafe(millis))
const day = 86_400_000

/** Adds an entitlement: by default a user's subscription to an application. */
export const addEntitlement = (
  world: worlds.World,
  now: number,
  options: Partial<Entitlement> & Pick<Entitlement, "application_id">
): Entitlement => {
  const entitlement: Entitlement = {
    id: worlds.entitlementId(world.nextId()),
    sku_id: worlds.skuId(world.nextId()),
    type: Entitlements.EntitlementType.ApplicationSubscription,
    deleted: false,
    starts_at: at(now),
    ends_at: null,
    ...options
  }
  world.entitlements.set(entitlement.id, entitlement)
  return entitlement
}

/** Adds a subscription: by default an active one of 30 days. */
export const addSubscription = (
  world: worlds.World,
  now: number,
  options: Partial<Subscription> & Pick<Subscription, "user_id">
): Subscription => {
  const subscription: Subscription = {
    id: worlds.subscriptionId(world.nextId()),
    sku_ids: [worlds.skuId(world.nextId())],
    renewal_sku_ids: null,
    entitlement_ids: [],
    current_period_start: at(now),
    current_period_end: at(now + 30 * day),
    status: SubscriptionStatus.Active,
    canceled_at: null,
    ...options
  }
  world.subscriptions.set(subscription.id, subscription)
  return subscription
}

export interface Wanted {
  readonly applicationId: string
  readonly user_id?: string | undefined
  readonly guild_id?: string | undefined
  readonly sku_ids?: ReadonlyArray<string> | undefined
  readonly exclude_deleted: boolean
  readonly exclude_consumed: boolean
}

export const entitlementsOf = (world: worlds.World, wanted: Wanted): ReadonlyArray<Entitlement> =>
  Array.from(world.entitlements.values()).filter((entitlement) =>
    entitlement.application_id === wanted.applicationId &&
    (wanted.user_id === undefined || entitlement.user_id === wanted.user_id) &&
    (wanted.guild_id === undefined || entitlement.guild_id === wanted.guild_id) &&
    (wanted.sku_ids === undefined || wanted.sku_ids.includes(entitlement.sku_id)) &&
    !(wanted.exclude_deleted && entitlement.deleted) &&
    !(wanted.exclude_consumed && entitlement.consumed === true)
  )

export const hasEnded = (entitlement: Entitlement, now: number): boolean =>
  entitlement.ends_at !== null && DateTime.toEpochMillis(Timestamp.toDateTime(entitlement.ends_at)) <= now

/** Returns whether an entitlement is a test entitlement: its type says so, or it has neither start nor end. */
export const isTest = ({ ends_at, starts_at, type }: Entitlement): boolean =>
  type === Entitlements.EntitlementType.TestModePurchase ||
  (type === Entitlements.EntitlementType.ApplicationSubscription && starts_at === null && ends_at === null)
