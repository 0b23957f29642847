/** Concurrent refreshes of one process: a lock is a lease, which a process that holds too many locks loses. */
import { AccessTokenStore, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stub from "../../support/StubDiscord.ts"

it.effect("F47: of 200 users whose tokens expire at once, at most 50 have their locks at a time, and all are refreshed", () => {
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
    }), { middleware: Stub.unlimited })
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
