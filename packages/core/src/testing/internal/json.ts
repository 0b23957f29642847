import * as Predicate from "effect/Predicate"

/** A value without the members that are null: what may be left out of a request is left out of the answer. */
export const withoutNulls = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withoutNulls)
    : Predicate.isObject(value)
    ? Object.fromEntries(
      Object.entries(value).flatMap(([key, member]) => member === null ? [] : [[key, withoutNulls(member)]])
    )
    : value
