/** Reads a list of Discord's page after page. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/** Each page begins after the last id of the one before. A page with fewer than `limit` elements is the last. */
export const pages = <A extends { readonly id: string }, E>(
  limit: number,
  read: (page: { readonly limit: number; readonly after?: A["id"] }) => Effect.Effect<ReadonlyArray<A>, E>
): Stream.Stream<A, E> =>
  Stream.paginate<A["id"] | undefined, A, E, never>(
    undefined,
    (after) =>
      Effect.map(read({ limit, ...(after !== undefined && { after }) }), (page) => [
        page,
        Option.map(Option.fromUndefinedOr(page.length < limit ? undefined : page.at(-1)), ({ id }) => id)
      ])
  )
