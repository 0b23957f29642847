import { Entitlement, Timestamp } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Monetization from "../../../../packages/core/src/testing/internal/monetization.ts"
import * as Worlds from "../../../../packages/core/src/testing/internal/world.ts"

const application_id = Worlds.applicationId("1")
const user_id = Worlds.userId("2")
const everything = { applicationId: application_id, exclude_deleted: false, exclude_consumed: false }

const add = (world: Worlds.World, options: Partial<Entitlement.Entitlement> = {}) =>
  Monetization.addEntitlement(world, 0, { application_id, user_id, ...options })

describe("entitlements", () => {
  it("are found by application, user, guild and SKU", () => {
    const world = Worlds.make()
    const one = add(world)
    const ofGuild = add(world, { guild_id: Worlds.guildId("3"), user_id: Worlds.userId("4") })
    add(world, { application_id: Worlds.applicationId("5") })
    const found = (wanted: Partial<Monetization.Wanted>) =>
      Monetization.entitlementsOf(world, { ...everything, ...wanted })
    assert.deepStrictEqual(found({}), [one, ofGuild])
    assert.deepStrictEqual(found({ user_id }), [one])
    assert.deepStrictEqual(found({ guild_id: "3" }), [ofGuild])
    assert.deepStrictEqual(found({ sku_ids: [ofGuild.sku_id] }), [ofGuild])
    assert.deepStrictEqual(found({ sku_ids: [] }), [])
  })

  it("that are deleted or consumed are found unless they are excluded", () => {
    const world = Worlds.make()
    const [live, deleted, consumed] = [add(world), add(world, { deleted: true }), add(world, { consumed: true })]
    assert.deepStrictEqual(Monetization.entitlementsOf(world, everything), [live, deleted, consumed])
    assert.deepStrictEqual(
      Monetization.entitlementsOf(world, { ...everything, exclude_deleted: true, exclude_consumed: true }),
      [live]
    )
  })

  it("have ended from the instant of `ends_at` on, and never without it", () => {
    const world = Worlds.make()
    const ending = add(world, { ends_at: Timestamp.Timestamp.make("1970-01-01T00:00:01.000000+00:00") })
    assert.isFalse(Monetization.hasEnded(ending, 999))
    assert.isTrue(Monetization.hasEnded(ending, 1000))
    assert.isFalse(Monetization.hasEnded(add(world), Number.MAX_SAFE_INTEGER))
  })

  it("are test entitlements by their type, or without start and end", () => {
    const world = Worlds.make()
    const { Purchase, TestModePurchase } = Entitlement.EntitlementType
    assert.isFalse(Monetization.isTest(add(world)))
    assert.isTrue(Monetization.isTest(add(world, { starts_at: null })))
    assert.isTrue(Monetization.isTest(add(world, { type: TestModePurchase })))
    assert.isFalse(Monetization.isTest(add(world, { type: Purchase, starts_at: null })))
  })
})

it("a subscription lasts 30 days by default", () => {
  const world = Worlds.make()
  const subscription = Monetization.addSubscription(world, 0, { user_id })
  assert.strictEqual<string>(subscription.current_period_start, "1970-01-01T00:00:00.000000+00:00")
  assert.strictEqual<string>(subscription.current_period_end, "1970-01-31T00:00:00.000000+00:00")
  assert.strictEqual(world.subscriptions.get(subscription.id), subscription)
})
