import {
  AccessToken,
  AccessTokenStore,
  DiscordError,
  DiscordSessions,
  Snowflake,
  TokenRefresh
} from "@discord-oauth2/core"
import { RefreshEvent } from "@discord-oauth2/core/tokens"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { inspect } from "node:util"
import * as RecordingTracer from "../../support/recordingTracer.ts"
import * as Stub from "../../support/StubDiscord.ts"

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

/** The token as a store writes it, secrets in plain: equal texts are the same token, to the byte. */
const textOf = Option.map(({ token }: AccessTokenStore.StoredToken) =>
  Schema.encodeSync(Schema.fromJsonString(AccessToken.AccessToken))(token)
)

describe("F19: tokens that come expired", () => {
  for (const expiresIn of [0, -1, "soon"]) {
    it.effect(`F19: with expires_in ${JSON.stringify(expiresIn)} are used, and refreshed once in five seconds`, () => {
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
    const [row, tag, mayBeSpent, answer] of [
      ["F15: invalid_client", "InvalidClient", false, { status: 401, body: { error: "invalid_client" } }],
      ["F15: invalid_client as a 400", "InvalidClient", false, { status: 400, body: { error: "invalid_client" } }],
      ["F4: a 500", "DiscordServerError", true, {
        status: 500,
        body: { message: "500: Internal Server Error", code: 0 }
      }],
      ["F4: a 502 in HTML", "DiscordServerError", true, { status: 502, body: "<html>bad gateway</html>" }],
      ["#6639: the outage that answers 400 with code 0", "DiscordBadRequest", true, {
        status: 400,
        body: { message: "400: Bad Request", code: 0 }
      }],
      ["F6: a 429", "RateLimited", false, {
        status: 429,
        body: { message: "You are being rate limited.", retry_after: 64.57, global: false }
      }],
      ["F7: a Cloudflare block", "CloudflareBlocked", false, { status: 429, body: "error code: 1015" }],
      ["F9: HTML with a 200", "RefreshOutcomeUnknown", true, { status: 200, body: "<html></html>" }],
      ["F9: cut JSON", "RefreshOutcomeUnknown", true, { status: 200, body: "{\"access_token\":\"a" }],
      ["F9: an array", "RefreshOutcomeUnknown", true, { status: 200, body: [] }],
      ["F9: null", "RefreshOutcomeUnknown", true, { status: 200, body: "null" }],
      ["F11: a redirect", "UnexpectedStatus", true, { status: 307, headers: { location: "https://evil.example" } }],
      ["F20: token_type mac", "RefreshOutcomeUnknown", true, {
        body: { access_token: "a", token_type: "mac", expires_in: 1, refresh_token: "b", scope: "identify" }
      }],
      ["an unknown status", "UnexpectedStatus", true, { status: 418, body: { message: "teapot", code: 0 } }]
    ] as const
  ) {
    it.effect(`${row} is ${tag}, and nothing is lost`, () =>
      Effect.gen(function*() {
        const session = yield* sessionOf(Stub.token({ seconds: 0 }))
        const before = yield* storedToken
        const error = yield* Effect.flip(session.getCurrentUser())
        assert.strictEqual(error._tag, tag)
        const after = yield* storedToken
        assert.deepStrictEqual(textOf(after), textOf(before))
        assert.strictEqual(Option.getOrThrow(after).sentAt !== undefined, mayBeSpent)
      }).pipe(Effect.provide(Stub.layer([], discord({ onToken: () => Effect.succeed(answer) })))))
  }

  it.effect("F1: a connection that was refused was not sent, and the record stays", () =>
    Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const error = yield* Effect.flip(session.refresh)
      assert.deepStrictEqual([error._tag, "sent" in error && error.sent], ["DiscordTransportError", false])
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
        "outcome-unknown"
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

  it.effect("F40: a pair that could not be written is written as soon as the store is back, whether anyone asks or not", () => {
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

  it.effect("F40: an application that closes writes it first", () => {
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

  it.effect("F40: a user who signs out before it is written stays signed out, and the pair is revoked", () => {
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

  it.effect("a mark that cannot be written keeps the refresh token unsent", () => {
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

/** The store of another process that died at some moment of a refresh. */
const marked = (token: AccessToken.AccessToken) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    const { generation } = yield* store.put(key, token)
    yield* store.replace(key, generation, { token, sentAt: yield* DateTime.now })
    const sessions = yield* DiscordSessions.DiscordSessions
    return yield* sessions.get(key.userId)
  })

const dead = { status: 400, body: { error: "invalid_grant" } }

describe("after a crash", () => {
  it.effect("F41: while Discord is asked the record says so, and afterwards it does not", () => {
    const during: Array<boolean> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const refreshed = yield* Effect.forkChild(session.refresh)
      yield* TestClock.adjust("500 millis")
      during.push(Option.getOrThrow(yield* store.get(key)).sentAt !== undefined)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(refreshed)
      during.push(Option.getOrThrow(yield* store.get(key)).sentAt !== undefined)
      assert.deepStrictEqual(during, [true, false])
    }).pipe(Effect.provide(Stub.layer(
      [],
      discord({ onToken: (form) => Effect.as(Effect.sleep("1 second"), rotate(form)) })
    )))
  })

  it.effect("F41: a mark that is found leads to one attempt, which may well succeed", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* marked(Stub.token({ seconds: 0 }))
      yield* session.getCurrentUser()
      assert.strictEqual(tokenCalls(calls).length, 1)
      assert.deepStrictEqual(refreshTokenOf(yield* storedToken), Option.some("refresh-1"))
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F41: where that is refused, InvalidRefreshToken has the reason \"outcome-unknown\", once, and then NotSignedIn", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* marked(Stub.token({ seconds: 0 }))
      const error = yield* Effect.flip(session.getCurrentUser())
      assert.strictEqual(error._tag === "InvalidRefreshToken" ? error.reason : error._tag, "outcome-unknown")
      assert.isTrue(Option.isNone(yield* storedToken))
      assert.strictEqual((yield* Effect.flip(session.getCurrentUser()))._tag, "NotSignedIn")
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord({ onToken: () => Effect.succeed(dead) }))))
  })

  it.effect("a refusal that nothing preceded has the reason \"refused\"", () =>
    Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const error = yield* Effect.flip(session.getCurrentUser())
      assert.strictEqual(error._tag === "InvalidRefreshToken" ? error.reason : error._tag, "rejected")
    }).pipe(Effect.provide(Stub.layer([], discord({ onToken: () => Effect.succeed(dead) })))))

  it.effect("a mark stays through failures that pass, so that a later refusal still tells the truth", () => {
    const limited: Stub.Answer = { status: 429, body: { message: "", retry_after: 1, global: false } }
    const answers: Array<Stub.Answer> = [limited, { status: 503 }, dead]
    return Effect.gen(function*() {
      const session = yield* marked(Stub.token({ seconds: 0 }))
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "RateLimited")
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "DiscordServerError")
      yield* TestClock.adjust("5 seconds")
      const error = yield* Effect.flip(session.refresh)
      assert.strictEqual(error._tag === "InvalidRefreshToken" ? error.reason : error._tag, "outcome-unknown")
    }).pipe(Effect.provide(Stub.layer([], discord({ onToken: () => Effect.succeed(answers.shift() ?? {}) }))))
  })

  it.effect("a dead grant's record goes although the application's own data beside it changed meanwhile", () =>
    Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const refreshed = yield* Effect.forkChild(Effect.flip(session.refresh))
      yield* TestClock.adjust("500 millis")
      yield* session.setData({ plan: "gold" })
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(refreshed))._tag, "InvalidRefreshToken")
      assert.isTrue(Option.isNone(yield* storedToken))
    }).pipe(Effect.provide(Stub.layer(
      [],
      discord({ onToken: () => Effect.as(Effect.sleep("1 second"), dead) })
    ))))
})

