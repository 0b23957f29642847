/** The schema of the `type` of an object that this version does not know. */
import * as Schema from "effect/Schema"

/**
 * Accepts a `type` that is not known. An invalid object of a known type therefore does not decode as one of an unknown
 * type.
 *
 * @internal
 */
export const unknownType = (known: ReadonlyArray<number>) =>
  Schema.Int.check(
    Schema.makeFilter((type: number) => !known.includes(type), {
      expected: `an integer that is none of ${known.join(", ")}`
    })
  )
