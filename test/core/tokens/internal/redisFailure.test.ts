import { assert, describe, it } from "@effect/vitest"
import { RedisError } from "effect/persistence/Redis"
import { toStoreError } from "../../../../packages/core/src/tokens/internal/redisFailure.ts"

const errorOf = (cause: unknown, writes: boolean) => toStoreError("put", writes)(new RedisError({ cause }))

describe("redisFailure", () => {
  for (
    const [message, reason] of [
      ["WRONGTYPE Operation against a key holding the wrong kind of value", "corrupt"],
      ["OOM command not allowed when used memory > 'maxmemory'.", "full"],
      ["READONLY You can't write against a read only replica.", "unavailable"]
    ] as const
  ) {
    it(`${message.split(" ")[0]} is ${reason}`, () => {
      assert.strictEqual(errorOf(new Error(message), true).reason, reason)
    })
  }

  it("keeps the message of a command that carries no record", () => {
    assert.match(String(errorOf(new Error("ERR unknown command"), false).cause), /ERR unknown command/)
  })

  it("keeps only the name of an error of a write", () => {
    const socket = Object.assign(new Error("write planted"), { code: "ECONNRESET" })
    assert.match(String(errorOf(socket, true).cause), /ECONNRESET$/)
    assert.match(String(errorOf(new Error("ERR planted"), true).cause), /ERR$/)
    assert.match(String(errorOf(new TypeError("planted"), true).cause), /TypeError$/)
    assert.notMatch(String(errorOf("planted", true).cause), /planted/)
  })
})
