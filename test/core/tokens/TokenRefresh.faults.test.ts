/** What a refresh does when Discord or the network fails. */
import { AccessToken, AccessTokenStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
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

/** The token as a store writes it, with its secrets: equal texts are equal tokens. */
const textOf = Option.map(({ token }: AccessTokenStore.StoredToken) =>
  Schema.encodeSync(Schema.fromJsonString(AccessToken.AccessToken))(token)
)

describe("a refresh that fails", () => {
  it.effect("F14: a dead grant fails with InvalidRefreshToken, and its record is removed", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0, refresh: "refresh-used" }))
      const error = yield* Effect.flip(session.getCurrentUser())
      assert.strictEqual(error._tag, "InvalidRefreshToken")
      assert.isTrue(Option.isNone(yield* storedToken))
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F14: a newer record that another process stored meanwhile is used and stays", () => {
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
    it.effect(`${row} fails with ${tag}, and nothing is lost`, () =>
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

  it.effect("F1: a connection that is refused sends nothing, and the record stays", () =>
    Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const error = yield* Effect.flip(session.refresh)
      assert.deepStrictEqual([error._tag, "sent" in error && error.sent], ["DiscordTransportError", false])
      assert.isTrue(Option.isSome(yield* storedToken))
    }).pipe(Effect.provide(Stub.layer([], discord({ onToken: () => Effect.fail("ECONNREFUSED" as const) })))))

  it.effect("F2: a reset after the refresh was sent fails with RefreshOutcomeUnknown; a dead grant then has the reason outcome-unknown", () => {
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

  it.effect("F4: during the cooldown calls fail with the same error; the first call after it sends one request", () => {
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

  it.effect("a token without a refresh token fails with AccessTokenExpired and refreshable false, and sends nothing", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0, refresh: undefined }))
      const error = yield* Effect.flip(session.getCurrentUser())
      assert.deepStrictEqual([error._tag, "refreshable" in error && error.refreshable], ["AccessTokenExpired", false])
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "AccessTokenNotRefreshable")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord())))
  })

  it.effect("F49: a sign-out during a refresh wins: the new token is not stored, and is revoked", () => {
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

/** A store that another process changes during the request. */
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

describe("a newer record that is stored during the request", () => {
  const answers = [
    [
      "F14",
      "is used and stays when the grant is dead",
      Effect.succeed({ status: 400, body: { error: "invalid_grant" } })
    ],
    ["F2", "is used and stays when the response is lost", Effect.fail("ECONNRESET" as const)]
  ] as const

  for (const [number, name, answer] of answers) {
    it.effect(`${number}: ${name}`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        const session = yield* sessionOf(Stub.token({ seconds: 0 }))
        const { access_token } = yield* session.refresh
        assert.strictEqual(Redacted.value(access_token), "access-newer")
        assert.deepStrictEqual(storedAccess(yield* storedToken), Option.some("access-newer"))
        assert.lengthOf(calls, 1)
      }).pipe(Effect.provide(meddled(calls, (store) => store.put(key, newer), answer)))
    })
  }

  it.effect("F14: data that change during the request do not keep the record of a dead grant", () => {
    const calls: Array<Stub.Call> = []
    const beside = (store: AccessTokenStore.AccessTokenStore["Service"]) =>
      Effect.flatMap(store.get(key), (found) => {
        const { generation, ...content } = Option.getOrThrow(found)
        return store.replace(key, generation, { ...content, token: { ...content.token, data: { plan: "gold" } } })
      })
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      assert.strictEqual((yield* Effect.flip(session.refresh))._tag, "InvalidRefreshToken")
      assert.isTrue(Option.isNone(yield* storedToken))
    }).pipe(
      Effect.provide(meddled(calls, beside, Effect.succeed({ status: 400, body: { error: "invalid_grant" } })))
    )
  })
})

describe("a response that is lost", () => {
  it.effect("F2: fails with RefreshOutcomeUnknown, the token stays, and nothing is sent again in a day", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* sessionOf(Stub.token({ seconds: 0 }))
      const calling = yield* Effect.forkChild(Effect.flip(session.getCurrentUser()))
      yield* TestClock.adjust("1 day")
      assert.strictEqual((yield* Fiber.join(calling))._tag, "RefreshOutcomeUnknown")
      assert.deepStrictEqual(calls.map(({ form }) => form.get("refresh_token")), ["refresh-0"])
      assert.deepStrictEqual(
        Option.map(yield* storedToken, ({ token }) => token),
        Option.some(Stub.token({ seconds: 0 }))
      )
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.fail("ECONNRESET"))))
  })
})
