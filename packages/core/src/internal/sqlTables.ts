/** Names and creates the tables of an SQL record store, in each dialect. */
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import type { Identifier } from "effect/sql/Statement"
import { DiscordConfigurationError } from "../errors/DiscordError.ts"

export type Dialect = "mysql" | "pg" | "sqlite"

/** The client, its dialect, and the names of the tables. */
export interface Tables {
  readonly sql: SqlClient
  readonly dialect: Dialect
  readonly records: Identifier
  readonly locks: Identifier
  readonly migrations: string
}

/** Reads the number `n` of the first row. Drivers return it as a number, a bigint or a string. */
export const numberOf = (rows: ReadonlyArray<{ readonly n: unknown }>): number => Number(rows[0]?.n)

/** PostgreSQL cuts names off after 63 bytes, so 40 characters leave room for the suffixes. */
const isName = (name: string) => /^(?:\w{1,40}\.)?\w{1,40}$/.test(name)

const dialectOf = (sql: SqlClient): Dialect | undefined =>
  sql.onDialectOrElse({
    mysql: () => "mysql" as const,
    pg: () => "pg" as const,
    sqlite: () => "sqlite" as const,
    orElse: () => undefined
  })

/** Fails with `DiscordConfigurationError` if the dialect is not supported or the name is not valid. */
export const resolve = (
  table: string,
  owner = "SqlRecordStore"
): Effect.Effect<Tables, DiscordConfigurationError, SqlClient> =>
  Effect.flatMap(SqlClient, (client) => {
    const sql = client.withoutTransforms()
    const dialect = dialectOf(sql)
    if (dialect === undefined) {
      return Effect.fail(
        new DiscordConfigurationError({ description: `${owner} supports only PostgreSQL, SQLite, MySQL and MariaDB.` })
      )
    }
    if (!isName(table)) {
      return Effect.fail(
        new DiscordConfigurationError({
          description:
            `The option \`table\` of ${owner} must be a name of at most 40 letters, digits and underscores. ` +
            "A schema name and a dot may precede it."
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

/** Creates both tables unless they exist. */
export const create = ({ dialect, locks, records, sql }: Tables): Effect.Effect<void, SqlError> => {
  // Keys are ordered by bytes in every database, whatever its default collation is.
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
  // PostgreSQL takes the schema of the index from the table. SQLite expects it in the name of the index.
  const [schema, name] = records.value.includes(".") ? records.value.split(".") : [undefined, records.value]
  const index = `${name}_user_id`
  const createIndex = dialect === "pg"
    ? sql`CREATE INDEX IF NOT EXISTS ${sql(index)} ON ${records} (user_id)`
    : sql`CREATE INDEX IF NOT EXISTS ${sql(schema === undefined ? index : `${schema}.${index}`)}
        ON ${sql(name ?? "")} (user_id)`
  return Effect.all([createRecords, ...(dialect === "mysql" ? [] : [createIndex]), createLocks], { discard: true })
}
