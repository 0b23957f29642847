/** What a refresh does when the store fails. */
import { AccessTokenStore, DiscordError, DiscordSessions } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Stub from "../../support/StubDiscord.ts"
import {
  discord,
  key,
  refreshTokenOf,
  sessionOf,
  storedAccess,
  storedToken,
  tokenCalls
} from "../../support/tokenRefresh.ts"

/** A store whose reads, and writes of new tokens, can be made to fail. Marks are still written. */
const breakable = () => {
  const broken = { get: false, replace: false }
  const fail = (operation: "get" | "replace") => Effect.fail(new DiscordError.AccessTokenStoreError({ operation }))
  const store = Layer.effect(
    AccessTokenStore.AccessTokenStore,
    Effect.map(AccessTokenStore.AccessTokenStore, (memory) =>
      AccessTokenStore.AccessTokenStore.of({
        ...memory,
        get: (key) => Effect.suspend(() => broken.get ? fail("get") : memory.get(key)),
        replace: (key, generation, content) =>
          Effect.suspend(() =>
            broken.replace && content.sentAt === undefined
              ? fail("replace")
              : memory.replace(key, generation, content)
          )
      }))
  ).pipe(Layer.provide(AccessTokenStore.layerMemory))
  return { broken, store }
}

describe("a store that fails", () => {
  const failing = (failures: number) => {
    let left = failures
    return Layer.effect(
      AccessTokenStore.AccessTokenStore,
      Effect.map(AccessTokenStore.AccessTokenStore, (memory) =>
        AccessTokenStore.AccessTokenStore.of({
          ...memory,
          replace: (key, generation, content) =>
            Effect.suspend(() =>
              content.sentAt === undefined && left-- > 0
                ? Effect.fail(new DiscordError.AccessTokenStoreError({ operation: "replace" }))
                : memory.replace(key, generation, content)
            )
        }))
    ).pipe(Layer.provide(AccessTokenStore.layerMemory))
  }

  it.effect("F40: a write that fails is repeated without a second request", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const refreshed = yield* Effect.forkChild(session.refresh)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(Redacted.value((yield* Fiber.join(refreshed)).access_token), "access-1")
      assert.strictEqual(tokenCalls(calls).length, 1)
      assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-1"))
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: failing(3) })))
  })

  it.effect("F40: TokenNotPersisted holds the new token, and the next call stores it without a request", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const refreshed = yield* Effect.forkChild(Effect.flip(session.refresh))
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(refreshed)
      assert.strictEqual(
        error._tag === "TokenNotPersisted" ? Redacted.value(error.token.access_token) : error._tag,
        "access-1"
      )
      assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-1")
      assert.strictEqual(tokenCalls(calls).length, 1)
      assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-1"))
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: failing(6) })))
  })

  it.effect("F40: a token that could not be stored is stored when the store is back, without any call", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const refreshed = yield* Effect.forkChild(Effect.flip(session.refresh))
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* Fiber.join(refreshed))._tag, "TokenNotPersisted")
      assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-0"))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-1"))
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: failing(12) })))
  })

  it.effect("F40: an application that closes stores it first", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const memory = yield* AccessTokenStore.AccessTokenStore
      let isDown = true
      const store = Layer.succeed(AccessTokenStore.AccessTokenStore, {
        ...memory,
        replace: (key, generation, content) =>
          Effect.suspend(() =>
            isDown && content.sentAt === undefined
              ? Effect.fail(new DiscordError.AccessTokenStoreError({ operation: "replace" }))
              : memory.replace(key, generation, content)
          )
      })
      const asked = yield* Effect.forkChild(
        Effect.gen(function*() {
          const session = yield* sessionOf(Stub.token({ seconds: 0 }))
          const error = yield* Effect.flip(session.refresh)
          isDown = false
          return error._tag
        }).pipe(Effect.provide(Stub.layer(calls, discord(), { store })))
      )
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* Fiber.join(asked), "TokenNotPersisted")
      assert.deepStrictEqual(refreshTokenOf(yield* memory.get(key)), Option.some("refresh-1"))
    }).pipe(Effect.provide(AccessTokenStore.layerMemory))
  })

  it.effect("F40: a user who signs out before it is stored stays signed out, and it is revoked", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const refreshed = yield* Effect.forkChild(Effect.flip(session.refresh))
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* Fiber.join(refreshed))._tag, "TokenNotPersisted")
      yield* session.signOut()
      yield* TestClock.adjust("1 minute")
      assert.isTrue(Option.isNone(yield* storedToken))
      assert.include(
        calls.filter(({ path }) => path === "/oauth2/token/revoke").map(({ form }) => form.get("token")),
        "refresh-1"
      )
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: failing(1000) })))
  })

  it.effect("when the mark cannot be written, the refresh token is not sent", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "AccessTokenStoreError")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord(), {
      store: Layer.effect(
        AccessTokenStore.AccessTokenStore,
        Effect.map(AccessTokenStore.AccessTokenStore, (memory) =>
          AccessTokenStore.AccessTokenStore.of({
            ...memory,
            replace: () => Effect.fail(new DiscordError.AccessTokenStoreError({ operation: "replace", reason: "full" }))
          }))
      ).pipe(Layer.provide(AccessTokenStore.layerMemory))
    })))
  })

  it.effect("F39: a store that cannot be read fails with its error, and nothing is sent", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      assert.strictEqual((yield* Effect.flip(sessions.get(key.userId)))._tag, "AccessTokenStoreError")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord(), {
      store: Layer.effect(
        AccessTokenStore.AccessTokenStore,
        Effect.map(AccessTokenStore.AccessTokenStore, (memory) =>
          AccessTokenStore.AccessTokenStore.of({
            ...memory,
            get: () => Effect.fail(new DiscordError.AccessTokenStoreError({ operation: "get" }))
          }))
      ).pipe(Layer.provide(AccessTokenStore.layerMemory))
    })))
  })

  it.effect("F39: a store that cannot be read at a refresh sends nothing, and the token is unchanged afterwards", () => {
    const calls: Array<Stub.Call> = []
    const { broken, store } = breakable()
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      broken.get = true
      for (const call of [session.getCurrentUser(), session.refresh, session.accessToken]) {
        assert.strictEqual(
          (yield* Effect.flip<unknown, { readonly _tag: string }, never>(call))._tag,
          "AccessTokenStoreError"
        )
      }
      assert.deepStrictEqual(calls, [])
      broken.get = false
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(Redacted.value((yield* session.refresh).access_token), "access-1")
      assert.deepStrictEqual(calls.map(({ form }) => form.get("refresh_token")), ["refresh-0"])
    }).pipe(Effect.provide(Stub.layer(calls, ({ form }) => Effect.succeed(rotate(form)), { store })))
  })

  it.effect("F40: many refreshes during a failure of writes cause one token request", () => {
    const calls: Array<Stub.Call> = []
    const { broken, store } = breakable()
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      broken.replace = true
      for (let attempt = 0; attempt < 5; attempt++) {
        const asking = yield* Effect.forkChild(Effect.flip(session.refresh))
        yield* TestClock.adjust("2 seconds")
        const error = yield* Fiber.join(asking)
        assert.strictEqual(
          error._tag === "TokenNotPersisted" ? Redacted.value(error.token.access_token) : error._tag,
          "access-1"
        )
      }
      broken.replace = false
      const asking = yield* Effect.forkChild(session.refresh)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(Redacted.value((yield* Fiber.join(asking)).access_token), "access-1")
      assert.deepStrictEqual(storedAccess(yield* storedToken), Option.some("access-1"))
      assert.lengthOf(calls, 1)
    }).pipe(Effect.provide(Stub.layer(calls, ({ form }) => Effect.succeed(rotate(form)), { store })))
  })
})
