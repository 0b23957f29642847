import * as Schema from "effect/Schema"

/**
 * A `type` that is none of the known ones, so that a broken object of a known type does not pass as one of an unknown type.
 *
 * @internal
 */
export const unknownType = (known: ReadonlyArray<number>) =>
  Schema.Int.check(
    Schema.makeFilter((type: number) => !known.includes(type), {
      expected: `an integer that is none of ${known.join(", ")}`
    })
  )
