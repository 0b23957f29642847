import { Snowflake } from "@discord-oauth2/core"
import { PendingAuthorization } from "@discord-oauth2/core/oauth2"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as LoginStorage from "../../../packages/platform-browser/src/internal/loginStorage.ts"
import { blocked, clientId, FakeStorage, userId } from "../fakes.ts"

/** A login that expires ten minutes after the epoch, where `TestClock` starts, or later. */
const pending = (
  state: string,
  after: Duration.Duration = Duration.zero
): PendingAuthorization.PendingAuthorization => ({
  response_type: "code",
  state: Redacted.make(state),
  code_verifier: Redacted.make("planted-verifier"),
  redirect_uri: "https://app.example/",
  scopes: ["identify"],
  expires_at: DateTime.makeUnsafe(Duration.toMillis(Duration.sum(PendingAuthorization.defaultLifetime, after)))
})

const make = (storage: FakeStorage, client = clientId) => LoginStorage.make(() => storage, client)

const key = (state: string) => `discord-oauth2:pending:${clientId}:${state}`

describe("loginStorage", () => {
  it.effect("returns a login once, to the callback with its state", () =>
    Effect.gen(function*() {
      const storage = make(new FakeStorage())
      yield* storage.keep(pending("one"))
      assert.isTrue(Option.isNone(yield* storage.take("two")))
      const taken = Option.getOrThrow(yield* storage.take("one"))
      assert.strictEqual(Redacted.value(taken.code_verifier ?? Redacted.make("")), "planted-verifier")
      assert.isTrue(Option.isNone(yield* storage.take("one")))
    }))

  it.effect("removes a login that it cannot read when it is taken", () =>
    Effect.gen(function*() {
      const storage = new FakeStorage()
      storage.setItem(key("one"), "{")
      assert.isTrue(Option.isNone(yield* make(storage).take("one")))
      assert.strictEqual(storage.length, 0)
    }))

  it.effect("S4: removes pending logins that have expired or cannot be read, and no other values", () =>
    Effect.gen(function*() {
      const storage = new FakeStorage()
      yield* make(storage).keep(pending("expired"))
      yield* make(storage).keep(pending("live", Duration.millis(1)))
      storage.setItem(key("garbage"), "{")
      storage.setItem("discord-oauth2:pending:1:other", "{")
      storage.setItem("theme", "dark")
      yield* TestClock.adjust(PendingAuthorization.defaultLifetime)
      yield* make(storage).keep(pending("new", Duration.minutes(10)))
      assert.sameMembers(storage.keys(""), [key("live"), "discord-oauth2:pending:1:other", "theme", key("new")])
    }))

  it.effect("keeps a signed-in user for each application, and ignores a value that is no user id", () =>
    Effect.gen(function*() {
      const storage = new FakeStorage()
      const id = Snowflake.UserId.make(userId)
      yield* make(storage).setUserId(id)
      assert.deepStrictEqual(yield* make(storage).userId, Option.some(id))
      assert.isTrue(Option.isNone(yield* make(storage, "1").userId))
      storage.setItem(`discord-oauth2:user:${clientId}`, "nelly")
      assert.isTrue(Option.isNone(yield* make(storage).userId))
      yield* make(storage).removeUserId
      assert.strictEqual(storage.length, 0)
    }))

  it.effect("F44: names the step of the login that a blocked storage stopped", () =>
    Effect.gen(function*() {
      const storage = LoginStorage.make(() => {
        throw blocked()
      }, clientId)
      const steps = [storage.keep(pending("one")), storage.take("one"), storage.userId]
      const errors = yield* Effect.forEach(steps, (step) => Effect.flip(Effect.asVoid(step)))
      assert.deepStrictEqual(errors.map(({ operation }) => operation), ["start", "complete", "current"])
      for (const { cause } of errors) assert.instanceOf(cause, DOMException)
    }))
})
