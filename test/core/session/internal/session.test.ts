import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Session, toDiscordSession } from "../../../../packages/core/src/session/internal/session.ts"
import { paths, signedIn } from "../../../support/signedIn.ts"
import * as Stub from "../../../support/StubDiscord.ts"

describe("Session", () => {
  it.effect("a method works without its session", () =>
    Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ scopes: ["identify", "guilds"] }))
      const { getCurrentAuthorizationInformation, setData, signOut } = session
      assert.strictEqual((yield* getCurrentAuthorizationInformation()).application.id, Stub.clientId)
      yield* setData({ plan: "gold" })
      yield* signOut()
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ body: Stub.authorization(["identify", "guilds"]) })))))

  it.effect("sessions share their methods and own none", () =>
    Effect.gen(function*() {
      const session = yield* signedIn()
      const again = yield* signedIn()
      assert.deepStrictEqual(Reflect.ownKeys(session), [])
      assert.strictEqual(Object.getPrototypeOf(session), Object.getPrototypeOf(again))
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({})))))

  it.effect("withSend makes another session with the same token, whose calls are sent in another way", () => {
    const calls: Array<Stub.Call> = []
    const sent: Array<string> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.instanceOf(session, Session)
      const wrapped = toDiscordSession(Session.withSend(session, (send) => (state, call, request) => {
        sent.push(call.identifier)
        return send(state, call, request)
      }))
      yield* wrapped.getCurrentUser()
      yield* session.getCurrentUser()
      assert.deepStrictEqual(sent, ["getCurrentUser"])
      assert.deepStrictEqual(paths(calls), ["GET /users/@me", "GET /users/@me"])
      assert.strictEqual(wrapped.userId, session.userId)
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ body: Stub.user }))))
  })
})
