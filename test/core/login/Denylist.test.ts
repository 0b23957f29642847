import { Denylist, DiscordError, RedisDenylist, SqlDenylist } from "@discord-oauth2/core"
import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { clientOf, inFile, inMysql, inPostgresql } from "../../support/databases.ts"
import { urlOf } from "../../support/reachable.ts"
import { describeServer } from "../../support/servers.ts"

const inMinutes = (minutes: number) => Effect.map(DateTime.now, (now) => DateTime.add(now, { minutes }))

/** What holds for all of them, each time with ids that nobody has seen. */
const contract = (
  withTwo: <A, E>(
    body: (here: Denylist.Denylist["Service"], there: Denylist.Denylist["Service"]) => Effect.Effect<A, E>
  ) => Effect.Effect<A, E>
) => {
  it.live("S3: an id is good once, for whoever comes first", () =>
    withTwo(Effect.fnUntraced(function*(here, there) {
      const id = randomUUID()
      const until = yield* inMinutes(10)
      assert.isTrue(yield* here.add(id, until))
      assert.isFalse(yield* here.add(id, until))
      assert.isFalse(yield* there.add(id, until))
      assert.isTrue(yield* there.add(`${id}-other`, until))
    })))

  it.live("S3: of 200 callers at once, on two servers, one is the first", () =>
    withTwo(Effect.fnUntraced(function*(here, there) {
      const id = randomUUID()
      const until = yield* inMinutes(10)
      const answers = yield* Effect.forEach(
        Array.from({ length: 200 }, (_, index) => index % 2 === 0 ? here : there),
        (store) => store.add(id, until),
        { concurrency: "unbounded" }
      )
      assert.lengthOf(answers.filter((first) => first), 1)
    })))

  it.live("tells when an id was spent last, and of one that was not, nothing", () =>
    withTwo(Effect.fnUntraced(function*(here, there) {
      const id = randomUUID()
      assert.deepStrictEqual(yield* there.addedAt(id), Option.none())
      const before = yield* DateTime.now
      yield* here.add(id, yield* inMinutes(10))
      const first = Option.getOrThrow(yield* there.addedAt(id))
      assert.isTrue(DateTime.between(first, { minimum: before, maximum: yield* DateTime.now }))
      yield* Effect.sleep("5 millis")
      yield* there.add(id, yield* inMinutes(10))
      const second = Option.getOrThrow(yield* here.addedAt(id))
      assert.isTrue(DateTime.isGreaterThan(second, first))
    })))
}

describe("Denylist in memory", () => {
  contract((body) => {
    const store = Denylist.makeMemory()
    return body(store, store)
  })

  it.effect("forgets an id when its time is up, and not before", () =>
    Effect.gen(function*() {
      const { add, addedAt } = Denylist.makeMemory()
      const until = yield* inMinutes(10)
      yield* add("a", until)
      yield* TestClock.adjust("599 seconds")
      assert.isTrue(Option.isSome(yield* addedAt("a")))
      assert.isFalse(yield* add("a", until))
      yield* TestClock.adjust("1 second")
      assert.isTrue(Option.isNone(yield* addedAt("a")))
      assert.isTrue(yield* add("a", yield* inMinutes(10)))
    }))

  it.effect("ids that live on survive any number of others that do not", () =>
    Effect.gen(function*() {
      const { add, addedAt } = Denylist.makeMemory()
      const late = yield* inMinutes(60)
      for (let i = 0; i < 500; i++) yield* add(`late-${i}`, late)
      for (let round = 0; round < 5; round++) {
        const until = yield* inMinutes(1)
        for (let i = 0; i < 2000; i++) yield* add(`${round}-${i}`, until)
        yield* TestClock.adjust("2 minutes")
      }
      for (let i = 0; i < 500; i++) assert.isTrue(Option.isSome(yield* addedAt(`late-${i}`)))
    }))
})

const connection = Layer.orDie(NodeRedis.layer({ url: urlOf("Redis").href }))

