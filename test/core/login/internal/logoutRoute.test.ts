import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { assertHidden } from "../../../support/assertHidden.ts"
import * as LoginApp from "../../../support/LoginApp.ts"
import * as Stub from "../../../support/StubDiscord.ts"

describe("POST <basePath>/logout", () => {
  it.effect("S21: revokes at Discord and ends the session", () =>
    Effect.gen(function*() {
      const { browser, calls } = yield* LoginApp.start()
      yield* LoginApp.signIn(browser)
      const session = browser.cookies()
      const { headers, location, status } = yield* browser.post("/auth/discord/logout")
      assert.deepStrictEqual([status, location], [303, "/"])
      assertHidden(headers)
      assert.lengthOf(browser.cookieNames(), 0)
      const revoked = calls.filter(({ path }) => path === "/oauth2/token/revoke")
      assert.deepStrictEqual(revoked.map(({ form }) => form.get("token")), ["planted-refresh-token"])
      // A browser that keeps the cookie is signed out too.
      assert.strictEqual((yield* browser.get("/me", { cookie: session })).body, "nobody")
    }))

  it.effect("S21: GET and forms of other or unknown sites change nothing", () =>
    Effect.gen(function*() {
      const { browser, calls } = yield* LoginApp.start()
      yield* LoginApp.signIn(browser)
      const before = browser.cookies()
      const { headers, status } = yield* browser.get("/auth/discord/logout")
      assert.strictEqual(status, 405)
      assert.strictEqual(headers.get("allow"), "POST")
      const forged: ReadonlyArray<Record<string, string>> = [
        { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
        { "sec-fetch-site": "same-site", origin: "https://other.app.example" },
        { "sec-fetch-site": "none" },
        { "sec-fetch-site": "cross-site", origin: "https://app.example" },
        { origin: "https://evil.example" },
        { origin: "null" },
        {}
      ]
      for (const headers of forged) {
        const { body, status } = yield* browser.post("/auth/discord/logout", headers)
        assert.strictEqual(status, 403, JSON.stringify(headers))
        assert.include(body, "CrossSiteRequest")
      }
      assert.isFalse(calls.some(({ path }) => path === "/oauth2/token/revoke"))
      assert.strictEqual(browser.cookies(), before)
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
      const old = yield* browser.post("/auth/discord/logout", { origin: "https://app.example" })
      assert.strictEqual(old.status, 303)
    }))

  const down: Stub.Handler = (call) =>
    call.path === "/oauth2/token/revoke" ? Effect.succeed({ status: 503, body: {} }) : LoginApp.discord(call)

  it.effect("S38, F25: signs the browser out if Discord is down, and keeps the token unless forced", () =>
    Effect.gen(function*() {
      for (const forceSignOut of [false, true]) {
        const { browser, logs } = yield* LoginApp.start({ discord: down, options: { forceSignOut } })
        yield* LoginApp.signIn(browser)
        const session = browser.cookies()
        const { status } = yield* browser.post("/auth/discord/logout")
        assert.strictEqual(status, 303)
        assert.lengthOf(browser.cookieNames(), 0)
        assert.strictEqual((yield* browser.get("/me", { cookie: session })).body, "nobody")
        assert.strictEqual((yield* browser.get("/stored")).body, forceSignOut ? "" : Stub.userId)
        assert.strictEqual(logs.some((line) => line.includes("could not be revoked")), !forceSignOut)
      }
    }))

  it.effect("without revoke ends the session of this browser and every copy of its cookie only", () =>
    Effect.gen(function*() {
      const { browser, calls, open } = yield* LoginApp.start({ options: { revoke: false } })
      const other = open()
      yield* LoginApp.signIn(browser)
      yield* LoginApp.signIn(other)
      const copy = browser.cookies()
      assert.strictEqual((yield* open().get("/me", { cookie: copy })).body, Stub.userId)
      yield* browser.post("/auth/discord/logout")
      assert.isFalse(calls.some(({ path }) => path === "/oauth2/token/revoke"))
      assert.strictEqual((yield* browser.get("/me")).body, "nobody")
      assert.strictEqual((yield* open().get("/me", { cookie: copy })).body, "nobody")
      assert.strictEqual((yield* other.get("/me")).body, Stub.userId)
    }))

  it.effect("with revoke ends the sessions in all browsers, also after a later sign-in", () =>
    Effect.gen(function*() {
      const { browser, open } = yield* LoginApp.start()
      const other = open()
      yield* LoginApp.signIn(browser)
      yield* LoginApp.signIn(other)
      yield* TestClock.adjust("1 minute")
      yield* browser.post("/auth/discord/logout")
      assert.strictEqual((yield* other.get("/me")).body, "nobody")
      yield* LoginApp.signIn(browser)
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
      assert.strictEqual((yield* other.get("/me")).body, "nobody")
    }))

  it.effect("revoke can depend on the request", () =>
    Effect.gen(function*() {
      const { browser, calls, open } = yield* LoginApp.start({
        options: { revoke: ({ url }) => url.endsWith("?everywhere") }
      })
      const other = open()
      yield* LoginApp.signIn(browser)
      yield* LoginApp.signIn(other)
      const revoked = () => calls.filter(({ path }) => path === "/oauth2/token/revoke").length
      yield* browser.post("/auth/discord/logout")
      assert.deepStrictEqual([(yield* other.get("/me")).body, revoked()], [Stub.userId, 0])
      yield* other.post("/auth/discord/logout?everywhere")
      assert.deepStrictEqual([(yield* other.get("/me")).body, revoked()], ["nobody", 1])
    }))

  it.effect("signs the browser out and logs a warning if Denylist fails", () =>
    Effect.gen(function*() {
      const { layer, setDown } = LoginApp.breakableDenylist()
      const { browser, calls, logs } = yield* LoginApp.start({ extra: layer })
      yield* LoginApp.signIn(browser)
      setDown("add")
      const { status } = yield* browser.post("/auth/discord/logout")
      assert.strictEqual(status, 303)
      assert.lengthOf(browser.cookieNames(), 0)
      assert.isTrue(logs.some((line) => line.includes("a copy of its cookie still works")))
      assert.isTrue(calls.some(({ path }) => path === "/oauth2/token/revoke"))
    }))

  it.effect("redirects a browser that is not signed in to defaultReturnTo", () =>
    Effect.gen(function*() {
      const { browser, calls } = yield* LoginApp.start()
      assert.strictEqual((yield* browser.post("/auth/discord/logout")).status, 303)
      assert.lengthOf(calls, 0)
    }))
})
