import { Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { decode, refuses } from "../../fixtures/laws.ts"

const id = (text: string) => Snowflake.Snowflake.make(text)

describe("Snowflake", () => {
  it("accepts every unsigned 64-bit integer as a decimal string", () => {
    for (const text of ["0", "1", "80351110224678912", "1234647491267808778", "18446744073709551615"]) {
      assert.strictEqual(decode(Snowflake.Snowflake, text), text)
    }
  })

  it("rejects what does not fit 64 bits, is not decimal, or is not a string", () => {
    const others = [
      "18446744073709551616",
      "99999999999999999999",
      "184467440737095516150",
      "",
      "01",
      "-1",
      "+1",
      "1.0",
      "1e3",
      "0x10",
      " 1",
      "1 ",
      "1\n",
      "١٢٣",
      "80351110224678912n",
      "{}",
      80351110224678912,
      0,
      null,
      {},
      ["80351110224678912"]
    ]
    for (const other of others) assert.isTrue(refuses(Snowflake.Snowflake, other), JSON.stringify(other))
  })

  it("says what was expected", () => {
    const result = Schema.decodeUnknownResult(Snowflake.UserId)("me")
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.match(result.failure.message, /unsigned 64-bit integer/)
    assert.throws(() => Snowflake.UserId.make("me"))
  })

  it.prop("encodes to JSON without loss", [Snowflake.Snowflake], ([value]) => {
    assert.strictEqual(decode(Snowflake.Snowflake, value), value)
    assert.strictEqual(String(BigInt(value)), value)
  })

  it("timestamp reads the id of the example in Discord's reference", () => {
    assert.strictEqual(
      DateTime.formatIso(Snowflake.timestamp(id("175928847299117063"))),
      "2016-04-30T11:18:25.796Z"
    )
  })

  it("counts from the first millisecond of 2015", () => {
    assert.strictEqual(DateTime.formatIso(Snowflake.timestamp(id("0"))), "2015-01-01T00:00:00.000Z")
    assert.strictEqual(
      DateTime.toEpochMillis(Snowflake.timestamp(id("18446744073709551615"))),
      Snowflake.discordEpoch + 2 ** 42 - 1
    )
  })

  it.prop(
    "fromDateTime is the least id of its millisecond",
    [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 42 - 1 }))],
    ([elapsed]) => {
      const moment = DateTime.makeUnsafe(Snowflake.discordEpoch + elapsed)
      const least = Snowflake.fromDateTime(moment)
      assert.strictEqual(decode(Snowflake.Snowflake, least), least)
      assert.strictEqual(DateTime.toEpochMillis(Snowflake.timestamp(least)), DateTime.toEpochMillis(moment))
      assert.strictEqual(BigInt(least) & 0x3fffffn, 0n)
    }
  )

  it.prop("an id is never before the lowest id of its millisecond", [Snowflake.Snowflake], ([value]) => {
    assert.isAtMost(Snowflake.Order(Snowflake.fromDateTime(Snowflake.timestamp(value)), value), 0)
  })

  it("fromDateTime returns the nearest id for an instant outside the range of ids", () => {
    assert.strictEqual(Snowflake.fromDateTime(DateTime.makeUnsafe(0)), "0")
    assert.strictEqual(
      Snowflake.fromDateTime(DateTime.makeUnsafe("9999-12-31T23:59:59Z")),
      String((2n ** 42n - 1n) << 22n)
    )
  })

  it("orders ids by number and not by text", () => {
    const sorted = Arr.sort([id("100"), id("99"), id("80351110224678912"), id("9")], Snowflake.Order)
    assert.deepStrictEqual(sorted, ["9", "99", "100", "80351110224678912"])
  })

  it.prop(
    "the order agrees with the order of the numbers",
    [Snowflake.Snowflake, Snowflake.Snowflake],
    ([left, right]) => {
      const expected = BigInt(left) < BigInt(right) ? -1 : BigInt(left) > BigInt(right) ? 1 : 0
      assert.strictEqual(Snowflake.Order(left, right), expected)
      assert.strictEqual(Snowflake.Order(left, left), 0)
    }
  )

  it("has an id type for each resource, and the compiler rejects one in place of another", () => {
    const userId: Snowflake.UserId = Snowflake.UserId.make("80351110224678912")
    const any: Snowflake.Snowflake = userId
    // @ts-expect-error a user id is not a guild id
    const guildId: Snowflake.GuildId = userId
    // @ts-expect-error a string is not an id until it was checked
    const unchecked: Snowflake.UserId = "80351110224678912"
    assert.deepStrictEqual([any, guildId, unchecked], [userId, userId, userId])
  })

  it("checks each kind of id alike", () => {
    const kinds: ReadonlyArray<Schema.Codec<string>> = [
      Snowflake.UserId,
      Snowflake.GuildId,
      Snowflake.RoleId,
      Snowflake.ChannelId,
      Snowflake.MessageId,
      Snowflake.ApplicationId,
      Snowflake.CommandId,
      Snowflake.WebhookId,
      Snowflake.TeamId,
      Snowflake.SkuId,
      Snowflake.EntitlementId,
      Snowflake.SubscriptionId,
      Snowflake.LobbyId
    ]
    for (const kind of kinds) {
      assert.strictEqual(decode(kind, "42"), "42")
      assert.isTrue(refuses(kind, "forty-two"))
    }
  })
})
