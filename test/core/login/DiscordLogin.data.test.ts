import type { DiscordLogin } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Schema from "effect/Schema"
import type * as Browser from "../../support/Browser.ts"
import * as LoginApp from "../../support/LoginApp.ts"

/** An application with the option `data`, and the data that its hooks receive. */
const start = (data: NonNullable<DiscordLogin.Options["data"]>, more?: Partial<DiscordLogin.Options>) =>
  Effect.gen(function*() {
    const back: Array<unknown> = []
    const app = yield* LoginApp.start({
      options: {
        data,
        onSignedIn: ({ data }) => Effect.sync(() => void back.push(["signed in", data])),
        onError: ({ data, error, page }) =>
          Effect.sync(() => {
            back.push([error._tag, data])
            return page
          }),
        ...more
      }
    })
    return { ...app, back }
  })

const carrying = (data: Schema.Json | undefined) => start(() => Effect.succeed(data))

const sealedIn = (browser: Browser.Browser) =>
  Array.from(browser.jar.values(), ({ value }) => Buffer.from(value, "base64url").toString("latin1")).join()

describe("DiscordLogin data", () => {
  it.effect("onSignedIn receives the data of the login, and the browser cannot read it", () =>
    Effect.gen(function*() {
      const data = { invitation: "planted-invitation", seats: [1, 2], note: null, "ü": "é" }
      const { back, browser } = yield* carrying(data)
      const { location } = yield* browser.get("/auth/discord/login")
      assert.notInclude(location ?? "", "planted")
      assert.notInclude(sealedIn(browser), "planted")
      assert.strictEqual((yield* browser.get(LoginApp.consent(location))).status, 303)
      assert.deepStrictEqual(back, [["signed in", data]])
      assert.notInclude(sealedIn(browser), "planted")
    }))

  it.effect("data is computed from the request that starts the login, and each tab has its own", () =>
    Effect.gen(function*() {
      const { back, browser } = yield* start((request) =>
        Effect.succeed(new URL(request.url, "https://app.example").searchParams.get("plan"))
      )
      const [one, two] = yield* Effect.forEach(
        ["gold", "silver"],
        (plan) => browser.get(`/auth/discord/login?plan=${plan}`)
      )
      yield* browser.get(LoginApp.consent(two?.location ?? null))
      yield* browser.get(LoginApp.consent(one?.location ?? null))
      assert.deepStrictEqual(back, [["signed in", "silver"], ["signed in", "gold"]])
    }))

  it.effect("onError receives the data after a denial, and no data without a login of this browser", () =>
    Effect.gen(function*() {
      const { back, browser, open } = yield* carrying(["planted"])
      const { location } = yield* browser.get("/auth/discord/login")
      yield* open().get(LoginApp.consent(location))
      yield* open().get("/auth/discord/callback")
      yield* browser.get(LoginApp.consent(location, { code: undefined, error: "access_denied" }))
      assert.deepStrictEqual(back, [
        ["StateMismatch", undefined],
        ["StateMismatch", undefined],
        ["AuthorizationDenied", ["planted"]]
      ])
    }))

  it.effect("null is data, undefined is no data", () =>
    Effect.gen(function*() {
      for (const data of [null, undefined]) {
        const { back, browser } = yield* carrying(data)
        yield* LoginApp.signIn(browser)
        assert.deepStrictEqual(back, [["signed in", data]])
      }
    }))

  it.effect("accepts 1,024 bytes of JSON, and with one more sets no cookie", () =>
    Effect.gen(function*() {
      for (const fits of ["x".repeat(1022), "é".repeat(511)]) {
        const { browser } = yield* carrying(fits)
        assert.strictEqual((yield* LoginApp.signIn(browser)).status, 303)
        const { back, browser: other, logs } = yield* carrying(`${fits}x`)
        const { body, location, set, status } = yield* other.get("/auth/discord/login")
        assert.deepStrictEqual([status, location, set.length], [500, null, 0])
        assert.include(body, "<code>InvalidCallArgument</code>")
        assert.deepStrictEqual(back, [["InvalidCallArgument", undefined]])
        assert.isTrue(logs.some((line) => line.includes("at most 1024 bytes at [\"data\"]")))
        assert.isFalse(logs.some((line) => line.includes("xx") || line.includes("éé")))
      }
    }))

  it.effect("rejects a value that is not JSON", () =>
    Effect.gen(function*() {
      const { browser, logs } = yield* carrying(Number.NaN)
      const { set, status } = yield* browser.get("/auth/discord/login")
      assert.deepStrictEqual([status, set.length], [500, 0])
      assert.isTrue(logs.some((line) => line.includes("Expected JSON at [\"data\"]")))
    }))

  it.effect("rejects a login that does not fit into one cookie, and sets no cookie", () =>
    Effect.gen(function*() {
      const scopes = ["identify", ...Array.from({ length: 40 }, (_, index) => `a.scope.of.the.future.${index}`)]
      const { browser, logs } = yield* start(() => Effect.succeed("x".repeat(1000)), { scopes })
      assert.strictEqual((yield* browser.get("/auth/discord/login")).status, 303)
      const { set, status } = yield* browser.get(`/auth/discord/login?returnTo=/${"x".repeat(1000)}`)
      assert.deepStrictEqual([status, set.length], [500, 0])
      assert.isTrue(logs.some((line) => line.includes("fit into one cookie together")))
      for (const { value } of browser.jar.values()) assert.isAtMost(value.length, 4096)
    }))

  it.effect("a response as the failure rejects the login", () =>
    Effect.gen(function*() {
      const { back, browser, calls } = yield* start(() =>
        Effect.fail(HttpServerResponse.text("by invitation only", { status: 403 }))
      )
      const { body, headers, set, status } = yield* browser.get("/auth/discord/login")
      assert.deepStrictEqual([status, body, set.length], [403, "by invitation only", 0])
      assert.strictEqual(headers.get("cache-control"), "no-store")
      assert.deepStrictEqual([back.length, calls.length], [0, 0])
    }))

  it.effect("F34: a prefetch does not run data", () =>
    Effect.gen(function*() {
      let asked = 0
      const { browser } = yield* start(() => Effect.sync(() => ++asked))
      yield* browser.get("/auth/discord/login", { "sec-purpose": "prefetch" })
      yield* browser.send("/auth/discord/login", { method: "HEAD" })
      assert.strictEqual(asked, 0)
      yield* LoginApp.signIn(browser)
      assert.strictEqual(asked, 1)
    }))
})
