/**
 * Provides a `SqlClient` for one SQLite file with the `node:sqlite` module of Node, without a server or an extra package.
 *
 * **Details**
 *
 * The file is in WAL mode, so readers do not wait for writers. With `synchronous = FULL` a committed write is on the
 * disk, so a power failure does not restore a used refresh token. Several processes of one machine can open the file. It
 * must not be on a network file system. Only the owner can read a file that the client creates.
 *
 * **Gotchas**
 *
 * Node's SQLite is synchronous: each statement blocks the event loop until the disk responds. A statement waits at most
 * 10 milliseconds for another process. Then it fails with `LockTimeoutError` and can be retried, as `SqlRecordStore`
 * does. Building the layer loads `node:sqlite`, for which some versions of Node print an `ExperimentalWarning`.
 *
 * The client has one connection. A statement outside an open `sql.withTransaction` waits until the transaction ends.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import { open } from "node:fs/promises"
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite"

/**
 * The option of the client.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The path of the file, or `:memory:`. The file is created if it does not exist. Its directory must exist. */
  readonly filename: string
}

/** How many milliseconds a statement blocks the event loop while another process writes. */
const busyTimeout = 10

/** The number of prepared statements to keep. */
const prepared = 100

const failure = (operation: string) => (error: unknown) => {
  // Node puts SQLite's code in `errcode`, which Effect does not read.
  const code = Predicate.hasProperty(error, "errcode") ? { errno: error.errcode } : {}
  const message = Predicate.isError(error) ? error.message : String(error)
  const cause = Object.assign(new Error(message), code)
  return new SqlError({ reason: classifySqliteError(cause, { message, operation }) })
}

const isBusy = ({ reason }: SqlError) => reason._tag === "LockTimeoutError"

/** Creates the file with mode 600 before SQLite would create it with the default mode. The WAL gets the same mode. */
const createPrivately = (filename: string) =>
  filename === "" || filename === ":memory:" || filename.startsWith("file:") ? Effect.void : Effect.tryPromise({
    try: () => open(filename, "wx", 0o600).then((file) => file.close()),
    catch: (error) => error
  }).pipe(
    Effect.catchIf((error) => Predicate.hasProperty(error, "code") && error.code === "EEXIST", () => Effect.void),
    Effect.mapError(failure("create"))
  )

const openDatabase = Effect.fnUntraced(function*(filename: string) {
  const sqlite = yield* Effect.tryPromise({ try: () => import("node:sqlite"), catch: failure("load node:sqlite") })
  yield* createPrivately(filename)
  const database = yield* Effect.acquireRelease(
    Effect.try({
      try: () => new sqlite.DatabaseSync(filename, { timeout: busyTimeout }),
      catch: failure("open")
    }),
    (database) => Effect.sync(() => database.close())
  )
  yield* Effect.retry(
    Effect.try({
      // macOS needs F_FULLFSYNC, because its fsync leaves data in the disk's cache.
      try: () => database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON"),
      catch: failure("open")
    }),
    { while: isBusy, schedule: Schedule.jittered(Schedule.spaced("20 millis")), times: 250 }
  )
  return database
})

const isInput = (value: unknown): value is SQLInputValue =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "bigint" ||
  ArrayBuffer.isView(value)

/** Converts values that SQLite has no type for. */
const toInput = (value: unknown): SQLInputValue => {
  if (isInput(value)) return value
  if (value === undefined) return null
  if (typeof value === "boolean") return value ? 1 : 0
  return value instanceof Date ? value.toISOString() : String(value)
}

const makeConnection = (database: DatabaseSync): Connection => {
  const statements = new Map<string, StatementSync>()

  const prepare = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql)
    statements.delete(sql)
    statements.set(sql, statement)
    const oldest = statements.keys().next()
    if (statements.size > prepared && oldest.done === false) statements.delete(oldest.value)
    return statement
  }

  const all = (statement: (sql: string) => StatementSync, sql: string, params: ReadonlyArray<unknown>) =>
    Effect.try({ try: () => statement(sql).all(...params.map(toInput)), catch: failure("execute") })

  const execute: Connection["execute"] = (sql, params, transformRows) => {
    const rows = all(prepare, sql, params)
    return transformRows === undefined ? rows : Effect.map(rows, transformRows)
  }
  const executeUnprepared: Connection["execute"] = (sql, params, transformRows) => {
    const rows = all((sql) => database.prepare(sql), sql, params)
    return transformRows === undefined ? rows : Effect.map(rows, transformRows)
  }
  const executeValues: Connection["executeValues"] = (sql, params) =>
    Effect.try({
      try: () => {
        const statement = database.prepare(sql)
        const columns = statement.columns().map(({ name }) => name)
        return statement.all(...params.map(toInput)).map((row) => columns.map((name) => row[name]))
      },
      catch: failure("execute")
    })

  return {
    execute,
    executeUnprepared,
    executeRaw: (sql, params) =>
      Effect.try({ try: () => prepare(sql).run(...params.map(toInput)), catch: failure("execute") }),
    executeValues,
    executeValuesUnprepared: executeValues,
    executeStream: (sql, params, transformRows) => Stream.fromIterableEffect(execute(sql, params, transformRows))
  }
}

/**
 * Makes a client, which is closed with the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  { filename }: Options
): Effect.fn.Return<SqlClient.SqlClient, SqlError, Reactivity.Reactivity | Scope.Scope> {
  const database = yield* openDatabase(filename)
  const semaphore = yield* Semaphore.make(1)
  return yield* SqlClient.make({
    ...SqlClient.makeSqliteAcquirers({
      connection: Effect.succeed(makeConnection(database)),
      semaphore,
      isTransaction: () => database.isTransaction
    }),
    compiler: Statement.makeCompilerSqlite(),
    driver: "node-sqlite",
    // A transaction that reads first fails at its first write if another process has written since.
    beginTransaction: "BEGIN IMMEDIATE",
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
    spanAttributes: [["db.system.name", "sqlite"]]
  })
})

/**
 * Creates a layer with the client of one file.
 *
 * **Example** (The application's tables in the same file as the tokens)
 *
 * ```ts
 * import { AccessTokenStore, SqlRecordStore } from "@discord-oauth2/core"
 * import { NodeSqliteClient } from "@discord-oauth2/platform-node"
 * import { Effect, Layer } from "effect"
 * import { SqlClient } from "effect/sql"
 *
 * const program = Effect.gen(function*() {
 *   const sql = yield* SqlClient.SqlClient
 *   const store = yield* AccessTokenStore.AccessTokenStore
 *   yield* sql`CREATE TABLE IF NOT EXISTS visits (at TEXT)`
 *   return yield* store.count({})
 * })
 *
 * const layer = AccessTokenStore.layer.pipe(
 *   Layer.provide(SqlRecordStore.layer()),
 *   Layer.provideMerge(NodeSqliteClient.layer({ filename: ":memory:" }))
 * )
 *
 * await Effect.runPromise(Effect.provide(program, layer)) // => 0
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<SqlClient.SqlClient, SqlError> =>
  Layer.effect(SqlClient.SqlClient, make(options)).pipe(Layer.provide(Reactivity.layer))
