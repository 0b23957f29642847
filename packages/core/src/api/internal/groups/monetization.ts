/** The endpoints of entitlements and subscriptions. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { UnknownEntitlement } from "../../../errors/DiscordError.ts"
import { Entitlement } from "../../../models/Entitlement.ts"
import * as Snowflake from "../../../models/Snowflake.ts"
import { Subscription } from "../../../models/Subscription.ts"
import { BearerToken } from "../../DiscordSecurity.ts"
import { json } from "../errorBodies.ts"
import { described } from "./annotations.ts"
import { limit, SkuIds } from "./query.ts"

const applicationPath = { application_id: Snowflake.ApplicationId }
const entitlementPath = { ...applicationPath, entitlement_id: Snowflake.EntitlementId }

export const monetization = HttpApiGroup.make("monetization").add(
  HttpApiEndpoint.get("listEntitlements", "/applications/:application_id/entitlements", {
    params: applicationPath,
    query: {
      user_id: Schema.optionalKey(Snowflake.UserId),
      sku_ids: Schema.optionalKey(SkuIds),
      guild_id: Schema.optionalKey(Snowflake.GuildId),
      before: Schema.optionalKey(Snowflake.EntitlementId),
      after: Schema.optionalKey(Snowflake.EntitlementId),
      limit: limit(100),
      exclude_ended: Schema.optionalKey(Schema.Boolean),
      exclude_deleted: Schema.optionalKey(Schema.Boolean),
      only_active: Schema.optionalKey(Schema.Boolean)
    },
    success: Schema.Array(Entitlement)
  })
    .annotateMerge(described("listEntitlements", "List Entitlements", "resources/entitlement")),
  HttpApiEndpoint.get("getEntitlement", "/applications/:application_id/entitlements/:entitlement_id", {
    params: entitlementPath,
    success: Entitlement,
    error: [json(UnknownEntitlement)]
  })
    .annotateMerge(described("getEntitlement", "Get Entitlement", "resources/entitlement")),
  HttpApiEndpoint.post("consumeEntitlement", "/applications/:application_id/entitlements/:entitlement_id/consume", {
    params: entitlementPath,
    success: HttpApiSchema.NoContent,
    error: [json(UnknownEntitlement)]
  })
    .annotateMerge(described("consumeEntitlement", "Consume an Entitlement", "resources/entitlement")),
  HttpApiEndpoint.delete("deleteTestEntitlement", "/applications/:application_id/entitlements/:entitlement_id", {
    params: entitlementPath,
    success: HttpApiSchema.NoContent,
    error: [json(UnknownEntitlement)]
  })
    .annotateMerge(described("deleteTestEntitlement", "Delete Test Entitlement", "resources/entitlement")),
  HttpApiEndpoint.get("listSkuSubscriptions", "/skus/:sku_id/subscriptions", {
    params: { sku_id: Snowflake.SkuId },
    query: {
      before: Schema.optionalKey(Snowflake.SubscriptionId),
      after: Schema.optionalKey(Snowflake.SubscriptionId),
      limit: limit(100),
      user_id: Schema.optionalKey(Snowflake.UserId)
    },
    success: Schema.Array(Subscription)
  })
    .annotateMerge(described("listSkuSubscriptions", "List SKU Subscriptions", "resources/subscription")),
  HttpApiEndpoint.get("getSkuSubscription", "/skus/:sku_id/subscriptions/:subscription_id", {
    params: { sku_id: Snowflake.SkuId, subscription_id: Snowflake.SubscriptionId },
    query: { user_id: Schema.optionalKey(Snowflake.UserId) },
    success: Subscription
  })
    .annotateMerge(described("getSkuSubscription", "Get SKU Subscription", "resources/subscription"))
).middleware(BearerToken)
