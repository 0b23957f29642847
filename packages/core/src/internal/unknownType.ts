import type * as Brand from "effect/Brand"
import * as Schema from "effect/Schema"

/**
 * A `type` that is none of the known ones. The brand lets TypeScript narrow a union by a known type, which a plain number
 * beside the literals would prevent.
 *
 * @internal
 */
export type UnknownType = number & Brand.Brand<"UnknownType">

/**
 * @internal
 */
export const unknownType = (known: ReadonlyArray<number>) =>
  Schema.Int.check(
    Schema.makeFilter((type: number) => !known.includes(type), {
      expected: `an integer that is none of ${known.join(", ")}`
    })
  ).pipe(Schema.brand("UnknownType"))
