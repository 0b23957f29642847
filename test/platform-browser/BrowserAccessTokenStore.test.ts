import { AccessToken, AccessTokenStore, Snowflake } from "@discord-oauth2/core"
import { BrowserAccessTokenStore, BrowserStorage } from "@discord-oauth2/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { blocked, clientId, FakeStorage, userId } from "./fakes.ts"

const key: AccessTokenStore.Key = {
  clientId: Snowflake.ApplicationId.make(clientId),
  userId: Snowflake.UserId.make(userId)
}
const item = `discord-oauth2:token:${clientId}:${userId}`

const token = (n: number): AccessToken.AccessToken => ({
  access_token: Redacted.make(`planted-access-${n}`),
  refresh_token: Redacted.make(`planted-refresh-${n}`),
  expires_at: DateTime.makeUnsafe("2030-01-01T00:00:00.000Z"),
  scopes: ["identify"]
})

const accessOf = (stored: Option.Option<AccessTokenStore.StoredToken>) =>
  Option.getOrUndefined(Option.map(stored, ({ token }) => Redacted.value(token.access_token)))

const textOf = (storage: FakeStorage) => storage.records.get(item) ?? ""

const make = (storage: Storage, locks?: Pick<LockManager, "request">) =>
  BrowserAccessTokenStore.make({ storage: () => storage }).pipe(
    Effect.provideService(BrowserStorage.Locks, locks)
  )

