import { DiscordClient, Limits, RedisLimitStore } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { connection, makePrefix } from "../../support/redis.ts"
import { describeServer } from "../../support/servers.ts"
import * as Stub from "../../support/StubDiscord.ts"

const limit = 5

await describeServer("Redis", "RateLimiter of servers that share a Redis", () => {
  // The later windows are part of the contract of every `LimitStore`, and of the tests in virtual time.
  it.live("F6: keeps one limit of a user for both servers, and Discord never responds with 429", () => {
    const calls: Array<Stub.Call> = []
    /** Discord allows five requests in ten minutes. */
    const discord: Stub.Handler = () =>
      Effect.sync(() => ({
        body: Stub.user,
        headers: {
          "x-ratelimit-limit": String(limit),
          "x-ratelimit-remaining": String(Math.max(0, limit - calls.length)),
          "x-ratelimit-reset-after": "600",
          "x-ratelimit-bucket": "a"
        }
      }))
    return Effect.scoped(Effect.gen(function*() {
      const prefix = yield* makePrefix
      const middleware = Limits.layer({ rateLimit: { maxWait: "1 second" } }).pipe(
        Layer.provide(RedisLimitStore.layer({ prefix, timeout: "10 minutes" })),
        Layer.provide(Layer.orDie(connection))
      )
      const server = Layer.build(
        Layer.fresh(
          Stub.layer(calls, discord, { middleware: Layer.fresh(middleware), config: { timeout: "10 minutes" } })
        )
      )
      const servers = yield* Effect.all([server, server])
      const ask = (context: typeof servers[number]) =>
        DiscordClient.DiscordClient.pipe(
          Effect.flatMap((api) => api.getCurrentUser({ accessToken: Redacted.make("nelly") })),
          Effect.match({ onFailure: ({ _tag }): string => _tag, onSuccess: () => "ok" }),
          Effect.provideContext(context)
        )
      // Each server learns the route's limit from a response of its own.
      assert.deepStrictEqual(yield* Effect.forEach(servers, ask), ["ok", "ok"])
      const outcomes = yield* Effect.all(servers.flatMap((context) => Array.from({ length: 10 }, () => ask(context))), {
        concurrency: "unbounded"
      })
      assert.strictEqual(calls.length, limit)
      assert.strictEqual(outcomes.filter((outcome) => outcome === "ok").length, limit - 2)
      assert.strictEqual(new Set(outcomes).size, 2, outcomes.join())
    }))
  })
})
