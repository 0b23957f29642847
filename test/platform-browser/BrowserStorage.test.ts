import { BrowserStorage } from "@discord-oauth2/platform-browser"
import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { blocked, FakeStorage } from "./fakes.ts"

describe("BrowserStorage", () => {
  afterEach(() => vi.unstubAllGlobals())

  it.effect("SessionStorage is the page's own, which is read only when the function is called", () =>
    Effect.gen(function*() {
      const storage = yield* BrowserStorage.SessionStorage
      const page = new FakeStorage()
      vi.stubGlobal("sessionStorage", page)
      assert.strictEqual(storage(), page)
    }))

  it.effect("SessionStorage can be provided in a browser that blocks site data, and throws when it is called", () =>
    Effect.gen(function*() {
      vi.stubGlobal("sessionStorage", undefined)
      Object.defineProperty(globalThis, "sessionStorage", {
        configurable: true,
        get: () => {
          throw blocked()
        }
      })
      const storage = yield* BrowserStorage.SessionStorage
      assert.throws(storage, DOMException)
    }))

  it.effect("Locks are the host's lock manager", () =>
    Effect.gen(function*() {
      assert.isDefined(globalThis.navigator.locks)
      assert.strictEqual(yield* BrowserStorage.Locks, globalThis.navigator.locks)
    }))
})
