import { AccessTokenStore, DiscordError, DiscordSessions } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { paths, signedIn, userId } from "../../../support/signedIn.ts"
import * as Stub from "../../../support/StubDiscord.ts"

describe("signOut", () => {
  it.effect("revokes the token at Discord and removes the record", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      yield* session.signOut()
      assert.deepStrictEqual(paths(calls), ["POST /oauth2/token/revoke"])
      const sessions = yield* DiscordSessions.DiscordSessions
      assert.strictEqual((yield* Effect.flip(sessions.get(userId)))._tag, "NotSignedIn")
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ body: {} }))))
  })

  for (const body of [{}, "", "OK", "<html></html>"]) {
    it.effect(`S37: succeeds on a 200 with the body ${JSON.stringify(body)}`, () =>
      Effect.gen(function*() {
        const session = yield* signedIn()
        yield* session.signOut()
      }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ body })))))
  }

  it.effect("F25, S38: keeps the record when Discord responds with 503, unless it is forced", () =>
    Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      const session = yield* signedIn()
      assert.strictEqual((yield* Effect.flip(session.signOut()))._tag, "DiscordServerError")
      yield* sessions.get(userId)
      yield* session.signOut({ force: true })
      assert.strictEqual((yield* Effect.flip(sessions.get(userId)))._tag, "NotSignedIn")
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ status: 503 })))))
})

describe("signOut, when the record cannot be read", () => {
  const failing = (reason: DiscordError.AccessTokenStoreError["reason"]) =>
    Layer.effect(
      AccessTokenStore.AccessTokenStore,
      Effect.map(AccessTokenStore.AccessTokenStore, (memory) => {
        let reads = 0
        return {
          ...memory,
          get: (key: AccessTokenStore.Key) =>
            Effect.suspend(() =>
              ++reads === 1
                ? memory.get(key)
                : Effect.fail(new DiscordError.AccessTokenStoreError({ operation: "get", reason }))
            )
        }
      })
    ).pipe(Layer.provide(AccessTokenStore.layerMemory))

  it.effect("F43: removes a corrupt record, and revokes the token that the session holds", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      yield* session.signOut()
      assert.deepStrictEqual(paths(calls), ["POST /oauth2/token/revoke"])
      const store = yield* AccessTokenStore.AccessTokenStore
      assert.strictEqual(yield* store.count({}), 0)
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ body: {} }), { store: failing("corrupt") })))
  })

  it.effect("F39: fails when the store is down, and neither revokes nor removes anything", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.strictEqual((yield* Effect.flip(session.signOut()))._tag, "AccessTokenStoreError")
      assert.deepStrictEqual(calls, [])
      const store = yield* AccessTokenStore.AccessTokenStore
      assert.strictEqual(yield* store.count({}), 1)
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ body: {} }), { store: failing("unavailable") })))
  })
})
