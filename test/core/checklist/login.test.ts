/** The rules of the login routes that hold for every answer of theirs. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Browser from "../../support/Browser.ts"
import * as LoginApp from "../../support/LoginApp.ts"
import type * as Stub from "../../support/StubDiscord.ts"

const loginPath = "/auth/discord/login"
const callbackPath = "/auth/discord/callback"
const logoutPath = "/auth/discord/logout"

const sessionCookie = "__Host-discord-session"

const loginCookie = (browser: Browser.Browser) =>
  browser.cookieNames().find((name) => name.startsWith("__Host-discord-login-")) ?? assert.fail("no login cookie")

type Answer = Effect.Success<ReturnType<Browser.Browser["get"]>>

/** One answer of each kind that the three routes have. */
const answersOf = Effect.gen(function*() {
  const answers: Array<readonly [name: string, answer: Answer]> = []
  const note = <E, R>(name: string, answer: Effect.Effect<Answer, E, R>) =>
    Effect.tap(answer, (answer) => Effect.sync(() => void answers.push([name, answer])))
  const failing: Stub.Handler = (call) =>
    call.path === "/oauth2/token" ? Effect.succeed({ status: 503 }) : LoginApp.discord(call)

  const { browser, open } = yield* LoginApp.start()
  const { location } = yield* note("login", browser.get(loginPath))
  const callback = LoginApp.consent(location)
  yield* note("callback, prefetched", browser.get(callback, { "sec-purpose": "prefetch" }))
  yield* note("callback, HEAD", browser.send(callback, { method: "HEAD" }))
  yield* note("callback", browser.get(callback))
  yield* note("callback, replayed", browser.get(callback))
  yield* note("callback, of another browser", open().get(callback))
  yield* note("callback, empty", open().get(callbackPath))
  yield* note("callback, too long", open().get(`${callbackPath}?${"x".repeat(9000)}`))
  yield* note("login, HEAD", browser.send(loginPath, { method: "HEAD" }))
  yield* note("login, POST", browser.send(loginPath, { method: "POST" }))
  yield* note("login, prefetched", browser.get(loginPath, { purpose: "prefetch" }))
  yield* note("login, too long", browser.get(`${loginPath}?${"x".repeat(9000)}`))
  const denied = yield* browser.get(loginPath)
  yield* note(
    "callback, denied",
    browser.get(LoginApp.consent(denied.location, { code: undefined, error: "access_denied" }))
  )
  yield* note("logout, GET", browser.get(logoutPath))
  yield* note("logout, of another site", browser.post(logoutPath, { "sec-fetch-site": "cross-site" }))
  yield* note("logout", browser.post(logoutPath))

  const down = yield* LoginApp.start({ discord: failing })
  yield* note("callback, with Discord down", LoginApp.signIn(down.browser))
  return answers
})

