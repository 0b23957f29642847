import { Subscription } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { subscription } from "../../fixtures/monetization.ts"

const documented = decode(Subscription.Subscription, subscription)
const make = (members: Partial<typeof Subscription.Subscription.Encoded>) =>
  decode(Subscription.Subscription, { ...subscription, ...members })

laws("Subscription", Subscription.Subscription, {
  examples: {
    "the documented subscription": subscription,
    "a subscription that ends": {
      ...subscription,
      status: 2,
      canceled_at: "2024-09-01T00:00:00.000001+00:00",
      renewal_sku_ids: ["1158857122189168804"],
      entitlement_ids: ["1019653849998299136"],
      country: "US"
    },
    "a subscription without a country": { ...subscription, country: null }
  },
  required: [
    "id",
    "user_id",
    "sku_ids",
    "renewal_sku_ids",
    "entitlement_ids",
    "current_period_start",
    "current_period_end",
    "status",
    "canceled_at"
  ]
})

describe("Subscription", () => {
  ignoresUnknownMembers("Subscription", Subscription.Subscription, subscription)

  it("keeps an unknown status and country", () => {
    const future = { ...subscription, status: 9, country: "ATLANTIS" }
    const decoded = decode(Subscription.Subscription, future)
    assert.deepStrictEqual(encode(Subscription.Subscription, decoded), future)
    assert.deepStrictEqual(Subscription.statusName(decoded), Option.none())
    assert.isFalse(Subscription.willRenew(decoded))
  })

  it("rejects a member of the wrong type", () => {
    const wrong = [{ sku_ids: null }, { sku_ids: ["x"] }, { status: "0" }, { current_period_end: null }, { user_id: 1 }]
    for (const members of wrong) {
      assert.isTrue(refuses(Subscription.Subscription, { ...subscription, ...members }), JSON.stringify(members))
    }
  })

  it("statusName names the documented statuses", () => {
    const names = [0, 1, 2].map((status) => Option.getOrNull(Subscription.statusName({ status })))
    assert.deepStrictEqual(names, ["Active", "Inactive", "Ending"])
  })

  it("willRenew is true only for an active subscription", () => {
    const { Active, Ending, Inactive } = Subscription.SubscriptionStatus
    assert.deepStrictEqual(
      [Active, Ending, Inactive].map((status) => Subscription.willRenew({ status })),
      [true, false, false]
    )
  })

  it("createdAt comes from the id: the start of the subscription", () => {
    assert.strictEqual(DateTime.formatIso(Subscription.createdAt(documented)), "2024-08-27T19:48:44.351Z")
  })

  it("canceledAt returns an instant for a canceled subscription", () => {
    assert.deepStrictEqual(Subscription.canceledAt(documented), Option.none())
    assert.deepStrictEqual(
      Option.map(Subscription.canceledAt(make({ canceled_at: "2024-09-01T02:00:00+02:00" })), DateTime.formatIso),
      Option.some("2024-09-01T00:00:00.000Z")
    )
  })

  it("isInCurrentPeriod is true from the start until before the end of the period", () => {
    const start = Subscription.currentPeriodStart(documented)
    const end = Subscription.currentPeriodEnd(documented)
    assert.strictEqual(DateTime.formatIso(start), "2024-08-27T19:48:44.406Z")
    assert.strictEqual(DateTime.formatIso(end), "2024-09-27T19:48:44.406Z")
    const millisecond = { milliseconds: 1 }
    assert.isFalse(Subscription.isInCurrentPeriod(documented, DateTime.subtract(start, millisecond)))
    assert.isTrue(Subscription.isInCurrentPeriod(documented, start))
    assert.isTrue(Subscription.isInCurrentPeriod(documented, DateTime.subtract(end, millisecond)))
    assert.isFalse(Subscription.isInCurrentPeriod(documented, end))
    assert.deepStrictEqual([documented].map(Subscription.isInCurrentPeriod(start)), [true])
  })
})
