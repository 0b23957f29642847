import { NodeSqliteClient } from "@discord-oauth2/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SqlClient } from "effect/sql/SqlClient"
import * as SqlTables from "../../../packages/core/src/internal/sqlTables.ts"

const inMemory = Effect.provide(NodeSqliteClient.layer({ filename: ":memory:" }))

describe("resolve", () => {
  for (const table of ["tokens", "auth.tokens", "a".repeat(40)]) {
    it.effect(`accepts the name ${table}`, () =>
      inMemory(Effect.gen(function*() {
        const { dialect, locks, migrations, records } = yield* SqlTables.resolve(table)
        assert.deepStrictEqual(
          [dialect, records.value, locks.value, migrations],
          ["sqlite", table, `${table}_locks`, `${table}_migrations`]
        )
      })))
  }

  for (const table of ["", "a b", "a;b", "a.b.c", ".a", "a\n", "a".repeat(41)]) {
    it.effect(`rejects the name ${JSON.stringify(table)}`, () =>
      inMemory(Effect.gen(function*() {
        const error = yield* Effect.flip(SqlTables.resolve(table, "The store"))
        assert.strictEqual(error._tag, "DiscordConfigurationError")
        assert.match(error.message, /`table` of The store must be a name/)
      })))
  }
})

describe("create", () => {
  for (const table of ["tokens", "main.tokens"]) {
    it.effect(`creates the tables and the index of ${table} once`, () =>
      inMemory(Effect.gen(function*() {
        const sql = yield* SqlClient
        const tables = yield* SqlTables.resolve(table)
        yield* SqlTables.create(tables)
        yield* SqlTables.create(tables)
        const rows = yield* sql<{ name: string }>`
          SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name`
        assert.deepStrictEqual(rows.map(({ name }) => name), ["tokens", "tokens_locks", "tokens_user_id"])
      })))
  }
})

describe("numberOf", () => {
  it("reads a number, a bigint or a string, and returns NaN without a row", () => {
    assert.deepStrictEqual([1, 1n, "1"].map((n) => SqlTables.numberOf([{ n }])), [1, 1, 1])
    assert.isNaN(SqlTables.numberOf([]))
  })
})
