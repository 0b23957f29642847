import { AccessToken, type AccessTokenStore, Snowflake } from "@discord-oauth2/core"
import { BrowserAccessTokenStore, BrowserStorage } from "@discord-oauth2/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
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
const otherKey = { ...key, userId: Snowflake.UserId.make("80351110224678913") }
const item = `discord-oauth2:token:${clientId}:${userId}`

const token = (n: number): AccessToken.AccessToken => ({
  access_token: Redacted.make(`planted-access-${n}`),
  refresh_token: Redacted.make(`planted-refresh-${n}`),
  expires_at: DateTime.makeUnsafe("2030-01-01T00:00:00.000Z"),
  scopes: ["identify"]
})

const accessOf = (stored: Option.Option<AccessTokenStore.StoredToken>) =>
  Option.getOrUndefined(Option.map(stored, ({ token }) => Redacted.value(token.access_token)))

const make = (storage: Storage, locks?: Pick<LockManager, "request">) =>
  BrowserAccessTokenStore.make({ storage: () => storage }).pipe(
    Effect.provideService(BrowserStorage.Locks, locks)
  )

describe("BrowserAccessTokenStore", () => {
  it.effect("keeps a token whole: the pair, the expiry, the scopes and the application's data", () =>
    Effect.gen(function*() {
      const store = yield* make(new FakeStorage())
      const whole = { ...token(1), id_token: Redacted.make("planted-id"), data: { theme: "dark", visits: [1, null] } }
      const { generation } = yield* store.put(key, whole)
      const stored = Option.getOrThrow(yield* store.get(key))
      assert.deepStrictEqual(
        Schema.encodeSync(AccessToken.AccessToken)(stored.token),
        Schema.encodeSync(AccessToken.AccessToken)(whole)
      )
      assert.strictEqual(stored.generation, generation)
    }))

  it.effect.prop(
    "gives back every token that there can be",
    { token: AccessToken.AccessToken },
    Effect.fn(function*({ token }) {
      const store = yield* make(new FakeStorage())
      yield* store.put(key, token)
      const stored = Option.getOrThrow(yield* store.get(key))
      // As text, because the application's data may hold a -0, which is 0 in JSON.
      assert.strictEqual(
        JSON.stringify(Schema.encodeSync(AccessToken.AccessToken)(stored.token)),
        JSON.stringify(Schema.encodeSync(AccessToken.AccessToken)(token))
      )
    }),
    { arbitrary: { runs: 50 } }
  )

  it.effect("F45: the pair is one value of the storage, before and after a rotation", () =>
    Effect.gen(function*() {
      const storage = new FakeStorage()
      const store = yield* make(storage)
      const { generation } = yield* store.put(key, token(1))
      assert.deepStrictEqual([...storage.records.keys()], [item])
      assert.match(
        storage.records.get(item)!,
        /planted-access-1.*planted-refresh-1|planted-refresh-1.*planted-access-1/
      )
      yield* store.replace(key, generation, token(2))
      assert.deepStrictEqual([...storage.records.keys()], [item])
      assert.match(storage.records.get(item)!, /planted-access-2/)
      assert.match(storage.records.get(item)!, /planted-refresh-2/)
      assert.notMatch(storage.records.get(item)!, /-1"/)
    }))

  it.effect("keeps users and applications apart", () =>
    Effect.gen(function*() {
      const store = yield* make(new FakeStorage())
      const otherApplication = { ...key, clientId: Snowflake.ApplicationId.make("157730590492196865") }
      yield* store.put(key, token(1))
      yield* store.put(otherKey, token(2))
      yield* store.put(otherApplication, token(3))
      yield* store.remove(otherKey)
      assert.strictEqual(accessOf(yield* store.get(key)), "planted-access-1")
      assert.strictEqual(accessOf(yield* store.get(otherKey)), undefined)
      assert.strictEqual(accessOf(yield* store.get(otherApplication)), "planted-access-3")
    }))

  it.effect("a store of a later page load has what the earlier one wrote", () =>
    Effect.gen(function*() {
      const storage = new FakeStorage()
      const { generation } = yield* Effect.flatMap(make(storage), (store) => store.put(key, token(1)))
      const store = yield* make(storage)
      assert.strictEqual(accessOf(yield* store.get(key)), "planted-access-1")
      const replaced = Option.getOrThrow(yield* store.replace(key, generation, token(2)))
      assert.isAbove(replaced.generation, generation)
    }))

  describe("generations", () => {
    it.effect("a refresh writes over the generation that it started from and over no other", () =>
      Effect.gen(function*() {
        const store = yield* make(new FakeStorage())
        const first = yield* store.put(key, token(1))
        const second = Option.getOrThrow(yield* store.replace(key, first.generation, token(2)))
        assert.isTrue(Option.isNone(yield* store.replace(key, first.generation, token(3))))
        assert.strictEqual(accessOf(yield* store.get(key)), "planted-access-2")
        yield* store.remove(key)
        assert.isTrue(Option.isNone(yield* store.replace(key, second.generation, token(4))))
        assert.isTrue(Option.isNone(yield* store.get(key)))
      }))

    it.effect("F14: a dead grant is removed only where it is still the one that was refused", () =>
      Effect.gen(function*() {
        const store = yield* make(new FakeStorage())
        const first = yield* store.put(key, token(1))
        const second = yield* store.put(key, token(2))
        assert.isFalse(yield* store.removeGeneration(key, first.generation))
        assert.strictEqual(accessOf(yield* store.get(key)), "planted-access-2")
        assert.isTrue(yield* store.removeGeneration(key, second.generation))
        assert.isFalse(yield* store.removeGeneration(key, second.generation))
        assert.isTrue(Option.isNone(yield* store.get(key)))
      }))

    it.effect("F49: a record that was removed and written again is another one", () =>
      Effect.gen(function*() {
        const store = yield* make(new FakeStorage())
        const first = yield* store.put(key, token(1))
        yield* store.remove(key)
        const second = yield* store.put(key, token(2))
        assert.isAbove(second.generation, first.generation)
        assert.isTrue(Option.isNone(yield* store.replace(key, first.generation, token(3))))
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
  })

  describe("F43: a record that cannot be read", () => {
    const records: Readonly<Record<string, string>> = {
      "is no JSON": "planted-garbage{",
      "is another's": JSON.stringify({ planted: true }),
      "is cut": `{"version":1,"generation":1,"token":{"access_token":"planted-acc`,
      "is of another version": JSON.stringify({
        version: 2,
        generation: 1,
        token: { access_token: "planted", expires_at: "2030-01-01T00:00:00.000Z", scopes: [] }
      }),
      "has no access token": JSON.stringify({
        version: 1,
        generation: 1,
        token: { refresh_token: "planted", expires_at: "2030-01-01T00:00:00.000Z", scopes: [] }
      })
    }

    for (const [what, record] of Object.entries(records)) {
      it.effect(`${what}: the call fails, the record stays, and the error quotes nothing of it`, () =>
        Effect.gen(function*() {
          const storage = new FakeStorage()
          storage.records.set(item, record)
          const store = yield* make(storage)
          for (
            const [operation, effect] of Object.entries({
              get: Effect.asVoid(store.get(key)),
              replace: Effect.asVoid(store.replace(key, 1, token(1))),
              removeGeneration: Effect.asVoid(store.removeGeneration(key, 1))
            })
          ) {
            const error = yield* Effect.flip(effect)
            assert.strictEqual(error._tag, "AccessTokenStoreError")
            assert.strictEqual(error.operation, operation)
            assert.notMatch(`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`, /planted/)
            assert.strictEqual(storage.records.get(item), record)
          }
        }))
    }

    it.effect("goes when the user signs in again, or out", () =>
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

  describe("F44: a storage that throws", () => {
    it.effect("no room left: the write fails with the cause, and the record is what it was", () =>
      Effect.gen(function*() {
        const storage = new FakeStorage()
        const store = yield* make(storage)
        const { generation } = yield* store.put(key, token(1))
        const before = storage.records.get(item)
        storage.refuses = () => true
        for (
          const write of [
            Effect.asVoid(store.put(key, token(2))),
            Effect.asVoid(store.replace(key, generation, token(2)))
          ]
        ) {
          const error = yield* Effect.flip(write)
          assert.strictEqual(error._tag, "AccessTokenStoreError")
          assert.strictEqual((error.cause as DOMException).name, "QuotaExceededError")
          assert.strictEqual(storage.records.get(item), before)
        }
        storage.refuses = () => false
        const replaced = yield* store.replace(key, generation, token(3))
        assert.strictEqual(accessOf(replaced), "planted-access-3")
      }))

    it.effect("site data blocked: every call fails typed, where looking at the storage is what throws", () =>
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
            Effect.asVoid(store.replace(key, 1, token(1))),
            store.remove(key),
            Effect.asVoid(store.removeGeneration(key, 1))
          ]
        ) {
          const error = yield* Effect.flip(effect)
          assert.strictEqual(error._tag, "AccessTokenStoreError")
          assert.strictEqual((error.cause as DOMException).name, "SecurityError")
        }
      }))
  })

  const lockings: ReadonlyArray<readonly [string, Pick<LockManager, "request"> | undefined]> = [
    ["Web Locks", navigator.locks],
    ["no Web Locks", undefined]
  ]

  for (const [name, locks] of lockings) {
    describe(`the lock, with ${name}`, () => {
      it.live("F46: of a hundred fibers one is inside at a time, and all have their turn", () =>
        Effect.scoped(Effect.gen(function*() {
          const store = yield* make(new FakeStorage(), locks)
          let inside = 0
          let most = 0
          let turns = 0
          const turn = Effect.gen(function*() {
            inside += 1
            most = Math.max(most, inside)
            yield* Effect.yieldNow
            turns += 1
            inside -= 1
          })
          yield* Effect.forEach(Array.from({ length: 100 }), () => store.withLock(key)(turn), {
            concurrency: "unbounded"
          })
          assert.strictEqual(most, 1)
          assert.strictEqual(turns, 100)
        })))

      it.live("another user's lock is another", () =>
        Effect.scoped(Effect.gen(function*() {
          const store = yield* make(new FakeStorage(), locks)
          const inner = store.withLock(otherKey)(Effect.succeed("inside"))
          assert.strictEqual(yield* store.withLock(key)(inner), "inside")
        })))

      it.live("a holder that fails, dies or is interrupted gives it back", () =>
        Effect.scoped(Effect.gen(function*() {
          const store = yield* make(new FakeStorage(), locks)
          assert.strictEqual(yield* Effect.flip(store.withLock(key)(Effect.fail("failure"))), "failure")
          yield* Effect.exit(store.withLock(key)(Effect.die("defect")))
          const entered = yield* Deferred.make<void>()
          const holder = yield* Effect.forkChild(
            store.withLock(key)(Effect.andThen(Deferred.succeed(entered, undefined), Effect.never))
          )
          yield* Deferred.await(entered)
          yield* Fiber.interrupt(holder)
          assert.strictEqual(yield* store.withLock(key)(Effect.succeed("free")), "free")
        })))

      it.live("whoever is interrupted while waiting never gets it, and does not keep it from the next", () =>
        Effect.scoped(Effect.gen(function*() {
          const store = yield* make(new FakeStorage(), locks)
          const entered = yield* Deferred.make<void>()
          const leave = yield* Deferred.make<void>()
          const holder = yield* Effect.forkChild(
            store.withLock(key)(Effect.andThen(Deferred.succeed(entered, undefined), Deferred.await(leave)))
          )
          yield* Deferred.await(entered)
          let waiterRan = false
          const waiter = yield* Effect.forkChild(store.withLock(key)(Effect.sync(() => void (waiterRan = true))))
          yield* Effect.yieldNow
          yield* Fiber.interrupt(waiter)
          yield* Deferred.succeed(leave, undefined)
          yield* Fiber.join(holder)
          assert.strictEqual(yield* store.withLock(key)(Effect.succeed("free")), "free")
          assert.isFalse(waiterRan)
        })))
    })
  }

  it.live("F47: tabs that share a storage exclude each other through Web Locks", () =>
    Effect.scoped(Effect.gen(function*() {
      const storage = new FakeStorage()
      const [one, other] = [yield* make(storage, navigator.locks), yield* make(storage, navigator.locks)]
      const order: Array<string> = []
      const entered = yield* Deferred.make<void>()
      const leave = yield* Deferred.make<void>()
      const first = yield* Effect.forkChild(
        one.withLock(key)(Effect.gen(function*() {
          yield* Deferred.succeed(entered, undefined)
          yield* Deferred.await(leave)
          order.push("one")
        }))
      )
      yield* Deferred.await(entered)
      const second = yield* Effect.forkChild(other.withLock(key)(Effect.sync(() => order.push("other"))))
      yield* Effect.promise(() => navigator.locks.query())
      assert.deepStrictEqual(order, [])
      yield* Deferred.succeed(leave, undefined)
      yield* Fiber.join(first)
      yield* Fiber.join(second)
      assert.deepStrictEqual(order, ["one", "other"])
    })))

  it.effect("F51: waiting too long for another tab is AccessTokenStoreError, and the request is taken back", () =>
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
      const waiting = yield* Effect.forkChild(Effect.flip(store.withLock(key)(Effect.sync(() => void (ran = true)))))
      yield* TestClock.adjust("59 seconds")
      assert.isFalse(signal?.aborted)
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(waiting)
      assert.strictEqual(error._tag, "AccessTokenStoreError")
      assert.strictEqual(error.operation, "withLock")
      assert.isTrue(signal?.aborted)
      assert.isFalse(ran)
    })))

  it.effect("F42: a lock granted to a tab that stopped waiting is given back at once", () =>
    Effect.scoped(Effect.gen(function*() {
      let grant: (() => unknown) | undefined
      const late: Pick<LockManager, "request"> = {
        request: (_name: string, _options: unknown, callback?: LockGrantedCallback<unknown>) => {
          grant = () => callback?.(null)
          return new Promise<never>(() => {})
        }
      }
      const store = yield* make(new FakeStorage(), late)
      const waiter = yield* Effect.forkChild(store.withLock(key)(Effect.void), { startImmediately: true })
      yield* Fiber.interrupt(waiter)
      assert.isDefined(grant)
      assert.isUndefined(grant?.())
    })))

  it.effect("a lock manager that refuses is AccessTokenStoreError", () =>
    Effect.scoped(Effect.gen(function*() {
      const refusing: Pick<LockManager, "request"> = { request: () => Promise.reject(blocked()) }
      const store = yield* make(new FakeStorage(), refusing)
      const error = yield* Effect.flip(store.withLock(key)(Effect.void))
      assert.strictEqual(error._tag, "AccessTokenStoreError")
    })))
})
