import { Entitlement } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { entitlement, fullEntitlement } from "../../fixtures/monetization.ts"

const make = (members: Partial<typeof Entitlement.Entitlement.Encoded>) =>
  decode(Entitlement.Entitlement, { ...entitlement, ...members })
const at = (iso: string) => DateTime.makeUnsafe(iso)
const during = at("2022-10-01T00:00:00Z")

laws("Entitlement", Entitlement.Entitlement, {
  examples: {
    "the documented entitlement": entitlement,
    "an entitlement with every member of the OpenAPI document": fullEntitlement
  },
  required: ["id", "sku_id", "application_id", "type", "deleted", "starts_at", "ends_at"]
})

describe("Entitlement", () => {
  ignoresUnknownMembers("Entitlement", Entitlement.Entitlement, entitlement)

  it("keeps unknown types, statuses and flags", () => {
    const future = { ...fullEntitlement, type: 99, fulfillment_status: 99, gift_code_flags: 2 ** 40 }
    const decoded = decode(Entitlement.Entitlement, future)
    assert.deepStrictEqual(encode(Entitlement.Entitlement, decoded), future)
    assert.deepStrictEqual(Entitlement.typeName(decoded), Option.none())
    assert.deepStrictEqual(Entitlement.fulfillmentStatusName(decoded), Option.none())
  })

  it("rejects a member of the wrong type", () => {
    const wrong = [{ id: 1 }, { sku_id: "sku" }, { deleted: null }, { starts_at: 1 }, { ends_at: "soon" }, {
      type: "8"
    }]
    for (const members of wrong) {
      assert.isTrue(refuses(Entitlement.Entitlement, { ...entitlement, ...members }), JSON.stringify(members))
    }
  })

  it("isActive is true from the start until before the end", () => {
    const active = (iso: string) => Entitlement.isActive(make({}), at(iso))
    assert.isFalse(active("2022-09-14T17:00:18.703Z"))
    assert.isTrue(active("2022-09-14T17:00:18.704Z"))
    assert.isTrue(active("2022-10-14T17:00:18.703Z"))
    assert.isFalse(active("2022-10-14T17:00:18.704Z"))
  })

  it("isActive has no limit without a start or an end", () => {
    const early = at("2015-01-01T00:00:00Z")
    const late = at("2150-01-01T00:00:00Z")
    assert.isTrue(Entitlement.isActive(make({ starts_at: null }), early))
    assert.isFalse(Entitlement.isActive(make({ starts_at: null }), late))
    assert.isTrue(Entitlement.isActive(make({ ends_at: null }), late))
    assert.isFalse(Entitlement.isActive(make({ ends_at: null }), early))
  })

  it("isActive is false for a deleted or consumed entitlement", () => {
    assert.isTrue(Entitlement.isActive(make({}), during))
    assert.isFalse(Entitlement.isActive(make({ deleted: true }), during))
    assert.isFalse(Entitlement.isActive(make({ consumed: true }), during))
  })

  it("isActive is data-first and data-last", () => {
    assert.deepStrictEqual([make({}), make({ deleted: true })].map(Entitlement.isActive(during)), [true, false])
  })

  it.prop("isActive is false before the start and after the end of any entitlement", [Entitlement.Entitlement], (
    [any]
  ) => {
    for (const start of Option.toArray(Entitlement.startsAt(any))) {
      assert.isFalse(Entitlement.isActive(any, DateTime.subtract(start, { milliseconds: 1 })))
    }
    for (const end of Option.toArray(Entitlement.endsAt(any))) assert.isFalse(Entitlement.isActive(any, end))
  })

  it("startsAt and endsAt convert the timestamps", () => {
    assert.deepStrictEqual(
      Option.map(Entitlement.startsAt(make({})), DateTime.formatIso),
      Option.some("2022-09-14T17:00:18.704Z")
    )
    assert.deepStrictEqual(
      Option.map(Entitlement.endsAt(make({})), DateTime.formatIso),
      Option.some("2022-10-14T17:00:18.704Z")
    )
    assert.deepStrictEqual(Entitlement.startsAt(decode(Entitlement.Entitlement, fullEntitlement)), Option.none())
  })

  it("createdAt reads the id", () => {
    assert.strictEqual(DateTime.formatIso(Entitlement.createdAt(make({}))), "2022-09-14T17:00:22.092Z")
  })

  it("typeName returns the names of the nine documented types", () => {
    const names = [1, 2, 3, 4, 5, 6, 7, 8, 10].map((type) => Option.getOrNull(Entitlement.typeName(make({ type }))))
    assert.deepStrictEqual<ReadonlyArray<string | null>>(names, Object.keys(Entitlement.EntitlementType))
    assert.strictEqual(names[7], "ApplicationSubscription")
  })

  it("fulfillmentStatusName returns the names of the eight statuses", () => {
    const name = (fulfillment_status: number | null) =>
      Option.getOrNull(Entitlement.fulfillmentStatusName(make({ fulfillment_status })))
    assert.deepStrictEqual<ReadonlyArray<string | null>>(
      [0, 1, 2, 3, 4, 5, 6, 7].map(name),
      Object.keys(Entitlement.FulfillmentStatus)
    )
    assert.strictEqual(name(3), "Fulfilled")
    assert.isNull(name(null))
    assert.deepStrictEqual(Entitlement.fulfillmentStatusName({}), Option.none())
  })
})
