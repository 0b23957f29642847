import { DiscordClient, Limits, LimitStore, RedisLimitStore } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ask, expectSharedCount, tagOf } from "../../support/invalidRequests.ts"
import { connection, makePrefix } from "../../support/redis.ts"
import { describeServer } from "../../support/servers.ts"
import * as Stub from "../../support/StubDiscord.ts"

const fine: Stub.Answer = { body: Stub.user }

await describeServer("Redis", "InvalidRequestLimiter of servers that share a Redis", () => {
  it.live("count together, and one stops within a second after the other", () =>
    Effect.scoped(Effect.gen(function*() {
      const prefix = yield* makePrefix
      yield* expectSharedCount(
        yield* RedisLimitStore.make({ prefix, timeout: "10 minutes" }),
        Effect.sleep("1100 millis")
      )
    })).pipe(Effect.provide(connection, { local: true })))

  it.live("a block of one stops the other", () =>
    Effect.scoped(Effect.gen(function*() {
      const prefix = yield* makePrefix
      const store = yield* RedisLimitStore.make({ prefix, timeout: "10 minutes" })
      const middleware = Limits.layer().pipe(
        Layer.provide(Layer.succeed(LimitStore.LimitStore, store))
      )
      const calls: Array<Stub.Call> = []
      const server = Effect.map(
        Layer.build(Layer.fresh(Stub.layer(calls, () =>
          Effect.succeed(calls.length === 1 ? { status: 429, body: "error code: 1015" } : fine), {
          middleware: Layer.fresh(middleware)
        }))),
        (context) =>
          Context.pick(DiscordClient.DiscordClient)(context)
      )
      const first = yield* server
      const second = yield* server
      assert.strictEqual(yield* Effect.provideContext(tagOf(ask), first), "CloudflareBlocked")
      assert.strictEqual(yield* Effect.provideContext(tagOf(ask), second), "CloudflareBlocked")
      assert.strictEqual(calls.length, 1)
    })).pipe(Effect.provide(connection, { local: true })))
})
