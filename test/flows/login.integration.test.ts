/**
 * Runs the login routes in a real Chromium. The application is on `127.0.0.1` and the simulated Discord on `localhost`.
 * These are different sites for a browser, so the browser applies `SameSite`.
 */
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import type { BrowserContext } from "playwright-core"
import { Chromium, executablePath, isSkipped, makeContext, makeTab } from "../support/Chromium.ts"
import * as NodeApp from "../support/NodeApp.ts"

const act = <A>(run: () => Promise<A>) => Effect.promise(run)

const start = Effect.gen(function*() {
  const place = yield* NodeApp.listen
  const { listening, origin } = yield* NodeApp.listen
  const simulated = yield* Layer.build(
    DiscordSimulator.layer({ application: { redirectUris: [place.redirectUri] } })
  )
  const simulator = yield* Effect.provide(DiscordSimulator.DiscordSimulator, simulated)
  yield* Layer.build(
    HttpRouter.serve(DiscordSimulator.routes, { disableLogger: true, disableListenLog: true }).pipe(
      Layer.provide(Layer.succeedContext(simulated)),
      Layer.provide(Layer.succeedContext(listening))
    )
  )
  const discord = origin.replace("127.0.0.1", "localhost")
  yield* NodeApp.serve(place, simulator.config(discord), { defaultReturnTo: "/me" })
  const [user] = yield* simulator.users
  const isCallback = (url: URL) => url.pathname === "/auth/discord/callback"

  /** Opens a tab with the actions of a visitor. */
  const open = Effect.fnUntraced(function*(shared?: BrowserContext) {
    const { complaints, context, page, requests } = yield* makeTab(shared)
    const go = (path: string) => act(() => page.goto(new URL(path, place.origin).href))
    const authorize = page.getByRole("button", { name: "Authorize" })
    return {
      context,
      page,
      complaints,
      go,
      toConsent: Effect.andThen(go("/auth/discord/login"), act(() => authorize.waitFor())),
      authorize: act(async () => {
        await authorize.click()
        await page.waitForURL((url) => url.origin === place.origin)
      }),
      body: act(() => page.locator("body").innerText()),
      path: Effect.sync(() => new URL(page.url()).pathname),
      /** The response of `/me`, opened in this tab. */
      me: Effect.andThen(go("/me"), act(() => page.locator("body").innerText())),
      callbacks: () => requests.filter(isCallback).map(String)
    }
  })

  /** The callback of an attacker's login, which the attacker's browser has not opened. */
  const attackersCallback = Effect.gen(function*() {
    const { headers } = yield* act(() => fetch(new URL("/auth/discord/login", place.origin), { redirect: "manual" }))
    return yield* simulator.authorize(headers.get("location") ?? "")
  })

  return {
    open,
    attackersCallback,
    userId: user?.id ?? "",
    exchanges: Effect.map(
      simulator.requests,
      (all) => all.filter(({ endpoint }) => endpoint === "exchangeToken").length
    )
  }
})

