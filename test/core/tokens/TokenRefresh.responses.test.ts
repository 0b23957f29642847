/** What the responses of the token endpoint do to a session and to its stored token. */
import { AccessTokenStore, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { clientCredentials, exchange, grant, responding, revoke, tagOf } from "../../support/oauth2.ts"
import * as Stub from "../../support/StubDiscord.ts"

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }

const signedIn = (token = Stub.token()) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, token)
    return yield* Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.get(key.userId))
  })

const stored = Effect.flatMap(AccessTokenStore.AccessTokenStore, (store) => store.get(key))

describe("a response of the token endpoint", () => {
  for (const token_type of ["mac", null]) {
    it.effect(`S27: after a refresh with the token type ${JSON.stringify(token_type)} the stored refresh token stays`, () =>
      Effect.gen(function*() {
        const session = yield* signedIn(Stub.token({ seconds: 0 }))
        yield* Effect.flip(session.refresh)
        const { token } = Option.getOrThrow(yield* stored)
        assert.strictEqual(token.refresh_token && Redacted.value(token.refresh_token), "refresh-0")
      }).pipe(Effect.provide(Stub.layer([], responding({ body: { ...grant, token_type } })))))
  }

  it.effect("S28: a refresh with fewer scopes changes the session and the store", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      yield* session.refresh
      assert.deepStrictEqual(session.scopes, ["identify"])
      assert.deepStrictEqual(Option.getOrThrow(yield* stored).token.scopes, ["identify"])
      assert.strictEqual(yield* tagOf(session.getCurrentUserGuilds()), "MissingScope")
      assert.lengthOf(calls, 1)
    }).pipe(Effect.provide(Stub.layer(calls, responding({ body: { ...grant, scope: "identify" } }))))
  })

  it.effect("S29: a new refresh token replaces the old one in the session and in the store, and is sent next", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* signedIn()
      for (const n of [1, 2, 3]) {
        const token = yield* session.refresh
        for (const each of [token, Option.getOrThrow(yield* stored).token]) {
          assert.strictEqual(each.refresh_token && Redacted.value(each.refresh_token), `refresh-${n}`)
        }
      }
      assert.deepStrictEqual(calls.map(({ form }) => form.get("refresh_token")), [
        "refresh-0",
        "refresh-1",
        "refresh-2"
      ])
    }).pipe(Effect.provide(Stub.layer(calls, ({ form }) => Effect.succeed(rotate(form)))))
  })

  for (const absent of [{}, { refresh_token: undefined }, { refresh_token: null }]) {
    it.effect(`S29: with ${JSON.stringify(absent)} for a new refresh token the old one stays, and is sent again`, () => {
      const calls: Array<Stub.Call> = []
      const { refresh_token: _, ...rest } = grant
      return Effect.gen(function*() {
        const session = yield* signedIn()
        for (const _ of [1, 2]) {
          const token = yield* session.refresh
          assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
          for (const each of [token, Option.getOrThrow(yield* stored).token]) {
            assert.strictEqual(each.refresh_token && Redacted.value(each.refresh_token), "refresh-0")
          }
        }
        assert.deepStrictEqual(calls.map(({ form }) => form.get("refresh_token")), ["refresh-0", "refresh-0"])
      }).pipe(Effect.provide(Stub.layer(calls, responding({ body: { ...rest, ...absent } }))))
    })
  }

  for (const status of [401, 400]) {
    const answer = { status, body: { error: "invalid_client", error_description: "Invalid client" } }

    it.effect(`F15: invalid_client with ${status} removes no token: in a refresh, an exchange, a revocation or a sign-out`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        const session = yield* signedIn(Stub.token({ seconds: 0 }))
        const { token } = Option.getOrThrow(yield* stored)
        const failures = [
          yield* tagOf(session.refresh),
          yield* tagOf(exchange),
          yield* tagOf(clientCredentials),
          yield* tagOf(revoke),
          yield* tagOf(session.signOut())
        ]
        assert.deepStrictEqual(failures, Array.from(failures, () => "InvalidClient"))
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* tagOf(session.getCurrentUser()), "InvalidClient")
        const { generation: _, ...after } = Option.getOrThrow(yield* stored)
        assert.deepStrictEqual(after, { token })
        assert.isAbove(calls.length, 5)
      }).pipe(Effect.provide(Stub.layer(calls, responding(answer))))
    })
  }

  it.effect("F15: a call with a valid token works while the secret is wrong", () =>
    Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ seconds: 60 }))
      for (let second = 0; second < 30; second++) {
        assert.strictEqual((yield* session.getCurrentUser()).username, "nelly")
        yield* TestClock.adjust("1 second")
      }
      assert.isTrue(Option.isSome(yield* stored))
    }).pipe(Effect.provide(Stub.layer([], ({ path }) =>
      Effect.succeed(
        path === "/oauth2/token" ? { status: 401, body: { error: "invalid_client" } } : { body: Stub.user }
      )))))

  for (
    const [expiresIn, seconds] of [
      ["missing", 604_800],
      [0, 0],
      [-1, 0],
      ["604800", 604_800],
      ["", 0],
      ["never", 0],
      [0.5, 0.5],
      [Number.MAX_SAFE_INTEGER, 3_155_760_000],
      [1e308, 3_155_760_000]
    ] as const
  ) {
    it.effect(`F19: a refresh with expires_in ${JSON.stringify(expiresIn)} is stored, expires in ${seconds} s, and is not repeated at once`, () => {
      const calls: Array<Stub.Call> = []
      const { expires_in: _, ...rest } = grant
      const body = { ...rest, ...(expiresIn !== "missing" && { expires_in: expiresIn }) }
      return Effect.gen(function*() {
        const session = yield* signedIn(Stub.token({ seconds: 0 }))
        yield* session.refresh
        const { token } = Option.getOrThrow(yield* stored)
        assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
        assert.strictEqual(DateTime.toEpochMillis(token.expires_at), seconds * 1000)
        assert.lengthOf(calls, 1)
      }).pipe(Effect.provide(Stub.layer(calls, responding({ body }))))
    })
  }
})

