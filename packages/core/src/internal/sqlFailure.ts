/** What became of a statement that failed, said without the row it was about. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { AccessTokenStoreError } from "../errors/DiscordError.ts"

const fields = ["code", "errcode", "errno"] as const

/** PostgreSQL: its SQLSTATE; MySQL: a name and a number; SQLite: a name or a number, by the driver. */
const codesOf = (cause: unknown): ReadonlyArray<string | number> =>
  fields.flatMap((field) => {
    const code = Predicate.hasProperty(cause, field) ? cause[field] : undefined
    return typeof code === "string" || typeof code === "number" ? [code] : []
  })

const full = {
  pg: (code: string | number) => code === "53100",
  // The server's disk, a table's limit, and the storage engine's "no space left on device".
  mysql: (code: string | number) => code === 1021 || code === 1114 || code === "ER_DISK_FULL",
  sqlite: (code: string | number) => typeof code === "number" ? (code & 0xff) === 13 : code === "SQLITE_FULL"
}

/** Failures of the way to the database, whose messages cannot quote a row. */
const aboutConnection: ReadonlySet<SqlError["reason"]["_tag"]> = new Set([
  "AuthenticationError",
  "ConnectionError",
  "LockTimeoutError",
  "StatementTimeoutError"
])

/**
 * A driver's error may hold the statement with its parameters, and a database's message the row that it refused. So of
 * an error there is only its kind and code, and its message where the operation carries no record.
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

/** A transaction on a connection that is lost ends with a defect, because its ROLLBACK fails as well. */
const withoutDefects = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
  Effect.catchCause(effect, (cause): Effect.Effect<never, E | SqlError> => {
    const error = Cause.hasInterrupts(cause) ? undefined : errorOf(cause)
    return error === undefined ? Effect.failCause(cause) : Effect.fail(error)
  })

/** Where the database itself says that nothing has happened, and that another try may go better. */
export const isRolledBack = ({ reason }: SqlError): boolean =>
  reason._tag === "DeadlockError" || reason._tag === "LockTimeoutError" || reason._tag === "SerializationError"

const backoff = Schedule.jittered(Schedule.min([Schedule.exponential("5 millis"), Schedule.spaced("100 millis")]))

/** Tries again, for some five seconds, what a deadlock or another's lock has prevented. */
export const retryRolledBack = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  isIt: (error: E | SqlError) => boolean
): Effect.Effect<A, E | SqlError, R> =>
  Effect.retry(withoutDefects(effect), { schedule: backoff, times: 60, while: isIt })