const suite = () =>
  layer(Chromium.layer, { excludeTestServices: true, timeout: 600_000 })("the login, in Chromium", (it) => {
    it.effect("S19: the callback from another site has the login's cookie, and the final URL has no parameters", () =>
      Effect.gen(function*() {
        const { exchanges, open, userId } = yield* start
        const { authorize, body, complaints, page, path, toConsent } = yield* open()
        yield* toConsent
        yield* authorize
        assert.deepStrictEqual([yield* path, new URL(page.url()).search, yield* body], ["/me", "", userId])
        assert.strictEqual(yield* act(() => page.evaluate(() => document.cookie)), "")
        assert.strictEqual(yield* act(() => page.evaluate(() => document.referrer)), "")
        assert.strictEqual(yield* exchanges, 1)
        assert.deepStrictEqual(complaints, [])
      }))

    it.effect("two tabs can sign in at the same time", () =>
      Effect.gen(function*() {
        const { exchanges, open, userId } = yield* start
        const context = yield* makeContext
        const [one, two] = [yield* open(context), yield* open(context)]
        yield* one.toConsent
        yield* two.toConsent
        yield* Effect.all([one.authorize, two.authorize], { concurrency: "unbounded" })
        assert.deepStrictEqual([yield* one.path, yield* one.body], ["/me", userId])
        assert.deepStrictEqual([yield* two.path, yield* two.body], ["/me", userId])
        assert.strictEqual(yield* exchanges, 2)
        const names = (yield* act(() => context.cookies())).map(({ name }) => name)
        assert.deepStrictEqual(names.filter((name) => name.startsWith("discord-")), ["discord-session"])
      }))

    it.effect("F27: Back and a second approval on the consent page keep the session without a second exchange", () =>
      Effect.gen(function*() {
        const { exchanges, open, userId } = yield* start
        const { authorize, body, callbacks, page, path, toConsent } = yield* open()
        yield* toConsent
        yield* authorize
        yield* act(() => page.goBack())
        assert.isTrue(yield* act(() => page.getByRole("button", { name: "Authorize" }).isVisible()))
        yield* authorize
        assert.deepStrictEqual([yield* path, yield* body], ["/me", userId])
        assert.lengthOf(callbacks(), 2)
        assert.strictEqual(yield* exchanges, 1)
        yield* act(() => page.goBack())
        yield* act(() => page.goForward())
        assert.strictEqual(yield* body, userId)
        assert.strictEqual(yield* exchanges, 1)
      }))

    it.effect("F27: a replayed callback changes nothing in its browser, and does not sign in another browser", () =>
      Effect.gen(function*() {
        const { exchanges, open, userId } = yield* start
        const first = yield* open()
        yield* first.toConsent
        yield* first.authorize
        const [callback = ""] = first.callbacks()
        const again = yield* open(first.context)
        yield* again.go(callback)
        assert.deepStrictEqual([yield* again.path, yield* again.body], ["/me", userId])
        const elsewhere = yield* open()
        yield* elsewhere.go(callback)
        assert.include(yield* elsewhere.body, "This sign-in is no longer valid")
        assert.strictEqual(yield* elsewhere.me, "nobody")
        assert.strictEqual(yield* first.me, userId)
        assert.strictEqual(yield* exchanges, 1)
      }))

    it.effect("F35: an attacker's callback does not sign a victim in, with and without a pending login", () =>
      Effect.gen(function*() {
        const app = yield* start
        const callback = yield* app.attackersCallback
        const victim = yield* app.open()
        yield* victim.go(callback)
        assert.include(yield* victim.body, "This sign-in is no longer valid")
        assert.strictEqual(yield* victim.me, "nobody")
        yield* victim.toConsent
        yield* victim.go(callback)
        assert.include(yield* victim.body, "This sign-in is no longer valid")
        assert.strictEqual(yield* victim.me, "nobody")
        assert.strictEqual(yield* app.exchanges, 0)
      }))

    it.effect("F35: the victim's pending login still succeeds after an attacker's callback", () =>
      Effect.gen(function*() {
        const app = yield* start
        const callback = yield* app.attackersCallback
        const context = yield* makeContext
        const [own, tricked] = [yield* app.open(context), yield* app.open(context)]
        yield* own.toConsent
        yield* tricked.go(callback)
        assert.strictEqual(yield* tricked.me, "nobody")
        yield* own.authorize
        assert.strictEqual(yield* own.body, app.userId)
        assert.strictEqual(yield* app.exchanges, 1)
      }))

    it.effect("S21: a form of another site does not sign out, and a form of the application does", () =>
      Effect.gen(function*() {
        const { open, userId } = yield* start
        const { authorize, body, go, me, page, path, toConsent } = yield* open()
        yield* toConsent
        yield* authorize
        const logout = new URL("/auth/discord/logout", page.url()).href
        const submit = act(() =>
          Promise.all([
            page.waitForNavigation(),
            page.evaluate((action) => {
              const form = document.createElement("form")
              form.method = "post"
              form.action = action
              document.body.append(form)
              form.submit()
            }, logout)
          ])
        )
        yield* toConsent
        yield* act(() => page.goto(page.url()))
        yield* submit
        assert.include(yield* body, "This request came from another site")
        assert.strictEqual(yield* me, userId)
        yield* go("/me")
        yield* submit
        assert.deepStrictEqual([yield* path, yield* body], ["/me", "nobody"])
      }))
  })

if (isSkipped) {
  describe("the login, in Chromium", () => {
    it.skip(`skipped: there is no Chromium at ${executablePath}; install one or set CHROMIUM_PATH`, () => {})
  })
} else {
  suite()
}
