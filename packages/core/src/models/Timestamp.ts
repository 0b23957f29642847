/**
 * Instants as Discord writes them in JSON: ISO 8601 strings, with up to nine decimals of a second and an offset.
 *
 * A timestamp is kept as the string that Discord sends, because Discord sends microseconds and a `DateTime` has only
 * milliseconds. {@link toDateTime} converts it.
 *
 * @see https://discord.com/developers/docs/reference#iso8601-datetime
 * @since 0.1.0
 */
import * as Brand from "effect/Brand"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"

const iso8601 =
  /^([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,9}))?(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?$/u

/**
 * An ISO 8601 date and time, such as `"2021-01-23T02:33:17.017000+00:00"`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Timestamp = Schema.String.check(
  Schema.isPattern(iso8601, { expected: "an ISO 8601 date and time" })
).pipe(Schema.brand("Timestamp"))

/**
 * @category models
 * @since 0.1.0
 */
export type Timestamp = typeof Timestamp.Type

const offsetMinutes = (zone: string | undefined): number => {
  if (zone === undefined || zone === "Z") return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6))
  return zone.startsWith("-") ? -minutes : minutes
}

/**
 * Converts a timestamp to a `DateTime`, to the millisecond. Cuts off finer digits.
 *
 * **Details**
 *
 * A timestamp without an offset counts as UTC. The result does not depend on the engine's date parser.
 *
 * **Example** (A timestamp with microseconds)
 *
 * ```ts
 * import { Timestamp } from "@discord-oauth2/core/models"
 *
 * Timestamp.toDateTime(Timestamp.Timestamp.make("2021-01-23T02:33:17.017000+00:00"))
 * // => DateTime.makeUnsafe("2021-01-23T02:33:17.017Z")
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const toDateTime = (self: Timestamp): DateTime.Utc => {
  const parts = iso8601.exec(self) ?? []
  const at = (index: number): number => Number(parts[index] ?? 0)
  const milliseconds = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3))
  // 400 years, after which the calendar repeats: `Date.UTC` takes the years 0 to 99 for 1900 to 1999.
  const shift = 146_097 * 86_400_000
  return DateTime.makeUnsafe(
    Date.UTC(at(1) + 400, at(2) - 1, at(3), at(4), at(5) - offsetMinutes(parts[8]), at(6), milliseconds) - shift
  )
}

const unchecked = Brand.nominal<Timestamp>()

/**
 * Converts a `DateTime` to a timestamp in UTC with microseconds, as Discord writes it:
 * `"2021-01-23T02:33:17.017000+00:00"`.
 *
 * **Gotchas**
 *
 * An instant outside the years 0000 to 9999 gives the nearest instant inside them.
 *
 * @category conversions
 * @since 0.1.0
 */
export const fromDateTime = (instant: DateTime.DateTime): Timestamp => {
  const millis = Math.min(Math.max(DateTime.toEpochMillis(instant), -62_167_219_200_000), 253_402_300_799_999)
  return unchecked(DateTime.formatIso(DateTime.makeUnsafe(millis)).replace("Z", "000+00:00"))
}