describe("every answer", () => {
  it.effect("S17: of a callback has no code and no state in its address, its body or its headers, and no referrer", () =>
    Effect.gen(function*() {
      const answers = (yield* answersOf).filter(([name]) => name.startsWith("callback"))
      assert.isAbove(answers.length, 8)
      for (const [name, { body, headers, location }] of answers) {
        assert.strictEqual(headers.get("referrer-policy"), "no-referrer", name)
        assert.notMatch(`${location}`, /code|state|iss=|[?#]/, name)
        assert.notInclude(body, "planted-code", name)
        assert.notInclude(JSON.stringify(Array.from(headers)), "planted-code", name)
      }
    }))

  it.effect("S17: the state of a callback shows nowhere in its answer", () =>
    Effect.gen(function*() {
      const { browser, open } = yield* LoginApp.start()
      for (const answering of [browser, open()]) {
        const { location } = yield* browser.get(`${loginPath}?returnTo=/settings`)
        const state = new URL(location ?? "").searchParams.get("state") ?? assert.fail("no state")
        const { body, headers } = yield* answering.get(LoginApp.consent(location))
        assert.notInclude(`${body}${JSON.stringify(Array.from(headers))}`, state)
      }
    }))

  it.effect("S18: of login, callback and logout is stored by no cache", () =>
    Effect.gen(function*() {
      const answers = yield* answersOf
      assert.isAbove(answers.length, 14)
      for (const [name, { headers }] of answers) assert.strictEqual(headers.get("cache-control"), "no-store", name)
    }))
})

describe("the cookie of a login on its way", () => {
  it.effect("S12: opens under its own name alone, so that no login can be given another's verifier", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const first = yield* browser.get(loginPath)
      const firstName = loginCookie(browser)
      const firstValue = browser.jar.get(firstName)?.value ?? ""
      browser.jar.clear()
      const second = yield* browser.get(loginPath)
      const secondName = loginCookie(browser)
      assert.notStrictEqual(firstName, secondName)
      const swapped = yield* browser.get(LoginApp.consent(second.location), { cookie: `${secondName}=${firstValue}` })
      assert.strictEqual(swapped.status, 400)
      assert.lengthOf(exchanges(), 0)
      const own = yield* browser.get(LoginApp.consent(first.location), { cookie: `${firstName}=${firstValue}` })
      assert.strictEqual(own.status, 303)
      assert.lengthOf(exchanges(), 1)
    }))

  it.effect("S12: a code that is slipped into a callback is sent with the verifier of the browser that brings it", () =>
    Effect.gen(function*() {
      const { browser, exchanges, open } = yield* LoginApp.start()
      const attacker = open()
      yield* attacker.get(loginPath)
      const { location } = yield* browser.get(loginPath)
      yield* browser.get(LoginApp.consent(location, { code: "planted-of-the-attacker" }))
      const [{ form } = assert.fail("no exchange")] = exchanges()
      const challenge = new URL(location ?? "").searchParams.get("code_challenge")
      const hash = yield* Effect.promise(() =>
        crypto.subtle.digest("SHA-256", new TextEncoder().encode(form.get("code_verifier") ?? ""))
      )
      assert.strictEqual(Buffer.from(hash).toString("base64url"), challenge)
    }))

  it.effect("S19: any change to it makes it none, and it is sealed anew each time", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const { location } = yield* browser.get(loginPath)
      const name = loginCookie(browser)
      const value = browser.jar.get(name)?.value ?? ""
      const flip = (at: number) => `${value.slice(0, at)}${value[at] === "A" ? "B" : "A"}${value.slice(at + 1)}`
      const changed = Array.from({ length: 40 }, (_, n) => flip(Math.floor((n * (value.length - 2)) / 40)))
      for (const cookie of [...changed, value.slice(0, -4), `${value}AAAA`, "", value.slice(4)]) {
        const { status } = yield* browser.get(LoginApp.consent(location), { cookie: `${name}=${cookie}` })
        assert.strictEqual(status, 400)
      }
      assert.lengthOf(exchanges(), 0)
      assert.strictEqual((yield* browser.get(LoginApp.consent(location))).status, 303)
      const values = new Set<string>()
      for (let i = 0; i < 20; i++) {
        browser.jar.clear()
        yield* browser.get(loginPath)
        values.add((browser.jar.get(loginCookie(browser))?.value ?? "").slice(0, 20))
      }
      assert.strictEqual(values.size, 20)
    }))

  it.effect("S19: the cookies of a sign-in are all __Host-, Secure, HttpOnly, Path=/ and SameSite=Lax, when they go too", () =>
    Effect.gen(function*() {
      const set = (yield* answersOf).flatMap(([, answer]) => answer.set)
      assert.isAbove(set.length, 5)
      for (const { attributes, name } of set) {
        assert.match(name, /^__Host-discord-(login-[\w-]{16}|session)$/)
        const { "max-age": age, expires: _, ...rest } = Object.fromEntries(attributes)
        assert.deepStrictEqual(rest, { path: "/", secure: "", httponly: "", samesite: "Lax" })
        assert.isDefined(age)
      }
    }))

  it.effect("S34: no token is in a cookie of the browser", () =>
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

  it.effect("S20: an id of before the sign-in does not become the session's, and each sign-in has another", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start()
      const ids = new Set<string>(["planted-by-an-attacker"])
      browser.jar.set(sessionCookie, { value: "planted-by-an-attacker", until: Number.POSITIVE_INFINITY })
      for (let i = 0; i < 10; i++) {
        yield* LoginApp.signIn(browser)
        ids.add(browser.jar.get(sessionCookie)?.value ?? "planted-by-an-attacker")
      }
      assert.strictEqual(ids.size, 11)
    }))
})

describe("what is asked for", () => {
  it.effect("S30: unless the application says more, a login asks for identify and nothing else", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start()
      const { location } = yield* browser.get(`${loginPath}?scope=guilds&scopes=guilds&permissions=8`)
      const parameters = new URL(location ?? "").searchParams
      assert.deepStrictEqual(parameters.getAll("scope"), ["identify"])
      assert.isFalse(parameters.has("permissions"))
      assert.isFalse(parameters.has("guild_id"))
    }))

  it.effect("S30: what the application says is what is asked for, and nothing is added", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({ options: { scopes: ["identify", "guilds.join"] } })
      const { location } = yield* browser.get(loginPath)
      assert.deepStrictEqual(new URL(location ?? "").searchParams.getAll("scope"), ["identify guilds.join"])
    }))
})
