/** Cuts one page out of a list. */
import * as Snowflake from "../../models/Snowflake.ts"

export interface Page {
  readonly before?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/** Returns one page, sorted by id: the last values before `before`, or else the first values after `after`. */
export const page = <A extends { readonly id: Snowflake.Snowflake }>(
  items: Iterable<A>,
  { after, before, limit }: Page
): ReadonlyArray<A> => {
  const between = Array.from(items)
    .filter(({ id }) =>
      (after === undefined || BigInt(id) > BigInt(after)) && (before === undefined || BigInt(id) < BigInt(before))
    )
    .toSorted((a, b) => Snowflake.Order(a.id, b.id))
  return before !== undefined && after === undefined ? between.slice(-limit) : between.slice(0, limit)
}
