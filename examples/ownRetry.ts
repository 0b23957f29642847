// Sessions retry failed calls with `RetryPolicy`, a `Schedule`. An application can replace it as a whole or in part. Each
// part also works on other effects.

import { DiscordClient, DiscordSessions, RetryPolicy } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { Console, Effect, Layer } from "effect"

// Refresh as usual, never wait for a rate limit, and retry a read once.
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

  // One part alone, on a call of DiscordClient.
  const user = yield* api.getCurrentUser({ accessToken: token }).pipe(
    Effect.retry(RetryPolicy.rateLimited({ atMost: "1 second" }))
  )
  yield* Console.log(`this call waits: ${user.username}`)
})

await Effect.runPromise(program.pipe(Effect.provide(Policy), Effect.provide(DiscordSimulator.layerTest())))
