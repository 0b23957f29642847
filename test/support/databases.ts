/** The databases of the tests. Each test has its own tables, which are dropped afterwards. */
import { SqlRecordStore } from "@discord-oauth2/core"
import type { RecordStore } from "@discord-oauth2/core"
import { NodeSqliteClient } from "@discord-oauth2/platform-node"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { SqlClient } from "effect/sql"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as MysqlClient from "./MysqlClient.ts"
import { urlOf } from "./reachable.ts"

/** Tables in a database. Each build of `client` is another client, like that of another process. */
export interface Place {
  readonly client: Layer.Layer<SqlClient.SqlClient, unknown>
  readonly table: string
}

export const build = <A, E>(layer: Layer.Layer<A, E>): Effect.Effect<Context.Context<A>, E, Scope.Scope> =>
  Effect.flatMap(Effect.scope, (scope) => Layer.buildWithMemoMap(layer, Layer.makeMemoMapUnsafe(), scope))

export const clientOf = (place: Place): Effect.Effect<SqlClient.SqlClient, unknown, Scope.Scope> =>
  Effect.map(build(place.client), (context) => Context.get(context, SqlClient.SqlClient))

let count = 0
const uniqueTable = () => `t${process.pid}_${Date.now().toString(36)}_${count++}`

const served = (client: Place["client"]): Effect.Effect<Place, unknown, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => ({ client, table: uniqueTable() })),
    ({ table }) =>
      Effect.orDie(Effect.provide(
        Effect.flatMap(SqlClient.SqlClient, (sql) =>
          Effect.forEach(
            ["", "_locks", "_migrations"],
            (suffix) => sql`DROP TABLE IF EXISTS ${sql(`${table}${suffix}`)}`
          )),
        client
      ))
  )

export const postgresql = (
  options?: Pick<PgClient.PgPoolConfig, "maxConnections" | "port" | "startupParameters">
): Place["client"] => {
  const { hostname, password, pathname, port, username } = urlOf("PostgreSQL")
  return PgClient.layer({
    host: hostname,
    port: Number(port),
    username,
    database: pathname.slice(1),
    ...(password !== "" && { password: Redacted.make(password) }),
    ...options
  })
}

export const mysql = (connections?: number): Place["client"] => MysqlClient.layer(urlOf("MySQL"), connections)

export const inPostgresql = served(postgresql())
export const inMysql = served(mysql())

export const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "discord-oauth2-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

export const inFile: Effect.Effect<Place, unknown, Scope.Scope> = Effect.map(folder, (path) => ({
  client: NodeSqliteClient.layer({ filename: join(path, "tokens.db") }),
  table: uniqueTable()
}))

export const recordsOf = (
  { client, table }: Place,
  options?: SqlRecordStore.Options
): Layer.Layer<RecordStore.RecordStore, unknown> => Layer.provide(SqlRecordStore.layer({ ...options, table }), client)
