// What happens between a call that failed and its failure is a `Schedule`. Sessions follow `RetryPolicy`, which an
// application replaces as a whole or in part; each part works on other effects too.

import { DiscordClient, DiscordSessions, RetryPolicy } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { Console, Effect, Layer } from "effect"

// Refresh as ever, never wait for a rate limit, and give a read one more try.
const Policy = Layer.succeed(RetryPolicy.RetryPolicy, ({ idempotent, refresh }) =>
  RetryPolicy.anyOf(
    RetryPolicy.refreshing(refresh),
    RetryPolicy.transient({ base: "10 millis", times: idempotent ? 1 : 0 })
  ))

const program = Effect.gen(function*() {
  const sessions = yield* DiscordSessions.DiscordSessions
  const api = yield* DiscordClient.DiscordClient
  const discord = yield* DiscordSimulator.DiscordSimulator
  const token = yield* discord.issueToken({ scopes: ["identify"] })
  const session = yield* sessions.open(token)

  yield* discord.fail(Fault.Status({ status: 503 }))
  yield* Console.log(`after one 503: ${(yield* session.getCurrentUser()).username}`)

  yield* discord.fail(Fault.Status({ status: 503, times: 2 }))
  yield* Effect.catchTag(session.getCurrentUser(), "DiscordServerError", () => Console.log("after two: an error"))

  yield* discord.fail(Fault.RateLimit({ retryAfter: "20 millis", times: 2 }))
  yield* Effect.catchTag(session.getCurrentUser(), "RateLimited", () => Console.log("the session does not wait"))

  // One part by itself, on a call with a token at hand.
  const user = yield* api.getCurrentUser({ accessToken: token }).pipe(
    Effect.retry(RetryPolicy.rateLimited({ atMost: "1 second" }))
  )
  yield* Console.log(`this call does: ${user.username}`)
})

await Effect.runPromise(program.pipe(Effect.provide(Policy), Effect.provide(DiscordSimulator.layerTest())))
