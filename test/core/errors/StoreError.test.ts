import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import { isOfRecord } from "../../../packages/core/src/errors/StoreError.ts"

const advice = {
  unavailable: "it may work again later",
  full: "the store has no room left",
  locked: "try again",
  corrupt: "repair it, or let the user sign in again",
  "newer-version": "upgrade this process",
  "unknown-key": "add the key",
  "not-sealed": "pass `plain: \"accept\"`"
} satisfies Record<DiscordError.AccessTokenStoreError["reason"], string>

const reasons = Object.keys(advice) as ReadonlyArray<keyof typeof advice>

describe("StoreError", () => {
  for (const reason of reasons) {
    it(`the message of ${reason} names the operation and says what to do`, () => {
      const { message } = new DiscordError.AccessTokenStoreError({ operation: "replace", reason })
      assert.include(message, `failed at replace (${reason})`)
      assert.include(message, advice[reason])
    })
  }

  it("a store error without a reason is `unavailable`", () => {
    assert.strictEqual(new DiscordError.AccessTokenStoreError({ operation: "get" }).reason, "unavailable")
  })

  it("isOfRecord accepts the reasons that concern one record alone", () => {
    const ofRecord = reasons.filter((reason) =>
      isOfRecord(new DiscordError.AccessTokenStoreError({ operation: "get", reason }))
    )
    assert.deepStrictEqual(ofRecord, ["corrupt", "newer-version", "unknown-key", "not-sealed"])
  })

  it("the message of DenylistError names the operation and asks for the database", () => {
    const { message } = new DiscordError.DenylistError({ operation: "addedAt" })
    assert.strictEqual(message, "The denylist failed at addedAt: is its database reachable?")
  })
})
