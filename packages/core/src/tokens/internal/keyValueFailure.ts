/** Turns the error of a `KeyValueStore` into one that does not quote the value. */
import type { KeyValueStoreError } from "effect/persistence/KeyValueStore"
import * as Predicate from "effect/Predicate"
import { AccessTokenStoreError } from "../../errors/DiscordError.ts"

const fullCodes = new Set<unknown>(["ENOSPC", "EDQUOT"])
const fullNames = new Set<unknown>(["QuotaExceededError", "NS_ERROR_DOM_QUOTA_REACHED"])

/** Returns whether the error, or one of its causes, says that there is no room. */
const isFull = (cause: unknown, depth = 5): boolean =>
  depth > 0 && (
    (Predicate.hasProperty(cause, "code") && fullCodes.has(cause.code)) ||
    (Predicate.hasProperty(cause, "name") && fullNames.has(cause.name)) ||
    (Predicate.hasProperty(cause, "cause") && isFull(cause.cause, depth - 1))
  )

/** A file's error names its path, and a storage's its key; another error of a write could quote the value. */
const causeOf = (error: KeyValueStoreError): unknown => {
  const cause = error.cause ?? error
  const isQuiet = error.method !== "set" || Predicate.isTagged(cause, "PlatformError") ||
    (typeof DOMException !== "undefined" && cause instanceof DOMException)
  return isQuiet ? cause : new Error("the key-value store rejected a value")
}

/** Makes the error of an operation: `full` when there is no room, otherwise `unavailable`. */
export const toStoreError = (operation: string) => (error: KeyValueStoreError): AccessTokenStoreError =>
  new AccessTokenStoreError({
    operation,
    reason: isFull(error) ? "full" : "unavailable",
    cause: causeOf(error)
  })
