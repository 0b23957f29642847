import { AccessTokenStore, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Stub from "../support/StubDiscord.ts"

const keyOf = (user: string, client = Stub.clientId): AccessTokenStore.Key => ({
  clientId: Snowflake.ApplicationId.make(client),
  userId: Snowflake.UserId.make(user)
})

const nelly = keyOf("80351110224678912")

const access = (stored: Option.Option<AccessTokenStore.StoredToken>) =>
  Option.getOrUndefined(Option.map(stored, ({ token }) => Redacted.value(token.access_token)))

describe("layerMemory", () => {
  const test = (name: string, effect: Effect.Effect<void, unknown, AccessTokenStore.AccessTokenStore>) => {
    it.effect(name, () => Effect.provide(effect, AccessTokenStore.layerMemory))
  }

  test(
    "what was put is what is read, by user and by application",
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const other = keyOf("80351110224678913")
      const elsewhere = keyOf("80351110224678912", "310954232226357250")
      yield* store.put(nelly, Stub.token({ access: "nelly" }))
      yield* store.put(other, Stub.token({ access: "other" }))
      yield* store.put(elsewhere, Stub.token({ access: "elsewhere" }))
      assert.deepStrictEqual(
        [access(yield* store.get(nelly)), access(yield* store.get(other)), access(yield* store.get(elsewhere))],
        ["nelly", "other", "elsewhere"]
      )
      assert.isTrue(Option.isNone(yield* store.get(keyOf("1"))))
    })
  )

  test(
    "replace writes over its generation alone",
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const first = yield* store.put(nelly, Stub.token({ access: "first" }))
      const second = yield* store.replace(nelly, first.generation, Stub.token({ access: "second" }))
      assert.strictEqual(access(second), "second")
      assert.isTrue(Option.isNone(yield* store.replace(nelly, first.generation, Stub.token({ access: "late" }))))
      assert.strictEqual(access(yield* store.get(nelly)), "second")
    })
  )

  test(
    "replace brings back nothing that was removed, not even where the user signed in again",
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const first = yield* store.put(nelly, Stub.token({ access: "first" }))
      yield* store.remove(nelly)
      assert.isTrue(Option.isNone(yield* store.replace(nelly, first.generation, Stub.token({ access: "late" }))))
      assert.isTrue(Option.isNone(yield* store.get(nelly)))
      yield* store.put(nelly, Stub.token({ access: "again" }))
      assert.isTrue(Option.isNone(yield* store.replace(nelly, first.generation, Stub.token({ access: "late" }))))
      assert.strictEqual(access(yield* store.get(nelly)), "again")
    })
  )

  test(
    "removeGeneration removes its generation alone, and tells",
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const first = yield* store.put(nelly, Stub.token())
      const second = yield* store.put(nelly, Stub.token())
      assert.isFalse(yield* store.removeGeneration(nelly, first.generation))
      assert.isTrue(Option.isSome(yield* store.get(nelly)))
      assert.isTrue(yield* store.removeGeneration(nelly, second.generation))
      assert.isFalse(yield* store.removeGeneration(nelly, second.generation))
      assert.isTrue(Option.isNone(yield* store.get(nelly)))
    })
  )

  test(
    "one at a time holds a user's lock, and other users do not wait",
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      let inside = 0
      let most = 0
      const critical = Effect.gen(function*() {
        most = Math.max(most, ++inside)
        yield* Effect.sleep("10 millis")
        inside -= 1
      })
      const running = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 20 }), () => store.withLock(nelly)(critical), {
          concurrency: "unbounded",
          discard: true
        })
      )
      yield* TestClock.adjust("10 millis")
      assert.strictEqual(yield* store.withLock(keyOf("1"))(Effect.succeed("at once")), "at once")
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(running)
      assert.strictEqual(most, 1)
    })
  )

  test(
    "the lock is free again after a failure and after an interruption",
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      assert.strictEqual(yield* Effect.flip(store.withLock(nelly)(Effect.fail("no"))), "no")
      const held = yield* Deferred.make<void>()
      const holder = yield* Effect.forkChild(
        store.withLock(nelly)(Effect.andThen(Deferred.succeed(held, undefined), Effect.never))
      )
      yield* Deferred.await(held)
      yield* Fiber.interrupt(holder)
      assert.strictEqual(yield* store.withLock(nelly)(Effect.succeed("free")), "free")
    })
  )
})
