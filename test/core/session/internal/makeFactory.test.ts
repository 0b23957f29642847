import { AccessTokenStore } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { makeFactory } from "../../../../packages/core/src/session/internal/makeFactory.ts"
import { key, signedIn } from "../../../support/signedIn.ts"
import * as Stub from "../../../support/StubDiscord.ts"

describe("makeFactory", () => {
  it.effect("F23: sessions of one factory share the rejected tokens, and those of another do not", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      yield* signedIn()
      const make = yield* makeFactory
      const other = yield* makeFactory
      const store = yield* AccessTokenStore.AccessTokenStore
      const current = Effect.map(store.get(key), Option.getOrThrow)
      yield* Effect.flip(make(key, yield* current).getCurrentUser())
      const sent = calls.length
      const error = yield* Effect.flip(make(key, yield* current).getCurrentUser())
      assert.deepStrictEqual([error._tag, calls.length], ["InvalidAccessToken", sent])
      yield* Effect.flip(other(key, yield* current).getCurrentUser())
      assert.isAbove(calls.length, sent)
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          ({ form, path }) => Effect.succeed(path === "/oauth2/token" ? rotate(form) : Stub.unauthorized)
        )
      )
    )
  })
})
