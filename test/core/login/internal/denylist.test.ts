import { Denylist } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { orMemory } from "../../../../packages/core/src/login/internal/denylist.ts"

const two = Effect.all([orMemory, orMemory])

describe("orMemory", () => {
  it.effect("creates a denylist for each login if none is provided", () =>
    Effect.gen(function*() {
      const until = DateTime.add(yield* DateTime.now, { minutes: 1 })
      const [one, other] = yield* two
      assert.deepStrictEqual([yield* one.add("a", until), yield* other.add("a", until)], [true, true])
    }))

  it.effect("returns the provided denylist", () =>
    Effect.gen(function*() {
      const [one, other] = yield* Effect.provide(two, Denylist.layerMemory)
      assert.strictEqual(one, other)
    }))
})
