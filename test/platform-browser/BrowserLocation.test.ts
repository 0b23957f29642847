import { BrowserLocation } from "@discord-oauth2/platform-browser"
import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"

/** A page of a browser without a browser: its `location` and its `history`, which record their calls. */
const page = () => {
  const calls: Array<ReadonlyArray<unknown>> = []
  const location = {
    href: "https://app.example/?code=planted",
    assign: (url: string) => void calls.push(["assign", url])
  }
  const history = {
    state: { scroll: 7 },
    replaceState: (...args: ReadonlyArray<unknown>) => void calls.push(["replaceState", ...args])
  }
  vi.stubGlobal("location", location)
  vi.stubGlobal("history", history)
  return { calls, location }
}

describe("BrowserLocation", () => {
  afterEach(() => vi.unstubAllGlobals())

  it.effect("href is the URL of the page when the effect runs", () =>
    Effect.gen(function*() {
      const { location } = page()
      const { href } = yield* BrowserLocation.BrowserLocation
      assert.strictEqual(yield* href, "https://app.example/?code=planted")
      location.href = "https://app.example/next"
      assert.strictEqual(yield* href, "https://app.example/next")
    }))

  it.effect("assign sends the browser to the URL", () =>
    Effect.gen(function*() {
      const { calls } = page()
      const { assign } = yield* BrowserLocation.BrowserLocation
      yield* assign("https://discord.com/oauth2/authorize")
      assert.deepStrictEqual(calls, [["assign", "https://discord.com/oauth2/authorize"]])
    }))

  it.effect("replace changes the URL of the history entry and keeps the entry's state", () =>
    Effect.gen(function*() {
      const { calls } = page()
      const { replace } = yield* BrowserLocation.BrowserLocation
      yield* replace("https://app.example/")
      assert.deepStrictEqual(calls, [["replaceState", { scroll: 7 }, "", "https://app.example/"]])
    }))
})
