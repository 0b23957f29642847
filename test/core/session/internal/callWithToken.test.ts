import { DiscordError, RetryPolicy } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { assertError } from "../../../support/assertError.ts"
import { paths, signedIn } from "../../../support/signedIn.ts"
import * as Stub from "../../../support/StubDiscord.ts"

/** A policy that retries every error three times, and notes each. */
const always = (errors: Array<unknown>) =>
  Layer.succeed(
    RetryPolicy.RetryPolicy,
    () => Schedule.recurs(3).pipe(Schedule.tap(({ input }) => Effect.sync(() => errors.push(input))))
  )

describe("callWithToken", () => {
  it.effect("asks the policy about each failed call", () => {
    const calls: Array<Stub.Call> = []
    const errors: Array<unknown> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.strictEqual((yield* Effect.flip(session.getCurrentUser()))._tag, "DiscordForbidden")
      assert.deepStrictEqual(errors.map((error) => error instanceof DiscordError.DiscordForbidden), [true, true, true])
      assert.strictEqual(calls.length, 4)
    }).pipe(
      Effect.provide(always(errors)),
      Effect.provide(Stub.layer(calls, () => Effect.succeed({ status: 403, body: { message: "no", code: 50001 } })))
    )
  })

  it.effect("does not ask the policy when there is no usable token", () => {
    const calls: Array<Stub.Call> = []
    const errors: Array<unknown> = []
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ seconds: -1, refresh: undefined }))
      const error = yield* Effect.flip(session.getCurrentUser())
      assertError(error, new DiscordError.AccessTokenExpired({ refreshable: false }))
      assert.deepStrictEqual([errors, calls], [[], []])
    }).pipe(Effect.provide(always(errors)), Effect.provide(Stub.layer(calls, () => Effect.succeed({}))))
  })

  it.effect("fails with the error of the refresh, and does not repeat the call", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.strictEqual((yield* Effect.flip(session.getCurrentUser()))._tag, "InvalidRefreshToken")
      assert.deepStrictEqual(paths(calls), ["GET /users/@me", "POST /oauth2/token"])
    }).pipe(Effect.provide(Stub.layer(calls, ({ path }) =>
      Effect.succeed(
        path === "/oauth2/token" ? { status: 400, body: { error: "invalid_grant" } } : Stub.unauthorized
      ))))
  })

  it.effect("reports AccessTokenExpired as it is when the policy has not refreshed", () => {
    const errors: Array<unknown> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const error = yield* Effect.flip(session.getCurrentUser())
      assertError(error, new DiscordError.AccessTokenExpired({ refreshable: true }))
    }).pipe(
      Effect.provide(always(errors)),
      Effect.provide(Stub.layer([], () => Effect.succeed(Stub.unauthorized)))
    )
  })
})
