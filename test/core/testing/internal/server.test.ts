import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { send } from "../raw.ts"

const fresh = DiscordSimulator.layerTest()

describe("requests without an endpoint", () => {
  it.effect("get 404 with Discord's body for an unknown path", () =>
    Effect.gen(function*() {
      for (const path of ["/api/v10/nonsense", "/api/v10", "/api", "/nonsense", "/api/v10/users/@me/nonsense"]) {
        const answer = yield* send("GET", path)
        assert.deepStrictEqual([answer.status, answer.json], [404, { message: "404: Not Found", code: 0 }], path)
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("get 405 for a known path with another method", () =>
    Effect.gen(function*() {
      const answer = yield* send("DELETE", "/api/v10/users/@me")
      assert.deepStrictEqual([answer.status, answer.json], [405, { message: "405: Method Not Allowed", code: 0 }])
    }).pipe(Effect.provide(fresh)))

  it.effect("get 400 code 50041 for an unsupported API version", () =>
    Effect.gen(function*() {
      const answer = yield* send("GET", "/api/v3/users/@me")
      assert.deepStrictEqual([answer.status, answer.json], [400, { message: "Invalid API version", code: 50041 }])
    }).pipe(Effect.provide(fresh)))
})
