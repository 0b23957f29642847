/** The schema of a string to which Discord may add values. */
import * as Schema from "effect/Schema"

/**
 * Accepts any string. An editor completes the known values.
 *
 * @internal
 */
export const openEnum = <const Known extends ReadonlyArray<string>>(known: Known) =>
  Schema.Union([Schema.StringForLiteralAutocomplete, Schema.Literals(known)])
