import * as Option from "effect/Option"
import * as Struct from "effect/Struct"

/**
 * The name of a number in a table of names and numbers; none for a number that is not in it, for `null` and for nothing.
 *
 * @internal
 */
export const nameIn = <Name extends string>(values: { readonly [K in Name]: number }) => {
  const names = new Map<number, Name>(Struct.keys(values).map((name) => [values[name], name]))
  return (value: number | null | undefined): Option.Option<Name> =>
    Option.fromNullishOr(value === null || value === undefined ? undefined : names.get(value))
}
