import { DiscordError, RecordStore, SqlRecordStore } from "@discord-oauth2/core"
import { NodeRecordStore } from "@discord-oauth2/platform-node"
import { assert, describe } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { SqlClient } from "effect/sql"
import { existsSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "../support/databases.ts"
import { eventually } from "../support/eventually.ts"
import { client, withFile } from "../support/sqliteFile.ts"
import { keyOf, nelly } from "../support/storeContract.ts"

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
