import {
  AccessToken,
  AccessTokenStore,
  DiscordError,
  DiscordSessions,
  Snowflake,
  TokenRefresh
} from "@discord-oauth2/core"
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
import * as Stub from "../support/StubDiscord.ts"

const key = {
  clientId: Snowflake.ApplicationId.make(Stub.clientId),
  userId: Snowflake.UserId.make(Stub.userId)
}

const tokenCalls = (calls: ReadonlyArray<Stub.Call>) => calls.filter(({ path }) => path === "/oauth2/token")

/** Answers reads for the bearer that is current, 401 for every other; the token endpoint rotates. */
const discord = (options?: { readonly onToken?: (form: URLSearchParams) => Effect.Effect<Stub.Answer, Stub.Drop> }) => {
  const rotate = Stub.rotating()
  let accepted = "access-none"
  return (call: Stub.Call) =>
    Effect.gen(function*() {
      if (call.path === "/oauth2/token") {
        if (options?.onToken !== undefined) return yield* options.onToken(call.form)
        const answer = rotate(call.form)
        if (answer.status === undefined) accepted = `access-${(call.form.get("refresh_token") ?? "").slice(8)}`
        if (answer.status === undefined) accepted = `access-${Number(accepted.slice(7)) + 1}`
        return answer
      }
      if (call.path === "/oauth2/token/revoke") return {}
      return call.authorization === `Bearer ${accepted}` ? { body: Stub.user } : Stub.unauthorized
    })
}

const sessionOf = (token: AccessToken.AccessToken) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, token)
    const sessions = yield* DiscordSessions.DiscordSessions
    return yield* sessions.get(key.userId)
  })

const storedToken = Effect.flatMap(AccessTokenStore.AccessTokenStore, (store) => store.get(key))

const refreshTokenOf = (stored: Option.Option<AccessTokenStore.StoredToken>) =>
  Option.map(stored, ({ token }) => token.refresh_token === undefined ? "none" : Redacted.value(token.refresh_token))

