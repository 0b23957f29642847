/** Empty places for records, which are removed when the scope closes. */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { SqlClient } from "effect/sql/SqlClient"
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { createClient } from "redis"
import * as MysqlClient from "../support/MysqlClient.ts"
import { urlOf } from "../support/reachable.ts"
import type { Place } from "./Place.ts"
import { temporaryDirectory } from "./Workers.ts"

const newName = Effect.sync(() => `test_stress_${randomBytes(6).toString("hex")}`)

export const sqlite = Effect.map(temporaryDirectory, (directory): Place => ({
  kind: "SQLite",
  filename: join(directory, "tokens.sqlite")
}))

export const files = Effect.map(temporaryDirectory, (directory): Place => ({ kind: "files", directory }))

/** Tables in a database that no other test uses. */
const tables = Effect.fnUntraced(function*(
  kind: "PostgreSQL" | "MySQL",
  client: (url: URL) => Layer.Layer<SqlClient, unknown>
) {
  const url = urlOf(kind)
  const table = yield* newName
  yield* Effect.addFinalizer(() =>
    Effect.gen(function*() {
      const sql = yield* SqlClient
      for (const name of [table, `${table}_locks`, `${table}_migrations`]) yield* sql`DROP TABLE IF EXISTS ${sql(name)}`
    }).pipe(Effect.provide(client(url)), Effect.orDie)
  )
  return { kind, url: url.href, table } satisfies Place
})

export const postgresql = tables("PostgreSQL", ({ href }) => PgClient.layer({ url: Redacted.make(href) }))

export const mysql = tables("MySQL", (url) => MysqlClient.layer(url))

export const redis = Effect.gen(function*() {
  const url = String(urlOf("Redis"))
  const prefix = `${yield* newName}:`
  yield* Effect.addFinalizer(() =>
    Effect.promise(async () => {
      const client = await createClient({ url }).connect()
      for await (const names of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 })) {
        if (names.length > 0) await client.del(names)
      }
      await client.close()
    })
  )
  return { kind: "Redis", url, prefix } satisfies Place
})
