/** What the tests of `InvalidRequestLimiter` share, with a store in memory and in Redis. */
import { DiscordClient, LimitStore } from "@discord-oauth2/core"
import type { RequestMiddleware } from "@discord-oauth2/core/api"
import { InvalidRequestLimiter } from "@discord-oauth2/core/limits"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as Redacted from "effect/Redacted"

let user = 0

/** A request of a new user each time, so that no rate limit applies. */
export const ask = Effect.flatMap(
  DiscordClient.DiscordClient,
  (api) => api.getCurrentUser({ accessToken: Redacted.make(`planted-${user++}`) })
)

/** The tag of a failure, or "ok". */
export const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.match(effect, { onFailure: ({ _tag }): string => _tag, onSuccess: () => "ok" })

/** One call of a user. */
export const call: RequestMiddleware.Call = {
  endpoint: "getCurrentUser",
  clientId: "1",
  subject: "user:1",
  majorParameters: ""
}

/** A request whose response has this status. */
export const send = (status: number) => Effect.succeed({ status, headers: Headers.empty, error: undefined })

/** Two servers with one IP address and one store count together. The first one stops after `aSecond`. */
export const expectSharedCount = (store: LimitStore.LimitStore["Service"], aSecond: Effect.Effect<void>) =>
  Effect.gen(function*() {
    const server = Effect.provideService(InvalidRequestLimiter.make({ limit: 6 }), LimitStore.LimitStore, store)
    const [a, b] = yield* Effect.all([server, server])
    for (const limiter of [a, b, a, b, a]) assert.strictEqual(yield* tagOf(limiter(call, send(403))), "ok")
    assert.strictEqual(yield* tagOf(b(call, send(401))), "ok")
    assert.strictEqual(yield* tagOf(b(call, send(200))), "InvalidRequestLimit")
    yield* aSecond
    assert.strictEqual(yield* tagOf(a(call, send(200))), "InvalidRequestLimit")
  })
