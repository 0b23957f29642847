/** The rules that hold for every response of the login routes. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Browser from "../../support/Browser.ts"
import * as LoginApp from "../../support/LoginApp.ts"
import type * as Stub from "../../support/StubDiscord.ts"

const loginPath = "/auth/discord/login"
const callbackPath = "/auth/discord/callback"
const logoutPath = "/auth/discord/logout"

const sessionCookie = "__Host-discord-session"

type Response = Effect.Success<ReturnType<Browser.Browser["get"]>>

/** One response of each kind. */
const responsesOf = Effect.gen(function*() {
  const responses: Array<readonly [name: string, response: Response]> = []
  const record = <E, R>(name: string, response: Effect.Effect<Response, E, R>) =>
    Effect.tap(response, (response) => Effect.sync(() => void responses.push([name, response])))
  const failing: Stub.Handler = (call) =>
    call.path === "/oauth2/token" ? Effect.succeed({ status: 503 }) : LoginApp.discord(call)

  const { browser, open } = yield* LoginApp.start()
  const { location } = yield* record("login", browser.get(loginPath))
  const callback = LoginApp.consent(location)
  yield* record("callback, prefetched", browser.get(callback, { "sec-purpose": "prefetch" }))
  yield* record("callback, HEAD", browser.send(callback, { method: "HEAD" }))
  yield* record("callback", browser.get(callback))
  yield* record("callback, replayed", browser.get(callback))
  yield* record("callback, of another browser", open().get(callback))
  yield* record("callback, empty", open().get(callbackPath))
  yield* record("callback, too long", open().get(`${callbackPath}?${"x".repeat(9000)}`))
  yield* record("login, HEAD", browser.send(loginPath, { method: "HEAD" }))
  yield* record("login, POST", browser.send(loginPath, { method: "POST" }))
  yield* record("login, prefetched", browser.get(loginPath, { purpose: "prefetch" }))
  yield* record("login, too long", browser.get(`${loginPath}?${"x".repeat(9000)}`))
  const denied = yield* browser.get(loginPath)
  yield* record(
    "callback, denied",
    browser.get(LoginApp.consent(denied.location, { code: undefined, error: "access_denied" }))
  )
  yield* record("logout, GET", browser.get(logoutPath))
  yield* record("logout, of another site", browser.post(logoutPath, { "sec-fetch-site": "cross-site" }))
  yield* record("logout", browser.post(logoutPath))

  const down = yield* LoginApp.start({ discord: failing })
  yield* record("callback, with Discord down", LoginApp.signIn(down.browser))
  return responses
})

describe("every response", () => {
  it.effect("S17: of a callback contains no code and no state in its location, body and headers, and sends no referrer", () =>
    Effect.gen(function*() {
      const responses = (yield* responsesOf).filter(([name]) => name.startsWith("callback"))
      assert.isAbove(responses.length, 8)
      for (const [name, { body, headers, location }] of responses) {
        assert.strictEqual(headers.get("referrer-policy"), "no-referrer", name)
        assert.notMatch(`${location}`, /code|state|iss=|[?#]/, name)
        assert.notInclude(body, "planted-code", name)
        assert.notInclude(JSON.stringify(Array.from(headers)), "planted-code", name)
      }
    }))

  it.effect("S17: of a callback does not contain its state", () =>
    Effect.gen(function*() {
      const { browser, open } = yield* LoginApp.start()
      for (const asking of [browser, open()]) {
        const { location } = yield* browser.get(`${loginPath}?returnTo=/settings`)
        const state = new URL(location ?? "").searchParams.get("state") ?? assert.fail("no state")
        const { body, headers } = yield* asking.get(LoginApp.consent(location))
        assert.notInclude(`${body}${JSON.stringify(Array.from(headers))}`, state)
      }
    }))

  it.effect("S18: of login, callback and logout has Cache-Control: no-store", () =>
    Effect.gen(function*() {
      const responses = yield* responsesOf
      assert.isAbove(responses.length, 14)
      for (const [name, { headers }] of responses) assert.strictEqual(headers.get("cache-control"), "no-store", name)
    }))

  it.effect("S19: sets and deletes cookies that are __Host-, Secure, HttpOnly, Path=/ and SameSite=Lax only", () =>
    Effect.gen(function*() {
      const set = (yield* responsesOf).flatMap(([, response]) => response.set)
      assert.isAbove(set.length, 5)
      for (const { attributes, name } of set) {
        assert.match(name, /^__Host-discord-(login-[\w-]{16}|session)$/)
        const { "max-age": age, expires: _, ...rest } = Object.fromEntries(attributes)
        assert.deepStrictEqual(rest, { path: "/", secure: "", httponly: "", samesite: "Lax" })
        assert.isDefined(age)
      }
    }))

  it.effect("S34: sets no cookie that contains a token", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start()
      const { set } = yield* LoginApp.signIn(browser)
      assert.deepStrictEqual(browser.cookieNames(), [sessionCookie])
      for (const { name, value } of set) {
        for (const text of [name, value, Buffer.from(value, "base64url").toString("latin1")]) {
          assert.notMatch(text, /planted|access_token|refresh_token/)
        }
      }
    }))
})