describe("BrowserAccessTokenStore", () => {
  it.effect.prop(
    "gives back every token that there can be",
    { token: AccessToken.AccessToken },
    Effect.fn(function*({ token }) {
      const store = yield* make(new FakeStorage())
      yield* store.put(key, token)
      const stored = Option.getOrThrow(yield* store.get(key))
      // Compared as JSON, because the application's data may contain a -0, which JSON writes as 0.
      assert.strictEqual(
        JSON.stringify(Schema.encodeSync(AccessToken.AccessToken)(stored.token)),
        JSON.stringify(Schema.encodeSync(AccessToken.AccessToken)(token))
      )
    }),
    { arbitrary: { runs: 50 } }
  )

  it.effect("F45: both tokens are in one value of the storage, before and after a refresh", () =>
    Effect.gen(function*() {
      const storage = new FakeStorage()
      const store = yield* make(storage)
      const { generation } = yield* store.put(key, token(1))
      assert.deepStrictEqual([...storage.records.keys()], [item])
      assert.match(
        textOf(storage),
        /planted-access-1.*planted-refresh-1|planted-refresh-1.*planted-access-1/
      )
      yield* store.replace(key, generation, { token: token(2) })
      assert.deepStrictEqual([...storage.records.keys()], [item])
      assert.match(textOf(storage), /planted-access-2/)
      assert.match(textOf(storage), /planted-refresh-2/)
      assert.notMatch(textOf(storage), /-1"/)
    }))

  it.effect("a store of a later page load reads the records of an earlier one", () =>
    Effect.gen(function*() {
      const storage = new FakeStorage()
      const { generation } = yield* Effect.flatMap(make(storage), (store) => store.put(key, token(1)))
      const store = yield* make(storage)
      assert.strictEqual(accessOf(yield* store.get(key)), "planted-access-1")
      const replaced = Option.getOrThrow(yield* store.replace(key, generation, { token: token(2) }))
      assert.isAbove(replaced.generation, generation)
    }))

  it.effect("F52: a clock that jumps back does not make them repeat", () =>
    Effect.gen(function*() {
      const storage = new FakeStorage()
      yield* TestClock.setTime(86_400_000)
      const first = yield* Effect.flatMap(make(storage), (store) => store.put(key, token(1)))
      yield* TestClock.setTime(0)
      const second = yield* Effect.flatMap(make(storage), (store) => store.put(key, token(2)))
      assert.isAbove(second.generation, first.generation)
    }))

  describe("a record that cannot be read", () => {
    const records: Readonly<Record<string, string>> = {
      "is no JSON": "planted-garbage{",
      "is another's": JSON.stringify({ planted: true }),
      "is cut": `{"version":1,"generation":1,"token":{"access_token":"planted-acc`,
      "is of a newer version": JSON.stringify({ version: 3, generation: 2, token: { access_token: "planted" } }),
      "has no access token": JSON.stringify({
        version: 1,
        generation: 2,
        token: { refresh_token: "planted", expires_at: "2030-01-01T00:00:00.000Z", scopes: [] }
      })
    }

    for (const [what, record] of Object.entries(records)) {
      it.effect(`F43: ${what}: the call fails, the record stays, and the error does not contain it`, () =>
        Effect.gen(function*() {
          const storage = new FakeStorage()
          storage.records.set(item, record)
          const store = yield* make(storage)
          const error = yield* Effect.flip(store.get(key))
          assert.strictEqual(error._tag, "AccessTokenStoreError")
          assert.strictEqual(error.reason, what === "is of a newer version" ? "newer-version" : "corrupt")
          assert.strictEqual(error.operation, "get")
          assert.notMatch(`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`, /planted/)
          yield* Effect.exit(store.replace(key, 1, { token: token(1) }))
          yield* Effect.exit(store.removeGeneration(key, 1))
          assert.strictEqual(storage.records.get(item), record)
        }))
    }

    it.effect("a record of the first release can be read, and is written in the current format", () =>
      Effect.gen(function*() {
        const storage = new FakeStorage()
        const store = yield* make(storage)
        const encoded = Schema.encodeSync(AccessToken.AccessToken)(token(1))
        storage.records.set(item, JSON.stringify({ version: 1, generation: 1_755_000_000_000, token: encoded }))
        const first = Option.getOrThrow(yield* store.get(key))
        assert.deepStrictEqual(Schema.encodeSync(AccessToken.AccessToken)(first.token), encoded)
        assert.strictEqual(first.generation, 1_755_000_000_000)
        assert.deepStrictEqual(yield* store.list({}, { limit: 10 }), [key])
        yield* store.replace(key, first.generation, { token: token(2) })
        assert.strictEqual(accessOf(yield* store.get(key)), "planted-access-2")
      }))

    it.effect("is replaced when the user signs in again, and removed when they sign out", () =>
      Effect.gen(function*() {
        const storage = new FakeStorage()
        const store = yield* make(storage)
        storage.records.set(item, "{")
        yield* store.put(key, token(1))
        assert.strictEqual(accessOf(yield* store.get(key)), "planted-access-1")
        storage.records.set(item, "{")
        yield* store.remove(key)
        assert.isTrue(Option.isNone(yield* store.get(key)))
      }))
  })

  describe("a storage that throws", () => {
    it.effect("F44: quota exceeded: the write fails with the cause, and the record does not change", () =>
      Effect.gen(function*() {
        const storage = new FakeStorage()
        const store = yield* make(storage)
        const { generation } = yield* store.put(key, token(1))
        const before = storage.records.get(item)
        storage.rejects = () => true
        for (
          const write of [
            Effect.asVoid(store.put(key, token(2))),
            Effect.asVoid(store.replace(key, generation, { token: token(2) }))
          ]
        ) {
          const error = yield* Effect.flip(write)
          assert.strictEqual(error._tag, "AccessTokenStoreError")
          assert.strictEqual(error.reason, "full")
          assert.instanceOf(error.cause, DOMException)
          assert.strictEqual(error.cause.name, "QuotaExceededError")
          assert.strictEqual(storage.records.get(item), before)
        }
        storage.rejects = () => false
        const replaced = yield* store.replace(key, generation, { token: token(3) })
        assert.strictEqual(accessOf(replaced), "planted-access-3")
      }))

    it.effect("F44: site data blocked: every call fails with AccessTokenStoreError", () =>
      Effect.gen(function*() {
        const store = yield* BrowserAccessTokenStore.make({
          storage: () => {
            throw blocked()
          }
        })
        for (
          const effect of [
            Effect.asVoid(store.get(key)),
            Effect.asVoid(store.put(key, token(1))),
            Effect.asVoid(store.replace(key, 1, { token: token(1) })),
            store.remove(key),
            Effect.asVoid(store.removeGeneration(key, 1)),
            Effect.asVoid(store.list({}, { limit: 1 })),
            Effect.asVoid(store.count({})),
            Effect.asVoid(store.removeAll({}))
          ]
        ) {
          const error = yield* Effect.flip(effect)
          assert.strictEqual(error._tag, "AccessTokenStoreError")
          assert.strictEqual(error.reason, "unavailable")
          assert.instanceOf(error.cause, DOMException)
          assert.strictEqual(error.cause.name, "SecurityError")
        }
      }))
  })

  it.effect("F51: fails with AccessTokenStoreError after waiting too long for a lock, and cancels the request", () =>
    Effect.scoped(Effect.gen(function*() {
      let signal: AbortSignal | undefined
      const never: Pick<LockManager, "request"> = {
        request: (_name: string, options: LockOptions | LockGrantedCallback<unknown>) => {
          signal = "signal" in options ? options.signal : undefined
          return new Promise<never>(() => {})
        }
      }
      const store = yield* make(new FakeStorage(), never)
      let ran = false
      const waiting = yield* Effect.forkChild(
        Effect.flip(AccessTokenStore.withLock(store, key)(Effect.sync(() => void (ran = true))))
      )
      yield* TestClock.adjust("29 seconds")
      assert.isFalse(signal?.aborted)
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(waiting)
      assert.strictEqual(error._tag, "AccessTokenStoreError")
      assert.strictEqual(error.reason, "locked")
      assert.isTrue(signal?.aborted)
      assert.isFalse(ran)
    })))

  it.effect("F42: releases a lock that is granted after the wait has ended", () =>
    Effect.scoped(Effect.gen(function*() {
      let grant: (() => unknown) | undefined
      const late: Pick<LockManager, "request"> = {
        request: (_name: string, _options: unknown, callback?: LockGrantedCallback<unknown>) => {
          grant = () => callback?.(null)
          return new Promise<never>(() => {})
        }
      }
      const store = yield* make(new FakeStorage(), late)
      const waiter = yield* Effect.forkChild(AccessTokenStore.withLock(store, key)(Effect.void), {
        startImmediately: true
      })
      yield* Fiber.interrupt(waiter)
      assert.isDefined(grant)
      assert.isUndefined(grant?.())
    })))

  it.effect("fails with AccessTokenStoreError if the lock manager rejects, for locks and for writes", () =>
    Effect.gen(function*() {
      const storage = new FakeStorage()
      const refusing: Pick<LockManager, "request"> = { request: () => Promise.reject(blocked()) }
      const store = yield* make(storage, refusing)
      for (const effect of [AccessTokenStore.withLock(store, key)(Effect.void), store.put(key, token(1))]) {
        const error = yield* Effect.flip(Effect.asVoid(effect))
        assert.strictEqual(error._tag, "AccessTokenStoreError")
        assert.strictEqual(error.operation, "lock")
      }
      assert.strictEqual(storage.length, 0)
    }))

  it.effect("F47: the locks of a user and of a write have the same names in every tab of the origin", () =>
    Effect.gen(function*() {
      const names: Array<string> = []
      const granting: Pick<LockManager, "request"> = {
        request: (name: string, _options: unknown, callback?: LockGrantedCallback<unknown>) => {
          names.push(name)
          callback?.(null)
          return new Promise<never>(() => {})
        }
      }
      const store = yield* make(new FakeStorage(), granting)
      yield* AccessTokenStore.withLock(store, key)(store.put(key, token(1)))
      assert.deepStrictEqual(names, [item, `${item}:write`])
    }))
})
