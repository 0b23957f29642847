/**
 * The routes of the login as a real Chromium meets them. The application is on `127.0.0.1` and the simulated Discord on
 * `localhost`: other sites to a browser, so that `SameSite` counts.
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

  /** A tab, and what its visitor does. */
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
      /** Who the application says it is, asked in this very tab. */
      me: Effect.andThen(go("/me"), act(() => page.locator("body").innerText())),
      callbacks: () => requests.filter(isCallback).map(String)
    }
  })

  /** What an attacker keeps to have others open it: a callback of their own browser, which it has not gone to. */
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
    it.effect("S19: a sign-in at another site comes back with its cookie, and ends on a clean address", () =>
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

    it.effect("two tabs that sign in at once both end signed in", () =>
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

    it.effect("F27: back to the consent page and once more through it: still signed in, by the same exchange", () =>
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

    it.effect("F27: a callback that is opened again changes nothing here, and signs nobody in elsewhere", () =>
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

    it.effect("F35: an attacker's callback signs no victim in, with a login of their own on its way or without", () =>
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

    it.effect("F35: the victim's own login, which was on its way meanwhile, still ends well", () =>
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

    it.effect("S21: a form of another site signs nobody out, and one of the application's own does", () =>
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
