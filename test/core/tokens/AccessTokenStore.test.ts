import { AccessTokenStore, DiscordError, RecordStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { access, keyOf, nelly, plainAndSealed } from "../../support/storeContract.ts"
import * as Stub from "../../support/StubDiscord.ts"

describe("layerMemory", () => plainAndSealed({ layer: () => RecordStore.layerMemory }))

/** The store over records that the test can look into. */
const layer = Layer.provideMerge(AccessTokenStore.layer, RecordStore.layerMemory)

const test = (
  name: string,
  effect: Effect.Effect<void, unknown, AccessTokenStore.AccessTokenStore | RecordStore.RecordStore>
) => {
  it.effect(name, () => Effect.provide(effect, layer, { local: true }))
}

describe("keys", () => {
  for (const number of [0, 999, 1000, 2001]) {
    test(
      `streams all ${number} keys, in pages of 1,000`,
      Effect.gen(function*() {
        const records = yield* RecordStore.RecordStore
        const store = yield* AccessTokenStore.AccessTokenStore
        const keys = Array.from({ length: number }, (_, n) => keyOf(`${n + 1}`))
        for (const key of keys) yield* records.put(key, "any")
        const found = yield* Stream.runCollect(AccessTokenStore.keys(store))
        assert.deepStrictEqual(
          found.map(({ userId }) => userId),
          keys.map(({ userId }) => userId).toSorted()
        )
      })
    )
  }

  test(
    "streams the keys of one application",
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const elsewhere = keyOf("1", "310954232226357250")
      yield* store.put(nelly, Stub.token())
      yield* store.put(elsewhere, Stub.token())
      const { clientId } = elsewhere
      assert.deepStrictEqual(yield* Stream.runCollect(AccessTokenStore.keys(store, { clientId })), [elsewhere])
    })
  )
})

describe("withLock", () => {
  test(
    "F51: waits at most 30 seconds, or `atMost`",
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const held = yield* Deferred.make<void>()
      const locked = AccessTokenStore.withLock(store, nelly)
      yield* Effect.forkChild(locked(Effect.andThen(Deferred.succeed(held, undefined), Effect.never)))
      yield* Deferred.await(held)
      const waiting = yield* Effect.forkChild(Effect.exit(locked(Effect.void)))
      const longer = yield* Effect.forkChild(
        Effect.exit(AccessTokenStore.withLock(store, nelly, { atMost: "31 seconds" })(Effect.void))
      )
      yield* TestClock.adjust("29999 millis")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.isDefined(waiting.pollUnsafe())
      assert.isUndefined(longer.pollUnsafe())
      const error = yield* Effect.flip(Effect.flatten(Fiber.join(waiting)))
      assert.strictEqual(error.reason, "locked")
      assert.strictEqual(error.operation, "lock")
      yield* TestClock.adjust("1 second")
      assert.isDefined(longer.pollUnsafe())
    })
  )

  test(
    "does not limit the time of the effect, and fails with the effect's error",
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const slow = yield* Effect.forkChild(
        AccessTokenStore.withLock(store, nelly)(Effect.andThen(Effect.sleep("1 hour"), Effect.fail("own")))
      )
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* Effect.flip(Fiber.join(slow)), "own")
    })
  )
})

