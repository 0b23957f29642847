import { AccessToken, AccessTokenStore, DiscordSessions, Snowflake, TokenRefresh } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Stub from "../../support/StubDiscord.ts"
import { discord, key, refreshTokenOf, sessionOf, storedToken, tokenCalls } from "../../support/tokenRefresh.ts"

describe("a new token that has expired already", () => {
  for (const expiresIn of [0, -1, "soon"]) {
    it.effect(`F19: with expires_in ${JSON.stringify(expiresIn)} is used, and refreshed once in five seconds`, () => {
      const calls: Array<Stub.Call> = []
      let pairs = 0
      const pair = () =>
        Effect.sync(() => {
          pairs += 1
          return {
            body: {
              access_token: `access-${pairs}`,
              refresh_token: `refresh-${pairs}`,
              token_type: "Bearer",
              expires_in: expiresIn,
              scope: "identify"
            }
          }
        })
      return Effect.gen(function*() {
        const session = yield* sessionOf(Stub.token({ seconds: 0 }))
        for (let call = 0; call < 20; call++) {
          yield* session.getCurrentUser()
          yield* TestClock.adjust("500 millis")
        }
        assert.isAtMost(tokenCalls(calls).length, 3)
        const sent = tokenCalls(calls).map(({ form }) => form.get("refresh_token"))
        assert.strictEqual(new Set(sent).size, sent.length, "none is sent twice")
        assert.strictEqual(calls.filter(({ path }) => path === "/users/@me").length, 20)
      }).pipe(
        Effect.provide(
          Stub.layer(calls, (call) => call.path === "/oauth2/token" ? pair() : Effect.succeed({ body: Stub.user }))
        )
      )
    })
  }
})

describe("concurrent callers", () => {
  it.effect("F46: 1,000 fibers with the same expired token cause one token request, and each gets its result", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const users = yield* Effect.forEach(Array.from({ length: 1000 }), () => session.getCurrentUser(), {
        concurrency: "unbounded"
      })
      assert.strictEqual(users.length, 1000)
      assert.isTrue(users.every(({ id }) => id === Stub.userId))
      assert.strictEqual(tokenCalls(calls).length, 1)
      assert.strictEqual(calls.filter(({ path }) => path === "/users/@me").length, 1000)
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F46: 1,000 sessions of one user cause one token request", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* sessionOf(Stub.token({ seconds: 0 }))
      const sessions = yield* DiscordSessions.DiscordSessions
      yield* Effect.forEach(
        Array.from({ length: 1000 }),
        () => Effect.flatMap(sessions.get(key.userId), (session) => session.getCurrentUser()),
        { concurrency: "unbounded", discard: true }
      )
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F46: 1,000 fibers whose token is rejected with a 401 cause one token request", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 604_800 }))
      yield* Effect.forEach(Array.from({ length: 1000 }), () => session.getCurrentUser(), {
        concurrency: "unbounded",
        discard: true
      })
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F48: when the first caller is interrupted, the refresh completes, is stored, and the others get its result", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const asked = yield* Deferred.make<void>()
      const answer = yield* Deferred.make<void>()
      const rotate = Stub.rotating()
      const layer = Stub.layer(calls, (call) =>
        call.path === "/oauth2/token"
          ? Effect.as(Effect.andThen(Deferred.succeed(asked, undefined), Deferred.await(answer)), rotate(call.form))
          : Effect.succeed(call.authorization === "Bearer access-1" ? { body: Stub.user } : Stub.unauthorized))
      yield* Effect.gen(function*() {
        const session = yield* sessionOf(Stub.token({ seconds: 0 }))
        const first = yield* Effect.forkChild(session.getCurrentUser())
        yield* Deferred.await(asked)
        const others = yield* Effect.forkChild(
          Effect.forEach(Array.from({ length: 10 }), () => session.getCurrentUser(), { concurrency: "unbounded" })
        )
        yield* Effect.yieldNow
        yield* Fiber.interrupt(first)
        yield* Deferred.succeed(answer, undefined)
        assert.strictEqual((yield* Fiber.join(others)).length, 10)
        assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-1"))
        assert.strictEqual(tokenCalls(calls).length, 1)
      }).pipe(Effect.provide(layer))
    })
  })

  it.effect("an application that closes waits for the response of a refresh that was sent", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const asked = yield* Deferred.make<void>()
      const rotate = Stub.rotating()
      const kept = new Map<number, AccessToken.AccessToken>()
      const store = Layer.effect(
        AccessTokenStore.AccessTokenStore,
        Effect.map(AccessTokenStore.AccessTokenStore, (memory) =>
          AccessTokenStore.AccessTokenStore.of({
            ...memory,
            replace: (key, generation, content) =>
              Effect.andThen(
                Effect.sync(() => content.sentAt === undefined && kept.set(generation, content.token)),
                memory.replace(key, generation, content)
              )
          }))
      ).pipe(Layer.provide(AccessTokenStore.layerMemory))
      const layer = Stub.layer(
        calls,
        (call) =>
          call.path === "/oauth2/token"
            ? Deferred.succeed(asked, undefined).pipe(
              Effect.andThen(Effect.sleep("1 second")),
              Effect.as(rotate(call.form))
            )
            : Effect.succeed(Stub.unauthorized),
        { store }
      )
      const application = yield* Effect.forkChild(
        Effect.flatMap(sessionOf(Stub.token({ seconds: 0 })), (session) => session.getCurrentUser()).pipe(
          Effect.provide(layer)
        )
      )
      yield* Deferred.await(asked)
      const closing = yield* Effect.forkChild(Fiber.interrupt(application))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(closing)
      assert.deepStrictEqual(
        Array.from(kept.values(), ({ refresh_token }) => refresh_token && Redacted.value(refresh_token)),
        ["refresh-1"]
      )
    })
  })
})

