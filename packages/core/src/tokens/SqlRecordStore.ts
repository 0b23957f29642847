/**
 * Stores records in PostgreSQL, SQLite, MySQL or MariaDB, through the `SqlClient` of the application.
 *
 * **Details**
 *
 * Every write is atomic, so any number of processes can share the tables. A user's lock is a row with a time limit. Its
 * holder renews it, and it expires if the holder's process has ended. The times are those of the database, so the clocks
 * of the processes may differ.
 *
 * A write is committed before the call returns, even inside `sql.withTransaction`. If a rollback could undo a refresh,
 * the user would lose the sign-in, because the old refresh token is used up.
 *
 * **Gotchas**
 *
 * A call inside `sql.withTransaction` needs a second connection. If the client has only one, as SQLite clients do, the
 * call waits for the transaction and fails after `timeout`.
 *
 * Microsoft SQL Server and ClickHouse are not supported. SQLite must be 3.35 or newer.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Migrator from "effect/sql/Migrator"
import { BeginTransaction, SqlClient } from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { AccessTokenStoreError, DiscordConfigurationError } from "../errors/DiscordError.ts"
import * as SqlFailure from "../internal/sqlFailure.ts"
import * as SqlTables from "../internal/sqlTables.ts"
import * as Lease from "./internal/lease.ts"
import * as SqlStatements from "./internal/sqlStatements.ts"
import * as RecordStore from "./RecordStore.ts"

/**
 * The option that names the tables.
 *
 * @category options
 * @since 0.1.0
 */
export interface TableOptions {
  /**
   * The table of the records, optionally with its schema (`auth.discord_tokens`). The table of the locks has the suffix
   * `_locks`, and the table of the migrations that have run has the suffix `_migrations`.
   *
   * @default "discord_oauth2_access_tokens"
   */
  readonly table?: string | undefined
}

/**
 * Options of a record store in an SQL database.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends TableOptions {
  /**
   * Whether the layer creates and migrates the tables.
   *
   * @default true
   */
  readonly migrate?: boolean | undefined

  /**
   * How long a user's lock lasts after its process has ended. A running process renews it three times in that time.
   *
   * @default "10 seconds"
   */
  readonly lease?: Duration.Input | undefined

  /**
   * How long after sending a refresh token a process whose lock has expired may still write the response. The next holder
   * of the lock waits until then for the new record before it sends the same token. A longer time tolerates a slower
   * process. If the process was killed, the user waits that long.
   *
   * @default 15 seconds
   */
  readonly grace?: Duration.Input | undefined

  /**
   * How long an operation may take, including the wait for a connection.
   *
   * @default "10 seconds"
   */
  readonly timeout?: Duration.Input | undefined
}

const defaultTable = "discord_oauth2_access_tokens"

/**
 * Returns the migrations, for applications that run all of their migrations with one `Migrator`.
 *
 * **Details**
 *
 * Give them numbers of your own, and set `migrate: false` for the layer. A migration can run twice, because MySQL commits
 * a new table before it records the migration.
 *
 * **Example** (Together with the application's own migrations)
 *
 * ```ts
 * import { SqlRecordStore } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 * import { Migrator, SqlClient } from "effect/sql"
 *
 * const run = Migrator.make({})({
 *   loader: Migrator.fromRecord({
 *     "1_users": Effect.gen(function*() {
 *       const sql = yield* SqlClient.SqlClient
 *       yield* sql`CREATE TABLE users (id VARCHAR(20) PRIMARY KEY)`
 *     }),
 *     "2_discord_tokens": SqlRecordStore.migrations()["1_create_tables"]
 *   })
 * })
 * ```
 *
 * @category migrations
 * @since 0.1.0
 */
export const migrations = ({ table = defaultTable }: TableOptions = {}): {
  readonly "1_create_tables": Effect.Effect<void, DiscordConfigurationError | SqlError, SqlClient>
} => ({
  "1_create_tables": Effect.flatMap(SqlTables.resolve(table), SqlTables.create)
})

/** Runs an effect outside a transaction of the application, and without the application's way to begin one. */
const outsideTransactions = (sql: SqlClient, begin?: string) => <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.updateContext(
    effect,
    (context: Context.Context<never>) =>
      Context.add(Context.omit(sql.transactionService)(context), BeginTransaction, begin)
  )

const migrationFailed = (tables: SqlTables.Tables) => (error: Migrator.MigrationError | SqlError) => {
  const cause = error._tag === "MigrationError" ? error.cause : error
  if (isSqlError(cause)) return SqlFailure.toStoreError("migrate", tables.dialect, false)(cause)
  return new AccessTokenStoreError({ operation: "migrate", cause: error })
}

