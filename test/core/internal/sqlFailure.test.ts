import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as SqlError from "effect/sql/SqlError"
import * as TestClock from "effect/testing/TestClock"
import * as SqlFailure from "../../../packages/core/src/internal/sqlFailure.ts"

const failure = (code: Readonly<Record<string, string | number>>, message = "planted row") =>
  new SqlError.SqlError({
    reason: new SqlError.UnknownError({ cause: Object.assign(new Error(message), code), message, operation: "execute" })
  })

const deadlock = new SqlError.SqlError({
  reason: new SqlError.DeadlockError({ cause: new Error("deadlock detected"), operation: "execute" })
})

describe("toStoreError", () => {
  for (
    const [dialect, code, reason] of [
      ["pg", { code: "53100" }, "full"],
      ["pg", { code: "53200" }, "unavailable"],
      ["mysql", { code: "ER_DISK_FULL" }, "full"],
      ["mysql", { errno: 1021 }, "full"],
      ["mysql", { errno: 1114 }, "full"],
      ["mysql", { code: "ER_DUP_ENTRY", errno: 1062 }, "unavailable"],
      ["sqlite", { errcode: 13 }, "full"],
      // An extended code has the primary code in its lowest byte.
      ["sqlite", { errno: 0x10d }, "full"],
      ["sqlite", { code: "SQLITE_FULL" }, "full"],
      ["sqlite", { errcode: 5 }, "unavailable"]
    ] as const
  ) {
    it(`${dialect} ${JSON.stringify(code)} is ${reason}`, () => {
      const error = SqlFailure.toStoreError("put", dialect, true)(failure(code))
      assert.deepInclude(error, { _tag: "AccessTokenStoreError", operation: "put", reason })
      for (const value of Object.values(code)) assert.include(String(error.cause), String(value))
    })
  }

  it("keeps the message of a statement only if the statement carries no record", () => {
    assert.include(
      String(SqlFailure.toStoreError("list", "pg", false)(failure({}, "no such table")).cause),
      "no such table"
    )
    assert.notInclude(String(SqlFailure.toStoreError("put", "pg", true)(failure({})).cause), "planted")
  })

  it("keeps the message of a failed connection, which cannot contain a record", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })
    const error = new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause, operation: "connect" }) })
    assert.strictEqual(
      String(SqlFailure.toStoreError("put", "pg", true)(error).cause),
      "Error: ConnectionError (ECONNREFUSED): connect ECONNREFUSED"
    )
  })
})

describe("retryRolledBack", () => {
  const failing = (times: number, error: Effect.Effect<never, SqlError.SqlError>) => {
    let tries = 0
    return { tries: () => tries, effect: Effect.suspend(() => ++tries > times ? Effect.succeed("done") : error) }
  }

  const run = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(Effect.exit(SqlFailure.retryRolledBack(effect, isRetryable)))
      yield* TestClock.adjust("1 minute")
      return yield* Fiber.join(fiber)
    })

  const isRetryable = (error: unknown) => SqlError.isSqlError(error) && SqlFailure.isRolledBack(error)

  it.effect("tries a deadlock again until it succeeds", () =>
    Effect.gen(function*() {
      const { effect, tries } = failing(3, Effect.fail(deadlock))
      assert.deepStrictEqual(yield* run(effect), Exit.succeed("done"))
      assert.strictEqual(tries(), 4)
    }))

  it.effect("ends with the failure after 60 more tries", () =>
    Effect.gen(function*() {
      const { effect, tries } = failing(1000, Effect.fail(deadlock))
      assert.deepStrictEqual(yield* run(effect), Exit.fail(deadlock))
      assert.strictEqual(tries(), 61)
    }))

  it.effect("does not repeat any other failure", () =>
    Effect.gen(function*() {
      const other = failure({ code: "53100" })
      const { effect, tries } = failing(1000, Effect.fail(other))
      assert.deepStrictEqual(yield* run(effect), Exit.fail(other))
      assert.strictEqual(tries(), 1)
    }))

  it.effect("treats a defect of a failed ROLLBACK as the failure of the statement, and leaves other defects alone", () =>
    Effect.gen(function*() {
      const { effect, tries } = failing(1, Effect.die(deadlock))
      assert.deepStrictEqual(yield* run(effect), Exit.succeed("done"))
      assert.strictEqual(tries(), 2)
      assert.deepStrictEqual(yield* run(Effect.die("a defect")), Exit.die("a defect"))
    }))
})
