import { Timestamp } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { instant } from "../../../../packages/core/src/models/internal/instant.ts"

describe("instant", () => {
  it("returns the instant of a timestamp", () => {
    const timestamp = Timestamp.Timestamp.make("2021-01-23T02:33:17.017000+00:00")
    assert.deepStrictEqual(
      Option.map(instant(timestamp), DateTime.formatIso),
      Option.some("2021-01-23T02:33:17.017Z")
    )
  })

  it("returns none for null and for an absent timestamp", () => {
    assert.isTrue(Option.isNone(instant(null)))
    assert.isTrue(Option.isNone(instant(undefined)))
  })
})
