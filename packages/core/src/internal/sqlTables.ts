/** The tables of an SQL record store, in each dialect. */
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Identifier } from "effect/sql/Statement"
import { DiscordConfigurationError } from "../errors/DiscordError.ts"

export type Dialect = "mysql" | "pg" | "sqlite"

/** The client, and what the tables are called in its database. */
export interface Tables {
  readonly sql: SqlClient
  readonly dialect: Dialect
  readonly records: Identifier
  readonly locks: Identifier
  readonly migrations: string
}

/** Reads the number `n` of the first row, which drivers return as a number, a bigint or a string. */
export const numberOf = (rows: ReadonlyArray<{ readonly n: unknown }>): number => Number(rows[0]?.n)

/** Longer ones would leave no room for what is appended, within the 63 bytes of PostgreSQL. */
const isName = (name: string) => /^(?:\w{1,40}\.)?\w{1,40}$/.test(name)

const dialectOf = (sql: SqlClient): Dialect | undefined =>
  sql.onDialectOrElse({
    mysql: () => "mysql" as const,
    pg: () => "pg" as const,
    sqlite: () => "sqlite" as const,
    orElse: () => undefined
  })

export const resolve = (
  table: string,
  owner = "SqlRecordStore"
): Effect.Effect<Tables, DiscordConfigurationError, SqlClient> =>
  Effect.flatMap(SqlClient, (client) => {
    const sql = client.withoutTransforms()
    const dialect = dialectOf(sql)
    if (dialect === undefined) {
      return Effect.fail(
        new DiscordConfigurationError({ description: `${owner} supports PostgreSQL, SQLite, MySQL and MariaDB alone.` })
      )
    }
    if (!isName(table)) {
      return Effect.fail(
        new DiscordConfigurationError({
          description: `The option \`table\` of ${owner} takes a name of at most 40 letters, digits and underscores, ` +
            "and a schema's name and a dot before it where need be."
        })
      )
    }
    return Effect.succeed({
      sql,
      dialect,
      records: sql(table),
      locks: sql(`${table}_locks`),
      migrations: `${table}_migrations`
    })
  })

/** Both tables, where they are not there. */
export const create = ({ dialect, locks, records, sql }: Tables): Effect.Effect<void, SqlError> => {
  // The order of keys is that of bytes in every database, whatever its own collation.
  const id = sql.literal(
    {
      mysql: "VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL",
      pg: "VARCHAR(20) COLLATE \"C\" NOT NULL",
      sqlite: "TEXT COLLATE BINARY NOT NULL"
    }[dialect]
  )
  const text = sql.literal({ mysql: "LONGTEXT CHARACTER SET utf8mb4", pg: "TEXT", sqlite: "TEXT" }[dialect])
  const inline = sql.literal(dialect === "mysql" ? ", INDEX (user_id)" : "")
  const engine = sql.literal(dialect === "mysql" ? " ENGINE = InnoDB" : "")
  const createRecords = sql`
    CREATE TABLE IF NOT EXISTS ${records} (
      client_id ${id},
      user_id ${id},
      generation BIGINT NOT NULL,
      record ${text} NOT NULL,
      PRIMARY KEY (client_id, user_id)${inline}
    )${engine}`
  const createLocks = sql`
    CREATE TABLE IF NOT EXISTS ${locks} (
      client_id ${id},
      user_id ${id},
      holder VARCHAR(40) NOT NULL,
      expires_at BIGINT NOT NULL,
      lease_millis BIGINT NOT NULL,
      PRIMARY KEY (client_id, user_id)
    )${engine}`
  // An index is in its table's schema: PostgreSQL wants the schema at the table, SQLite at the index, MySQL has neither.
  const [schema, name] = records.value.includes(".") ? records.value.split(".") : [undefined, records.value]
  const index = `${name}_user_id`
  const createIndex = dialect === "pg"
    ? sql`CREATE INDEX IF NOT EXISTS ${sql(index)} ON ${records} (user_id)`
    : sql`CREATE INDEX IF NOT EXISTS ${sql(schema === undefined ? index : `${schema}.${index}`)}
        ON ${sql(name ?? "")} (user_id)`
  return Effect.all([createRecords, ...(dialect === "mysql" ? [] : [createIndex]), createLocks], { discard: true })
}
