import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as KeyValueRecords from "../../../../packages/core/src/tokens/internal/keyValueRecords.ts"
import { encode, unreadable } from "../../../../packages/core/src/tokens/internal/keyValueText.ts"

const old = { generation: 1, value: "old" }
const next = { generation: 2, value: "new" }

/** The records over a map, and the changes of the map in order. */
const over = (kind: (store: KeyValueStore.KeyValueStore) => KeyValueRecords.KeyValueRecords) => {
  const map = new Map<string, string>()
  const changes: Array<string> = []
  const store = KeyValueStore.makeStringOnly({
    get: (key) => Effect.sync(() => map.get(key)),
    set: (key, value) =>
      Effect.sync(() => {
        changes.push(`set ${key}`)
        map.set(key, value)
      }),
    remove: (key) =>
      Effect.sync(() => {
        changes.push(`remove ${key}`)
        map.delete(key)
      }),
    clear: Effect.void,
    size: Effect.succeed(0),
    keys: Effect.succeed([])
  })
  return { changes, map, records: kind(store) }
}

describe("records of a store that writes as a whole", () => {
  it.effect("are one value each", () =>
    Effect.gen(function*() {
      const { changes, map, records } = over(KeyValueRecords.atomic)
      assert.strictEqual(yield* records.write("put", "id", old), 1)
      map.set("id:next", encode(next))
      assert.deepStrictEqual(yield* records.read("get", "id"), old)
      assert.deepStrictEqual(yield* records.readToWrite("put", "id"), old)
      yield* records.remove("remove", "id")
      assert.deepStrictEqual(changes, ["set id", "remove id"])
    }))
})

describe("records of a store that writes in place", () => {
  it.effect("are written to the copy first, and removed with the copy first", () =>
    Effect.gen(function*() {
      const { changes, records } = over(KeyValueRecords.withCopies)
      assert.strictEqual(yield* records.write("put", "id", old), 1)
      yield* records.remove("remove", "id")
      assert.deepStrictEqual(changes, ["set id:next", "set id", "remove id:next", "remove id:next", "remove id"])
    }))

  const rows = [
    ["the record, when there is no copy", encode(old), undefined, old],
    ["the record, when the copy is half a value", encode(old), encode(next).slice(0, -1), old],
    ["the record, when the copy is as new", encode(next), encode(next), next],
    ["the record, when the copy is older", encode(next), encode(old), next],
    ["the copy, when it is newer", encode(old), encode(next), next],
    ["the copy, when the record is half a value", encode(next).slice(0, -1), encode(next), next],
    ["nothing, when there is only a copy", undefined, encode(next), undefined],
    ["half a value, when both are", "1 x", "2 x", unreadable]
  ] as const

  for (const [name, record, copy, expected] of rows) {
    it.effect(`F41: a reader takes ${name}`, () =>
      Effect.gen(function*() {
        const { changes, map, records } = over(KeyValueRecords.withCopies)
        if (record !== undefined) map.set("id", record)
        if (copy !== undefined) map.set("id:next", copy)
        assert.deepStrictEqual(yield* records.read("get", "id"), expected)
        assert.deepStrictEqual(changes, [])
        assert.deepStrictEqual(yield* records.readToWrite("put", "id"), expected)
        // A copy that is the record is not overwritten before the record is.
        assert.deepStrictEqual(changes, name.startsWith("the copy") ? ["set id"] : [])
      }))
  }
})