describe("single flight", () => {
  it.effect("F46: 1,000 fibers that meet the same expired token cause one token request, and each gets its answer", () => {
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

  it.effect("F46: the same holds for 1,000 sessions of the user that were loaded one by one", () => {
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

  it.effect("F46: and for a token that is refused with a 401 before its time", () => {
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

  it.effect("F48: the first caller is interrupted, the refresh completes, is stored, and the others have its answer", () => {
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

  it.effect("a closing application waits for the refresh on its way, whose answer exists once", () => {
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
            replace: (key, generation, token) =>
              Effect.andThen(Effect.sync(() => kept.set(generation, token)), memory.replace(key, generation, token))
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

describe("a refresh that fails", () => {
  it.effect("F14: a dead grant is InvalidRefreshToken and its record is removed", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0, refresh: "refresh-used" }))
      const error = yield* Effect.flip(session.getCurrentUser())
      assert.strictEqual(error._tag, "InvalidRefreshToken")
      assert.isTrue(Option.isNone(yield* storedToken))
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F14: a dead grant costs nothing where another process has written a newer record meanwhile", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 0, refresh: "refresh-used" }))
      const refreshed = yield* Effect.forkChild(session.refresh)
      yield* Effect.yieldNow
      yield* store.put(key, Stub.token({ access: "access-newer", refresh: "refresh-newer" }))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(Redacted.value((yield* Fiber.join(refreshed)).access_token), "access-newer")
      assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-newer"))
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord({
        onToken: () => Effect.as(Effect.sleep("1 second"), { status: 400, body: { error: "invalid_grant" } })
      })
    )))
  })

  for (
    const [name, answer] of [
      ["invalid_grant with Discord's text", {
        error: "invalid_grant",
        error_description: "Invalid \"refresh_token\" in request."
      }],
      ["bare invalid_grant", { error: "invalid_grant" }],
      ["invalid_request that names the refresh token", {
        error: "invalid_request",
        error_description: "Invalid \"refresh_token\" in request."
      }]
    ] as const
  ) {
    it.effect(`F14: a grant is dead on ${name}`, () =>
      Effect.gen(function*() {
        const session = yield* sessionOf(Stub.token({ seconds: 0 }))
        assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "InvalidRefreshToken")
      }).pipe(
        Effect.provide(Stub.layer([], discord({ onToken: () => Effect.succeed({ status: 400, body: answer }) })))
      ))
  }

  for (
    const [row, tag, answer] of [
      ["F15: invalid_client", "InvalidClient", { status: 401, body: { error: "invalid_client" } }],
      ["F15: invalid_client as a 400", "InvalidClient", { status: 400, body: { error: "invalid_client" } }],
      ["F4: a 500", "DiscordServerError", { status: 500, body: { message: "500: Internal Server Error", code: 0 } }],
      ["F4: a 502 in HTML", "DiscordServerError", { status: 502, body: "<html>bad gateway</html>" }],
      ["#6639: the outage that answers 400 with code 0", "BadRequest", {
        status: 400,
        body: { message: "400: Bad Request", code: 0 }
      }],
      ["F6: a 429", "RateLimited", {
        status: 429,
        body: { message: "You are being rate limited.", retry_after: 64.57, global: false }
      }],
      ["F7: a Cloudflare block", "CloudflareBlocked", { status: 429, body: "error code: 1015" }],
      ["F9: HTML with a 200", "RefreshOutcomeUnknown", { status: 200, body: "<html></html>" }],
      ["F9: cut JSON", "RefreshOutcomeUnknown", { status: 200, body: "{\"access_token\":\"a" }],
      ["F9: an array", "RefreshOutcomeUnknown", { status: 200, body: [] }],
      ["F9: null", "RefreshOutcomeUnknown", { status: 200, body: "null" }],
      ["F11: a redirect", "UnexpectedStatus", { status: 307, headers: { location: "https://evil.example" } }],
      ["F20: token_type mac", "RefreshOutcomeUnknown", {
        body: { access_token: "a", token_type: "mac", expires_in: 1, refresh_token: "b", scope: "identify" }
      }],
      ["an unknown status", "UnexpectedStatus", { status: 418, body: { message: "teapot", code: 0 } }]
    ] as const
  ) {
    it.effect(`${row} is ${tag}, and nothing is lost`, () =>
      Effect.gen(function*() {
        const session = yield* sessionOf(Stub.token({ seconds: 0 }))
        const before = yield* storedToken
        const error = yield* Effect.flip(session.getCurrentUser())
        assert.strictEqual(error._tag, tag)
        assert.deepStrictEqual(yield* storedToken, before)
      }).pipe(Effect.provide(Stub.layer([], discord({ onToken: () => Effect.succeed(answer) })))))
  }

  it.effect("F1: a connection that was refused was not sent, and the record stays", () =>
    Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const error = yield* Effect.flip(session.refresh)
      assert.deepStrictEqual([error._tag, "sent" in error && error.sent], ["TransportError", false])
      assert.isTrue(Option.isSome(yield* storedToken))
    }).pipe(Effect.provide(Stub.layer([], discord({ onToken: () => Effect.fail("ECONNREFUSED" as const) })))))

  it.effect("F2: a reset after the refresh was sent is RefreshOutcomeUnknown; a grant found dead then says so", () => {
    let attempts = 0
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "RefreshOutcomeUnknown")
      yield* TestClock.adjust("5 seconds")
      const error = yield* Effect.flip(session.refresh)
      assert.deepStrictEqual(
        error._tag === "InvalidRefreshToken" ? error.reason : error._tag,
        "outcome unknown"
      )
      assert.isTrue(Option.isNone(yield* storedToken))
    }).pipe(Effect.provide(Stub.layer(
      [],
      discord({
        onToken: () =>
          ++attempts === 1
            ? Effect.fail("ECONNRESET" as const)
            : Effect.succeed({ status: 400, body: { error: "invalid_grant" } })
      })
    )))
  })

  it.effect("F4: during the cooldown calls fail with the same error and no request; after it one goes out", () => {
    const calls: Array<Stub.Call> = []
    let down = true
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      for (let i = 0; i < 10; i++) {
        assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "DiscordServerError")
      }
      assert.strictEqual(tokenCalls(calls).length, 1)
      down = false
      yield* TestClock.adjust("5 seconds")
      yield* session.refresh
      assert.strictEqual(tokenCalls(calls).length, 2)
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord({
        onToken: (form) => Effect.succeed(down ? { status: 503 } : rotate(form))
      })
    )))
  })

  it.effect("a token without a refresh token is AccessTokenExpired{refreshable:false}, and asks for nothing", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0, refresh: undefined }))
      const error = yield* Effect.flip(session.getCurrentUser())
      assert.deepStrictEqual([error._tag, "refreshable" in error && error.refreshable], ["AccessTokenExpired", false])
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "AccessTokenNotRefreshable")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F49: a sign-out during a refresh wins: the token does not come back and the fresh one is revoked", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const asked = yield* Deferred.make<void>()
      const layer = Stub.layer(
        calls,
        discord({
          onToken: (form) =>
            Effect.as(Effect.andThen(Deferred.succeed(asked, undefined), Effect.sleep("1 second")), rotate(form))
        })
      )
      yield* Effect.gen(function*() {
        const session = yield* sessionOf(Stub.token({ seconds: 0 }))
        const refreshed = yield* Effect.forkChild(Effect.flip(session.refresh))
        yield* Deferred.await(asked)
        yield* session.signOut()
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Fiber.join(refreshed))._tag, "NotSignedIn")
        assert.isTrue(Option.isNone(yield* storedToken))
        assert.deepStrictEqual(
          calls.filter(({ path }) => path === "/oauth2/token/revoke").map(({ form }) => form.get("token")),
          ["refresh-0", "refresh-1"]
        )
      }).pipe(Effect.provide(layer))
    })
  })
})