describe("the format of records", () => {
  const member = (n: number) => ({
    access_token: `planted-access-${n}`,
    refresh_token: `planted-refresh-${n}`,
    expires_at: "2030-01-01T00:00:00.000Z",
    scopes: ["identify"]
  })

  for (
    const [name, value] of Object.entries({
      "a record of the first release": { version: 1, token: member(1) },
      "a record of the first release in a browser, which contains the generation": {
        version: 1,
        generation: 7,
        token: member(1)
      }
    })
  ) {
    test(
      `F43: reads ${name}, and writes the current format`,
      Effect.gen(function*() {
        const records = yield* RecordStore.RecordStore
        const store = yield* AccessTokenStore.AccessTokenStore
        yield* records.put(nelly, JSON.stringify(value))
        const stored = Option.getOrThrow(yield* store.get(nelly))
        assert.strictEqual(access(Option.some(stored)), "planted-access-1")
        assert.notProperty(stored, "sentAt")
        yield* store.replace(nelly, stored.generation, stored)
        const written = Option.getOrThrow(yield* records.get(nelly))
        assert.deepStrictEqual(JSON.parse(written.value), { version: 2, token: member(1) })
      })
    )
  }

  const unreadable: ReadonlyArray<readonly [name: string, reason: string, value: string]> = [
    ["a newer version", "newer-version", JSON.stringify({ version: 3, token: member(1) })],
    ["a newer version with an unknown structure", "newer-version", JSON.stringify({ version: 1e9, v: "planted" })],
    ["a text that is not JSON", "corrupt", "planted-garbage{"],
    ["an empty text", "corrupt", ""],
    ["a cut text", "corrupt", JSON.stringify({ version: 2, token: member(1) }).slice(0, 40)],
    ["an unknown object", "corrupt", JSON.stringify({ planted: true })],
    ["a string", "corrupt", JSON.stringify("planted")],
    ["an invalid version", "corrupt", JSON.stringify({ version: 1.5, token: member(1) })],
    ["a missing access token", "corrupt", JSON.stringify({ version: 2, token: { refresh_token: "planted" } })],
    [
      "a mark that is not a date",
      "corrupt",
      JSON.stringify({ version: 2, sent_at: "planted", token: member(1) })
    ]
  ]

  for (const [name, reason, value] of unreadable) {
    test(
      `F43: fails with ${reason}, keeps the record and does not quote it: ${name}`,
      Effect.gen(function*() {
        const records = yield* RecordStore.RecordStore
        const store = yield* AccessTokenStore.AccessTokenStore
        const generation = yield* records.put(nelly, value)
        const error = yield* Effect.flip(store.get(nelly))
        assert.instanceOf(error, DiscordError.AccessTokenStoreError)
        assert.strictEqual(error.reason, reason)
        assert.strictEqual(error.operation, "get")
        assert.notMatch(`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`, /planted/)
        const late = yield* store.replace(nelly, generation - 1, { token: Stub.token() })
        assert.isTrue(Option.isNone(late))
        assert.isFalse(yield* store.removeGeneration(nelly, generation - 1))
        assert.deepStrictEqual(Option.getOrThrow(yield* records.get(nelly)).value, value)
      })
    )

    test(
      `replaces the record at a sign-in and removes it at a sign-out: ${name}`,
      Effect.gen(function*() {
        const records = yield* RecordStore.RecordStore
        const store = yield* AccessTokenStore.AccessTokenStore
        const generation = yield* records.put(nelly, value)
        const mended = yield* store.put(nelly, Stub.token({ access: "again" }))
        assert.isAbove(mended.generation, generation)
        assert.strictEqual(access(yield* store.get(nelly)), "again")
        yield* records.put(nelly, value)
        yield* store.remove(nelly)
        assert.isTrue(Option.isNone(yield* store.get(nelly)))
      })
    )
  }

  test(
    "does not write a token whose `data` is not JSON",
    Effect.gen(function*() {
      const records = yield* RecordStore.RecordStore
      const store = yield* AccessTokenStore.AccessTokenStore
      const error = yield* Effect.flip(store.put(nelly, { ...Stub.token(), data: { planted: Number.NaN } }))
      assert.strictEqual(error.reason, "corrupt")
      assert.isTrue(Option.isNone(yield* records.get(nelly)))
    })
  )
})

describe("a pair of tokens", () => {
  test(
    "F45: is one value before and after a refresh",
    Effect.gen(function*() {
      const records = yield* RecordStore.RecordStore
      const store = yield* AccessTokenStore.AccessTokenStore
      const text = Effect.map(records.get(nelly), (found) => Option.getOrThrow(found).value)
      const { generation } = yield* store.put(nelly, Stub.token({ access: "access-0", refresh: "refresh-0" }))
      assert.match(yield* text, /access-0.*refresh-0|refresh-0.*access-0/)
      yield* store.replace(nelly, generation, { token: Stub.token({ access: "access-1", refresh: "refresh-1" }) })
      assert.match(yield* text, /access-1.*refresh-1|refresh-1.*access-1/)
      assert.notMatch(yield* text, /-0"/)
    })
  )
})
