/**
 * Entitlements and subscriptions in the simulator (resources/entitlement.mdx, resources/subscription.mdx).
 */
import type { Snowflake } from "@discord-oauth2/core"
import { Entitlement, Timestamp } from "@discord-oauth2/core/models"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { refusal, withToken } from "../../context.ts"

const fresh = DiscordSimulator.layerTest()
const hour = 3_600_000
const at = (millis: number) => Timestamp.fromDateTime(DateTime.makeUnsafe(millis))
const ids = (items: ReadonlyArray<{ readonly id: string }>) => items.map(({ id }) => id)
const nowhere = "9" as Snowflake.EntitlementId

const prepare = Effect.gen(function*() {
  const context = yield* withToken(["applications.entitlements"])
  const application = { accessToken: context.accessToken, application_id: context.discord.application.clientId }
  return { ...context, application }
})

type Filters = Omit<
  Parameters<Effect.Success<typeof prepare>["api"]["listEntitlements"]>[0],
  "accessToken" | "application_id" | "responseMode"
>

describe("entitlements", () => {
  it.effect("belong to the first user and the application, and start now, by default", () =>
    Effect.gen(function*() {
      const { api, application, discord, user } = yield* prepare
      yield* TestClock.adjust("1 hour")
      const made = yield* discord.addEntitlement()
      assert.deepInclude(made, {
        application_id: application.application_id,
        user_id: user.id,
        type: Entitlement.EntitlementType.ApplicationSubscription,
        deleted: false,
        starts_at: at(hour),
        ends_at: null
      })
      assert.deepStrictEqual(yield* api.getEntitlement({ ...application, entitlement_id: made.id }), made)
      assert.deepStrictEqual(yield* api.listEntitlements(application), [made])
    }).pipe(Effect.provide(fresh)))

  it.effect("can be listed by user, by guild and by SKU", () =>
    Effect.gen(function*() {
      const { api, application, discord, user } = yield* prepare
      const [guild] = yield* discord.guilds
      const friend = yield* discord.addUser()
      const mine = yield* discord.addEntitlement()
      const theirs = yield* discord.addEntitlement({ user_id: friend.id })
      const ours = yield* discord.addEntitlement({ guild_id: guild!.id, sku_id: theirs.sku_id })
      const list = (filters: Filters) => Effect.map(api.listEntitlements({ ...application, ...filters }), ids)
      assert.deepStrictEqual(yield* list({}), [mine.id, theirs.id, ours.id])
      assert.deepStrictEqual(yield* list({ user_id: friend.id }), [theirs.id])
      assert.deepStrictEqual(yield* list({ user_id: user.id }), [mine.id, ours.id])
      assert.deepStrictEqual(yield* list({ guild_id: guild!.id }), [ours.id])
      assert.deepStrictEqual(yield* list({ sku_ids: [theirs.sku_id] }), [theirs.id, ours.id])
      assert.deepStrictEqual(yield* list({ sku_ids: [mine.sku_id, theirs.sku_id] }), [mine.id, theirs.id, ours.id])
      assert.deepStrictEqual(yield* list({ sku_ids: [theirs.sku_id], user_id: user.id }), [ours.id])
    }).pipe(Effect.provide(fresh)))

  it.effect("are paged in the order of their ids", () =>
    Effect.gen(function*() {
      const { api, application, discord } = yield* prepare
      const all: Array<Snowflake.EntitlementId> = []
      for (let index = 0; index < 5; index++) all.push((yield* discord.addEntitlement()).id)
      const list = (filters: Filters) => Effect.map(api.listEntitlements({ ...application, ...filters }), ids)
      assert.deepStrictEqual(yield* list({ limit: 2 }), all.slice(0, 2))
      assert.deepStrictEqual(yield* list({ after: all[1]!, limit: 2 }), all.slice(2, 4))
      assert.deepStrictEqual(yield* list({ before: all[4]!, limit: 2 }), all.slice(2, 4))
      assert.deepStrictEqual(yield* list({ after: all[0]!, before: all[3]! }), all.slice(1, 3))
    }).pipe(Effect.provide(fresh)))

  it.effect("have pages of 100 by default", () =>
    Effect.gen(function*() {
      const { api, application, discord } = yield* prepare
      for (let index = 0; index < 101; index++) yield* discord.addEntitlement()
      assert.lengthOf(yield* api.listEntitlements(application), 100)
    }).pipe(Effect.provide(fresh)))

  it.effect("that ended, were deleted, are consumed or start later can be excluded", () =>
    Effect.gen(function*() {
      const { api, application, discord } = yield* prepare
      const ending = yield* discord.addEntitlement({ ends_at: at(hour) })
      const deleted = yield* discord.addEntitlement({ deleted: true })
      const spent = yield* discord.addEntitlement({ consumed: true })
      const later = yield* discord.addEntitlement({ starts_at: at(2 * hour) })
      const list = (filters: Filters) => Effect.map(api.listEntitlements({ ...application, ...filters }), ids)
      assert.deepStrictEqual(yield* list({}), ids([ending, spent, later]), "the deleted are left out by default")
      assert.deepStrictEqual(yield* list({ exclude_deleted: true }), ids([ending, spent, later]))
      assert.deepStrictEqual(yield* list({ exclude_deleted: false }), ids([ending, deleted, spent, later]))
      assert.deepStrictEqual(yield* list({ exclude_ended: true }), ids([ending, spent, later]))
      assert.deepStrictEqual(yield* list({ only_active: true }), ids([ending]))
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* list({ exclude_ended: true }), ids([spent, later]))
      assert.deepStrictEqual(yield* list({ exclude_ended: false }), ids([ending, spent, later]))
      assert.deepStrictEqual(yield* list({ only_active: true }), [])
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* list({ only_active: true }), ids([later]))
    }).pipe(Effect.provide(fresh)))

  it.effect("of a consumable SKU can be consumed once; others get 400 code 40018", () =>
    Effect.gen(function*() {
      const { api, application, discord } = yield* prepare
      const consumable = yield* discord.addEntitlement({ consumed: false })
      const lasting = yield* discord.addEntitlement()
      const consume = (entitlement_id: Snowflake.EntitlementId) =>
        api.consumeEntitlement({ ...application, entitlement_id, responseMode: "response-only" })
      assert.strictEqual((yield* consume(consumable.id)).status, 204)
      const found = yield* api.getEntitlement({ ...application, entitlement_id: consumable.id })
      assert.deepStrictEqual(found, { ...consumable, consumed: true })
      assert.deepStrictEqual(yield* refusal(consume(consumable.id)), ["DiscordBadRequest", 400, 0])
      assert.deepStrictEqual(yield* refusal(consume(lasting.id)), ["DiscordBadRequest", 400, 40018])
    }).pipe(Effect.provide(fresh)))

  it.effect("can be deleted when they are test entitlements; a purchase gets 400 code 40019", () =>
    Effect.gen(function*() {
      const { api, application, discord } = yield* prepare
      const granted = yield* discord.addEntitlement({ starts_at: null })
      const sandbox = yield* discord.addEntitlement({ type: Entitlement.EntitlementType.TestModePurchase })
      const bought = yield* discord.addEntitlement()
      const remove = (entitlement_id: Snowflake.EntitlementId) =>
        api.deleteTestEntitlement({ ...application, entitlement_id })
      yield* remove(granted.id)
      yield* remove(sandbox.id)
      assert.deepStrictEqual(ids(yield* api.listEntitlements(application)), [bought.id])
      assert.deepStrictEqual(
        ids(yield* api.listEntitlements({ ...application, exclude_deleted: false })),
        ids([granted, sandbox, bought])
      )
      assert.deepStrictEqual(yield* refusal(remove(granted.id)), ["UnknownEntitlement"])
      assert.deepStrictEqual(yield* refusal(remove(bought.id)), ["DiscordBadRequest", 400, 40019])
    }).pipe(Effect.provide(fresh)))

  it.effect("that do not exist get 404 code 10029; those of another application get 403 code 20012", () =>
    Effect.gen(function*() {
      const { api, application, discord } = yield* prepare
      const { clientId } = yield* discord.addApplication()
      const theirs = yield* discord.addEntitlement({ application_id: clientId, consumed: false })
      for (
        const call of [
          (path: typeof application & { readonly entitlement_id: Snowflake.EntitlementId }) =>
            Effect.asVoid(api.getEntitlement(path)),
          (path: typeof application & { readonly entitlement_id: Snowflake.EntitlementId }) =>
            Effect.asVoid(api.consumeEntitlement(path)),
          (path: typeof application & { readonly entitlement_id: Snowflake.EntitlementId }) =>
            Effect.asVoid(api.deleteTestEntitlement(path))
        ]
      ) {
        assert.deepStrictEqual(
          yield* refusal(call({ ...application, entitlement_id: nowhere })),
          ["UnknownEntitlement"]
        )
        assert.deepStrictEqual(
          yield* refusal(call({ ...application, entitlement_id: theirs.id })),
          ["UnknownEntitlement"]
        )
        assert.deepStrictEqual(
          yield* refusal(call({ ...application, application_id: clientId, entitlement_id: theirs.id })),
          ["DiscordForbidden", 403, 20012]
        )
      }
      assert.deepStrictEqual(
        yield* refusal(api.listEntitlements({ ...application, application_id: clientId })),
        ["DiscordForbidden", 403, 20012]
      )
      assert.deepStrictEqual(yield* api.listEntitlements(application), [])
    }).pipe(Effect.provide(fresh)))

  it.effect("of the current user are visible with any scope, optionally without consumed ones", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["identify"])
      const path = { accessToken, application_id: discord.application.clientId }
      const friend = yield* discord.addUser()
      const spent = yield* discord.addEntitlement({ consumed: true })
      const lasting = yield* discord.addEntitlement()
      yield* discord.addEntitlement({ user_id: friend.id })
      yield* discord.addEntitlement({ deleted: true })
      const own = api.getCurrentUserApplicationEntitlements
      assert.deepStrictEqual(yield* own(path), [spent, lasting])
      assert.deepStrictEqual(yield* own({ ...path, exclude_consumed: true }), [lasting])
      assert.deepStrictEqual(yield* own({ ...path, exclude_consumed: false, sku_ids: [spent.sku_id] }), [spent])
      const { clientId } = yield* discord.addApplication()
      assert.deepStrictEqual(yield* refusal(own({ ...path, application_id: clientId })), [
        "DiscordForbidden",
        403,
        20012
      ])
    }).pipe(Effect.provide(fresh)))
})

