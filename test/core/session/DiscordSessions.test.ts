import { DiscordError, DiscordSessions } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { assertError } from "../../support/assertError.ts"
import { paths, userId } from "../../support/signedIn.ts"
import * as Stub from "../../support/StubDiscord.ts"

describe("DiscordSessions", () => {
  it.effect("open asks Discord whose token it is and stores it for that user, and get finds it", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      const opened = yield* sessions.open(Stub.token())
      assert.strictEqual(opened.userId, Stub.userId)
      const again = yield* sessions.get(userId)
      assert.strictEqual((yield* again.getCurrentUser()).username, "nelly")
      assert.deepStrictEqual(paths(calls), ["GET /oauth2/@me", "GET /users/@me"])
      assert.isTrue(calls.every(({ authorization }) => authorization === "Bearer access-0"))
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          ({ path }) =>
            Effect.succeed({ body: path === "/oauth2/@me" ? Stub.authorization(["identify", "guilds"]) : Stub.user })
        )
      )
    )
  })

  it.effect("open without the scope identify fails with MissingScope and stores nothing", () =>
    Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      const error = yield* Effect.flip(sessions.open(Stub.token({ scopes: ["guilds"] })))
      assertError(error, new DiscordError.MissingScope({ required: ["identify"], granted: ["guilds"] }))
      assert.strictEqual((yield* Effect.flip(sessions.get(userId)))._tag, "NotSignedIn")
    }).pipe(Effect.provide(Stub.layer([], () => {
      const { user: _, ...anonymous } = Stub.authorization(["guilds"])
      return Effect.succeed({ body: anonymous })
    }))))

  it.effect("a second sign-in replaces the first one's token", () =>
    Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      yield* sessions.open(Stub.token())
      yield* sessions.open(Stub.token({ access: "access-second" }))
      const session = yield* sessions.get(userId)
      assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-second")
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ body: Stub.authorization(["identify"]) })))))
})
