import { Discord, DiscordClient, DiscordSessions, OAuth2Client, TokenRefresh } from "@discord-oauth2/core"
import { RequestMiddleware } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { signedIn } from "../support/signedIn.ts"
import * as Stub from "../support/StubDiscord.ts"

describe("Discord", () => {
  it.effect("layer has the client, the grants, the refresh and the sessions", () =>
    Effect.gen(function*() {
      yield* DiscordClient.DiscordClient
      yield* OAuth2Client.OAuth2Client
      yield* TokenRefresh.TokenRefresh
      yield* DiscordSessions.DiscordSessions
      assert.isTrue(Layer.isLayer(Discord.layer()))
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({})))))

  it.effect("layer keeps Discord's rate limits unless it is told otherwise", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const reads = yield* Effect.forkChild(Effect.andThen(session.getCurrentUser(), session.getCurrentUser()))
      yield* TestClock.adjust("1999 millis")
      assert.strictEqual(calls.length, 1)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(reads)
      assert.strictEqual(calls.length, 2)
    }).pipe(Effect.provide(Stub.layer(calls, () =>
      Effect.succeed({
        body: Stub.user,
        headers: {
          "x-ratelimit-bucket": "abcd",
          "x-ratelimit-limit": "1",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset-after": "2"
        }
      }))))
  })

  it.effect("every request passes the middleware of the options", () => {
    const endpoints: Array<string> = []
    const noting: RequestMiddleware.Service = (call, send) => {
      endpoints.push(call.endpoint)
      return send
    }
    return Effect.gen(function*() {
      const session = yield* signedIn()
      yield* session.getCurrentUser()
      yield* session.signOut()
      assert.deepStrictEqual(endpoints, ["getCurrentUser", "revokeToken"])
    }).pipe(Effect.provide(
      Stub.layer([], () => Effect.succeed({ body: Stub.user }), {
        middleware: Layer.succeed(RequestMiddleware.RequestMiddleware, noting)
      })
    ))
  })

  it.effect("the options of the refresh are used", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ seconds: 3600 }))
      yield* session.accessToken
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(calls.map(({ path }) => path), ["/oauth2/token"])
    }).pipe(Effect.provide(
      Stub.layer(calls, ({ form }) => Effect.succeed(rotate(form)), { refresh: { early: "3 hours" } })
    ))
  })
})
