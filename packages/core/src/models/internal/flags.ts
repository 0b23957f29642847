import * as Struct from "effect/Struct"

/**
 * Names of the bits that are set, in the order of `flags`.
 *
 * **Details**
 *
 * Bits without a name are passed over. The bits named by Discord lie below bit 31, so that the bitwise operators,
 * which work on 32 bits, answer rightly for any safe integer.
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
