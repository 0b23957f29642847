/** Turns an error of Redis into one that does not quote the record. */
import type { RedisError } from "effect/persistence/Redis"
import * as Predicate from "effect/Predicate"
import { AccessTokenStoreError } from "../../errors/DiscordError.ts"

/** Returns what an error is, without its message: a code of Redis or of a socket, or the name of its class. */
const nameOf = (cause: Error): string => {
  const code = /^[A-Z]{3,}(?= )/.exec(cause.message)?.[0]
  return code ?? (Predicate.hasProperty(cause, "code") && typeof cause.code === "string"
    ? cause.code
    : cause.constructor.name)
}

/**
 * Makes the error of an operation. Its cause is a new error, because a client may attach the command with all its
 * arguments to its error, and Redis quotes them in some messages. For a write the cause has only the name of the error.
 */
export const toStoreError = (operation: string, writes: boolean) => ({ cause }: RedisError): AccessTokenStoreError => {
  const message = cause instanceof Error ? cause.message : ""
  const told = cause instanceof Error ? (writes ? nameOf(cause) : cause.message) : "for no reason that it names"
  return new AccessTokenStoreError({
    operation,
    reason: message.includes("WRONGTYPE")
      ? "corrupt"
      : message.includes("OOM command not allowed")
      ? "full"
      : "unavailable",
    cause: new Error(`Redis failed: ${told}`)
  })
}
