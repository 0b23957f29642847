import { AccessTokenStore, DiscordError, RecordStore, SqlRecordStore } from "@discord-oauth2/core"
import { NodeAccessTokenStore, NodeRecordStore, NodeSqliteClient } from "@discord-oauth2/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { SqlClient, type SqlError } from "effect/sql"
import * as Stream from "effect/Stream"
import { existsSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build, folder } from "../support/databases.ts"
import { eventually } from "../support/eventually.ts"
import { access, keyOf, nelly, wholeToken } from "../support/storeContract.ts"

const file = Effect.map(folder, (path) => join(path, "tokens.db"))

const withFile = (name: string, body: (filename: string) => Effect.Effect<void, unknown, Scope.Scope>) => {
  it.live(name, () => Effect.scoped(Effect.flatMap(file, body)))
}

const client = (filename: string) =>
  Effect.map(
    build(NodeSqliteClient.layer({ filename })),
    (context) => Context.get(context, SqlClient.SqlClient)
  )

const records = (options: NodeRecordStore.SqliteOptions) =>
  Effect.map(
    build(NodeRecordStore.layerSqlite(options)),
    (context) => Context.get(context, RecordStore.RecordStore)
  )

const storeError = Effect.fnUntraced(function*<R>(effect: Effect.Effect<unknown, unknown, R>) {
  const error = yield* Effect.flip(effect)
  assert.instanceOf(error, DiscordError.AccessTokenStoreError)
  return error
})

describe("NodeAccessTokenStore.layerSqlite", () => {
  withFile(
    "keeps tokens over a restart",
    Effect.fnUntraced(function*(filename) {
      const layer = NodeAccessTokenStore.layerSqlite({ filename })
      const store = Effect.map(build(layer), (context) => Context.get(context, AccessTokenStore.AccessTokenStore))
      yield* Effect.scoped(Effect.flatMap(store, (store) => store.put(nelly, wholeToken)))
      const stored = yield* Effect.scoped(Effect.flatMap(store, (store) => store.get(nelly)))
      assert.strictEqual(access(stored), "planted-access")
    })
  )
})

describe("NodeRecordStore.layerSqlite", () => {
  withFile(
    "makes a file that its owner alone can read, and so are those beside it",
    Effect.fnUntraced(function*(filename) {
      const store = yield* records({ filename })
      yield* store.put(nelly, "text")
      for (const path of [filename, `${filename}-wal`, `${filename}-shm`]) {
        assert.isTrue(existsSync(path), path)
        if (process.platform !== "win32") assert.strictEqual(statSync(path).mode & 0o777, 0o600, path)
      }
    })
  )

  withFile(
    "F39: a folder that is not there, and a file that is no database, are typed when the layer is built",
    Effect.fnUntraced(function*(filename) {
      const absent = yield* storeError(records({ filename: join(filename, "absent", "tokens.db") }))
      assert.strictEqual(absent.operation, "open")
      assert.match(String(absent.cause), /ENOENT|ENOTDIR/)
      writeFileSync(filename, "no database, ".repeat(100))
      const other = yield* storeError(records({ filename }))
      assert.match(String(other.cause), /not a database/)
    })
  )

  withFile(
    "F39: a store whose layer has ended fails typed",
    Effect.fnUntraced(function*(filename) {
      const store = yield* Effect.scoped(records({ filename }))
      assert.strictEqual((yield* storeError(store.get(nelly))).reason, "unavailable")
      assert.strictEqual((yield* storeError(store.put(nelly, "text"))).reason, "unavailable")
    })
  )

  withFile(
    "F40: while another process keeps the file locked, reads go on, a write fails typed, and works afterwards",
    Effect.fnUntraced(function*(filename) {
      const store = yield* records({ filename, timeout: "10 minutes" })
      const hasty = yield* records({ filename, timeout: "300 millis" })
      const generation = yield* store.put(nelly, "first")
      const sql = yield* client(filename)
      yield* sql.withTransaction(Effect.gen(function*() {
        assert.strictEqual(Option.getOrThrow(yield* store.get(nelly)).value, "first")
        const error = yield* storeError(hasty.replace(nelly, generation, "second"))
        assert.strictEqual(error.reason, "unavailable")
        assert.strictEqual(Option.getOrThrow(yield* store.get(nelly)).value, "first")
      }))
      assert.deepStrictEqual(yield* store.replace(nelly, generation, "second"), Option.some(generation + 1))
    })
  )

  withFile(
    "a write waits for another process that is writing, and the event loop does not",
    Effect.fnUntraced(function*(filename) {
      const store = yield* records({ filename, timeout: "10 minutes" })
      const sql = yield* client(filename)
      const [began, release] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      let ticks = 0
      const ticking = Effect.forever(Effect.andThen(Effect.sleep("5 millis"), Effect.sync(() => ticks++)))
      yield* Effect.forkScoped(ticking)
      yield* Effect.forkScoped(
        sql.withTransaction(Effect.andThen(Deferred.succeed(began, undefined), Deferred.await(release)))
      )
      yield* Deferred.await(began)
      const waiting = yield* Effect.forkScoped(store.put(nelly, "text"))
      assert.isTrue(yield* eventually(() => ticks > 5))
      assert.isUndefined(waiting.pollUnsafe())
      yield* Deferred.succeed(release, undefined)
      assert.isTrue(Number.isSafeInteger(yield* Fiber.join(waiting)))
    })
  )

  withFile(
    "F40: a database that is full is `full`, loses nothing, and works again when there is room",
    Effect.fnUntraced(function*(filename) {
      const sql = yield* client(filename)
      const store = yield* Effect.map(
        build(Layer.provide(SqlRecordStore.layer(), Layer.succeed(SqlClient.SqlClient, sql))),
        (context) => Context.get(context, RecordStore.RecordStore)
      )
      const generation = yield* store.put(nelly, "first")
      const [pages] = yield* sql<{ page_count: number }>`PRAGMA page_count`
      yield* sql.unsafe(`PRAGMA max_page_count = ${pages?.page_count}`)
      const large = "x".repeat(100_000)
      for (
        const write of [store.replace(nelly, generation, large), store.put(nelly, large), store.put(keyOf("1"), large)]
      ) {
        const error = yield* storeError(write)
        assert.strictEqual(error.reason, "full")
        assert.notInclude(String(error.cause), "xxx")
      }
      assert.deepStrictEqual(Option.getOrThrow(yield* store.get(nelly)), { value: "first", generation })
      yield* sql.unsafe("PRAGMA max_page_count = 1000000")
      assert.deepStrictEqual(yield* store.replace(nelly, generation, large), Option.some(generation + 1))
    })
  )
})

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
