/** Key rotation and timeouts of login cookies and session cookies. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as LoginApp from "../../support/LoginApp.ts"
import * as Stub from "../../support/StubDiscord.ts"

const old = Redacted.make("planted-cookie-key-of-last-year-0123456789")
const current = Redacted.make("planted-cookie-key-of-this-year-0123456789")

/** Three servers with one token store: before, during and after the key rotation. */
const rotating = Effect.gen(function*() {
  const store = yield* LoginApp.sharedStore
  const start = (keys: ReadonlyArray<Redacted.Redacted>) => LoginApp.start({ store, options: { keys } })
  return { before: yield* start([old]), meanwhile: yield* start([current, old]), after: yield* start([current]) }
})

describe("key rotation", () => {
  it.effect("S19: a login sealed with the old key succeeds while both keys are set, and fails without the old key", () =>
    Effect.gen(function*() {
      const { after, before, meanwhile } = yield* rotating
      const { location } = yield* before.browser.get("/auth/discord/login")
      const cookie = before.browser.cookies()
      const refused = yield* after.browser.get(LoginApp.consent(location), { cookie })
      assert.strictEqual(refused.status, 400)
      assert.include(refused.body, "StateMismatch")
      assert.lengthOf(after.exchanges(), 0)
      const taken = yield* meanwhile.browser.get(LoginApp.consent(location), { cookie })
      assert.strictEqual(taken.status, 303)
      assert.lengthOf(meanwhile.exchanges(), 1)
    }))

  it.effect("S19: a login that starts while both keys are set is sealed with the new key", () =>
    Effect.gen(function*() {
      const { after, before, meanwhile } = yield* rotating
      const { location } = yield* meanwhile.browser.get("/auth/discord/login")
      const cookie = meanwhile.browser.cookies()
      assert.strictEqual((yield* before.browser.get(LoginApp.consent(location), { cookie })).status, 400)
      assert.strictEqual((yield* after.browser.get(LoginApp.consent(location), { cookie })).status, 303)
    }))

  it.effect("a session sealed with the old key is read while both keys are set, and not without the old key", () =>
    Effect.gen(function*() {
      const { after, before, meanwhile } = yield* rotating
      yield* LoginApp.signIn(before.browser)
      const cookie = before.browser.cookies()
      assert.strictEqual((yield* meanwhile.browser.get("/me", { cookie })).body, Stub.userId)
      assert.strictEqual((yield* after.browser.get("/me", { cookie })).body, "nobody")
    }))

  it.effect("a session that is used while both keys are set is sealed again with the new key", () =>
    Effect.gen(function*() {
      const { after, before, meanwhile } = yield* rotating
      yield* LoginApp.signIn(before.browser)
      yield* TestClock.adjust("1 day")
      const renewed = yield* meanwhile.browser.get("/me", { cookie: before.browser.cookies() })
      assert.strictEqual(renewed.body, Stub.userId)
      const cookie = meanwhile.browser.cookies()
      assert.strictEqual((yield* before.browser.get("/me", { cookie })).body, "nobody")
      assert.strictEqual((yield* after.browser.get("/me", { cookie })).body, Stub.userId)
    }))

  it.effect("S19: the cookie of a login is no session, and the cookie of a session is no login", () =>
    Effect.gen(function*() {
      const { before } = yield* rotating
      const { location } = yield* before.browser.get("/auth/discord/login")
      const [[name, { value }] = ["", { value: "" }]] = before.browser.jar
      assert.strictEqual(
        (yield* before.browser.get("/me", { cookie: `__Host-discord-session=${value}` })).body,
        "nobody"
      )
      yield* before.browser.get(LoginApp.consent(location))
      const session = before.browser.jar.get("__Host-discord-session")?.value ?? ""
      assert.strictEqual(
        (yield* before.browser.get(LoginApp.consent(location), { cookie: `${name}=${session}` })).status,
        400
      )
    }))
})

describe("how long a session lasts", () => {
  const options = { idleTimeout: "1 hour", absoluteTimeout: "3 hours" } as const

  it.effect("ends after the idle timeout, even if the browser keeps the cookie", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({ options })
      const { set } = yield* LoginApp.signIn(browser)
      assert.strictEqual(set.find(({ name }) => name.endsWith("session"))?.attributes.get("max-age"), "3600")
      const cookie = browser.cookies()
      yield* TestClock.adjust("3599 seconds")
      assert.strictEqual((yield* browser.get("/me", { cookie })).body, Stub.userId)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* browser.get("/me", { cookie })).body, "nobody")
    }))

  it.effect("is renewed by requests until the absolute timeout, which needs another sign-in", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({ options })
      yield* LoginApp.signIn(browser)
      for (let minutes = 40; minutes < 180; minutes += 40) {
        yield* TestClock.adjust("40 minutes")
        assert.strictEqual((yield* browser.get("/me")).body, Stub.userId, `${minutes}`)
      }
      const cookie = browser.cookies()
      yield* TestClock.adjust("1199 seconds")
      assert.strictEqual((yield* browser.get("/me", { cookie })).body, Stub.userId)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* browser.get("/me", { cookie })).body, "nobody")
      yield* LoginApp.signIn(browser)
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
    }))

  it.effect("does not last longer after the clock was set back", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({ options })
      yield* TestClock.adjust("2 hours")
      yield* LoginApp.signIn(browser)
      const cookie = browser.cookies()
      yield* TestClock.setTime(0)
      assert.strictEqual((yield* browser.get("/me", { cookie })).body, Stub.userId)
      yield* TestClock.setTime(3 * 3_600_000 - 1)
      assert.strictEqual((yield* browser.get("/me", { cookie })).body, Stub.userId)
      yield* TestClock.setTime(3 * 3_600_000)
      assert.strictEqual((yield* browser.get("/me", { cookie })).body, "nobody")
    }))
})
