/** What a refresh does when the record, the store or the answer goes astray in the very moment that counts. */
import { AccessTokenStore, DiscordError, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Stub from "../../support/StubDiscord.ts"

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }

const signedIn = Effect.gen(function*() {
  const store = yield* AccessTokenStore.AccessTokenStore
  yield* store.put(key, Stub.token({ seconds: 0 }))
  return yield* Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.get(key.userId))
})

const stored = Effect.flatMap(AccessTokenStore.AccessTokenStore, (store) => store.get(key))

const storedAccess = Effect.map(stored, Option.map(({ token }) => Redacted.value(token.access_token)))

/** A store whose reads and writes can be made to fail; marks are still written, so that only the named part does. */
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

/** A store, and what is done to it from outside while Discord has the request. */
const meddled = (
  calls: Array<Stub.Call>,
  meddle: (store: AccessTokenStore.AccessTokenStore["Service"]) => Effect.Effect<unknown, unknown>,
  answer: Effect.Effect<Stub.Answer, Stub.Drop>
) => {
  let store: AccessTokenStore.AccessTokenStore["Service"] | undefined
  const noted = Layer.effect(
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
        : Effect.andThen(Effect.orDie(meddle(store)), answer),
    { store: noted }
  )
}

const newer = Stub.token({ access: "access-newer", refresh: "refresh-newer" })

describe("a newer record that is written while Discord has the request", () => {
  const answers = [
    [
      "F14",
      "is used and kept where the grant is dead",
      Effect.succeed({ status: 400, body: { error: "invalid_grant" } })
    ],
    ["F2", "is used and kept where the answer is lost", Effect.fail("ECONNRESET" as const)]
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
      }).pipe(Effect.provide(meddled(calls, (store) => store.put(key, newer), answer)))
    })
  }

  it.effect("F14: data that is written beside the dead token does not keep it", () => {
    const calls: Array<Stub.Call> = []
    const beside = (store: AccessTokenStore.AccessTokenStore["Service"]) =>
      Effect.flatMap(store.get(key), (found) => {
        const { generation, ...content } = Option.getOrThrow(found)
        return store.replace(key, generation, { ...content, token: { ...content.token, data: { plan: "gold" } } })
      })
    return Effect.gen(function*() {
      const session = yield* signedIn
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "InvalidRefreshToken")
      assert.isTrue(Option.isNone(yield* stored))
    }).pipe(
      Effect.provide(meddled(calls, beside, Effect.succeed({ status: 400, body: { error: "invalid_grant" } })))
    )
  })
})

describe("an answer that is lost", () => {
  it.effect("F2: is RefreshOutcomeUnknown, the token stays, and nothing is sent again on its own in a day", () => {
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
  it.effect("F39: when it cannot be read at a refresh, no request goes out, and afterwards the token is as it was", () => {
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

  it.effect("F40: however often a refresh is asked for while it cannot be written, Discord is asked once", () => {
    const calls: Array<Stub.Call> = []
    const { broken, store } = breakable()
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* signedIn
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
      assert.deepStrictEqual(yield* storedAccess, Option.some("access-1"))
      assert.lengthOf(calls, 1)
    }).pipe(Effect.provide(Stub.layer(calls, ({ form }) => Effect.succeed(rotate(form)), { store })))
  })
})
