import { Timestamp } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { decode, encode, refuses } from "../../fixtures/laws.ts"

const iso = (text: string) => DateTime.formatIso(Timestamp.toDateTime(Timestamp.Timestamp.make(text)))

describe("Timestamp", () => {
  it("encodes without loss, with microseconds", () => {
    for (
      const text of [
        "2021-01-23T02:33:17.017000+00:00",
        "2015-04-26T06:26:56.936000+00:00",
        "2019-06-01T00:00:00+00:00",
        "2019-06-01T00:00:00Z",
        "2019-06-01T00:00:00.123456789-11:30",
        "2019-06-01T00:00:00"
      ]
    ) {
      assert.strictEqual(encode(Timestamp.Timestamp, decode(Timestamp.Timestamp, text)), text)
    }
  })

  it("rejects strings that are not an ISO 8601 date and time", () => {
    const others = [
      "",
      "now",
      "2021-01-23",
      "2021-01-23 02:33:17Z",
      "2021-13-01T00:00:00Z",
      "2021-00-01T00:00:00Z",
      "2021-01-32T00:00:00Z",
      "2021-01-00T00:00:00Z",
      "2021-01-01T24:00:00Z",
      "2021-01-01T00:60:00Z",
      "2021-01-01T00:00:61Z",
      "2021-01-01T00:00:00.Z",
      "2021-01-01T00:00:00+0000",
      "2021-01-01T00:00:00Z\n",
      1611369197017,
      null,
      {}
    ]
    for (const other of others) assert.isTrue(refuses(Timestamp.Timestamp, other), JSON.stringify(other))
  })

  it("reads milliseconds, cuts off finer digits, and heeds the offset", () => {
    assert.strictEqual(iso("2021-01-23T02:33:17.017000+00:00"), "2021-01-23T02:33:17.017Z")
    assert.strictEqual(iso("2021-01-23T02:33:17.017999+00:00"), "2021-01-23T02:33:17.017Z")
    assert.strictEqual(iso("2021-01-23T02:33:17.5Z"), "2021-01-23T02:33:17.500Z")
    assert.strictEqual(iso("2021-01-23T02:33:17Z"), "2021-01-23T02:33:17.000Z")
    assert.strictEqual(iso("2021-01-23T02:33:17+02:30"), "2021-01-23T00:03:17.000Z")
    assert.strictEqual(iso("2021-12-31T23:33:17-02:30"), "2022-01-01T02:03:17.000Z")
    assert.strictEqual(iso("2021-01-23T02:33:17"), "2021-01-23T02:33:17.000Z")
  })

  it.prop("toDateTime agrees with the date parser of JavaScript", [Timestamp.Timestamp], ([value]) => {
    const millis = DateTime.toEpochMillis(Timestamp.toDateTime(value))
    const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(value) ? value : `${value}Z`
    const expected = Date.parse(zoned)
    if (Number.isNaN(expected) || Number(value.slice(0, 4)) < 100) assert.isTrue(Number.isFinite(millis))
    else assert.strictEqual(millis, expected)
  })

  it.prop(
    "the offset is taken off, whatever it is",
    [
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4_000_000_000_000 })),
      Schema.Literals(["+", "-"]),
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 23 })),
      Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 59 }))
    ],
    ([local, sign, hours, minutes]) => {
      const two = (value: number) => String(value).padStart(2, "0")
      const text = `${new Date(local).toISOString().slice(0, -1)}${sign}${two(hours)}:${two(minutes)}`
      const offset = (hours * 60 + minutes) * 60_000
      const expected = sign === "+" ? local - offset : local + offset
      assert.strictEqual(DateTime.toEpochMillis(Timestamp.toDateTime(decode(Timestamp.Timestamp, text))), expected)
    }
  )

  it("fromDateTime writes an instant as Discord does", () => {
    assert.strictEqual(
      Timestamp.fromDateTime(DateTime.makeUnsafe("2021-01-23T02:33:17.017Z")),
      "2021-01-23T02:33:17.017000+00:00"
    )
  })

  it.prop(
    "a moment survives writing and reading",
    [Schema.Int.check(Schema.isBetween({ minimum: -59_011_459_200_000, maximum: 253_402_300_799_999 }))],
    ([millis]) => {
      const written = Timestamp.fromDateTime(DateTime.makeUnsafe(millis))
      assert.strictEqual(decode(Timestamp.Timestamp, written), written)
      assert.strictEqual(DateTime.toEpochMillis(Timestamp.toDateTime(written)), millis)
    }
  )

  it("fromDateTime writes the nearest instant for a year without four digits", () => {
    assert.strictEqual(
      Timestamp.fromDateTime(DateTime.makeUnsafe(8_640_000_000_000_000)),
      "9999-12-31T23:59:59.999000+00:00"
    )
    assert.strictEqual(
      Timestamp.fromDateTime(DateTime.makeUnsafe(-8_640_000_000_000_000)),
      "0000-01-01T00:00:00.000000+00:00"
    )
  })
})
