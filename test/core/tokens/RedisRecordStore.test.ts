import { type RecordStore, RedisRecordStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redis from "effect/persistence/Redis"
import { stub } from "../../support/redis.ts"
import { operations } from "../../support/redisStoreOperations.ts"

const withStub = (
  send: Redis.Redis["Service"]["send"],
  options?: RedisRecordStore.Options
) =>
<A, E>(body: (records: RecordStore.RecordStore["Service"]) => Effect.Effect<A, E>) =>
  Effect.provide(Effect.flatMap(RedisRecordStore.make(options), body), stub(send), { local: true })

describe("RedisRecordStore errors", () => {
  const failing = (cause: unknown) => withStub(() => Effect.fail(new Redis.RedisError({ cause })))

  for (
    const [name, reason, cause] of [
      ["no memory left", "full", new Error("OOM command not allowed when used memory > 'maxmemory'.")],
      [
        "no memory left, in a script of an older server",
        "full",
        new Error("ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when used memory")
      ],
      ["another type", "corrupt", new Error("WRONGTYPE Operation against a key holding the wrong kind of value")],
      ["a replica", "unavailable", new Error("READONLY You can't write against a read only replica.")],
      ["a connection that is closed", "unavailable", new Error("The client is closed")],
      ["something that is no error", "unavailable", "planted"]
    ] as const
  ) {
    it.effect(`${name} is \`${reason}\``, () =>
      failing(cause)((records) =>
        Effect.gen(function*() {
          for (const [operation, effect] of Object.entries(operations(records))) {
            const error = yield* Effect.flip(effect)
            assert.deepStrictEqual([error._tag, error.reason, error.operation], [
              "AccessTokenStoreError",
              reason,
              operation
            ])
            assert.instanceOf(error.cause, Error)
          }
        })
      ))
  }

  it.effect("no error shows a part of a record, whatever the client and the server quote", () =>
    Effect.forEach([
      Object.assign(new Error("ERR unknown command 'EVALSHA', with args beginning with: 'planted'"), {
        command: { name: "evalsha", args: ["planted"] }
      }),
      Object.assign(new Error("planted"), { code: "ECONNRESET" }),
      new Error("PLANTED-IN-CAPITALS planted")
    ], (cause) =>
      failing(cause)((records) =>
        Effect.gen(function*() {
          const { put, replace } = operations(records)
          for (const effect of [put, replace]) {
            const error = yield* Effect.flip(effect)
            const told = `${error.message} ${String(error.cause)} ${JSON.stringify(error)} ${
              JSON.stringify(Object.entries(error.cause ?? {}))
            }`
            assert.notMatch(told, /planted/i)
            assert.match(told, /ERR|ECONNRESET|Error/)
          }
        })
      ), { discard: true }))

  it.effect("a response of another type is `unavailable`", () =>
    withStub(() => Effect.succeed<never>("nonsense" as never))((records) =>
      Effect.gen(function*() {
        const { lock: _, ...others } = operations(records)
        for (const [operation, effect] of Object.entries(others)) {
          const error = yield* Effect.flip(effect)
          assert.deepStrictEqual([error.reason, error.operation], ["unavailable", operation])
        }
      })
    ))
})