describe("an outage", () => {
  const outages: ReadonlyArray<readonly [string, Stub.Answer]> = [
    ["500 in Discord's shape", { status: 500, body: { message: "500: Internal Server Error", code: 0 } }],
    ["502 in HTML", { status: 502, body: "<html></html>" }],
    ["503", { status: 503 }],
    ["504", { status: 504, body: "" }],
    ["520 as text", { status: 520, body: "error code: 520" }],
    ["522 as text", { status: 522, body: "error code: 522" }],
    ["530 as text", { status: 530, body: "error code: 1016" }]
  ]

  for (const [name, answer] of outages) {
    it.effect(`F4: after ${name} for a refresh the token is kept, a valid token is used, and the next attempt waits`, () => {
      const calls: Array<Stub.Call> = []
      const refreshes = () => calls.filter(({ path }) => path === "/oauth2/token").length
      return Effect.gen(function*() {
        const session = yield* signedIn(Stub.token({ seconds: 60 }))
        assert.strictEqual(yield* tagOf(session.refresh), "DiscordServerError")
        for (let call = 0; call < 100; call++) {
          assert.strictEqual((yield* session.getCurrentUser()).username, "nelly")
        }
        assert.strictEqual(refreshes(), 1)
        const { token } = Option.getOrThrow(yield* stored)
        assert.deepStrictEqual(token, Stub.token({ seconds: 60 }))
        yield* TestClock.adjust("1 minute")
        for (let call = 0; call < 100; call++) {
          assert.strictEqual(yield* tagOf(session.refresh), "DiscordServerError")
        }
        assert.strictEqual(refreshes(), 2)
        assert.deepStrictEqual(Option.getOrThrow(yield* stored).token, Stub.token({ seconds: 60 }))
      }).pipe(
        Effect.provide(
          Stub.layer(calls, ({ path }) => Effect.succeed(path === "/oauth2/token" ? answer : { body: Stub.user }))
        )
      )
    })
  }
})
