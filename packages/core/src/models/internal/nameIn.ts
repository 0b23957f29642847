/** Reads numbers that have names in a table. */
import * as Option from "effect/Option"
import * as Struct from "effect/Struct"

/**
 * Creates a function that returns the name of a number in a table, or none when the number is absent or not in the
 * table.
 *
 * @internal
 */
export const nameIn = <Name extends string>(values: { readonly [K in Name]: number }) => {
  const names = new Map<number, Name>(Struct.keys(values).map((name) => [values[name], name]))
  return (value: number | null | undefined): Option.Option<Name> =>
    Option.fromNullishOr(value === null || value === undefined ? undefined : names.get(value))
}
