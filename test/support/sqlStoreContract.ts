/** The promises of `SqlRecordStore` in each database. They hold however slow the machine is. */
import { AccessTokenStore, DiscordError, RecordStore, SqlRecordStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import { Migrator, SqlClient, Statement } from "effect/sql"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { build, clientOf, type Place, recordsOf } from "./databases.ts"
import * as RecordingTracer from "./recordingTracer.ts"
import { keyOf, nelly, plainAndSealed } from "./storeContract.ts"

export type Records = RecordStore.RecordStore["Service"]

/** Only a database that hangs reaches it. */
export const patience = "10 minutes"

/** A store whose timeout and lease no machine is too slow for, unless a test sets others. */
export const open = (place: Place, options?: SqlRecordStore.Options): Effect.Effect<Records, unknown, Scope.Scope> =>
  Effect.map(
    build(recordsOf(place, { timeout: patience, lease: patience, ...options })),
    (context) => Context.get(context, RecordStore.RecordStore)
  )

/** The store over a client that the test uses too. */
export const openWith = (sql: SqlClient.SqlClient, place: Place, options?: SqlRecordStore.Options) =>
  open({ ...place, client: Layer.succeed(SqlClient.SqlClient, sql) }, options)

export const locked = (records: Records, atMost: `${number} ${"millis" | "minutes"}` = patience) =>
  AccessTokenStore.withLock(records, nelly, { atMost })(Effect.succeed("mine"))

const isLocked = Effect.fnUntraced(function*(records: Records, atMost: Parameters<typeof locked>[1]) {
  const error = yield* Effect.flip(locked(records, atMost))
  assert.strictEqual(error.reason, "locked")
})

/** The row of a process that was killed while it held the lock, which expires in `expiresIn` milliseconds. */
export const vanishedHolder = (sql: SqlClient.SqlClient, { table }: Place, expiresIn: number, lease: number) =>
  sql`
    INSERT INTO ${sql(`${table}_locks`)} (client_id, user_id, holder, expires_at, lease_millis)
    VALUES (${nelly.clientId}, ${nelly.userId}, ${"vanished"}, ${Date.now() + expiresIn}, ${lease})`

export const storeError = Effect.fnUntraced(function*<R>(
  effect: Effect.Effect<unknown, unknown, R>,
  reason: DiscordError.AccessTokenStoreError["reason"] = "unavailable"
) {
  const error = yield* Effect.flip(effect)
  assert.instanceOf(error, DiscordError.AccessTokenStoreError)
  assert.strictEqual(error.reason, reason)
  return error
})

/** Makes the database reject records that begin with "planted", with an error that may quote them. */
const refuse = (sql: SqlClient.SqlClient, { table }: Place) => {
  const refused = sql.literal("CHECK (record NOT LIKE 'planted%')")
  return sql.onDialectOrElse({
    sqlite: () =>
      Effect.andThen(
        sql`DROP TABLE ${sql(table)}`,
        sql`CREATE TABLE ${
          sql(table)
        } (client_id, user_id, generation, record ${refused}, PRIMARY KEY (client_id, user_id))`
      ),
    orElse: () => sql`ALTER TABLE ${sql(table)} ADD CONSTRAINT ${sql(`${table}_check`)} ${refused}`
  })
}

/** The promises of `SqlRecordStore`, in addition to those of every store. */
export const promises = (inPlace: Effect.Effect<Place, unknown, Scope.Scope>) => {
  const test = (name: string, body: (place: Place) => Effect.Effect<void, unknown, Scope.Scope>) => {
    it.live(name, () => Effect.scoped(Effect.flatMap(inPlace, body)))
  }

  describe("a lease", () => {
    test(
      "F42: of a killed process is taken over after it expires",
      Effect.fnUntraced(function*(place) {
        const records = yield* open(place)
        const sql = yield* clientOf(place)
        yield* vanishedHolder(sql, place, 600_000, 1_200_000)
        yield* isLocked(records, "50 millis")
        yield* sql`UPDATE ${sql(`${place.table}_locks`)} SET expires_at = ${Date.now() + 100}`
        assert.strictEqual(yield* locked(records), "mine")
      })
    )

    it.effect("of a live process is renewed every third of its length, as long as the process needs it", () =>
      Effect.gen(function*() {
        const place = yield* inPlace
        const [one, two] = [yield* open(place, { timeout: "Infinity" }), yield* open(place, { timeout: "Infinity" })]
        const sql = yield* clientOf(place)
        const locks = sql(`${place.table}_locks`)
        const expiry = Effect.map(
          sql<{ expires_at: number }>`SELECT expires_at FROM ${locks}`,
          ([row]) => Number(row?.expires_at)
        )
        yield* Effect.scoped(Effect.gen(function*() {
          yield* one.lock(nelly)
          for (const _ of [1, 2, 3, 4]) {
            yield* sql`UPDATE ${locks} SET expires_at = expires_at - 60000`
            const before = yield* expiry
            yield* TestClock.adjust("200 seconds")
            while ((yield* expiry) <= before) yield* TestClock.withLive(Effect.sleep("5 millis"))
          }
          yield* TestClock.withLive(isLocked(two, "50 millis"))
        }))
        assert.strictEqual(yield* TestClock.withLive(locked(two)), "mine")
      }))

    test(
      "F52: that ends a day ahead, because the database's clock was set back, does not block other processes",
      Effect.fnUntraced(function*(place) {
        const records = yield* open(place)
        yield* vanishedHolder(yield* clientOf(place), place, 86_400_000, 10_000)
        assert.strictEqual(yield* locked(records), "mine")
      })
    )

    test(
      "is as long as its process says, however short the leases of others are",
      Effect.fnUntraced(function*(place) {
        const [long, short] = [yield* open(place), yield* open(place, { lease: "50 millis" })]
        // It is taken over from a short one, which must not shorten it.
        yield* vanishedHolder(yield* clientOf(place), place, -1, 50)
        yield* Effect.scoped(Effect.andThen(long.lock(nelly), isLocked(short, "400 millis")))
      })
    )

    test(
      "F42: that another process has taken over is not released by the late process, and its writes are rejected",
      Effect.fnUntraced(function*(place) {
        const [late, next] = [yield* open(place), yield* open(place)]
        const sql = yield* clientOf(place)
        const generation = yield* late.put(nelly, "first")
        const released = yield* Deferred.make<void>()
        const holding = yield* Deferred.make<void>()
        const holder = yield* Effect.forkChild(Effect.scoped(Effect.gen(function*() {
          yield* late.lock(nelly)
          yield* Deferred.succeed(holding, undefined)
          yield* Deferred.await(released)
        })))
        yield* Deferred.await(holding)
        yield* sql`UPDATE ${sql(`${place.table}_locks`)} SET expires_at = 1`
        yield* Effect.scoped(Effect.gen(function*() {
          yield* next.lock(nelly)
          assert.deepStrictEqual(yield* next.replace(nelly, generation, "second"), Option.some(generation + 1))
          assert.deepStrictEqual(yield* late.replace(nelly, generation, "late"), Option.none())
          assert.isFalse(yield* late.removeGeneration(nelly, generation))
          yield* Deferred.succeed(released, undefined)
          yield* Fiber.join(holder)
          yield* isLocked(yield* open(place), "100 millis")
        }))
        assert.strictEqual(Option.getOrThrow(yield* next.get(nelly)).value, "second")
      })
    )

    test(
      "that is released leaves no row",
      Effect.fnUntraced(function*(place) {
        const records = yield* open(place)
        yield* locked(records)
        const sql = yield* clientOf(place)
        assert.deepStrictEqual(yield* sql`SELECT holder FROM ${sql(`${place.table}_locks`)}`, [])
      })
    )
  })

  describe("the tables", () => {
    test(
      "are created once by eight processes that start at the same time, and exist after a restart",
      Effect.fnUntraced(function*(place) {
        const keys = Array.from({ length: 8 }, (_, n) => keyOf(`${n + 1}`))
        yield* Effect.forEach(
          keys,
          (key) =>
            Effect.flatMap(
              open(place),
              (records) => Effect.scoped(Effect.andThen(records.lock(key), records.put(key, "text")))
            ),
          { concurrency: "unbounded" }
        )
        const records = yield* open(place)
        assert.strictEqual(yield* records.count({}), 8)
      })
    )

    test(
      "can be created beforehand, and are then used without changes",
      Effect.fnUntraced(function*(place) {
        const migrated = Effect.provide(SqlRecordStore.migrate(place), place.client)
        const records = yield* open(place, { migrate: false })
        const error = yield* storeError(records.get(nelly))
        assert.match(String(error.cause), /SqlSyntaxError|no such table|1146|42P01/)
        yield* migrated
        yield* migrated
        yield* records.put(nelly, "text")
        assert.strictEqual(Option.getOrThrow(yield* records.get(nelly)).value, "text")
      })
    )

    test(
      "can be created by the application's own migrator, and by the layer again",
      Effect.fnUntraced(function*(place) {
        const run = Migrator.make({})({
          loader: Migrator.fromRecord({ "7_tokens": SqlRecordStore.migrations(place)["1_create_tables"] }),
          table: `${place.table}_migrations`
        })
        assert.deepStrictEqual(yield* Effect.provide(run, place.client), [[7, "tokens"]])
        const sql = yield* clientOf(place)
        yield* sql`DELETE FROM ${sql(`${place.table}_migrations`)}`
        const records = yield* open(place)
        assert.isTrue(Number.isSafeInteger(yield* records.put(nelly, "text")))
      })
    )

    test(
      "have names of letters, digits and underscores only",
      Effect.fnUntraced(function*(place) {
        for (const table of ["", "a b", "a;b", "a.b.c", "x".repeat(41), "a`\"b"]) {
          assert.instanceOf(yield* Effect.flip(open({ ...place, table })), DiscordError.DiscordConfigurationError)
        }
      })
    )
  })

  describe("a transaction of the application", () => {
    const readOnly = (sql: SqlClient.SqlClient) =>
      sql.onDialectOrElse({ mysql: () => "START TRANSACTION READ ONLY", orElse: () => undefined })

    test(
      "that rolls back keeps the store's writes, and with one connection the call fails with the reason",
      Effect.fnUntraced(function*(place) {
        const sql = yield* clientOf(place)
        const records = yield* openWith(sql, place)
        const hasty = yield* openWith(sql, place, { timeout: "500 millis", migrate: false })
        const isAlone = sql.onDialectOrElse({ sqlite: () => true, orElse: () => false })
        const generation = yield* records.put(nelly, "first")
        const inside = Effect.gen(function*() {
          if (isAlone) return yield* hasty.replace(nelly, generation, "second")
          const second = yield* records.replace(nelly, generation, "second")
          assert.deepStrictEqual(second, Option.some(generation + 1))
          yield* records.put(keyOf("1"), "other")
          assert.strictEqual(yield* locked(records), "mine")
        })
        const rolledBack = sql.withTransaction(Effect.andThen(inside, Effect.fail("rolled back"))).pipe(
          Effect.provideService(SqlClient.BeginTransaction, readOnly(sql))
        )
        if (isAlone) {
          const error = yield* storeError(rolledBack)
          assert.match(String(error.cause), /within 500ms.*sql\.withTransaction/)
          assert.deepStrictEqual(yield* records.replace(nelly, generation, "second"), Option.some(generation + 1))
        } else {
          assert.strictEqual(yield* Effect.flip(rolledBack), "rolled back")
          assert.strictEqual(yield* records.count({}), 2)
        }
        assert.strictEqual(Option.getOrThrow(yield* records.get(nelly)).value, "second")
      })
    )
  })

  describe("a secret", () => {
    test(
      "is in no error, span or attribute when it is written, nor when the database rejects it",
      Effect.fnUntraced(function*(place) {
        const { spans, tracer } = RecordingTracer.make()
        const sql = yield* clientOf(place)
        const records = yield* openWith(sql, place)
        const seen = yield* Effect.gen(function*() {
          const generation = yield* records.put(nelly, "planted-one")
          yield* records.replace(nelly, generation, "planted-two")
          yield* records.get(nelly)
          yield* records.remove(nelly)
          yield* refuse(sql, place)
          const refusedPut = yield* storeError(records.put(nelly, "planted-three"))
          const first = yield* records.put(nelly, "fine")
          const refusedReplace = yield* storeError(records.replace(nelly, first, "planted-four"))
          return [refusedPut, refusedReplace, Cause.pretty(Cause.fail(refusedPut)), String(refusedPut.cause)]
        }).pipe(Effect.withTracer(tracer))
        // A span's result stays in the process, but for a failure.
        const exported = spans.map(({ _events: events, attributes, name, status }) => ({
          name,
          attributes,
          events,
          failure: status._tag === "Ended" && Exit.isFailure(status.exit) ? status.exit : undefined
        }))
        assert.strictEqual(exported.filter(({ failure }) => failure !== undefined).length, 2)
        const everything = inspect([seen, exported], { depth: 20, showHidden: true, maxArrayLength: null })
        assert.include(everything, "SELECT generation AS n, record FROM")
        assert.match(everything, /ConstraintError|UnknownError/)
        assert.isFalse(everything.includes("planted-"), /.{0,80}planted-.{0,40}/.exec(everything)?.[0])
      })
    )
  })

  describe("the client", () => {
    test(
      "may rename columns",
      Effect.fnUntraced(function*(place) {
        const sql = yield* clientOf(place)
        const shouting = yield* SqlClient.make({
          acquirer: sql.reserve,
          compiler: upperCase(sql),
          driver: "test",
          spanAttributes: [],
          transformRows: Statement.defaultTransforms((name) => name.toUpperCase()).array
        }).pipe(Effect.provide(Reactivity.layer))
        const records = yield* openWith(shouting, place)
        yield* records.put(nelly, "text")
        assert.deepStrictEqual(yield* records.list({}, { limit: 1 }), [nelly])
        assert.strictEqual(Option.getOrThrow(yield* records.get(nelly)).value, "text")
      })
    )
  })
}

/** The compiler of the same dialect, which writes every name in capitals. */
const upperCase = (sql: SqlClient.SqlClient) => {
  const quote = sql.onDialectOrElse({ mysql: () => "`", orElse: () => "\"" })
  const escape = Statement.defaultEscape(quote)
  return Statement.makeCompiler({
    dialect: sql.onDialectOrElse({ mysql: () => "mysql", pg: () => "pg", orElse: () => "sqlite" }),
    placeholder: (n) => sql.onDialectOrElse({ pg: () => `$${n}`, orElse: () => "?" }),
    onIdentifier: (name, withoutTransform) => escape(withoutTransform ? name : name.toUpperCase()),
    onCustom: () => ["", []],
    onRecordUpdate: () => ["", []]
  })
}

/** The promises of every store, plain and sealed. */
export const contractIn = (place: Effect.Effect<Place, unknown, Scope.Scope>) => {
  const options = { timeout: patience, lease: patience } as const
  plainAndSealed({
    layer: () => Layer.unwrap(Effect.map(place, (place) => recordsOf(place, options))),
    sharing: Effect.map(place, (place) => recordsOf(place, options))
  })
}