await describeServer("Redis", "Denylist in Redis", () => {
  const prefix = `test-${randomUUID()}`

  /** Two connections, as two servers have them; what a test leaves is gone in some minutes. */
  const twoServers = <A, E>(
    body: (
      here: Denylist.Denylist["Service"],
      there: Denylist.Denylist["Service"],
      redis: Redis.Redis["Service"]
    ) => Effect.Effect<A, E>
  ) =>
    Effect.gen(function*() {
      const here = yield* RedisDenylist.make({ prefix })
      const redis = yield* Redis.Redis
      return yield* Effect.flatMap(RedisDenylist.make({ prefix }), (there) => body(here, there, redis)).pipe(
        Effect.provide(connection, { local: true })
      )
    }).pipe(Effect.provide(connection, { local: true }))

  contract(twoServers)

  it.live("a key ends by itself, a minute after its id's time, whose servers' clocks may differ", () =>
    twoServers((here, _, redis) =>
      Effect.gen(function*() {
        const id = randomUUID()
        yield* here.add(id, yield* inMinutes(10))
        const left = yield* redis.send<number>("PTTL", `${prefix}:${id}`)
        assert.isAbove(left, 655_000)
        assert.isAtMost(left, 660_000)
        yield* here.add(`${id}-late`, yield* inMinutes(-10))
        assert.isAtMost(yield* redis.send<number>("PTTL", `${prefix}:${id}-late`), 60_000)
        assert.isFalse(yield* here.add(`${id}-late`, yield* inMinutes(10)))
      })
    ))

  it.live("applications of different prefixes do not see each other's ids", () =>
    Effect.gen(function*() {
      const until = yield* inMinutes(1)
      const one = yield* RedisDenylist.make({ prefix: `${prefix}-one` })
      const two = yield* RedisDenylist.make({ prefix: `${prefix}-two` })
      const answers = yield* Effect.all([one.add("a", until), two.add("a", until), one.add("a", until)])
      assert.deepStrictEqual(answers, [true, true, false])
    }).pipe(Effect.provide(connection, { local: true })))
})

