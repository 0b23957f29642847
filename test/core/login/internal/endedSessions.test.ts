import { Denylist } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as EndedSessions from "../../../../packages/core/src/login/internal/endedSessions.ts"

const begin = (userId: string, sessionId: string) =>
  Effect.map(DateTime.now, (issuedAt) => ({ userId, sessionId, issuedAt }))

describe("EndedSessions", () => {
  it.effect("end ends one session", () =>
    Effect.gen(function*() {
      const { end, isEnded } = EndedSessions.make(Denylist.makeMemory(), Duration.hours(1))
      const one = yield* begin("user", "one")
      const two = yield* begin("user", "two")
      yield* end(one)
      assert.deepStrictEqual([yield* isEnded(one), yield* isEnded(two)], [true, false])
    }))

  it.effect("endAll ends the sessions of a user that began before", () =>
    Effect.gen(function*() {
      const { endAll, isEnded } = EndedSessions.make(Denylist.makeMemory(), Duration.hours(1))
      const before = yield* begin("user", "before")
      const other = yield* begin("other", "other")
      yield* TestClock.adjust("1 second")
      yield* endAll("user")
      const after = yield* begin("user", "after")
      assert.deepStrictEqual(
        yield* Effect.forEach([before, other, after], isEnded),
        [true, false, false]
      )
    }))

  it.effect("an end stays on the denylist for the idle timeout", () =>
    Effect.gen(function*() {
      const { end, isEnded } = EndedSessions.make(Denylist.makeMemory(), Duration.hours(1))
      const session = yield* begin("user", "session")
      yield* end(session)
      yield* TestClock.adjust("59 minutes")
      assert.isTrue(yield* isEnded(session))
      yield* TestClock.adjust("1 minute")
      assert.isFalse(yield* isEnded(session))
    }))
})
