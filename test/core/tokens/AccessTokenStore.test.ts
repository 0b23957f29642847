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
      `all ${number} of them, in pages of 1,000`,
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
    "of one application",
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
    "F51: waits 30 seconds and not longer, unless told otherwise",
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
    "an effect that runs takes as long as it takes, and fails with its own error",
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

describe("versions of records", () => {
  const member = (n: number) => ({
    access_token: `planted-access-${n}`,
    refresh_token: `planted-refresh-${n}`,
    expires_at: "2030-01-01T00:00:00.000Z",
    scopes: ["identify"]
  })

  for (
    const [name, value] of Object.entries({
      "the first release's": { version: 1, token: member(1) },
      "the first release's in a browser, which held the generation": { version: 1, generation: 7, token: member(1) }
    })
  ) {
    test(
      `F43: ${name} is read, and written in the current one`,
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
    ["a newer version's", "newer-version", JSON.stringify({ version: 3, token: member(1) })],
    ["one of a newer version that is quite another", "newer-version", JSON.stringify({ version: 1e9, v: "planted" })],
    ["no JSON", "corrupt", "planted-garbage{"],
    ["empty", "corrupt", ""],
    ["cut", "corrupt", JSON.stringify({ version: 2, token: member(1) }).slice(0, 40)],
    ["another's", "corrupt", JSON.stringify({ planted: true })],
    ["no object", "corrupt", JSON.stringify("planted")],
    ["of a version that never was", "corrupt", JSON.stringify({ version: 1.5, token: member(1) })],
    ["without an access token", "corrupt", JSON.stringify({ version: 2, token: { refresh_token: "planted" } })],
    [
      "with a mark that is no date",
      "corrupt",
      JSON.stringify({ version: 2, sent_at: "planted", token: member(1) })
    ]
  ]

  for (const [name, reason, value] of unreadable) {
    test(
      `F43: ${name}: \`${reason}\`, it stays as it is, and nothing of it is told`,
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
      `${name}: a sign-in mends it, and a sign-out removes it`,
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
    "a token whose data are no JSON is not written",
    Effect.gen(function*() {
      const records = yield* RecordStore.RecordStore
      const store = yield* AccessTokenStore.AccessTokenStore
      const error = yield* Effect.flip(store.put(nelly, { ...Stub.token(), data: { planted: Number.NaN } }))
      assert.strictEqual(error.reason, "corrupt")
      assert.isTrue(Option.isNone(yield* records.get(nelly)))
    })
  )
})

describe("the pair is one value", () => {
  test(
    "F45: before and after a rotation",
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