/** In a table of one test alone, over two clients. */
const inDatabase = (makePlace: typeof inFile, inTransaction: "beside" | "fails" = "beside") => {
  const withDatabase = <A, E>(
    body: (
      here: Denylist.Denylist["Service"],
      there: Denylist.Denylist["Service"],
      sql: SqlClient.SqlClient,
      table: string
    ) => Effect.Effect<A, E>,
    options?: SqlDenylist.Options
  ) =>
    Effect.scoped(Effect.gen(function*() {
      const place = yield* makePlace
      const settings = { table: place.table, ...options }
      const start = Effect.flatMap(clientOf(place), (sql) =>
        Effect.map(
          Effect.provideService(SqlDenylist.make(settings), SqlClient.SqlClient, sql),
          (store) => ({ store, sql })
        ))
      // Both make the table at once.
      const [one, two] = yield* Effect.all([start, start], { concurrency: "unbounded" })
      return yield* body(one.store, two.store, one.sql, place.table)
    })).pipe(Effect.orDie)

  contract(withDatabase)

  it.live("an id whose time is up is good once more, a minute late, whose servers' clocks may differ", () =>
    withDatabase((here, there, sql, table) =>
      Effect.gen(function*() {
        const until = yield* inMinutes(10)
        yield* here.add("a", until)
        yield* sql`UPDATE ${sql(table)} SET expires_at = expires_at - 600000`
        assert.isFalse(yield* there.add("a", until))
        yield* sql`UPDATE ${sql(table)} SET expires_at = expires_at - 660001`
        assert.isTrue(Option.isNone(yield* there.addedAt("a")))
        assert.isTrue(yield* there.add("a", until))
        assert.isFalse(yield* here.add("a", until))
      })
    ))

  it.live(
    "what is past is removed at every thousandth write, and nothing else",
    () =>
      withDatabase((here, _, sql, table) =>
        Effect.gen(function*() {
          const until = yield* inMinutes(10)
          yield* Effect.forEach(
            Array.from({ length: 999 }, (_, index) => `${index}`),
            (id) => here.add(id, until),
            { concurrency: 8 }
          )
          yield* sql`UPDATE ${sql(table)} SET expires_at = 0 WHERE id <> '7'`
          yield* here.add("last", until)
          const left = yield* sql<{ id: string }>`SELECT id FROM ${sql(table)} ORDER BY id`
          assert.deepStrictEqual(left.map(({ id }) => id), ["7", "last"])
        })
      ),
    60_000
  )

  it.live(
    inTransaction === "beside"
      ? "a transaction that the application rolls back does not make an id good again"
      : "with one connection, an id cannot be spent within a transaction of the application, and is not",
    () =>
      withDatabase((here, there, sql) =>
        Effect.gen(function*() {
          const until = yield* inMinutes(10)
          let first: boolean | undefined
          const spent = Effect.tap(here.add("a", until), (answer) => Effect.sync(() => void (first = answer)))
          yield* Effect.ignore(sql.withTransaction(Effect.andThen(spent, Effect.fail("rolled back"))))
          const later = yield* there.add("a", until)
          assert.deepStrictEqual([first, later], inTransaction === "beside" ? [true, false] : [undefined, true])
        }), { timeout: "1 second" })
  )

  it.live("a database without the table is DenylistError, with nothing of the statement", () =>
    withDatabase((here, _, sql, table) =>
      Effect.gen(function*() {
        yield* sql`DROP TABLE ${sql(table)}`
        const until = yield* inMinutes(10)
        for (
          const error of [
            yield* Effect.flip(here.add("planted-id", until)),
            yield* Effect.flip(here.addedAt("planted-id"))
          ]
        ) {
          assert.instanceOf(error, DiscordError.DenylistError)
          assert.notInclude(`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`, "planted")
        }
      })
    ))
}

describe("Denylist in SQLite", () => inDatabase(inFile, "fails"))

await describeServer("PostgreSQL", "Denylist in PostgreSQL", () => inDatabase(inPostgresql))

await describeServer("MySQL", "Denylist in MySQL", () => inDatabase(inMysql))

describe("Denylist in Redis, with a server that does what the test says", () => {
  const stub = (send: Redis.Redis["Service"]["send"]) =>
    RedisDenylist.make({ timeout: "3 seconds" }).pipe(
      Effect.provide(Layer.effect(
        Redis.Redis,
        Redis.make({ send, connect: Effect.die("unused"), subscribe: () => Effect.die("unused") })
      ))
    )

  it.effect("whatever goes wrong is DenylistError, which holds nothing of the command", () =>
    Effect.gen(function*() {
      const planted = new Redis.RedisError({ cause: new Error("planted-id is in this command") })
      for (
        const send of [
          () => Effect.fail(planted),
          () => Effect.succeed("OK" as never),
          () => Effect.succeed(["1"] as never),
          () => Effect.succeed("1e300" as never)
        ]
      ) {
        const store = yield* stub(send)
        const until = yield* inMinutes(1)
        for (
          const error of [
            yield* Effect.flip(store.add("planted-id", until)),
            yield* Effect.flip(store.addedAt("planted-id"))
          ]
        ) {
          assert.instanceOf(error, DiscordError.DenylistError)
          assert.notInclude(`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`, "planted")
        }
      }
    }))

  it.effect("a server that went silent is given up, by callers that cannot be interrupted too", () =>
    Effect.gen(function*() {
      const { add } = yield* stub(() => Effect.never)
      const fiber = yield* Effect.forkChild(
        Effect.uninterruptible(Effect.flip(add("a", yield* inMinutes(1)))),
        { startImmediately: true }
      )
      yield* TestClock.adjust("3 seconds")
      const error = yield* Fiber.join(fiber)
      assert.include(String(error.cause), "within 3s")
    }))
})
