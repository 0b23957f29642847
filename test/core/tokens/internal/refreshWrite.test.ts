import { AccessTokenStore, DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as RefreshWrite from "../../../../packages/core/src/tokens/internal/refreshWrite.ts"
import { key } from "../../../support/signedIn.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const fresh = Stub.token({ access: "access-1", refresh: "refresh-1" })

/** A store with the old token, which can be made to fail its writes; the events, and the tokens that are revoked. */
const prepare = Effect.gen(function*() {
  const memory = yield* AccessTokenStore.AccessTokenStore
  const stored = yield* memory.put(key, Stub.token())
  const events: Array<string> = []
  const revoked: Array<string> = []
  const state = { isDown: false, writes: 0 }
  const parts: RefreshWrite.Parts = {
    store: {
      ...memory,
      replace: (...args) =>
        Effect.suspend(() => {
          state.writes += 1
          return state.isDown
            ? Effect.fail(new DiscordError.AccessTokenStoreError({ operation: "replace" }))
            : memory.replace(...args)
        })
    },
    client: {
      refresh: () => Effect.die("no refresh"),
      revoke: (token) =>
        Effect.sync(() => void revoked.push("access_token" in token ? Redacted.value(token.access_token) : "?"))
    },
    emit: ({ _tag }) => Effect.sync(() => void events.push(_tag)),
    unwritten: new Map()
  }
  const persist = RefreshWrite.persist(parts, key, stored, fresh)
  const accessOfRecord = Effect.map(
    memory.get(key),
    Option.match({ onNone: () => "none", onSome: ({ token }) => Redacted.value(token.access_token) })
  )
  return { memory, stored, events, revoked, state, parts, persist, accessOfRecord }
}).pipe(Effect.provide(AccessTokenStore.layerMemory))

/** Persists while the store is down. */
const failing = Effect.gen(function*() {
  const prepared = yield* prepare
  prepared.state.isDown = true
  const persisting = yield* Effect.forkChild(Effect.flip(prepared.persist))
  yield* TestClock.adjust("2 seconds")
  const error = yield* Fiber.join(persisting)
  prepared.state.isDown = false
  return { ...prepared, error }
})

describe("persist", () => {
  it.effect("stores the new token, and forgets that it was not stored", () =>
    Effect.gen(function*() {
      const { accessOfRecord, events, parts, persist } = yield* prepare
      assert.strictEqual(Redacted.value((yield* persist).token.access_token), "access-1")
      assert.deepStrictEqual([yield* accessOfRecord, events, parts.unwritten.size], ["access-1", ["Refreshed"], 0])
    }))

  it.effect("keeps application data that changed during the refresh", () =>
    Effect.gen(function*() {
      const { memory, persist, stored } = yield* prepare
      yield* memory.replace(key, stored.generation, { token: { ...stored.token, data: { plan: "gold" } } })
      const { token } = yield* persist
      assert.deepStrictEqual([Redacted.value(token.access_token), token.data], ["access-1", { plan: "gold" }])
    }))

  it.effect("returns the token of a sign-in that was stored during the refresh", () =>
    Effect.gen(function*() {
      const { accessOfRecord, events, memory, persist } = yield* prepare
      const newer = yield* memory.put(key, Stub.token({ access: "access-newer" }))
      assert.deepStrictEqual(yield* persist, newer)
      assert.deepStrictEqual([yield* accessOfRecord, events], ["access-newer", ["Adopted"]])
    }))

  it.effect("F49: revokes the new token when the user signed out during the refresh", () =>
    Effect.gen(function*() {
      const { accessOfRecord, events, memory, persist, revoked } = yield* prepare
      yield* memory.remove(key)
      assert.strictEqual((yield* Effect.flip(persist))._tag, "NotSignedIn")
      assert.deepStrictEqual([revoked, events], [["access-1"], ["SignedOut"]])
      assert.strictEqual(yield* accessOfRecord, "none")
    }))

  it.effect("F40: repeats a failed write five times, and then fails with the token", () =>
    Effect.gen(function*() {
      const { error, events, parts, state } = yield* failing
      assert.strictEqual(
        error._tag === "TokenNotPersisted" ? Redacted.value(error.token.access_token) : error._tag,
        "access-1"
      )
      assert.strictEqual(state.writes, 6)
      assert.deepStrictEqual([events, parts.unwritten.size], [["NotPersisted"], 1])
    }))
})

describe("retryWrite", () => {
  it.effect("F40: stores the token that could not be stored", () =>
    Effect.gen(function*() {
      const { accessOfRecord, events, parts } = yield* failing
      yield* RefreshWrite.retryWrite(parts, key)
      assert.deepStrictEqual([yield* accessOfRecord, parts.unwritten.size], ["access-1", 0])
      assert.deepStrictEqual(events, ["NotPersisted", "Persisted"])
    }))

  it.effect("F49: revokes it when the user has signed out", () =>
    Effect.gen(function*() {
      const { accessOfRecord, memory, parts, revoked } = yield* failing
      yield* memory.remove(key)
      yield* RefreshWrite.retryWrite(parts, key)
      assert.deepStrictEqual([revoked, parts.unwritten.size], [["access-1"], 0])
      assert.strictEqual(yield* accessOfRecord, "none")
    }))

  it.effect("drops it when the record holds another token", () =>
    Effect.gen(function*() {
      const { accessOfRecord, memory, parts, revoked } = yield* failing
      yield* memory.put(key, Stub.token({ access: "access-newer" }))
      yield* RefreshWrite.retryWrite(parts, key)
      assert.deepStrictEqual([revoked, parts.unwritten.size], [[], 0])
      assert.strictEqual(yield* accessOfRecord, "access-newer")
    }))
})

describe("makeRetrier", () => {
  it.effect("F40: starts one fiber per user, which ends when the token is stored", () =>
    Effect.gen(function*() {
      const { accessOfRecord, parts, state } = yield* failing
      const retry = yield* RefreshWrite.makeRetrier(parts)
      state.isDown = true
      yield* retry(key)
      yield* retry(key)
      state.writes = 0
      yield* TestClock.adjust("2 seconds")
      assert.isAtMost(state.writes, 6)
      state.isDown = false
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* accessOfRecord, "access-1")
      const { writes } = state
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(state.writes, writes)
    }))
})

describe("retryAllAtClose", () => {
  it.effect("F40: stores what could not be stored", () =>
    Effect.gen(function*() {
      const { accessOfRecord, parts } = yield* failing
      yield* RefreshWrite.retryAllAtClose(parts)
      assert.deepStrictEqual([yield* accessOfRecord, parts.unwritten.size], ["access-1", 0])
    }))
})
