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
export const namesOf = <Name extends string>(flags: Readonly<Record<Name, number>>) => {
  const entries = (Object.keys(flags) as Array<Name>).map((name) => [name, flags[name]] as const)
  return (bits: number | undefined): ReadonlyArray<Name> => {
    const names: Array<Name> = []
    if (bits === undefined || bits === 0) return names
    for (const [name, bit] of entries) {
      if ((bits & bit) !== 0) names.push(name)
    }
    return names
  }
}
