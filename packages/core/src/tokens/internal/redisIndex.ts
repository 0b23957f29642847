/**
 * Finds the records of a filter in Redis, by two sorted sets: one orders them by application and user, the other by user
 * and application.
 */
import type * as Option from "effect/Option"
import type { Filter, Key } from "../RecordStore.ts"
import { decodeKey } from "./recordKey.ts"

/** A set, and the first and last member of a search in it, as `ZRANGEBYLEX` takes them. */
export interface Search {
  readonly isByUser: boolean
  readonly from: string
  readonly to: string
}

/** Returns a member of a set. A slash sorts before all digits, so members sort by the first id, and then by the second. */
export const member = (first: string, second: string): string => `${first}/${second}`

/** All members that begin with an id and a slash: `0` sorts directly after the slash. */
const startingWith = (id: string) => ({ from: `[${id}/`, to: `(${id}0` })

/** Returns the search for the records of a filter. */
export const searchOf = ({ clientId, userId }: Filter): Search => {
  if (userId === undefined) {
    return { isByUser: false, ...(clientId === undefined ? { from: "-", to: "+" } : startingWith(clientId)) }
  }
  if (clientId === undefined) return { isByUser: true, ...startingWith(userId) }
  const only = `[${member(clientId, userId)}`
  return { isByUser: false, from: only, to: only }
}

/** Returns the search for the records of a filter that come after a key. The filter need not match the key. */
export const searchAfter = (filter: Filter, after: Key | undefined): Search => {
  const search = searchOf(filter)
  if (after === undefined) return search
  if (search.isByUser && filter.userId !== undefined) {
    return {
      ...search,
      from: `${after.userId < filter.userId ? "[" : "("}${member(filter.userId, after.clientId)}`
    }
  }
  const last = member(after.clientId, after.userId)
  return search.from === "-" || last >= search.from.slice(1) ? { ...search, from: `(${last}` } : search
}

/** Reads the key of a member. Returns `None` for a member that is not one of ours. */
export const keyOf = (text: string, isByUser: boolean): Option.Option<Key> => {
  const [first, second] = text.split("/")
  return decodeKey(isByUser ? { clientId: second, userId: first } : { clientId: first, userId: second })
}
