import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as SessionLifetime from "../../../../packages/core/src/login/internal/sessionLifetime.ts"

const at = (minutes: number) => DateTime.makeUnsafe(minutes * 60_000)
const session = (issuedAt: number, seenAt: number) => ({ issuedAt: at(issuedAt), seenAt: at(seenAt) })

describe("SessionLifetime", () => {
  const { isCurrent, isRenewalDue, maxAge } = SessionLifetime.make({
    idleTimeout: "1 hour",
    absoluteTimeout: "2 hours"
  })

  it("a session ends at the idle timeout", () => {
    assert.deepStrictEqual([59, 60].map((now) => isCurrent(session(0, 0), at(now))), [true, false])
  })

  it("a session ends at the absolute timeout, however it is used", () => {
    assert.deepStrictEqual([119, 120].map((now) => isCurrent(session(0, 110), at(now))), [true, false])
  })

  it("a cookie lasts for the idle timeout, and not longer than the session", () => {
    assert.deepStrictEqual([0, 60, 90].map((now) => Duration.toMinutes(maxAge(session(0, now)))), [60, 60, 30])
  })

  it("a renewal is due after more than a tenth of the idle timeout", () => {
    assert.deepStrictEqual([0, 6, 7].map((now) => isRenewalDue(session(0, 0), at(now))), [false, false, true])
  })

  it("the defaults are 7 and 30 days", () => {
    const defaults = SessionLifetime.make({})
    assert.strictEqual(Duration.toDays(defaults.idle), 7)
    const days = (count: number) => count * 24 * 60
    assert.isTrue(defaults.isCurrent(session(0, days(29)), at(days(30) - 1)))
    assert.isFalse(defaults.isCurrent(session(0, days(29)), at(days(30))))
  })
})
