import { Denylist } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { TestClock } from "effect/testing"
import { contract, inMinutes } from "../../support/denylistContract.ts"

describe("Denylist in memory", () => {
  contract((body) => {
    const store = Denylist.makeMemory()
    return body(store, store)
  })

  it.effect("forgets an id after its time, and not before", () =>
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

  it.effect("keeps ids however many others expire", () =>
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