describe("a process that has lost its lock and may be slow, and not dead", () => {
  const withGrace = Layer.effect(
    AccessTokenStore.AccessTokenStore,
    Effect.map(AccessTokenStore.AccessTokenStore, (memory) => ({ ...memory, grace: Duration.seconds(15) }))
  ).pipe(Layer.provide(AccessTokenStore.layerMemory))

  it.effect("F42: its answer is waited for, and used when it comes, without any request", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* marked(Stub.token({ seconds: 0 }))
      const waiting = yield* Effect.forkChild(session.accessToken)
      yield* TestClock.adjust("14 seconds")
      const { generation } = Option.getOrThrow(yield* store.get(key))
      yield* store.replace(key, generation, { token: Stub.token({ access: "access-late", refresh: "refresh-late" }) })
      yield* TestClock.adjust("1 second")
      assert.strictEqual(Redacted.value((yield* Fiber.join(waiting)).access_token), "access-late")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: withGrace })))
  })

  it.effect("F41: where none comes in that time, the token is sent once", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* marked(Stub.token({ seconds: 0 }))
      const waiting = yield* Effect.forkChild(session.accessToken)
      yield* TestClock.adjust("14 seconds")
      assert.deepStrictEqual(calls, [])
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(Redacted.value((yield* Fiber.join(waiting)).access_token), "access-1")
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: withGrace })))
  })

  it.effect("F52: a mark of a clock that is ahead delays no longer than that", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const { generation } = yield* store.put(key, Stub.token({ seconds: 0 }))
      yield* store.replace(key, generation, { token: Stub.token({ seconds: 0 }), sentAt: DateTime.makeUnsafe(1e9) })
      const session = yield* Effect.flatMap(DiscordSessions.DiscordSessions, ({ get }) => get(key.userId))
      const waiting = yield* Effect.forkChild(session.accessToken)
      yield* TestClock.adjust("16 seconds")
      yield* Fiber.join(waiting)
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: withGrace })))
  })

  it.effect("a sign-out while it is waited for ends the waiting", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* marked(Stub.token({ seconds: 0 }))
      const waiting = yield* Effect.forkChild(Effect.flip(session.accessToken))
      yield* TestClock.adjust("1 second")
      yield* store.remove(key)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "NotSignedIn")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord(), { store: withGrace })))
  })

  it.effect("an answer that is known to be lost is not waited for: the next attempt comes after the cooldown", () => {
    const calls: Array<Stub.Call> = []
    let isDown = true
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "DiscordServerError")
      isDown = false
      yield* TestClock.adjust("5 seconds")
      yield* session.refresh
      assert.strictEqual(tokenCalls(calls).length, 2)
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord({ onToken: (form) => Effect.succeed(isDown ? { status: 503 } : rotate(form)) }),
      { store: withGrace }
    )))
  })
})

