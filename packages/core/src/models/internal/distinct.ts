/** Checks that the elements of a list differ in one member. */
import * as Schema from "effect/Schema"

/**
 * Fails with `issue` at the first element that repeats the member of an earlier one.
 *
 * @internal
 */
export const distinct = <Member extends string>(member: Member, issue: string) =>
  Schema.makeFilter((elements: ReadonlyArray<{ readonly [Name in Member]: string }>) => {
    const values = elements.map((element) => element[member])
    const repeated = values.findIndex((value, index) => values.indexOf(value) < index)
    return repeated === -1 ? undefined : { path: [repeated, member], issue }
  }, { arbitraryConstraint: { uniqueBy: (element: { readonly [Name in Member]: string }) => element[member] } })
