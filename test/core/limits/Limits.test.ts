import { Limits, LimitStore } from "@discord-oauth2/core"
import { RequestMiddleware } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as Layer from "effect/Layer"

const call: RequestMiddleware.Call = {
  endpoint: "exchangeToken",
  clientId: "1",
  subject: "client",
  majorParameters: ""
}

const respond = (status: number) => Effect.succeed({ status, headers: Headers.empty, error: undefined })

const outcomes = (middleware: RequestMiddleware.Service, statuses: ReadonlyArray<number>) =>
  Effect.forEach(statuses, (status) =>
    Effect.match(middleware(call, respond(status)), {
      onFailure: ({ _tag }): string => _tag,
      onSuccess: ({ status }) => String(status)
    }))

const one = { rateLimit: { maxWait: 0, tokenEndpoint: { limit: 2, window: "1 minute" } } } as const

describe("Limits", () => {
  it.effect("keeps the rate limit with its options", () =>
    Effect.gen(function*() {
      const middleware = yield* RequestMiddleware.RequestMiddleware
      assert.deepStrictEqual(yield* outcomes(middleware, [200, 200, 200]), ["200", "200", "RateLimited"])
    }).pipe(Effect.provide(Limits.layerMemory(one))))

  it.effect("keeps the limit of invalid requests with its options", () =>
    Effect.gen(function*() {
      const middleware = yield* RequestMiddleware.RequestMiddleware
      assert.deepStrictEqual(yield* outcomes(middleware, [401, 403, 200]), ["401", "403", "InvalidRequestLimit"])
    }).pipe(Effect.provide(Limits.layerMemory({ invalidRequests: { limit: 2 } }))))

  it.effect("counts in the store that it is given", () =>
    Effect.gen(function*() {
      const layer = Layer.provide(
        Layer.fresh(Limits.layer(one)),
        Layer.succeed(LimitStore.LimitStore, LimitStore.makeMemory())
      )
      const servers = yield* Effect.all([Layer.build(layer), Layer.build(Layer.fresh(layer))])
      const [first, second] = servers.map((context) => Context.get(context, RequestMiddleware.RequestMiddleware))
      if (first === undefined || second === undefined) return assert.fail()
      assert.deepStrictEqual(yield* outcomes(first, [200]), ["200"])
      assert.deepStrictEqual(yield* outcomes(second, [200, 200]), ["200", "RateLimited"])
    }).pipe(Effect.scoped))
})