const migrateTables = (tables: SqlTables.Tables, table: string) => {
  const { dialect, sql } = tables
  const steps = migrations({ table })
  const run = Migrator.make({})({ loader: Migrator.fromRecord(steps), table: tables.migrations })
  // MySQL commits the recorded migration when it creates a table. If the first process was killed then, another one would
  // find the migration recorded but the tables missing. So every process checks the tables and creates missing ones.
  const completed = dialect === "mysql"
    ? Effect.andThen(
      run,
      Effect.catch(
        Effect.asVoid(sql`SELECT 1 FROM ${tables.records}, ${tables.locks} WHERE 1 = 0`),
        () => SqlTables.create(tables)
      )
    )
    : Effect.asVoid(run)
  return SqlFailure.retryRolledBack(completed, (error) => {
    const cause = error._tag === "MigrationError" ? error.cause : error
    return isSqlError(cause) && SqlFailure.isRolledBack(cause)
  }).pipe(
    Effect.provideService(SqlClient, sql),
    // In SQLite a transaction that reads first fails at its first write if another process has written since.
    outsideTransactions(sql, dialect === "sqlite" ? "BEGIN IMMEDIATE" : undefined),
    Effect.mapError(migrationFailed(tables))
  )
}

/**
 * Creates and migrates the tables.
 *
 * **When to use**
 *
 * Use it in a deployment step, if the application is not allowed to change tables.
 *
 * **Details**
 *
 * Any number of processes can run it at the same time. The tables exist when it returns.
 *
 * **Example** (Before the application starts)
 *
 * ```ts
 * import { SqlRecordStore } from "@discord-oauth2/core"
 *
 * const deployment = SqlRecordStore.migrate({ table: "auth.discord_tokens" })
 * const records = SqlRecordStore.layer({ table: "auth.discord_tokens", migrate: false })
 * ```
 *
 * @category migrations
 * @since 0.1.0
 */
export const migrate = (
  { table = defaultTable }: TableOptions = {}
): Effect.Effect<void, AccessTokenStoreError | DiscordConfigurationError, SqlClient> =>
  Effect.flatMap(SqlTables.resolve(table), (tables) => migrateTables(tables, table))

const timedOut = (operation: string, timeout: Duration.Duration, inTransaction: boolean) =>
  new AccessTokenStoreError({
    operation,
    cause: new Error(
      `the database did not respond within ${Duration.format(timeout)}` + (inTransaction
        ? "; the call is inside sql.withTransaction, where the store needs a second connection: " +
          "use a client with more than one, or make the call outside the transaction"
        : "")
    )
  })

/** Operations whose errors can contain the record. */
const carriers: ReadonlySet<string> = new Set(["put", "replace"])

/** Runs a statement outside the application's transactions, for at most `timeout`. */
type Run = <A>(operation: string, statement: Effect.Effect<A, SqlError>) => Effect.Effect<A, AccessTokenStoreError>

const makeRun = ({ dialect, sql }: SqlTables.Tables, timeout: Duration.Duration): Run => (operation, statement) =>
  Effect.flatMap(Effect.serviceOption(sql.transactionService), (transaction) => {
    const carriesRecord = carriers.has(operation)
    const settled = SqlFailure.retryRolledBack(statement, SqlFailure.isRolledBack).pipe(outsideTransactions(sql))
    const failed = SqlFailure.toStoreError(operation, dialect, carriesRecord)
    return Effect.timeoutOrElse(
      carriesRecord
        // The client's span would contain the driver's error.
        ? Effect.withTracerEnabled(settled, false).pipe(
          Effect.mapError(failed),
          Effect.withSpan(`SqlRecordStore.${operation}`, { kind: "client" })
        )
        : Effect.mapError(settled, failed),
      { duration: timeout, orElse: () => Effect.fail(timedOut(operation, timeout, Option.isSome(transaction))) }
    )
  })

/** Creates a random holder, which is unique among all processes. */
const newHolder = Effect.map(
  Effect.all([Random.nextInt, Random.nextInt]),
  (numbers) => numbers.map((n) => Math.abs(n).toString(36)).join("-")
)

/** Resolves the option `lease`. */
const leaseOf = (options: Options): Effect.Effect<Duration.Duration, DiscordConfigurationError> => {
  const lease = Duration.fromInputUnsafe(options.lease ?? "10 seconds")
  return Number.isSafeInteger(millisOf(lease)) && millisOf(lease) >= 1
    ? Effect.succeed(lease)
    : Effect.fail(new DiscordConfigurationError({ description: "The option `lease` must be longer than zero." }))
}

const millisOf = (lease: Duration.Duration) => Math.ceil(Duration.toMillis(lease))

const rowsOf = (limit: number) => Number.isFinite(limit) ? Math.max(0, Math.floor(limit)) : Number.MAX_SAFE_INTEGER

