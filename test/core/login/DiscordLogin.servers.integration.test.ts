/** Several servers of one application, with one Redis or one database. */
import { RedisDenylist, SqlDenylist } from "@discord-oauth2/core"
import { NodeRedis } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SqlClient } from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import { postgresql } from "../../support/databases.ts"
import * as LoginServers from "../../support/loginServers.ts"
import { urlOf } from "../../support/reachable.ts"
import { describeServer } from "../../support/servers.ts"

/** Only a server that hangs reaches it. */
const timeout = "10 minutes"

await describeServer("Redis", "two servers with one Redis", () => {
  const prefix = `test-${randomUUID()}`
  LoginServers.contract(() =>
    Layer.fresh(
      RedisDenylist.layer({ prefix, timeout }).pipe(
        Layer.provide(NodeRedis.layer({ url: urlOf("Redis").href })),
        Layer.orDie
      )
    )
  )
})

await describeServer("PostgreSQL", "two servers with one PostgreSQL", () => {
  const table = `t${randomUUID().replaceAll("-", "")}`
  LoginServers.contract(() =>
    Layer.fresh(Layer.orDie(SqlDenylist.layer({ table, timeout }).pipe(Layer.provide(postgresql()))))
  )

  it.live("the table is dropped after the tests", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient
      const [row] = yield* sql<{ n: unknown }>`SELECT COUNT(*) AS n FROM ${sql(table)}`
      assert.isAbove(Number(row?.n), 2)
      yield* sql`DROP TABLE ${sql(table)}`
    }).pipe(Effect.provide(postgresql(), { local: true })))
})
