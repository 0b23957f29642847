import * as Schema from "effect/Schema"

/**
 * A string that keeps its value whatever it is, and whose known values complete in the editor.
 *
 * @internal
 */
export const openEnum = <const Known extends ReadonlyArray<string>>(known: Known) =>
  Schema.Union([Schema.StringForLiteralAutocomplete, Schema.Literals(known)])