describe("SKU subscriptions", () => {
  it.effect("last 30 days by default, and are listed by SKU", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord, user } = yield* withToken(["identify"])
      const made = yield* discord.addSubscription()
      const other = yield* discord.addSubscription({ sku_ids: [...made.sku_ids, "5" as Snowflake.SkuId] })
      assert.deepInclude(made, {
        user_id: user.id,
        status: 0,
        canceled_at: null,
        current_period_start: at(0),
        current_period_end: at(720 * hour)
      })
      const list = (sku_id: Snowflake.SkuId) => api.listSkuSubscriptions({ accessToken, sku_id })
      assert.deepStrictEqual(yield* list(made.sku_ids[0]!), [made, other])
      assert.deepStrictEqual(yield* list("5" as Snowflake.SkuId), [other])
      assert.deepStrictEqual(yield* list("6" as Snowflake.SkuId), [])
      assert.deepStrictEqual(
        yield* api.getSkuSubscription({ accessToken, sku_id: made.sku_ids[0]!, subscription_id: made.id }),
        made
      )
      assert.deepStrictEqual(
        yield* refusal(
          api.getSkuSubscription({ accessToken, sku_id: "5" as Snowflake.SkuId, subscription_id: made.id })
        ),
        ["DiscordNotFound", 404, 0]
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("have pages of 50 by default", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["identify"])
      const sku_id = "5" as Snowflake.SkuId
      const all: Array<Snowflake.SubscriptionId> = []
      for (let index = 0; index < 51; index++) all.push((yield* discord.addSubscription({ sku_ids: [sku_id] })).id)
      const list = (
        query: Omit<Parameters<typeof api.listSkuSubscriptions>[0], "accessToken" | "sku_id" | "responseMode">
      ) => Effect.map(api.listSkuSubscriptions({ accessToken, sku_id, ...query }), ids)
      assert.deepStrictEqual(yield* list({}), all.slice(0, 50))
      assert.deepStrictEqual(yield* list({ limit: 3, after: all[0]! }), all.slice(1, 4))
      assert.deepStrictEqual(yield* list({ limit: 3, before: all[10]! }), all.slice(7, 10))
    }).pipe(Effect.provide(fresh)))

  it.effect("of another user get 403 code 50001", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord, user } = yield* withToken(["identify"])
      const friend = yield* discord.addUser()
      const theirs = yield* discord.addSubscription({ user_id: friend.id })
      const sku_id = theirs.sku_ids[0]!
      const list = (user_id: Snowflake.UserId) => api.listSkuSubscriptions({ accessToken, sku_id, user_id })
      assert.deepStrictEqual(yield* list(user.id), [])
      assert.deepStrictEqual(yield* refusal(list(friend.id)), ["DiscordForbidden", 403, 50001])
      const subscription_id = theirs.id
      assert.deepStrictEqual(
        yield* refusal(api.getSkuSubscription({ accessToken, sku_id, subscription_id })),
        ["DiscordNotFound", 404, 0]
      )
    }).pipe(Effect.provide(fresh)))
})