/** The operations that only read. Their statements are the same in every database. */
const makeReading = (tables: SqlTables.Tables, run: Run) => {
  const { records, sql } = tables
  const isIn = (filter: RecordStore.Filter) => SqlStatements.isIn(tables, filter)
  return {
    get: (key: RecordStore.Key) =>
      Effect.map(
        run(
          "get",
          sql<{ n: unknown; record: string }>`
            SELECT generation AS n, record FROM ${records} WHERE ${SqlStatements.isKey(tables, key)}`
        ),
        (rows) =>
          Option.map(
            Option.fromUndefinedOr(rows[0]),
            ({ record }) => ({ value: record, generation: SqlTables.numberOf(rows) })
          )
      ),
    list: (filter: RecordStore.Filter, { after, limit }: RecordStore.Page) => {
      const isAfter = after === undefined ? sql.literal("1 = 1") : sql`(
        client_id > ${after.clientId} OR (client_id = ${after.clientId} AND user_id > ${after.userId}))`
      return Effect.map(
        run(
          "list",
          // The limit is not a parameter, because MySQL treats a JavaScript number as a decimal fraction.
          sql<{ client_id: RecordStore.Key["clientId"]; user_id: RecordStore.Key["userId"] }>`
            SELECT client_id, user_id FROM ${records} WHERE ${isIn(filter)} AND ${isAfter}
            ORDER BY client_id, user_id LIMIT ${sql.literal(String(rowsOf(limit)))}`
        ),
        (rows) => rows.map(({ client_id, user_id }) => ({ clientId: client_id, userId: user_id }))
      )
    },
    count: (filter: RecordStore.Filter) =>
      Effect.map(
        run("count", sql<{ n: unknown }>`SELECT COUNT(*) AS n FROM ${records} WHERE ${isIn(filter)}`),
        SqlTables.numberOf
      )
  }
}

/** Takes a user's lock: first among the fibers of this process, so that only one of them asks the database. */
const makeLock = (tables: SqlTables.Tables, statements: SqlStatements.Statements, run: Run, lease: Duration.Duration) =>
  Effect.map(RecordStore.makeLocks, (localLock) => {
    const { locks, sql } = tables
    const millis = millisOf(lease)
    return Effect.fnUntraced(function*(key: RecordStore.Key) {
      yield* localLock(RecordStore.keyToString(key))
      const holder = yield* newHolder
      yield* Lease.hold({
        // Uninterruptible: a response that arrives after the release would leave a lock without a holder.
        acquire: Effect.uninterruptible(run("lock", statements.acquire(key, holder, millis))),
        renew: run("lock", statements.renew(key, holder, millis)),
        release: run("lock", sql`DELETE FROM ${locks} WHERE ${SqlStatements.isKey(tables, key)} AND holder = ${holder}`)
      }, lease)
    })
  })

const make = Effect.fnUntraced(function*(options: Options) {
  const { migrate = true, table = defaultTable } = options
  const lease = yield* leaseOf(options)
  const tables = yield* SqlTables.resolve(table)
  if (migrate) yield* migrateTables(tables, table)

  const { records, sql } = tables
  const statements = SqlStatements.make(tables)
  const run = makeRun(tables, Duration.fromInputUnsafe(options.timeout ?? "10 seconds"))
  const firstGeneration = yield* RecordStore.makeFirstGeneration

  return RecordStore.RecordStore.of({
    ...makeReading(tables, run),
    put: (key, value) => Effect.flatMap(firstGeneration, (first) => run("put", statements.put(key, value, first))),
    replace: (key, generation, value) =>
      Effect.map(
        run("replace", statements.replace(key, generation, value)),
        (written) => written ? Option.some(generation + 1) : Option.none()
      ),
    remove: (key) =>
      Effect.asVoid(run("remove", sql`DELETE FROM ${records} WHERE ${SqlStatements.isKey(tables, key)}`)),
    removeGeneration: (key, generation) => run("removeGeneration", statements.removeGeneration(key, generation)),
    removeAll: (filter) => run("removeAll", statements.removeAll(filter)),
    lock: yield* makeLock(tables, statements, run, lease),
    grace: Duration.fromInputUnsafe(options.grace ?? "15 seconds")
  })
})

/**
 * Creates a layer that stores records in the database of the current `SqlClient`.
 *
 * **Details**
 *
 * The layer creates the tables, unless `migrate` is `false`. Several processes can start at the same time. A failure of
 * the database is an `AccessTokenStoreError`, whose cause contains the database's error code. An unsupported database or
 * an invalid option fails with `DiscordConfigurationError`.
 *
 * **Gotchas**
 *
 * The records contain tokens as plain text. If others can read the database or its backups, encrypt them with
 * `AccessTokenStore.layerEncrypted`.
 *
 * **Example** (Tokens in a database)
 *
 * ```ts
 * import { AccessTokenStore, SqlRecordStore } from "@discord-oauth2/core"
 * import { Layer } from "effect"
 *
 * // It needs a SqlClient, such as PgClient.layer of @effect/sql-pg.
 * const store = AccessTokenStore.layer.pipe(Layer.provide(SqlRecordStore.layer()))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options = {}
): Layer.Layer<RecordStore.RecordStore, AccessTokenStoreError | DiscordConfigurationError, SqlClient> =>
  Layer.effect(RecordStore.RecordStore, make(options))
