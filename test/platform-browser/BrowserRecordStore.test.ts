import { BrowserRecordStore, BrowserStorage } from "@discord-oauth2/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { nelly, plainAndSealed } from "../support/storeContract.ts"
import { blocked, FakeStorage } from "./fakes.ts"

const inStorage = (storage: Storage, locks: Pick<LockManager, "request"> | undefined) =>
  Layer.provide(BrowserRecordStore.layer({ storage: () => storage }), Layer.succeed(BrowserStorage.Locks, locks))

describe("BrowserRecordStore with Web Locks", () =>
  plainAndSealed({
    layer: () => inStorage(new FakeStorage(), navigator.locks),
    sharing: Effect.sync(() => inStorage(new FakeStorage(), navigator.locks))
  }))

describe("BrowserRecordStore without Web Locks", () =>
  plainAndSealed({ layer: () => inStorage(new FakeStorage(), undefined) }))

describe("BrowserRecordStore without Web Locks, in sessionStorage", () =>
  plainAndSealed({
    layer: () =>
      Layer.provide(
        BrowserRecordStore.layerSessionStorage,
        Layer.unwrap(Effect.sync(() => {
          const storage = new FakeStorage()
          return Layer.merge(
            Layer.succeed(BrowserStorage.SessionStorage, () => storage),
            Layer.succeed(BrowserStorage.Locks, undefined)
          )
        }))
      )
  }))

describe("BrowserRecordStore", () => {
  it.effect("asks for the storage at each use, so that a page with blocked site data starts", () =>
    Effect.gen(function*() {
      const storage = new FakeStorage()
      let isBlocked = true
      const store = yield* BrowserRecordStore.make({
        storage: () => {
          if (isBlocked) throw blocked()
          return storage
        }
      })
      const error = yield* Effect.flip(store.put(nelly, "text"))
      assert.strictEqual(error.reason, "unavailable")
      isBlocked = false
      yield* store.put(nelly, "text")
      assert.strictEqual(Option.getOrThrow(yield* store.get(nelly)).value, "text")
    }).pipe(Effect.provideService(BrowserStorage.Locks, undefined)))
})
