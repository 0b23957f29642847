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
import { inspect } from "node:util"
import {
  build,
  clientOf,
  inFile,
  inMysql,
  inPostgresql,
  mysql,
  type Place,
  postgresql,
  recordsOf
} from "../../support/databases.ts"
import * as RecordingTracer from "../../support/recordingTracer.ts"
import { describeServer } from "../../support/servers.ts"
import { keyOf, nelly } from "../../support/storeContract.ts"

type Records = RecordStore.RecordStore["Service"]

const open = (place: Place, options?: SqlRecordStore.Options): Effect.Effect<Records, unknown, Scope.Scope> =>
  Effect.map(build(recordsOf(place, options)), (context) => Context.get(context, RecordStore.RecordStore))

/** The store over a client that the test has too. */
const openWith = (sql: SqlClient.SqlClient, place: Place, options?: SqlRecordStore.Options) =>
  open({ ...place, client: Layer.succeed(SqlClient.SqlClient, sql) }, options)

const locked = (records: Records, atMost: `${number} ${"millis" | "seconds"}`) =>
  AccessTokenStore.withLock(records, nelly, { atMost })(Effect.succeed("mine"))

const isLocked = Effect.fnUntraced(function*(records: Records, atMost: Parameters<typeof locked>[1]) {
  const error = yield* Effect.flip(locked(records, atMost))
  assert.strictEqual(error.reason, "locked")
})

/** What a process leaves behind that was killed while it had the lock, `expiresIn` milliseconds before its end. */
const vanishedHolder = (sql: SqlClient.SqlClient, { table }: Place, expiresIn: number, lease: number) =>
  sql`
    INSERT INTO ${sql(`${table}_locks`)} (client_id, user_id, holder, expires_at, lease_millis)
    VALUES (${nelly.clientId}, ${nelly.userId}, ${"vanished"}, ${Date.now() + expiresIn}, ${lease})`

const storeError = Effect.fnUntraced(function*<R>(
  effect: Effect.Effect<unknown, unknown, R>,
  reason: DiscordError.AccessTokenStoreError["reason"] = "unavailable"
) {
  const error = yield* Effect.flip(effect)
  assert.instanceOf(error, DiscordError.AccessTokenStoreError)
  assert.strictEqual(error.reason, reason)
  return error
})

/** A record that the database refuses, with an error that quotes it where the database does so. */
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

