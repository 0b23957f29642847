import { DiscordClient, Limits, LimitStore, RedisLimitStore } from "@discord-oauth2/core"
import type { RequestMiddleware } from "@discord-oauth2/core/api"
import { InvalidRequestLimiter } from "@discord-oauth2/core/limits"
import { assert, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { connection, makePrefix } from "../../support/redis.ts"
import { describeServer } from "../../support/servers.ts"
import * as Stub from "../../support/StubDiscord.ts"

const fine: Stub.Answer = { body: Stub.user }

/** A new user each time, so that no rate limit applies. */
let user = 0
const ask = Effect.flatMap(
  DiscordClient.DiscordClient,
  (api) => api.getCurrentUser({ accessToken: Redacted.make(`planted-${user++}`) })
)
const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.match(effect, { onFailure: ({ _tag }): string => _tag, onSuccess: () => "ok" })

/** Two servers with one IP address, each with a limiter of its own. */
const twoServers = (store: LimitStore.LimitStore["Service"], options: InvalidRequestLimiter.Options) =>
  Effect.all(
    [0, 1].map(() => Effect.provideService(InvalidRequestLimiter.make(options), LimitStore.LimitStore, store))
  )
const call: RequestMiddleware.Call = {
  endpoint: "getCurrentUser",
  clientId: "1",
  subject: "user:1",
  majorParameters: ""
}
const send = (status: number) => Effect.succeed({ status, headers: {} as never, error: undefined })

const share = (store: LimitStore.LimitStore["Service"], second: Effect.Effect<void>) =>
  Effect.gen(function*() {
    const [a, b] = yield* twoServers(store, { limit: 6 })
    if (a === undefined || b === undefined) return assert.fail()
    for (const guard of [a, b, a, b, a]) assert.strictEqual(yield* tagOf(guard(call, send(403))), "ok")
    assert.strictEqual(yield* tagOf(b(call, send(401))), "ok")
    assert.strictEqual(yield* tagOf(b(call, send(200))), "InvalidRequestLimit")
    yield* second
    assert.strictEqual(yield* tagOf(a(call, send(200))), "InvalidRequestLimit")
  })

await describeServer("Redis", "InvalidRequestLimiter of servers that share a Redis", () => {
  it.live("count together, and one stops within a second after the other", () =>
    Effect.scoped(Effect.gen(function*() {
      const prefix = yield* makePrefix
      yield* share(yield* RedisLimitStore.make({ prefix, timeout: "10 minutes" }), Effect.sleep("1100 millis"))
    })).pipe(Effect.provide(connection, { local: true })))

  it.live("a block of one stops the other", () =>
    Effect.scoped(Effect.gen(function*() {
      const prefix = yield* makePrefix
      const store = yield* RedisLimitStore.make({ prefix, timeout: "10 minutes" })
      const guard = Limits.layer().pipe(
        Layer.provide(Layer.succeed(LimitStore.LimitStore, store))
      )
      const calls: Array<Stub.Call> = []
      const server = Effect.map(
        Layer.build(Layer.fresh(Stub.layer(calls, () =>
          Effect.succeed(calls.length === 1 ? { status: 429, body: "error code: 1015" } : fine), {
          guard: Layer.fresh(guard)
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
