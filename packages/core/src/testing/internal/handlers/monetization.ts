/** Plays entitlements and subscriptions. */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { DiscordHttpApi } from "../../../api/DiscordHttpApi.ts"
import * as Entitlement from "../../../models/Entitlement.ts"
import { current, currentOf } from "../credentials.ts"
import * as monetization from "../monetization.ts"
import { page } from "../paging.ts"
import * as refusals from "../refusals.ts"
import type { Simulation } from "../simulation.ts"

interface EntitlementPath {
  readonly application_id: string
  readonly entitlement_id: string
}

const entitlement = Effect.fnUntraced(function*(simulation: Simulation, path: EntitlementPath) {
  yield* currentOf(simulation, path.application_id)
  const found = simulation.world.entitlements.get(path.entitlement_id)
  return found?.application_id === path.application_id ? found : yield* refusals.unknownEntitlement()
})

/** An access token sees only its user's subscriptions. */
const ownSubscriptions = Effect.fnUntraced(function*(
  simulation: Simulation,
  skuId: string,
  userId: string | undefined
) {
  const issued = yield* current(simulation)
  if (userId !== undefined && userId !== issued.userId) return yield* refusals.missingAccess()
  return Array.from(simulation.world.subscriptions.values()).filter(({ sku_ids, user_id }) =>
    user_id === issued.userId && sku_ids.some((id) => id === skuId)
  )
})

export const layer = (simulation: Simulation) =>
  HttpApiBuilder.group(DiscordHttpApi, "monetization", (handlers) =>
    handlers
      .handle("listEntitlements", ({ params, query }) =>
        Effect.gen(function*() {
          yield* currentOf(simulation, params.application_id)
          const now = yield* Clock.currentTimeMillis
          const found = monetization.entitlementsOf(simulation.world, {
            ...query,
            applicationId: params.application_id,
            exclude_deleted: query.exclude_deleted ?? true,
            exclude_consumed: false
          }).filter((each) =>
            !(query.exclude_ended === true && monetization.hasEnded(each, now)) &&
            (query.only_active !== true || Entitlement.isActive(each, DateTime.makeUnsafe(now)))
          )
          return page(found, { ...query, limit: query.limit ?? 100 })
        }))
      .handle("getEntitlement", ({ params }) => entitlement(simulation, params))
      .handle("consumeEntitlement", ({ params }) =>
        Effect.gen(function*() {
          const found = yield* entitlement(simulation, params)
          if (found.consumed === undefined) return yield* refusals.notConsumable()
          if (found.consumed) return yield* refusals.alreadyConsumed()
          simulation.world.entitlements.set(found.id, { ...found, consumed: true })
        }))
      .handle("deleteTestEntitlement", ({ params }) =>
        Effect.gen(function*() {
          const found = yield* entitlement(simulation, params)
          if (found.deleted) return yield* refusals.unknownEntitlement()
          if (!monetization.isTest(found)) return yield* refusals.notSandbox()
          simulation.world.entitlements.set(found.id, { ...found, deleted: true })
        }))
      .handle("listSkuSubscriptions", ({ params, query }) =>
        Effect.map(ownSubscriptions(simulation, params.sku_id, query.user_id), (found) =>
          page(found, { ...query, limit: query.limit ?? 50 })))
      .handle("getSkuSubscription", ({ params, query }) =>
        Effect.gen(function*() {
          const found = yield* ownSubscriptions(simulation, params.sku_id, query.user_id)
          return found.find(({ id }) =>
            id === params.subscription_id
          ) ?? (yield* refusals.notThere())
        })))
