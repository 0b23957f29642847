import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql"
import * as Stream from "effect/Stream"
import { client, withFile } from "../support/sqliteFile.ts"

describe("NodeSqliteClient", () => {
  withFile(
    "commits reach the disk: WAL, and synchronous is FULL",
    Effect.fnUntraced(function*(filename) {
      const sql = yield* client(filename)
      assert.deepStrictEqual({ ...(yield* sql`PRAGMA journal_mode`)[0] }, { journal_mode: "wal" })
      assert.deepStrictEqual({ ...(yield* sql`PRAGMA synchronous`)[0] }, { synchronous: 2 })
    })
  )

  withFile(
    "runs statements in each of their forms",
    Effect.fnUntraced(function*(filename) {
      const sql = yield* client(filename)
      yield* sql`CREATE TABLE t (a, b)`
      const changes = yield* sql`INSERT INTO t ${sql.insert([{ a: 1, b: "x" }, { a: true, b: null }])}`.raw
      assert.deepInclude(changes, { changes: 2 })
      const query = sql<{ a: number }>`SELECT a, b FROM t ORDER BY b`
      assert.deepStrictEqual(yield* query.values, [[1, null], [1, "x"]])
      assert.deepStrictEqual((yield* query.unprepared).map(({ a }) => a), [1, 1])
      assert.strictEqual((yield* Stream.runCollect(query.stream)).length, 2)
      yield* sql`INSERT INTO t VALUES (${new Date(0)}, ${new Uint8Array([1, 2])})`
      assert.deepStrictEqual(
        yield* sql`SELECT a, b FROM t WHERE typeof(b) = 'blob'`.values,
        [["1970-01-01T00:00:00.000Z", new Uint8Array([1, 2])]]
      )
      // More texts than are kept prepared.
      for (let n = 0; n < 150; n++) yield* sql.unsafe(`SELECT ${n} AS n`)
      assert.deepStrictEqual((yield* query).map(({ a }) => a).slice(0, 2), [1, 1])
    })
  )

  withFile(
    "a transaction that fails is rolled back, and one inside it alone",
    Effect.fnUntraced(function*(filename) {
      const sql = yield* client(filename)
      yield* sql`CREATE TABLE t (a INTEGER PRIMARY KEY)`
      yield* sql.withTransaction(Effect.gen(function*() {
        yield* sql`INSERT INTO t VALUES (1)`
        yield* Effect.flip(sql.withTransaction(Effect.andThen(sql`INSERT INTO t VALUES (2)`, Effect.fail("no"))))
      }))
      yield* Effect.flip(sql.withTransaction(Effect.andThen(sql`INSERT INTO t VALUES (3)`, Effect.fail("no"))))
      assert.deepStrictEqual(yield* sql`SELECT a FROM t`.values, [[1]])
    })
  )

  withFile(
    "says what a failure is",
    Effect.fnUntraced(function*(filename) {
      const sql = yield* client(filename)
      yield* sql`CREATE TABLE t (a UNIQUE, b NOT NULL)`
      yield* sql`INSERT INTO t VALUES (1, 1)`
      const tag = (effect: Effect.Effect<unknown, SqlError.SqlError>) =>
        Effect.map(Effect.flip(effect), ({ reason }) => reason._tag)
      assert.strictEqual(yield* tag(sql`INSERT INTO t VALUES (1, 1)`), "UniqueViolation")
      assert.strictEqual(yield* tag(sql`INSERT INTO t VALUES (2, NULL)`), "ConstraintError")
      const second = yield* client(filename)
      yield* second.withTransaction(Effect.gen(function*() {
        assert.strictEqual(yield* tag(sql`INSERT INTO t VALUES (3, 1)`), "LockTimeoutError")
      }))
    })
  )
})