it.effect("F47: 200 tokens that expire at once are refreshed, at most 50 at a time", () => {
  const calls: Array<Stub.Call> = []
  let running = 0
  let most = 0
  const layer = Stub.layer(calls, (call) =>
    Effect.gen(function*() {
      if (call.path !== "/oauth2/token") return { body: Stub.user }
      most = Math.max(most, ++running)
      for (let turn = 0; turn < 100; turn++) yield* Effect.yieldNow
      running -= 1
      const old = call.form.get("refresh_token") ?? ""
      return {
        body: { access_token: `${old}-access`, refresh_token: `${old}-next`, token_type: "Bearer", scope: "identify" }
      }
    }), { guard: Stub.unguarded })
  return Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    const sessions = yield* DiscordSessions.DiscordSessions
    const users = Array.from(
      { length: 200 },
      (_, index) => Snowflake.UserId.make(String(80351110224678912n + BigInt(index)))
    )
    yield* Effect.forEach(
      users,
      (userId) =>
        store.put({ clientId: Snowflake.ApplicationId.make(Stub.clientId), userId }, {
          ...Stub.token({ seconds: 0, access: `access-${userId}` })
        }),
      { discard: true }
    )
    const refreshed = yield* Effect.forEach(
      users,
      (userId) => Effect.flatMap(sessions.get(userId), (session) => session.accessToken),
      { concurrency: "unbounded" }
    )
    assert.strictEqual(refreshed.length, 200)
    assert.strictEqual(calls.length, 200)
    assert.strictEqual(most, 50)
  }).pipe(Effect.provide(layer))
})

describe("a lock that another process holds", () => {
  it.effect("F51: waiting longer than `lockTimeout` fails with the reason locked and sends nothing", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const holder = yield* Effect.forkChild(Effect.scoped(Effect.andThen(store.lock(key), Effect.never)))
      const waiting = yield* Effect.forkChild(Effect.flip(session.getCurrentUser()))
      yield* TestClock.adjust("30 seconds")
      const error = yield* Fiber.join(waiting)
      assert.strictEqual(error._tag === "AccessTokenStoreError" ? error.reason : error._tag, "locked")
      assert.deepStrictEqual(calls, [])
      yield* Fiber.interrupt(holder)
      yield* TestClock.adjust("5 seconds")
      yield* session.getCurrentUser()
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F51: a token that is still valid is used meanwhile", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 60 }))
      yield* Effect.forkChild(Effect.scoped(Effect.andThen(store.lock(key), Effect.never)))
      yield* Effect.yieldNow
      for (let i = 0; i < 50; i++) {
        assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-0")
        yield* TestClock.adjust("1 second")
      }
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("an application that closes does not wait for the lock, and sends nothing", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const memory = yield* AccessTokenStore.AccessTokenStore
      yield* Effect.forkChild(Effect.scoped(Effect.andThen(memory.lock(key), Effect.never)))
      const store = Layer.succeed(AccessTokenStore.AccessTokenStore, memory)
      const waiting = yield* Effect.gen(function*() {
        const session = yield* sessionOf(Stub.token({ seconds: 0 }))
        const waiting = yield* Effect.forkDetach(Effect.flip(session.getCurrentUser()))
        yield* Effect.yieldNow
        return waiting
      }).pipe(Effect.provide(Stub.layer(calls, discord(), { store })))
      const error = yield* Fiber.join(waiting)
      assert.strictEqual(error._tag === "AccessTokenStoreError" ? error.reason : error._tag, "locked")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(AccessTokenStore.layerMemory))
  })

  it.effect("F42: a caller that waited finds the new token and sends nothing", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      yield* Effect.forkChild(Effect.scoped(Effect.gen(function*() {
        yield* store.lock(key)
        yield* Effect.sleep("1 second")
        const { generation } = Option.getOrThrow(yield* store.get(key))
        yield* store.replace(key, generation, {
          token: Stub.token({ access: "access-other", refresh: "refresh-other" })
        })
      })))
      yield* Effect.yieldNow
      const waiting = yield* Effect.forkChild(session.accessToken)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(Redacted.value((yield* Fiber.join(waiting)).access_token), "access-other")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })
})

