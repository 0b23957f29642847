/** The small parsers: they never throw, and write what they read. */
import { OAuth2Scope, Permissions, Snowflake } from "@discord-oauth2/core"
import { Timestamp } from "@discord-oauth2/core/models"
import { assert } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as errorBodies from "../../packages/core/src/api/internal/errorBodies.ts"
import { sanitize } from "../../packages/core/src/internal/sanitize.ts"
import * as Cases from "./support/cases.ts"
import * as Hostile from "./support/Hostile.ts"
import { isWellFormed, plainText } from "./support/outputs.ts"
import type { Random } from "./support/Random.ts"

const decodeSnowflake = Schema.decodeUnknownOption(Snowflake.Snowflake)
const decodePermissions = Schema.decodeUnknownOption(Permissions.Permissions)
const decodeTimestamp = Schema.decodeUnknownOption(Timestamp.Timestamp)
const decodeScopes = Schema.decodeSync(OAuth2Scope.OAuth2Scopes)
const encodeScopes = Schema.encodeSync(OAuth2Scope.OAuth2Scopes)

const digits = (random: Random, most: number) => random.times(most, () => String(random.int(10))).join("")

const id = (random: Random): unknown =>
  random.oneOf<unknown>(
    () => digits(random, 22),
    () => String((1n << 64n) - 2n + BigInt(random.int(4))),
    () => `${random.pick(["+", "-", "0", "0x", " ", "٣", "１", "1e", "1_"])}${digits(random, 6)}`,
    () => Hostile.mutate(random, "80351110224678912"),
    () => Hostile.json(random),
    () => random.int(2 ** 31)
  )

const isUint64 = (value: unknown): value is string =>
  typeof value === "string" && /^(0|[1-9][0-9]*)$/.test(value) && BigInt(value) < 1n << 64n

const sanitized = (text: string) => {
  const clean = sanitize(text)
  assert.isAtMost(clean.length, 200)
  assert.match(clean, plainText)
  assert.strictEqual(clean, clean.trim())
  assert.strictEqual(sanitize(clean), clean)
  assert.isTrue(isWellFormed(clean))
}

Cases.file("values", (property) => {
  property.cases(
    "S8, F32: sanitize gives a short line without control characters, and no other the second time",
    6000,
    (random, note) =>
      Effect.sync(() => {
        const text = random.times(3, () => Hostile.text(random)).join(
          random.pick(["", " ", "x".repeat(190), "😀".repeat(99)])
        )
        note(text)
        sanitized(text)
      })
  )

  property.values(
    "S8, F32: the same for the texts of a schema",
    2000,
    Arbitrary.schema(Schema.String),
    (text) => Effect.sync(() => sanitized(text))
  )

  property.cases(
    "F8: any Retry-After is a finite time of at most thirty days",
    4000,
    (random, note) =>
      Effect.sync(() => {
        const seconds = random.oneOf(
          () => Number(Hostile.text(random)),
          () => random.pick([Number.NaN, Infinity, -Infinity, -0, 1e308, -1e308, Number.MIN_VALUE, 82_721]),
          () => (random.next() - 0.5) * 10 ** random.int(30)
        )
        note(seconds)
        const time = Duration.toSeconds(errorBodies.retryAfter(seconds))
        assert.isTrue(time >= 0 && time <= 2_592_000)
        if (seconds >= 0 && seconds <= 2_592_000) assert.approximately(time, seconds, 0.001)
      })
  )

  property.cases(
    "a snowflake is the decimal text of 64 bits and nothing else",
    6000,
    (random, note, saw) =>
      Effect.sync(() => {
        const value = id(random)
        note(value)
        const read = decodeSnowflake(value)
        assert.strictEqual(Option.isSome(read), isUint64(value))
        saw(read._tag)
        if (Option.isNone(read)) return
        assert.strictEqual(read.value, value)
        const moment = Snowflake.timestamp(read.value)
        assert.isTrue(Number.isFinite(moment.epochMilliseconds))
        assert.strictEqual(
          BigInt(Snowflake.fromDateTime(moment)) >> 22n,
          BigInt(read.value) >> 22n,
          "the id of its moment has its moment"
        )
      }),
    ["Some", "None"]
  )

  property.cases("permissions are decimal text, whatever bits it has", 4000, (random, note, saw) =>
    Effect.sync(() => {
      const value = random.chance(0.3) ? digits(random, 60) : id(random)
      note(value)
      const read = decodePermissions(value)
      assert.strictEqual(Option.isSome(read), typeof value === "string" && /^[0-9]+$/.test(value))
      saw(read._tag)
      if (Option.isNone(read)) return
      assert.strictEqual(BigInt(Permissions.fromBigInt(Permissions.toBigInt(read.value))), BigInt(read.value))
      const names = Permissions.toNames(read.value)
      for (const name of names) assert.isTrue(Permissions.has(read.value, name))
      assert.deepStrictEqual(Permissions.toNames(Permissions.fromNames(names)), names)
    }), ["Some", "None"])

  property.cases("a timestamp is read as a finite moment, or refused", 4000, (random, note, saw) =>
    Effect.sync(() => {
      const value = random.oneOf<unknown>(
        () => Hostile.mutate(random, "2026-06-10T21:20:00.123456+00:00"),
        () => `${digits(random, 5)}-${digits(random, 2)}-${digits(random, 2)}T${digits(random, 2)}:00:00Z`,
        () =>
          `20${random.int(90) + 10}-${random.pick(["02-30", "06-31", "12-31", "02-29"])}T23:59:59.${
            random.int(1e9)
          }+23:59`,
        () => Hostile.json(random)
      )
      note(value)
      const read = decodeTimestamp(value)
      saw(read._tag)
      if (Option.isNone(read)) return
      const moment = Timestamp.toDateTime(read.value)
      assert.isTrue(Number.isFinite(moment.epochMilliseconds))
      const again = Timestamp.fromDateTime(moment)
      assert.isTrue(Option.isSome(decodeTimestamp(again)))
      if (!/^0000-01-01|^9999-12-31/.test(read.value)) {
        assert.strictEqual(DateTime.toEpochMillis(Timestamp.toDateTime(again)), DateTime.toEpochMillis(moment))
      }
    }), ["Some", "None"])

  property.cases(
    "S28: whatever a scope member says, its scopes are texts that are written and read the same",
    4000,
    (random, note) =>
      Effect.sync(() => {
        const text = random.oneOf(
          () => Hostile.mutate(random, "identify guilds email guilds.join"),
          () => Hostile.text(random),
          () => random.times(6, () => Hostile.letters(random)).join(random.pick([" ", "  ", ",", "\t", "+", "\u00a0"]))
        )
        note(text)
        const scopes = decodeScopes(text)
        for (const scope of scopes) assert.match(scope, /^[^ ]+$/)
        assert.strictEqual(new Set(scopes).size, scopes.length)
        assert.isTrue(OAuth2Scope.equals(decodeScopes(encodeScopes(scopes)), scopes))
      })
  )
})
