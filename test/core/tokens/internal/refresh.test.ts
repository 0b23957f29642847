import { AccessTokenStore, DiscordError, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Stub from "../../../support/StubDiscord.ts"

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }

const signedIn = Effect.gen(function*() {
  const store = yield* AccessTokenStore.AccessTokenStore
  yield* store.put(key, Stub.token({ seconds: 0 }))
  return yield* Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.get(key.userId))
})

const stored = Effect.flatMap(AccessTokenStore.AccessTokenStore, (store) => store.get(key))

const storedAccess = Effect.map(stored, Option.map(({ token }) => Redacted.value(token.access_token)))

/** A store whose reads and writes can be made to fail. Writes of a mark succeed. */
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

/** Changes the store while Discord has the request. */
const changedMeanwhile = (
  calls: Array<Stub.Call>,
  change: (store: AccessTokenStore.AccessTokenStore["Service"]) => Effect.Effect<unknown, unknown>,
  answer: Effect.Effect<Stub.Answer, Stub.Drop>
) => {
  let store: AccessTokenStore.AccessTokenStore["Service"] | undefined
  const captured = Layer.effect(
    AccessTokenStore.AccessTokenStore,
    Effect.tap(AccessTokenStore.AccessTokenStore, (memory) =>
      Effect.sync(() => {
        store = memory
      }))
  ).pipe(Layer.provide(AccessTokenStore.layerMemory))
  return Stub.layer(
    calls,
    () =>
      store === undefined
        ? Effect.die("no store")
        : Effect.andThen(Effect.orDie(change(store)), answer),
    { store: captured }
  )
}

const newer = Stub.token({ access: "access-newer", refresh: "refresh-newer" })

describe("a newer record that is stored during the refresh", () => {
  const answers = [
    [
      "F14",
      "is used and kept when Discord rejects the refresh token",
      Effect.succeed({ status: 400, body: { error: "invalid_grant" } })
    ],
    ["F2", "is used and kept when the response is lost", Effect.fail("ECONNRESET" as const)]
  ] as const

  for (const [number, name, answer] of answers) {
    it.effect(`${number}: ${name}`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        const session = yield* signedIn
        const { access_token } = yield* session.refresh
        assert.strictEqual(Redacted.value(access_token), "access-newer")
        assert.deepStrictEqual(yield* storedAccess, Option.some("access-newer"))
        assert.lengthOf(calls, 1)
      }).pipe(Effect.provide(changedMeanwhile(calls, (store) => store.put(key, newer), answer)))
    })
  }

  it.effect("F14: application data that is stored during the refresh does not keep a rejected token", () => {
    const calls: Array<Stub.Call> = []
    const changeData = (store: AccessTokenStore.AccessTokenStore["Service"]) =>
      Effect.flatMap(store.get(key), (found) => {
        const { generation, ...content } = Option.getOrThrow(found)
        return store.replace(key, generation, { ...content, token: { ...content.token, data: { plan: "gold" } } })
      })
    return Effect.gen(function*() {
      const session = yield* signedIn
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "InvalidRefreshToken")
      assert.isTrue(Option.isNone(yield* stored))
    }).pipe(
      Effect.provide(
        changedMeanwhile(calls, changeData, Effect.succeed({ status: 400, body: { error: "invalid_grant" } }))
      )
    )
  })
})

describe("a lost response", () => {
  it.effect("F2: fails with RefreshOutcomeUnknown, keeps the token and sends no other request for a day", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn
      const calling = yield* Effect.forkChild(Effect.flip(session.getCurrentUser()))
      yield* TestClock.adjust("1 day")
      assert.strictEqual((yield* Fiber.join(calling))._tag, "RefreshOutcomeUnknown")
      assert.deepStrictEqual(calls.map(({ form }) => form.get("refresh_token")), ["refresh-0"])
      assert.deepStrictEqual(Option.map(yield* stored, ({ token }) => token), Option.some(Stub.token({ seconds: 0 })))
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.fail("ECONNRESET"))))
  })
})

describe("a store that fails", () => {
  it.effect("F39: sends no request when the store cannot be read, and refreshes when it can be read again", () => {
    const calls: Array<Stub.Call> = []
    const { broken, store } = breakable()
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* signedIn
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

  it.effect("F40: sends one request, however often a caller refreshes while the store cannot be written", () => {
    const calls: Array<Stub.Call> = []
    const { broken, store } = breakable()
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* signedIn
      broken.replace = true
      for (let attempt = 0; attempt < 5; attempt++) {
        const refreshing = yield* Effect.forkChild(Effect.flip(session.refresh))
        yield* TestClock.adjust("2 seconds")
        const error = yield* Fiber.join(refreshing)
        assert.strictEqual(
          error._tag === "TokenNotPersisted" ? Redacted.value(error.token.access_token) : error._tag,
          "access-1"
        )
      }
      broken.replace = false
      const refreshing = yield* Effect.forkChild(session.refresh)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(Redacted.value((yield* Fiber.join(refreshing)).access_token), "access-1")
      assert.deepStrictEqual(yield* storedAccess, Option.some("access-1"))
      assert.lengthOf(calls, 1)
    }).pipe(Effect.provide(Stub.layer(calls, ({ form }) => Effect.succeed(rotate(form)), { store })))
  })
})
