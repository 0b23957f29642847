/**
 * Spent ids in an SQL database, for applications of several servers that have one and no Redis.
 *
 * **Details**
 *
 * It runs on the `SqlClient` of `effect/sql`, on PostgreSQL, SQLite, MySQL and MariaDB. An id is a row; one statement, or
 * in MySQL two in a transaction, spends it and tells how often it was spent. The table is made where it is not there, and
 * rows whose time is up are removed at every thousandth write.
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
 * How ids are kept.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * The table, with its schema where need be (`auth.spent_ids`). Applications that share a database need one each.
   *
   * @default "discord_oauth2_spent_ids"
   */
  readonly table?: string | undefined

  /**
   * Whether the table is made where it is not there.
   *
   * @default true
   */
  readonly migrate?: boolean | undefined

  /**
   * How long the database may take to answer. Then the call fails, and the id may be spent or not.
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
      spent_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL
    )${sql.literal(dialect === "mysql" ? " ENGINE = InnoDB" : "")}`

/** How often the id was spent, this time included, since its time was up last. */
const spend =
  ({ dialect, records, sql }: SqlTables.Tables) =>
  (id: string, now: number, expiresAt: number): Effect.Effect<number, SqlError> =>
    dialect === "mysql"
      // Assignments may run from left to right: the one that reads `expires_at` comes before the one that sets it.
      ? sql.withTransaction(Effect.andThen(
        sql`
        INSERT INTO ${records} (id, times, spent_at, expires_at) VALUES (${id}, 1, ${now}, ${expiresAt})
        ON DUPLICATE KEY UPDATE
          times = IF(expires_at <= ${now}, 1, times + 1), spent_at = ${now}, expires_at = ${expiresAt}`,
        Effect.map(sql<{ n: unknown }>`SELECT times AS n FROM ${records} WHERE id = ${id}`, SqlTables.numberOf)
      ))
      : Effect.map(
        sql<{ n: unknown }>`
        INSERT INTO ${records} AS r (id, times, spent_at, expires_at) VALUES (${id}, 1, ${now}, ${expiresAt})
        ON CONFLICT (id) DO UPDATE SET
          times = CASE WHEN r.expires_at <= ${now} THEN 1 ELSE r.times + 1 END,
          spent_at = EXCLUDED.spent_at, expires_at = EXCLUDED.expires_at
        RETURNING times AS n`,
        SqlTables.numberOf
      )

/**
 * Makes the store over the current `SqlClient`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options: Options = {}
): Effect.fn.Return<Denylist.Denylist["Service"], DiscordConfigurationError | AccessTokenStoreError, SqlClient> {
  const tables = yield* SqlTables.resolve(options.table ?? "discord_oauth2_spent_ids", "SqlDenylist")
  const { dialect, records, sql } = tables
  const timeout = Duration.fromInputUnsafe(options.timeout ?? "5 seconds")
  if (options.migrate !== false) {
    // Where several servers make it at once, PostgreSQL lets one of them and fails for the others.
    yield* Effect.retry(create(tables), { times: 3 }).pipe(
      Effect.mapError(SqlFailure.toStoreError("migrate", dialect, false))
    )
  }

  const failed = (operation: DenylistError["operation"], what: string) =>
    new DenylistError({ operation, cause: new Error(what) })

  /** Never within a transaction of the application's: what it rolls back stays spent. */
  const run = <A>(operation: DenylistError["operation"], statement: Effect.Effect<A, SqlError>) =>
    SqlFailure.retryRolledBack(statement, SqlFailure.isRolledBack).pipe(
      Effect.updateContext((context: Context.Context<never>) => Context.omit(sql.transactionService)(context)),
      Effect.mapError(({ reason }) => failed(operation, `the database failed: ${reason._tag}`)),
      Effect.interruptible,
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => Effect.fail(failed(operation, `the database gave no answer within ${Duration.format(timeout)}`))
      })
    )

  const spendIn = spend(tables)
  let writes = 0

  return Denylist.Denylist.of({
    spend: Effect.fnUntraced(function*(id, until) {
      const now = yield* Clock.currentTimeMillis
      const expiresAt = Math.max(until.epochMilliseconds, now) + clockSkew
      const times = yield* run("spend", spendIn(id, now, expiresAt))
      if (++writes % sweepEvery === 0) {
        yield* Effect.ignore(run("spend", sql`DELETE FROM ${records} WHERE expires_at <= ${now}`))
      }
      return times === 1
    }),
    spentAt: Effect.fnUntraced(function*(id) {
      const now = yield* Clock.currentTimeMillis
      const rows = yield* run(
        "spentAt",
        sql<{ n: unknown }>`SELECT spent_at AS n FROM ${records} WHERE id = ${id} AND expires_at > ${now}`
      )
      return rows.length === 0 ? Option.none() : Option.some(DateTime.makeUnsafe(SqlTables.numberOf(rows)))
    })
  })
})

/**
 * Spent ids in the database that is provided.
 *
 * **Gotchas**
 *
 * Each request with a session asks the database twice, beside what the token store asks it. On a client with one
 * connection, such as SQLite's, an id cannot be spent inside `sql.withTransaction`: the call fails after `timeout`.
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
