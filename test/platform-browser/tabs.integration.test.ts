/** Runs two tabs with a shared storage in a real Chromium. */
import { Fault } from "@discord-oauth2/core/testing"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { resolve } from "node:path"
import { Chromium, executablePath, isSkipped } from "../support/Chromium.ts"
import { bundle } from "./bundle.ts"
import { makeSite, makeTab } from "./site.ts"

/** Opens two tabs of one browser that share the tokens. The user signs in in the first tab. */
const makeTabs = Effect.gen(function*() {
  const site = yield* makeSite
  const { text } = yield* Effect.promise(() => bundle({ file: resolve(import.meta.dirname, "tabs.ts") }))
  site.files.set("/tabs.js", { type: "text/javascript", text })
  site.files.set("/tabs", { type: "text/html", text: `<!doctype html><script type="module" src="tabs.js"></script>` })

  const open = Effect.fnUntraced(function*(tab: Effect.Success<ReturnType<typeof makeTab>>) {
    yield* tab.open(`${site.origin}/tabs`)
    yield* Effect.promise(() => tab.page.waitForFunction(() => "tabs" in window))
    return tab
  })
  const one = yield* Effect.flatMap(makeTab(site), open)
  yield* Effect.promise(() => one.page.evaluate(() => window.tabs.start()))
  yield* one.click("authorize")
  yield* Effect.promise(() => one.page.waitForFunction(() => "tabs" in window))
  const userId = yield* Effect.promise(() => one.page.evaluate(() => window.tabs.signedIn))
  assert.isDefined(userId)
  const other = yield* Effect.flatMap(makeTab(site, one.context), open)
  const name = (tab: typeof one) => Effect.promise(() => tab.page.evaluate((id) => window.tabs.name(id), userId!))
  return { site, one, other, userId: userId!, name }
})

const suite = () =>
  layer(Chromium.layer, { excludeTestServices: true })("tabs that share a storage, in Chromium", (it) => {
    it.effect("F47: if both tabs get 401, one refreshes for both", () =>
      Effect.gen(function*() {
        const { name, one, other, site } = yield* makeTabs
        yield* site.simulator.expireAccessTokens()
        yield* site.simulator.clearRequests
        // Meanwhile Discord also rejects the token of the other tab.
        yield* site.simulator.fail(Fault.Delay({ match: { grantType: "refresh_token" }, duration: "500 millis" }))
        const names = yield* Effect.all([name(one), name(other)], { concurrency: 2 })
        assert.deepStrictEqual(names, ["Nelly", "Nelly"])
        const refreshes = (yield* site.simulator.requests).filter(({ grantType }) => grantType === "refresh_token")
        assert.deepStrictEqual(refreshes.map(({ status }) => status), [200])
      }))

    it.effect("F42: a tab that is closed while it holds the lock does not stop the other from refreshing", () =>
      Effect.gen(function*() {
        const { name, one, other, site, userId } = yield* makeTabs
        yield* Effect.promise(() => one.page.evaluate((id) => window.tabs.hold(id), userId))
        yield* site.simulator.expireAccessTokens()
        yield* site.simulator.clearRequests
        const waiting = yield* Effect.forkChild(name(other), { startImmediately: true })
        yield* Effect.promise(() =>
          other.page.evaluate(async () => {
            while ((await navigator.locks.query()).pending?.length !== 1) {
              await new Promise((resolve) => setTimeout(resolve, 10))
            }
          })
        )
        const refreshes = Effect.map(
          site.simulator.requests,
          (requests) => requests.filter(({ grantType }) => grantType === "refresh_token").length
        )
        assert.strictEqual(yield* refreshes, 0)
        yield* Effect.promise(() => one.page.close())
        assert.strictEqual(yield* Fiber.join(waiting), "Nelly")
        assert.strictEqual(yield* refreshes, 1)
      }))
  })

if (isSkipped) {
  describe("tabs that share a storage, in Chromium", () => {
    it.skip(`skipped: there is no Chromium at ${executablePath}; install one or set CHROMIUM_PATH`, () => {})
  })
} else {
  suite()
}