describe("the application's own data", () => {
  it.effect("a change of the data is not a new token: the next refresh asks Discord, and keeps the data", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 604_800 }))
      yield* session.setData({ plan: "gold" })
      const token = yield* session.refresh
      assert.strictEqual(Redacted.value(token.access_token), "access-1")
      assert.strictEqual(tokenCalls(calls).length, 1)
      assert.deepStrictEqual(Option.map(yield* storedToken, ({ token }) => token.data), Option.some({ plan: "gold" }))
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("a session that did not see the change gets no expired token", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      const session = yield* sessionOf(Stub.token({ seconds: 60 }))
      const other = yield* sessions.get(key.userId)
      yield* other.setData({ plan: "gold" })
      yield* TestClock.adjust("1 day")
      assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-1")
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("data that change during the refresh stay, and the new token is stored", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const refreshed = yield* Effect.forkChild(session.refresh)
      yield* TestClock.adjust("500 millis")
      const before = Option.getOrThrow(yield* storedToken)
      // A writer that does not respect the lock.
      yield* store.replace(key, before.generation, {
        ...before,
        token: AccessToken.withData(before.token, { plan: "gold" })
      })
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(refreshed)
      assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-1"))
      assert.deepStrictEqual(Option.map(yield* storedToken, ({ token }) => token.data), Option.some({ plan: "gold" }))
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord({ onToken: (form) => Effect.as(Effect.sleep("1 second"), rotate(form)) })
    )))
  })

  it.effect("a token that another process stored long ago is refreshed again, not returned", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 0, access: "access-old", refresh: "refresh-old" }))
      yield* store.put(key, Stub.token({ seconds: 60 }))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-1")
      assert.deepStrictEqual(tokenCalls(calls).map(({ form }) => form.get("refresh_token")), ["refresh-0"])
    }).pipe(Effect.provide(Stub.layer(calls, discord({ onToken: (form) => Effect.succeed(rotate(form)) }))))
  })
})

describe("early refresh", () => {
  it.effect("callers get the old token while one fiber refreshes", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 60 }))
      for (let i = 0; i < 50; i++) {
        assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-0")
      }
      yield* TestClock.adjust("1 second")
      assert.strictEqual(tokenCalls(calls).length, 1)
      assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-1"))
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord({ onToken: (form) => Effect.as(Effect.sleep("1 second"), rotate(form)) })
    )))
  })

  it.effect("the session then uses the new token and sends no other request", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 60 }))
      for (let i = 0; i < 50; i++) {
        yield* session.accessToken
        yield* TestClock.adjust("10 millis")
      }
      assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-1")
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F4: an early refresh that failed is tried again after the cooldown, while the token is still valid", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    let down = true
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 120 }))
      for (let second = 0; second < 12; second++) {
        assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-0")
        yield* TestClock.adjust("1 second")
      }
      assert.strictEqual(tokenCalls(calls).length, 3)
      down = false
      yield* TestClock.adjust("5 seconds")
      yield* session.accessToken
      yield* TestClock.adjust("1 second")
      assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-1")
      assert.strictEqual(tokenCalls(calls).length, 4)
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord({ onToken: (form) => Effect.succeed(down ? { status: 503 } : rotate(form)) })
    )))
  })

  it.effect("a token is not refreshed earlier than `early`", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 301 }))
      yield* session.accessToken
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F52: a clock that jumps a day causes one refresh", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 3600 }))
      yield* TestClock.adjust("1 day")
      yield* Effect.forEach(Array.from({ length: 100 }), () => session.getCurrentUser(), { concurrency: "unbounded" })
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })
})

it.effect("the service returns a newer record without a request", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    const refresh = yield* TokenRefresh.TokenRefresh
    const refused = yield* store.put(key, Stub.token({ seconds: 0 }))
    yield* store.put(key, Stub.token({ access: "access-newer" }))
    const stored = yield* refresh.refresh(key, refused)
    assert.strictEqual(Redacted.value(stored.token.access_token), "access-newer")
    assert.deepStrictEqual(calls, [])
    assert.isTrue(Exit.isSuccess(yield* Effect.exit(refresh.refreshEarly(key, stored, () => Effect.void))))
    assert.isTrue(DateTime.isDateTime(stored.token.expires_at))
  }).pipe(Effect.provide(Stub.layer(calls, discord())))
})
