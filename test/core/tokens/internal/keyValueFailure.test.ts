import { assert, describe, it } from "@effect/vitest"
import { KeyValueStoreError } from "effect/persistence/KeyValueStore"
import { toStoreError } from "../../../../packages/core/src/tokens/internal/keyValueFailure.ts"

const errorOf = (method: string, cause: unknown) =>
  toStoreError("put")(new KeyValueStoreError({ method, message: "planted", cause }))

/** An error whose causes nest this deep, with a full disk as the last one. */
const nested = (depth: number): unknown =>
  depth === 0
    ? Object.assign(new Error("no space"), { code: "ENOSPC" })
    : new Error("outer", { cause: nested(depth - 1) })

describe("keyValueFailure", () => {
  it("F44: finds a full disk among the nearest causes", () => {
    assert.strictEqual(errorOf("get", nested(0)).reason, "full")
    assert.strictEqual(errorOf("get", nested(3)).reason, "full")
    assert.strictEqual(errorOf("get", nested(9)).reason, "unavailable")
  })

  it("keeps the cause of a read", () => {
    const cause = new Error("gone")
    assert.strictEqual(errorOf("get", cause).cause, cause)
  })

  it("keeps the cause of a write only when it cannot quote the value", () => {
    const blocked = new DOMException("denied", "SecurityError")
    assert.strictEqual(errorOf("set", blocked).cause, blocked)
    assert.notMatch(String(errorOf("set", new Error("INSERT planted")).cause), /planted/)
  })
})