describe("the application's own data", () => {
  it.effect("changing them is no new token: the next refresh asks Discord, and keeps them", () => {
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

  it.effect("a session that did not see them change gets no expired token", () => {
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

  it.effect("that change while Discord answers stay, and the new pair is written all the same", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const refreshed = yield* Effect.forkChild(session.refresh)
      yield* TestClock.adjust("500 millis")
      const before = Option.getOrThrow(yield* storedToken)
      // A writer that does not respect the lock.
      yield* store.replace(key, before.generation, AccessToken.withData(before.token, { plan: "gold" }))
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(refreshed)
      assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-1"))
      assert.deepStrictEqual(Option.map(yield* storedToken, ({ token }) => token.data), Option.some({ plan: "gold" }))
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord({ onToken: (form) => Effect.as(Effect.sleep("1 second"), rotate(form)) })
    )))
  })

  it.effect("a token that another process refreshed long ago is refreshed again, not handed out", () => {
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

describe("a store that fails", () => {
  const failing = (failures: number) => {
    let left = failures
    return Layer.effect(
      AccessTokenStore.AccessTokenStore,
      Effect.map(AccessTokenStore.AccessTokenStore, (memory) =>
        AccessTokenStore.AccessTokenStore.of({
          ...memory,
          replace: (key, generation, token) =>
            Effect.suspend(() =>
              left-- > 0
                ? Effect.fail(new DiscordError.AccessTokenStoreError({ operation: "replace" }))
                : memory.replace(key, generation, token)
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

  it.effect("F40: in the end the pair is handed out in TokenNotPersisted, and the next attempt writes it, asking nothing", () => {
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

  it.effect("F39: a store that cannot be read fails with its error, and no request goes out", () => {
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
})

describe("early refresh", () => {
  it.effect("within the window callers keep the old token while one fiber refreshes", () => {
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

  it.effect("afterwards the session uses the new token and asks nothing more", () => {
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

  it.effect("before the window nothing is refreshed", () => {
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

it.effect("the service alone hands out the newer record without any request", () => {
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