describe("a lock that another process holds", () => {
  it.effect("F51: waiting too long is AccessTokenStoreError with the reason locked, and no request goes out", () => {
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

  it.effect("F51: a token that is still valid is served meanwhile", () => {
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

  it.effect("an application that closes does not wait for it, and sends nothing", () => {
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

  it.effect("F42: who waited finds the new pair and sends nothing", () => {
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

describe("events", () => {
  /** What `effect` makes the refresh tell, in order. */
  const eventsOf = <E, R>(effect: Effect.Effect<unknown, E, R>) =>
    Effect.gen(function*() {
      const { events } = yield* TokenRefresh.TokenRefresh
      const told: Array<RefreshEvent.RefreshEvent> = []
      const reading = yield* Effect.forkChild(Stream.runForEach(events, (event) => Effect.sync(() => told.push(event))))
      yield* Effect.yieldNow
      yield* effect
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(reading)
      return told
    })

  const counts = Effect.map(
    Effect.forEach(
      ["refreshed", "coalesced", "adopted", "transient", "outcome_unknown", "dead", "not_persisted", "signed_out"],
      (outcome) =>
        Effect.map(
          Metric.value(Metric.withAttributes(RefreshEvent.metric, { outcome })),
          ({ count }) => [outcome, count] as const
        )
    ),
    (all) => Object.fromEntries(all.filter(([, count]) => count > 0))
  )

  const cases = [
    ["a refresh that 10 callers share", ["Refreshed", "Coalesced"], { refreshed: 1, coalesced: 9 }, undefined],
    ["an outage", ["Transient", "Coalesced"], { transient: 1, coalesced: 9 }, { status: 503 }],
    ["a lost answer", ["OutcomeUnknown", "Coalesced"], { outcome_unknown: 1, coalesced: 9 }, { body: "<html>" }],
    ["a dead grant", ["Dead", "Coalesced"], { dead: 1, coalesced: 9 }, dead]
  ] as const

  for (const [name, tags, counted, answer] of cases) {
    it.effect(`${name}: ${tags.join(", ")}`, () =>
      Effect.gen(function*() {
        const session = yield* sessionOf(Stub.token({ seconds: 0 }))
        const told = yield* eventsOf(
          Effect.forEach(Array.from({ length: 10 }), () => Effect.exit(session.refresh), { concurrency: "unbounded" })
        )
        assert.deepStrictEqual(told.map(({ _tag }) => _tag), [...tags])
        assert.isTrue(told.every((event) => event.key.userId === Stub.userId))
        assert.deepStrictEqual(yield* counts, counted)
        assert.notMatch(inspect(told, { depth: 10 }) + JSON.stringify(told), /access-|refresh-\d/)
      }).pipe(
        Effect.provide(Stub.layer([], discord(answer && { onToken: () => Effect.succeed(answer) }))),
        Effect.provideService(Metric.MetricRegistry, new Map())
      ))
  }

  it.effect("another process's token: Adopted", () =>
    Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      yield* store.put(key, Stub.token({ access: "access-newer" }))
      assert.deepStrictEqual((yield* eventsOf(session.accessToken)).map(({ _tag }) => _tag), ["Adopted"])
      assert.deepStrictEqual(yield* counts, { adopted: 1 })
    }).pipe(Effect.provide(Stub.layer([], discord())), Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("a sign-out that wins: SignedOut, and whether the fresh pair is revoked", () => {
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const told = yield* eventsOf(Effect.gen(function*() {
        yield* Effect.forkChild(Effect.exit(session.refresh))
        yield* TestClock.adjust("500 millis")
        yield* session.signOut()
        yield* TestClock.adjust("1 second")
      }))
      assert.deepStrictEqual(
        told.map((event) => [event._tag, event._tag === "SignedOut" && event.isRevoked]),
        [["SignedOut", true]]
      )
    }).pipe(Effect.provide(Stub.layer(
      [],
      discord({ onToken: (form) => Effect.as(Effect.sleep("1 second"), rotate(form)) })
    )))
  })

  it.effect("they end with the application", () =>
    Effect.gen(function*() {
      const reading = yield* Effect.gen(function*() {
        const { events } = yield* TokenRefresh.TokenRefresh
        const reading = yield* Effect.forkDetach(Stream.runCollect(events))
        yield* Effect.yieldNow
        yield* (yield* sessionOf(Stub.token({ seconds: 0 }))).refresh
        return reading
      }).pipe(Effect.provide(Stub.layer([], discord())))
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(reading)) || Exit.hasInterrupts(yield* Fiber.await(reading)))
    }))

  it.effect("the span of a refresh has its outcome", () => {
    const { spans, tracer } = RecordingTracer.make()
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      yield* session.refresh
      assert.deepStrictEqual(
        spans.filter(({ name }) => name === "TokenRefresh").map(({ attributes }) => attributes.get("outcome")),
        ["refreshed"]
      )
    }).pipe(Effect.provide(Stub.layer([], discord())), Effect.withTracer(tracer))
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

  it.effect("F4: one that failed is tried again after the cooldown, while the token is still good", () => {
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

describe("a clock that is set", () => {
  /** The wall clock of the test, so far off; what measures durations goes on. */
  const setOff = (milliseconds: number) =>
    Effect.updateService(Clock.Clock, (clock) => ({
      ...clock,
      sleep: (duration) => clock.sleep(duration),
      currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + milliseconds,
      currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + milliseconds)
    }))
  const day = 86_400_000

  it.effect("F52: back by a day during a cooldown: the next attempt does not wait for a day", () => {
    const calls: Array<Stub.Call> = []
    let down = true
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      yield* TestClock.adjust("2 days")
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "DiscordServerError")
      down = false
      yield* TestClock.adjust("5 seconds")
      yield* setOff(-day)(session.refresh)
      assert.strictEqual(tokenCalls(calls).length, 2)
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord({ onToken: (form) => Effect.succeed(down ? { status: 503 } : rotate(form)) })
    )))
  })

  it.effect("F52: back by a day after a refresh: the token that Discord refuses is refreshed once", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* TestClock.adjust("2 days")
      const session = yield* sessionOf(Stub.token({ seconds: 2 * 86_400 - 60, access: "access-past" }))
      yield* setOff(-day)(
        Effect.forEach(Array.from({ length: 100 }), () => session.getCurrentUser(), { concurrency: "unbounded" })
      )
      assert.strictEqual(tokenCalls(calls).length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F52: two processes whose clocks are 8 days apart do not refresh each other's tokens in turn", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const sessions = yield* DiscordSessions.DiscordSessions
      const ahead = yield* sessions.get(key.userId)
      for (let i = 0; i < 20; i++) {
        yield* session.getCurrentUser()
        yield* setOff(8 * day)(ahead.getCurrentUser())
        yield* TestClock.adjust("1 minute")
      }
      assert.isAtMost(tokenCalls(calls).length, 2)
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
