/** Reads a timestamp that may be absent or `null`. */
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Timestamp from "../Timestamp.ts"

/**
 * Returns the instant of a timestamp, or none when there is no timestamp.
 *
 * @internal
 */
export const instant = (timestamp: Timestamp.Timestamp | null | undefined): Option.Option<DateTime.Utc> =>
  Option.map(Option.fromNullishOr(timestamp), Timestamp.toDateTime)
