import { DiscordError } from "@discord-oauth2/core"
import type { RequestMiddleware } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Headers from "effect/http/Headers"
import * as Routes from "../../../../packages/core/src/limits/internal/routes.ts"

const make = () => Routes.make({ global: { limit: 50, window: 1000 }, tokenEndpoint: { limit: 10, window: 2000 } })

const call = (changes: Partial<RequestMiddleware.Call> = {}): RequestMiddleware.Call => ({
  endpoint: "getCurrentUser",
  clientId: "1",
  subject: "user:2",
  majorParameters: "",
  ...changes
})

const response = (
  headers: { readonly bucket?: string; readonly remaining?: number; readonly resetAfter?: number } = {}
): RequestMiddleware.Reply => ({
  status: 200,
  headers: Headers.fromInput({
    "x-ratelimit-limit": "5",
    "x-ratelimit-remaining": String(headers.remaining ?? 4),
    "x-ratelimit-reset-after": String(headers.resetAfter ?? 1),
    "x-ratelimit-bucket": headers.bucket ?? "abcd"
  }),
  error: undefined
})

const without = (status: number, error?: unknown): RequestMiddleware.Reply => ({
  status,
  headers: Headers.empty,
  error
})

const learn = (routes: Routes.Routes, request: RequestMiddleware.Call, reply: RequestMiddleware.Reply) =>
  routes.learn(request, routes.bucketsOf(request), reply)

describe("bucketsOf", () => {
  it("counts a user by route, and a bot globally too", () => {
    const routes = make()
    assert.strictEqual(routes.bucketsOf(call()).all.limit, Number.POSITIVE_INFINITY)
    assert.deepInclude(routes.bucketsOf(call({ subject: "bot:x" })).all, { limit: 50, window: 1000 })
  })

  it("counts the requests of an application in one bucket", () => {
    const { all, each, own, shared } = make().bucketsOf(call({ subject: "client", endpoint: "exchangeToken" }))
    assert.deepStrictEqual(each, [all])
    assert.deepStrictEqual([own, shared], [all, all])
    assert.deepInclude(all, { limit: 10, window: 2000 })
  })

  it("has keys of their own for applications, users and major parameters, and one shared key for all users", () => {
    const routes = make()
    const calls = [call(), call({ clientId: "9" }), call({ subject: "user:3" }), call({ majorParameters: "7" })]
    assert.strictEqual(new Set(calls.map((each) => routes.bucketsOf(each).own.key)).size, 4)
    assert.strictEqual(
      routes.bucketsOf(call()).shared.key,
      routes.bucketsOf(call({ subject: "user:3" })).shared.key
    )
  })

  it("has one key for two routes with one bucket", () => {
    const routes = make()
    const [first, second] = [call(), call({ endpoint: "getCurrentUserConnections" })]
    assert.notStrictEqual(routes.bucketsOf(first).own.key, routes.bucketsOf(second).own.key)
    learn(routes, first, response())
    learn(routes, second, response())
    assert.strictEqual(routes.bucketsOf(first).own.key, routes.bucketsOf(second).own.key)
  })
})

describe("learn", () => {
  it("learns the limit and the window for all users", () => {
    const routes = make()
    assert.isFalse(routes.isKnown("getCurrentUser"))
    learn(routes, call(), response())
    assert.isTrue(routes.isKnown("getCurrentUser"))
    assert.deepInclude(routes.bucketsOf(call({ subject: "user:3" })).own, { limit: 5, window: 1020 })
  })

  it("reports what remains, for the bucket that is counted from now on", () => {
    const routes = make()
    const learned = learn(routes, call(), response({ remaining: 2 }))
    assert.deepInclude(learned?.observation, { limit: 5, remaining: 2, resetAfter: 1020 })
    assert.deepStrictEqual(learned?.bucket, routes.bucketsOf(call()).own)
  })

  it("reports for the bucket that is counted from now on, if another response was faster", () => {
    const routes = make()
    const buckets = routes.bucketsOf(call())
    learn(routes, call({ subject: "user:3" }), response())
    const learned = routes.learn(call(), buckets, response())
    assert.deepStrictEqual(learned?.bucket, routes.bucketsOf(call()).own)
  })

  it("keeps the window if a later request of it reports a shorter one, and replaces it at the first of the next", () => {
    const routes = make()
    const window = () => routes.bucketsOf(call()).own.window
    learn(routes, call(), response({ resetAfter: 10 }))
    learn(routes, call(), response({ remaining: 3, resetAfter: 2 }))
    assert.strictEqual(window(), 10_020)
    learn(routes, call(), response({ remaining: 4, resetAfter: 5 }))
    assert.strictEqual(window(), 5020)
  })

  it("a response of the API without headers shows that the route has no limit", () => {
    const routes = make()
    assert.isUndefined(learn(routes, call(), without(404)))
    assert.isTrue(routes.isKnown("getCurrentUser"))
    assert.strictEqual(routes.bucketsOf(call()).own.limit, Number.POSITIVE_INFINITY)
  })

  for (
    const [name, reply] of [
      ["a 500", without(500)],
      ["a 429", without(429)],
      ["a Cloudflare block", without(403, new DiscordError.CloudflareBlocked({ status: 403 }))]
    ] as const
  ) {
    it(`${name} without headers shows nothing`, () => {
      const routes = make()
      assert.isUndefined(learn(routes, call(), reply))
      assert.isFalse(routes.isKnown("getCurrentUser"))
    })
  }
})
