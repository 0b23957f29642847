/** The promises of every `Denylist`, and of those in SQL. They hold however slow the machine is. */
import { type Denylist, DiscordError, SqlDenylist } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { clientOf, type inFile } from "./databases.ts"

/** A timeout that only a store that hangs reaches. */
const patience = "10 minutes"

export const inMinutes = (minutes: number) => Effect.map(DateTime.now, (now) => DateTime.add(now, { minutes }))

/** The promises of every `Denylist`, each tested with ids that no other test uses. */
export const contract = (
  withTwo: <A, E>(
    body: (here: Denylist.Denylist["Service"], there: Denylist.Denylist["Service"]) => Effect.Effect<A, E>
  ) => Effect.Effect<A, E>
) => {
  it.live("S3: the first caller spends an id, and no other", () =>
    withTwo(Effect.fnUntraced(function*(here, there) {
      const id = randomUUID()
      const until = yield* inMinutes(10)
      assert.isTrue(yield* here.add(id, until))
      assert.isFalse(yield* here.add(id, until))
      assert.isFalse(yield* there.add(id, until))
      assert.isTrue(yield* there.add(`${id}-other`, until))
    })))

  it.live("S3: of 200 callers at the same time, on two servers, one is the first", () =>
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

  it.live("returns when an id was spent last, and `None` for any other id", () =>
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

/** The promises of `SqlDenylist`, in a table that no other test uses, over two clients. */
export const inDatabase = (makePlace: typeof inFile, inTransaction: "outside" | "fails" = "outside") => {
  const withDatabase = <A, E>(
    body: (
      here: Denylist.Denylist["Service"],
      there: Denylist.Denylist["Service"],
      sql: SqlClient.SqlClient,
      table: string
    ) => Effect.Effect<A, E>,
    timeout: SqlDenylist.Options["timeout"] = patience
  ) =>
    Effect.scoped(Effect.gen(function*() {
      const place = yield* makePlace
      const start = (timeout: SqlDenylist.Options["timeout"]) =>
        Effect.flatMap(clientOf(place), (sql) =>
          Effect.map(
            Effect.provideService(SqlDenylist.make({ table: place.table, timeout }), SqlClient.SqlClient, sql),
            (store) => ({ store, sql })
          ))
      // Both create the table at the same time.
      const [one, two] = yield* Effect.all([start(timeout), start(patience)], { concurrency: "unbounded" })
      return yield* body(one.store, two.store, one.sql, place.table)
    })).pipe(Effect.orDie)

  contract(withDatabase)

  it.live("accepts an expired id only a minute after its time, because the clocks of servers may differ", () =>
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
    "removes expired ids, and no others, with every thousandth write",
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
      )
  )

  it.live(
    inTransaction === "outside"
      ? "keeps an id that was added in a transaction of the application that is rolled back"
      : "fails in a transaction of the application if the client has one connection",
    () =>
      withDatabase((here, there, sql) =>
        Effect.gen(function*() {
          const until = yield* inMinutes(10)
          let first: boolean | undefined
          const spent = Effect.tap(here.add("a", until), (answer) => Effect.sync(() => void (first = answer)))
          yield* Effect.ignore(sql.withTransaction(Effect.andThen(spent, Effect.fail("rolled back"))))
          const later = yield* there.add("a", until)
          assert.deepStrictEqual([first, later], inTransaction === "outside" ? [true, false] : [undefined, true])
        }), inTransaction === "outside" ? patience : "1 second")
  )

  it.live("a database without the table fails with DenylistError, which shows nothing of the statement", () =>
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
