import { AccessTokenStore, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { tagOf } from "../../support/oauth2.ts"
import * as Stub from "../../support/StubDiscord.ts"

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }

const signedIn = (token = Stub.token()) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, token)
    return yield* Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.get(key.userId))
  })

const stored = Effect.flatMap(AccessTokenStore.AccessTokenStore, (store) => store.get(key))

describe("DiscordSession.signOut", () => {
  it.effect("S38: after a 503 the token still works and stays stored, and a later sign-out revokes it", () => {
    const calls: Array<Stub.Call> = []
    let down = true
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.strictEqual(yield* tagOf(session.signOut()), "DiscordServerError")
      assert.strictEqual((yield* session.getCurrentUser()).username, "nelly")
      assert.isTrue(Option.isSome(yield* stored))
      down = false
      yield* session.signOut()
      assert.isTrue(Option.isNone(yield* stored))
      const revocations = calls.filter(({ path }) => path === "/oauth2/token/revoke")
      assert.deepStrictEqual(revocations.map(({ form }) => form.get("token")), ["refresh-0", "refresh-0"])
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          ({ path }) =>
            Effect.succeed(path !== "/oauth2/token/revoke" ? { body: Stub.user } : down ? { status: 503 } : {})
        )
      )
    )
  })
})
