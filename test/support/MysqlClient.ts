/**
 * A `SqlClient` over mysql2, only for tests, because no release of @effect/sql-mysql2 supports Effect 4.1 yet. It has
 * what a store needs: a pool, prepared statements, transactions and classified errors.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Reactivity from "effect/reactivity/Reactivity"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import {
  ConnectionError,
  DeadlockError,
  LockTimeoutError,
  SqlError,
  SqlSyntaxError,
  UniqueViolation,
  UnknownError
} from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import * as Stream from "effect/Stream"
import { createPool, type PoolConnection } from "mysql2/promise"

const failure = (cause: unknown) => {
  const errno = Predicate.hasProperty(cause, "errno") ? cause.errno : undefined
  const code = Predicate.hasProperty(cause, "code") ? cause.code : undefined
  const props = { cause, message: "Failed to execute statement" }
  const isConnection = code === "ECONNREFUSED" || code === "PROTOCOL_CONNECTION_LOST" || code === "ECONNRESET"
  return new SqlError({
    reason: isConnection
      ? new ConnectionError(props)
      : errno === 1213
      ? new DeadlockError(props)
      : errno === 1205
      ? new LockTimeoutError(props)
      : errno === 1062
      ? new UniqueViolation({ ...props, constraint: "unknown" })
      : errno === 1146 || errno === 1064
      ? new SqlSyntaxError(props)
      : new UnknownError(props)
  })
}

/** The parameters of a statement. mysql2 exports no type for them. */
const toInput = (value: unknown) =>
  typeof value === "string" || typeof value === "number" || value === null ? value : String(value)

const makeConnection = (connection: PoolConnection): Connection => {
  const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: failure })
  const rows = (result: unknown) => Array.isArray(result) ? result : []
  const execute: Connection["execute"] = (sql, params, transformRows) =>
    Effect.map(
      attempt(() => connection.execute(sql, params.map(toInput))),
      ([result]) => transformRows === undefined ? rows(result) : transformRows(rows(result))
    )
  const executeValues: Connection["executeValues"] = (sql, params) =>
    Effect.map(
      attempt(() => connection.execute({ sql, rowsAsArray: true }, params.map(toInput))),
      ([result]) => rows(result)
    )
  return {
    execute,
    executeRaw: (sql, params) => attempt(() => connection.execute(sql, params.map(toInput))),
    executeValues,
    executeValuesUnprepared: executeValues,
    executeUnprepared: (sql, params) =>
      Effect.map(attempt(() => connection.query(sql, params.map(toInput))), ([result]) => rows(result)),
    executeStream: (sql, params, transformRows) => Stream.fromIterableEffect(execute(sql, params, transformRows))
  }
}

const make = Effect.fnUntraced(function*(url: URL, connectionLimit: number) {
  const pool = yield* Effect.acquireRelease(
    Effect.sync(() =>
      createPool({
        host: url.hostname,
        port: Number(url.port),
        user: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
        database: url.pathname.slice(1),
        charset: "utf8mb4",
        supportBigNumbers: true,
        connectionLimit
      })
    ),
    (pool) => Effect.promise(() => pool.end())
  )
  const acquirer = Effect.map(
    Effect.acquireRelease(
      Effect.tryPromise({ try: () => pool.getConnection(), catch: failure }),
      (connection) => Effect.sync(() => connection.release()),
      { interruptible: true }
    ),
    makeConnection
  )
  return yield* SqlClient.make({
    acquirer,
    compiler: Statement.makeCompiler({
      dialect: "mysql",
      placeholder: () => "?",
      onIdentifier: Statement.defaultEscape("`"),
      onCustom: () => ["", []],
      onRecordUpdate: () => ["", []]
    }),
    driver: "mysql2",
    spanAttributes: [["db.system.name", "mysql"]]
  })
})

export const layer = (url: URL, connectionLimit = 10): Layer.Layer<SqlClient.SqlClient> =>
  Layer.effect(SqlClient.SqlClient, make(url, connectionLimit)).pipe(Layer.provide(Reactivity.layer))
