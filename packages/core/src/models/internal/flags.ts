/** Reads flags that Discord sends as a number. */
import * as Struct from "effect/Struct"

/**
 * Creates a function that returns the names of the bits that are set, in the order of `flags`.
 *
 * **Details**
 *
 * Ignores bits without a name. All named bits are below bit 31, so the bitwise operators, which use 32 bits, are
 * correct for any safe integer.
 *
 * @internal
 */
export const namesOf = <Name extends string>(flags: { readonly [K in Name]: number }) => {
  const known = Struct.keys(flags)
  return (bits: number | undefined): ReadonlyArray<Name> => {
    const names: Array<Name> = []
    if (bits === undefined || bits === 0) return names
    for (const name of known) {
      if ((bits & flags[name]) !== 0) names.push(name)
    }
    return names
  }
}
