/**
 * A denylist in an SQL database, for applications with several servers that have a database and no Redis.
 *
 * **Details**
 *
 * It uses the `SqlClient` of `effect/sql` with PostgreSQL, SQLite, MySQL or MariaDB. Each id is a row. One statement, or
 * in MySQL two statements in a transaction, adds an id and returns how often it was added. The table is created if it does
 * not exist, and expired rows are removed at every thousandth write.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { type AccessTokenStoreError, DenylistError, type DiscordConfigurationError } from "../errors/DiscordError.ts"
import * as SqlFailure from "../internal/sqlFailure.ts"
import * as SqlTables from "../internal/sqlTables.ts"
import * as Denylist from "./Denylist.ts"
import { clockSkew } from "./internal/clockSkew.ts"

/**
 * Configures the table and the timeout.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * The table, with its schema if needed (`auth.denylist`). Applications that share a database need a table each.
   *
   * @default "discord_oauth2_denylist"
   */
  readonly table?: string | undefined

  /**
   * Whether to create the table if it does not exist.
   *
   * @default true
   */
  readonly migrate?: boolean | undefined

  /**
   * How long to wait for the database. After this time the call fails, and the id may have been added or not.
   *
   * @default 5 seconds
   */
  readonly timeout?: Duration.Input | undefined
}

const sweepEvery = 1000

const create = ({ dialect, records, sql }: SqlTables.Tables) =>
  sql`
    CREATE TABLE IF NOT EXISTS ${records} (
      id ${sql.literal(dialect === "mysql" ? "VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin" : "VARCHAR(120)")}
        NOT NULL PRIMARY KEY,
      times BIGINT NOT NULL,
      added_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL
    )${sql.literal(dialect === "mysql" ? " ENGINE = InnoDB" : "")}`

/** Returns how often the id was added since it last expired, this time included. */
const insert =
  ({ dialect, records, sql }: SqlTables.Tables) =>
  (id: string, now: number, expiresAt: number): Effect.Effect<number, SqlError> =>
    dialect === "mysql"
      // MySQL assigns from left to right: the assignment that reads `expires_at` comes before the one that sets it.
      ? sql.withTransaction(Effect.andThen(
        sql`
        INSERT INTO ${records} (id, times, added_at, expires_at) VALUES (${id}, 1, ${now}, ${expiresAt})
        ON DUPLICATE KEY UPDATE
          times = IF(expires_at <= ${now}, 1, times + 1), added_at = ${now}, expires_at = ${expiresAt}`,
        Effect.map(sql<{ n: unknown }>`SELECT times AS n FROM ${records} WHERE id = ${id}`, SqlTables.numberOf)
      ))
      : Effect.map(
        sql<{ n: unknown }>`
        INSERT INTO ${records} AS r (id, times, added_at, expires_at) VALUES (${id}, 1, ${now}, ${expiresAt})
        ON CONFLICT (id) DO UPDATE SET
          times = CASE WHEN r.expires_at <= ${now} THEN 1 ELSE r.times + 1 END,
          added_at = EXCLUDED.added_at, expires_at = EXCLUDED.expires_at
        RETURNING times AS n`,
        SqlTables.numberOf
      )

/**
 * Creates the denylist from the current `SqlClient`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options: Options = {}
): Effect.fn.Return<Denylist.Denylist["Service"], DiscordConfigurationError | AccessTokenStoreError, SqlClient> {
  const tables = yield* SqlTables.resolve(options.table ?? "discord_oauth2_denylist", "SqlDenylist")
  const { dialect, records, sql } = tables
  const timeout = Duration.fromInputUnsafe(options.timeout ?? "5 seconds")
  if (options.migrate !== false) {
    // If several servers create the table at once, PostgreSQL lets one of them succeed.
    yield* Effect.retry(create(tables), { times: 3 }).pipe(
      Effect.mapError(SqlFailure.toStoreError("migrate", dialect, false))
    )
  }

  const failed = (operation: DenylistError["operation"], what: string) =>
    new DenylistError({ operation, cause: new Error(what) })

  /** Runs outside a transaction of the application: its rollback must not remove an id. */
  const run = <A>(operation: DenylistError["operation"], statement: Effect.Effect<A, SqlError>) =>
    SqlFailure.retryRolledBack(statement, SqlFailure.isRolledBack).pipe(
      Effect.updateContext((context: Context.Context<never>) => Context.omit(sql.transactionService)(context)),
      Effect.mapError(({ reason }) => failed(operation, `the database failed: ${reason._tag}`)),
      Effect.interruptible,
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => Effect.fail(failed(operation, `the database did not respond within ${Duration.format(timeout)}`))
      })
    )

  const insertRow = insert(tables)
  let writes = 0

  return Denylist.Denylist.of({
    add: Effect.fnUntraced(function*(id, until) {
      const now = yield* Clock.currentTimeMillis
      const expiresAt = Math.max(until.epochMilliseconds, now) + clockSkew
      const times = yield* run("add", insertRow(id, now, expiresAt))
      if (++writes % sweepEvery === 0) {
        yield* Effect.ignore(run("add", sql`DELETE FROM ${records} WHERE expires_at <= ${now}`))
      }
      return times === 1
    }),
    addedAt: Effect.fnUntraced(function*(id) {
      const now = yield* Clock.currentTimeMillis
      const rows = yield* run(
        "addedAt",
        sql<{ n: unknown }>`SELECT added_at AS n FROM ${records} WHERE id = ${id} AND expires_at > ${now}`
      )
      return rows.length === 0 ? Option.none() : Option.some(DateTime.makeUnsafe(SqlTables.numberOf(rows)))
    })
  })
})

/**
 * Creates the layer of a denylist in the database that is provided.
 *
 * **Gotchas**
 *
 * Each request with a session sends two queries, in addition to those of the token store. On a client with one
 * connection, such as SQLite's, an id cannot be added inside `sql.withTransaction`: the call fails after `timeout`.
 *
 * **Example** (PostgreSQL)
 *
 * ```ts
 * import { SqlDenylist } from "@discord-oauth2/core"
 * import { PgClient } from "@effect/sql-pg"
 * import { Config, Layer } from "effect"
 *
 * const layer = SqlDenylist.layer().pipe(
 *   Layer.provide(PgClient.layerConfig({ url: Config.Redacted("DATABASE_URL") }))
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options?: Options
): Layer.Layer<Denylist.Denylist, DiscordConfigurationError | AccessTokenStoreError, SqlClient> =>
  Layer.effect(Denylist.Denylist, make(options))
