/**
 * The statements that differ between databases. Each change of a record or a lock is atomic and returns what it did. It
 * does not use the driver's count of affected rows, because drivers count in different ways.
 */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Fragment } from "effect/sql/Statement"
import { numberOf, type Tables } from "../../internal/sqlTables.ts"
import type { Filter, Key } from "../RecordStore.ts"

type Result<A> = Effect.Effect<A, SqlError>

export interface Statements {
  /** Returns the new generation, which is `first` if there was no record. */
  readonly put: (key: Key, value: string, first: number) => Result<number>
  readonly replace: (key: Key, generation: number, value: string) => Result<boolean>
  readonly removeGeneration: (key: Key, generation: number) => Result<boolean>
  readonly removeAll: (filter: Filter) => Result<number>
  /** Takes a lock that is free or has expired. */
  readonly acquire: (key: Key, holder: string, millis: number) => Result<boolean>
  readonly renew: (key: Key, holder: string, millis: number) => Result<unknown>
}

export const isKey = ({ sql }: Tables, { clientId, userId }: Key): Fragment =>
  sql`client_id = ${clientId} AND user_id = ${userId}`

export const isIn = ({ sql }: Tables, { clientId, userId }: Filter): Fragment =>
  sql.and([
    ...(clientId === undefined ? [] : [sql`client_id = ${clientId}`]),
    ...(userId === undefined ? [] : [sql`user_id = ${userId}`])
  ])

/** The database's time in milliseconds, in UTC: a session's time zone could set it back by an hour. */
const now = ({ dialect, sql }: Tables): Fragment =>
  sql.literal(
    {
      mysql: "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)",
      // now() would be the start of the transaction.
      pg: "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT",
      sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
    }[dialect]
  )

/** A lease has expired at its end. It also counts as expired if its end is too far away: the clock was set back. */
const isPast = ({ sql }: Tables, time: Fragment): Fragment =>
  sql`(l.expires_at <= ${time} OR l.expires_at > ${time} + 2 * l.lease_millis)`

const renewIn = (tables: Tables): Statements["renew"] => (key, holder, millis) =>
  tables.sql`
    UPDATE ${tables.locks} SET expires_at = ${now(tables)} + ${millis}, lease_millis = ${millis}
    WHERE ${isKey(tables, key)} AND holder = ${holder}`

/** PostgreSQL and SQLite: each change is one statement that returns the rows it changed. */
const returning = (tables: Tables): Statements => {
  const { dialect, locks, records, sql } = tables
  const time = now(tables)
  return {
    put: ({ clientId, userId }, value, first) =>
      Effect.map(
        sql<{ n: unknown }>`
          INSERT INTO ${records} AS r (client_id, user_id, generation, record)
          VALUES (${clientId}, ${userId}, ${first}, ${value})
          ON CONFLICT (client_id, user_id) DO UPDATE SET generation = r.generation + 1, record = EXCLUDED.record
          RETURNING generation AS n`,
        numberOf
      ),
    replace: (key, generation, value) =>
      Effect.map(
        sql`
          UPDATE ${records} SET generation = generation + 1, record = ${value}
          WHERE ${isKey(tables, key)} AND generation = ${generation}
          RETURNING generation AS n`,
        (rows) => rows.length > 0
      ),
    removeGeneration: (key, generation) =>
      Effect.map(
        sql`
          DELETE FROM ${records} WHERE ${isKey(tables, key)} AND generation = ${generation}
          RETURNING generation AS n`,
        (rows) => rows.length > 0
      ),
    removeAll: (filter) => {
      const removed = sql<{ n: unknown }>`DELETE FROM ${records} WHERE ${isIn(tables, filter)} RETURNING 1 AS n`
      return dialect === "pg"
        ? Effect.map(sql<{ n: unknown }>`WITH removed AS (${removed}) SELECT COUNT(*) AS n FROM removed`, numberOf)
        : Effect.map(removed, (rows) => rows.length)
    },
    acquire: ({ clientId, userId }, holder, millis) =>
      Effect.map(
        sql`
          INSERT INTO ${locks} AS l (client_id, user_id, holder, expires_at, lease_millis)
          VALUES (${clientId}, ${userId}, ${holder}, ${time} + ${millis}, ${millis})
          ON CONFLICT (client_id, user_id) DO UPDATE
          SET holder = ${holder}, expires_at = ${time} + ${millis}, lease_millis = ${millis}
          WHERE ${isPast(tables, time)}
          RETURNING holder`,
        (rows) => rows.length > 0
      ),
    renew: renewIn(tables)
  }
}

/** MySQL and MariaDB: an update returns no rows, so a transaction reads the rows and changes them. */
const reading = (tables: Tables): Statements => {
  const { locks, records, sql } = tables
  const time = now(tables)
  const whereGeneration = (key: Key, generation: number, change: Result<unknown>) =>
    sql.withTransaction(Effect.gen(function*() {
      const rows = yield* sql<{ n: unknown }>`
        SELECT generation AS n FROM ${records} WHERE ${isKey(tables, key)} FOR UPDATE`
      if (numberOf(rows) !== generation) return false
      yield* change
      return true
    }))
  return {
    put: (key, value, first) =>
      sql.withTransaction(Effect.andThen(
        sql`
          INSERT INTO ${records} (client_id, user_id, generation, record)
          VALUES (${key.clientId}, ${key.userId}, ${first}, ${value})
          ON DUPLICATE KEY UPDATE generation = generation + 1, record = ${value}`,
        Effect.map(sql<{ n: unknown }>`SELECT generation AS n FROM ${records} WHERE ${isKey(tables, key)}`, numberOf)
      )),
    replace: (key, generation, value) =>
      whereGeneration(
        key,
        generation,
        sql`UPDATE ${records} SET generation = generation + 1, record = ${value} WHERE ${isKey(tables, key)}`
      ),
    removeGeneration: (key, generation) =>
      whereGeneration(key, generation, sql`DELETE FROM ${records} WHERE ${isKey(tables, key)}`),
    removeAll: (filter) =>
      sql.withTransaction(Effect.gen(function*() {
        const rows = yield* sql<{ n: unknown }>`
          SELECT COUNT(*) AS n FROM ${records} WHERE ${isIn(tables, filter)} FOR UPDATE`
        yield* sql`DELETE FROM ${records} WHERE ${isIn(tables, filter)}`
        return numberOf(rows)
      })),
    acquire: Effect.fnUntraced(function*(key, holder, millis) {
      // The server's mode decides whether assignments run from left to right or all at once. So the statement sets the
      // columns of the condition last, and leaves `lease_millis`, which is one of them, to `renew` below.
      const past = sql`(expires_at <= ${time} OR expires_at > ${time} + 2 * lease_millis)`
      yield* sql`
        INSERT INTO ${locks} (client_id, user_id, holder, expires_at, lease_millis)
        VALUES (${key.clientId}, ${key.userId}, ${holder}, ${time} + ${millis}, ${millis})
        ON DUPLICATE KEY UPDATE
          holder = IF(${past}, ${holder}, holder),
          expires_at = IF(${past}, ${time} + LEAST(${millis}, lease_millis), expires_at)`
      const rows = yield* sql<{ n: unknown }>`
        SELECT lease_millis AS n FROM ${locks} WHERE ${isKey(tables, key)} AND holder = ${holder}`
      if (rows.length > 0 && numberOf(rows) !== millis) yield* renewIn(tables)(key, holder, millis)
      return rows.length > 0
    }),
    renew: renewIn(tables)
  }
}

export const make = (tables: Tables): Statements => tables.dialect === "mysql" ? reading(tables) : returning(tables)
