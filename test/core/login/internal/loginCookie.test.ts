/** The sealed cookie of a pending login, in the application that sets it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Browser from "../../../support/Browser.ts"
import * as LoginApp from "../../../support/LoginApp.ts"

const loginPath = "/auth/discord/login"

const loginCookie = (browser: Browser.Browser) =>
  browser.cookieNames().find((name) => name.startsWith("__Host-discord-login-")) ?? assert.fail("no login cookie")

describe("the cookie of a pending login", () => {
  it.effect("S12: opens under its own name only, so that no login gets the verifier of another", () =>
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

  it.effect("S12: a code that was injected into a callback is sent with the verifier of the browser that sends the callback", () =>
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

  it.effect("S19: does not open after any change, and is sealed with a new nonce each time", () =>
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
})
