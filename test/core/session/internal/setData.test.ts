import { AccessTokenStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { key, signedIn } from "../../../support/signedIn.ts"
import * as Stub from "../../../support/StubDiscord.ts"

describe("setData", () => {
  it.effect("the application's own data stay in the record after a refresh", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* signedIn()
      yield* session.setData({ plan: "gold" })
      yield* session.refresh
      const stored = yield* store.get(key)
      assert.deepStrictEqual(Option.map(stored, ({ token }) => token.data), Option.some({ plan: "gold" }))
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, ({ form }) => Effect.succeed(rotate(form)))))
  })
})