const promises = (inPlace: Effect.Effect<Place, unknown, Scope.Scope>) => {
  const test = (name: string, body: (place: Place) => Effect.Effect<void, unknown, Scope.Scope>) => {
    it.live(name, () => Effect.scoped(Effect.flatMap(inPlace, body)))
  }

  describe("a lease", () => {
    test(
      "F42: of a holder that has vanished is waited for, and then taken",
      Effect.fnUntraced(function*(place) {
        const records = yield* open(place)
        yield* vanishedHolder(yield* clientOf(place), place, 400, 10_000)
        yield* isLocked(records, "50 millis")
        assert.strictEqual(yield* locked(records, "10 seconds"), "mine")
      })
    )

    test(
      "of a live holder is renewed for as long as the holder needs it",
      Effect.fnUntraced(function*(place) {
        const [one, two] = [yield* open(place, { lease: "300 millis" }), yield* open(place)]
        yield* Effect.scoped(Effect.andThen(one.lock(nelly), isLocked(two, "1200 millis")))
        assert.strictEqual(yield* locked(two, "10 seconds"), "mine")
      })
    )

    test(
      "F52: that lies a day ahead, because the database's clock was set back, does not block",
      Effect.fnUntraced(function*(place) {
        const records = yield* open(place)
        yield* vanishedHolder(yield* clientOf(place), place, 86_400_000, 10_000)
        assert.strictEqual(yield* locked(records, "5 seconds"), "mine")
      })
    )

    test(
      "is of its holder's length, however short the leases of the others are",
      Effect.fnUntraced(function*(place) {
        const [long, short] = [yield* open(place, { lease: "1 minute" }), yield* open(place, { lease: "50 millis" })]
        // Taken over from a short one, which must not shorten it.
        yield* vanishedHolder(yield* clientOf(place), place, -1, 50)
        yield* Effect.scoped(Effect.andThen(long.lock(nelly), isLocked(short, "400 millis")))
      })
    )

    test(
      "F42: that another has taken over is not given back, nor written under, by the late holder",
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
      "that is given back leaves no row",
      Effect.fnUntraced(function*(place) {
        const records = yield* open(place)
        yield* locked(records, "5 seconds")
        const sql = yield* clientOf(place)
        assert.deepStrictEqual(yield* sql`SELECT holder FROM ${sql(`${place.table}_locks`)}`, [])
      })
    )
  })

  describe("the tables", () => {
    test(
      "are there for each of eight processes that start at once on an empty database, and after a restart",
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
      "can be made beforehand, and are then only used",
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
      "can be made by the application's own migrator, and by the layer again",
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
      "are of no name but letters, digits and underscores",
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
      "that rolls back takes nothing with it that the store has written; on one connection the call fails and says why",
      Effect.fnUntraced(function*(place) {
        const sql = yield* clientOf(place)
        const records = yield* openWith(sql, place, { timeout: "500 millis" })
        const isAlone = sql.onDialectOrElse({ sqlite: () => true, orElse: () => false })
        const generation = yield* records.put(nelly, "first")
        const inside = Effect.gen(function*() {
          const second = yield* records.replace(nelly, generation, "second")
          assert.deepStrictEqual(second, Option.some(generation + 1))
          yield* records.put(keyOf("1"), "other")
          assert.strictEqual(yield* locked(records, "5 seconds"), "mine")
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
      "is in no error, span or attribute when it is written, nor when the database refuses it",
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
      "may rename columns, and the store does not notice",
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

describe("a SQLite file", () => promises(inFile))

await describeServer("PostgreSQL", "PostgreSQL", () => {
  promises(inPostgresql)

  it.live("F39: a statement whose connection is killed fails typed, and the next one works", () =>
    Effect.scoped(Effect.gen(function*() {
      const place = yield* inPostgresql
      const records = yield* open(place)
      const generation = yield* records.put(nelly, "first")
      const [sql, other] = [yield* clientOf(place), yield* clientOf(place)]
      const waiting = yield* sql.withTransaction(Effect.gen(function*() {
        yield* sql`LOCK TABLE ${sql(place.table)} IN ACCESS EXCLUSIVE MODE`
        const [read, written] = [
          yield* Effect.forkChild(storeError(records.get(nelly))),
          yield* Effect.forkChild(storeError(records.replace(nelly, generation, "second")))
        ]
        const isWaiting = other`
          SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE ${`%${place.table}%`}`
        yield* Effect.repeat(Effect.delay(isWaiting, "10 millis"), { until: (rows) => rows.length === 2 })
        yield* other`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE wait_event_type = 'Lock' AND query LIKE ${`%${place.table}%`}`
        return [yield* Fiber.join(read), yield* Fiber.join(written)]
      }))
      for (const error of waiting) assert.match(String(error.cause), /57P01|ConnectionError/)
      assert.deepStrictEqual(yield* records.replace(nelly, generation, "second"), Option.some(generation + 1))
      assert.strictEqual(Option.getOrThrow(yield* records.get(nelly)).value, "second")
    })))

  it.live("a call inside a transaction on a client with one connection fails after `timeout`, and says why", () =>
    Effect.scoped(Effect.gen(function*() {
      const place = { ...(yield* inPostgresql), client: postgresql({ maxConnections: 1 }) }
      const sql = yield* clientOf(place)
      const records = yield* openWith(sql, place, { timeout: "300 millis" })
      const error = yield* storeError(sql.withTransaction(records.put(nelly, "text")))
      assert.match(String(error.cause), /sql\.withTransaction/)
      assert.isTrue(Option.isNone(yield* records.get(nelly)))
    })))

  it.live("where every transaction is serializable, a write that lost to another is tried again, and refused", () =>
    Effect.scoped(Effect.gen(function*() {
      const client = postgresql({ startupParameters: { default_transaction_isolation: "serializable" } })
      const place = { ...(yield* inPostgresql), client }
      const records = yield* open(place)
      const generation = yield* records.put(nelly, "first")
      const [sql, other] = [yield* clientOf(place), yield* clientOf(place)]
      const late = yield* sql.withTransaction(Effect.gen(function*() {
        yield* sql`UPDATE ${sql(place.table)} SET generation = generation + 1`
        const late = yield* Effect.forkScoped(records.replace(nelly, generation, "late"))
        const isWaiting = other`
          SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE ${`%${place.table}%`}`
        yield* Effect.repeat(Effect.delay(isWaiting, "10 millis"), { until: (rows) => rows.length === 1 })
        return late
      }))
      assert.deepStrictEqual(yield* Fiber.join(late), Option.none())
    })))

  it.live("the tables can be in a schema", () =>
    Effect.scoped(Effect.gen(function*() {
      const { client, table } = yield* inPostgresql
      const sql = yield* clientOf({ client, table })
      yield* sql`CREATE SCHEMA ${sql(table)}`
      yield* Effect.addFinalizer(() => Effect.orDie(sql`DROP SCHEMA ${sql(table)} CASCADE`))
      const records = yield* open({ client, table: `${table}.tokens` })
      yield* records.put(nelly, "text")
      assert.strictEqual(yield* locked(records, "5 seconds"), "mine")
      assert.strictEqual(yield* records.count({}), 1)
    })))

  it.live("F39: a server that does not answer is typed when the layer is built", () =>
    Effect.scoped(Effect.gen(function*() {
      const place = { client: postgresql({ port: 1 }), table: "nowhere" }
      const error = yield* storeError(open(place))
      assert.strictEqual(error.operation, "migrate")
      assert.include(String(error.cause), "ConnectionError")
    })))
})

await describeServer("MySQL", "MySQL", () => {
  promises(inMysql)

  it.live("tables that an earlier start noted and did not live to make are made by the next", () =>
    Effect.scoped(Effect.gen(function*() {
      const place = yield* inMysql
      const sql = yield* clientOf(place)
      yield* open(place)
      yield* sql`DROP TABLE ${sql(place.table)}`
      yield* sql`DROP TABLE ${sql(`${place.table}_locks`)}`
      const records = yield* open(place)
      yield* records.put(nelly, "text")
      assert.strictEqual(yield* locked(records, "5 seconds"), "mine")
    })))

  it.live("a lease is taken over whole even where the server assigns columns all at once", () =>
    Effect.scoped(Effect.gen(function*() {
      const place = { ...(yield* inMysql), client: mysql(1) }
      const sql = yield* clientOf(place)
      // MariaDB has this mode; MySQL does not, and always assigns from left to right.
      yield* Effect.ignore(sql`SET SESSION sql_mode = CONCAT(@@sql_mode, ',SIMULTANEOUS_ASSIGNMENT')`.unprepared)
      const records = yield* openWith(sql, place)
      yield* vanishedHolder(sql, place, -1, 50)
      yield* Effect.scoped(Effect.gen(function*() {
        yield* records.lock(nelly)
        const [row] = yield* sql<{ holder: string; expires_at: number; lease_millis: number }>`
          SELECT holder, expires_at, lease_millis FROM ${sql(`${place.table}_locks`)}`
        assert.notStrictEqual(row?.holder, "vanished")
        assert.strictEqual(Number(row?.lease_millis), 10_000)
        assert.isAbove(Number(row?.expires_at), Date.now() + 5000)
      }))
    })))

  it.live("F39: a statement whose connection is killed fails typed, and the next one works", () =>
    Effect.scoped(Effect.gen(function*() {
      const place = yield* inMysql
      const records = yield* open(place)
      const generation = yield* records.put(nelly, "first")
      const sql = yield* clientOf(place)
      yield* sql.withTransaction(Effect.gen(function*() {
        yield* sql`SELECT record FROM ${sql(place.table)} FOR UPDATE`
        const written = yield* Effect.forkChild(storeError(records.replace(nelly, generation, "second")))
        const waiting = sql<{ id: number }>`
          SELECT id FROM information_schema.processlist
          WHERE info LIKE ${`%${place.table}%FOR UPDATE%`} AND id <> CONNECTION_ID()`
        const [found] = yield* Effect.repeat(Effect.delay(waiting, "10 millis"), { until: (rows) => rows.length === 1 })
        yield* sql`KILL ${sql.literal(String(found?.id))}`.unprepared
        yield* Fiber.join(written)
      }))
      assert.deepStrictEqual(yield* records.replace(nelly, generation, "second"), Option.some(generation + 1))
    })))
})

describe("what cannot be", () => {
  const unsupported = SqlClient.make({
    acquirer: Effect.die("no connection is asked for"),
    compiler: Statement.makeCompiler({
      dialect: "mssql",
      placeholder: () => "?",
      onIdentifier: (name) => name,
      onCustom: () => ["", []],
      onRecordUpdate: () => ["", []]
    }),
    driver: "test",
    spanAttributes: []
  })

  it.effect("another database is a DiscordConfigurationError when the layer is built", () =>
    Effect.gen(function*() {
      const client = Layer.provide(Layer.effect(SqlClient.SqlClient, unsupported), Reactivity.layer)
      const error = yield* Effect.flip(Effect.scoped(open({ client, table: "tokens" })))
      assert.instanceOf(error, DiscordError.DiscordConfigurationError)
      assert.include(String(error), "PostgreSQL")
    }))

  it.live("a lease of no length, or without end, is a DiscordConfigurationError", () =>
    Effect.scoped(Effect.gen(function*() {
      const place = yield* inFile
      for (const lease of ["0 millis", "-1 seconds", "Infinity"] as const) {
        assert.instanceOf(yield* Effect.flip(open(place, { lease })), DiscordError.DiscordConfigurationError)
      }
    })))
})
