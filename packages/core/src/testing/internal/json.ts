/** Removes members that are null. */
import * as Predicate from "effect/Predicate"

/** Returns a value without the members that are null. */
export const withoutNulls = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withoutNulls)
    : Predicate.isObject(value)
    ? Object.fromEntries(
      Object.entries(value).flatMap(([key, member]) => member === null ? [] : [[key, withoutNulls(member)]])
    )
    : value
