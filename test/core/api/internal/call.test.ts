import { DiscordClient } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Stub from "../../../support/StubDiscord.ts"

const getUser = Effect.flatMap(
  DiscordClient.DiscordClient,
  (api) => api.getCurrentUser({ accessToken: Redacted.make("planted") })
)

describe("a call", () => {
  for (
    const [name, handler, missing] of [
      ["a response", () => Effect.never, "response"],
      ["the end of a body", () => Effect.succeed({ stream: new ReadableStream() }), "whole body"]
    ] as const
  ) {
    it.effect(`F12: ends at its timeout without ${name}, and may have been sent`, () =>
      Effect.gen(function*() {
        const calling = yield* Effect.forkChild(Effect.flip(getUser))
        yield* TestClock.adjust("2 seconds")
        const error = yield* Fiber.join(calling)
        assert.deepInclude(error, { _tag: "DiscordTransportError", sent: true })
        assert.include(error.message, `no ${missing} within 2s`)
      }).pipe(Effect.provide(Stub.layer([], handler, { config: { timeout: "2 seconds", bodyTimeout: "2 seconds" } }))))
  }

  it.effect("returns the value, the response or both", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const accessToken = Redacted.make("planted")
      const user = yield* api.getCurrentUser({ accessToken })
      const response = yield* api.getCurrentUser({ accessToken, responseMode: "response-only" })
      const both = yield* api.getCurrentUser({ accessToken, responseMode: "decoded-and-response" })
      assert.strictEqual(response.status, 200)
      assert.deepStrictEqual([both[0], both[1].status], [user, 200])
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ body: Stub.user })))))
})
