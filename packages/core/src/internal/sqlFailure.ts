/** Maps errors of SQL statements to `AccessTokenStoreError` without quoting rows, and retries rolled-back ones. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { AccessTokenStoreError } from "../errors/DiscordError.ts"

const fields = ["code", "errcode", "errno"] as const

/** PostgreSQL has an SQLSTATE, MySQL a name and a number, SQLite a name or a number, depending on the driver. */
const codesOf = (cause: unknown): ReadonlyArray<string | number> =>
  fields.flatMap((field) => {
    const code = Predicate.hasProperty(cause, field) ? cause[field] : undefined
    return typeof code === "string" || typeof code === "number" ? [code] : []
  })

const full = {
  pg: (code: string | number) => code === "53100",
  // The server's disk is full, a table has reached its limit, or the storage engine has no space on the device.
  mysql: (code: string | number) => code === 1021 || code === 1114 || code === "ER_DISK_FULL",
  sqlite: (code: string | number) => typeof code === "number" ? (code & 0xff) === 13 : code === "SQLITE_FULL"
}

/** Failures of the connection or of waiting, whose messages never quote a row. */
const aboutConnection: ReadonlySet<SqlError["reason"]["_tag"]> = new Set([
  "AuthenticationError",
  "ConnectionError",
  "LockTimeoutError",
  "StatementTimeoutError"
])

/**
 * Returns a function that maps an `SqlError`.
 *
 * A driver's error can contain the statement with its parameters, and a database's message can contain the rejected
 * row. The cause therefore contains only the kind and the code of the error. It contains the message only if the
 * operation writes no record.
 */
export const toStoreError =
  (operation: string, dialect: keyof typeof full, carriesRecord: boolean) =>
  ({ reason }: SqlError): AccessTokenStoreError => {
    const codes = codesOf(reason.cause)
    const inner = Predicate.hasProperty(reason.cause, "message") ? reason.cause.message : undefined
    const messages = carriesRecord && !aboutConnection.has(reason._tag)
      ? []
      : Array.from(new Set([reason.message, inner]).values()).filter((text) => Predicate.isString(text) && text !== "")
    const kind = codes.length === 0 ? reason._tag : `${reason._tag} (${codes.join(", ")})`
    return new AccessTokenStoreError({
      operation,
      reason: codes.some(full[dialect]) ? "full" : "unavailable",
      cause: new Error([kind, ...messages].join(": "))
    })
  }

const errorOf = <E>(cause: Cause.Cause<E | SqlError>): E | SqlError | undefined =>
  cause.reasons.find(Cause.isFailReason)?.error ??
    cause.reasons.filter(Cause.isDieReason).map(({ defect }) => defect).find(isSqlError)

/** Turns a transaction's defect into an error. After a lost connection the ROLLBACK fails too, which is a defect. */
const withoutDefects = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
  Effect.catchCause(effect, (cause): Effect.Effect<never, E | SqlError> => {
    const error = Cause.hasInterrupts(cause) ? undefined : errorOf(cause)
    return error === undefined ? Effect.failCause(cause) : Effect.fail(error)
  })

/** Whether the database reports that it changed nothing and that a retry can succeed. */
export const isRolledBack = ({ reason }: SqlError): boolean =>
  reason._tag === "DeadlockError" || reason._tag === "LockTimeoutError" || reason._tag === "SerializationError"

const backoff = Schedule.jittered(Schedule.min([Schedule.exponential("5 millis"), Schedule.spaced("100 millis")]))

/** Retries the effect for about five seconds while `isIt` accepts its error. */
export const retryRolledBack = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  isIt: (error: E | SqlError) => boolean
): Effect.Effect<A, E | SqlError, R> =>
  Effect.retry(withoutDefects(effect), { schedule: backoff, times: 60, while: isIt })
