// Requests stay within Discord's rate limits: a request waits for its turn, or fails at once if its turn would come after
// the caller's deadline.

import { Deadline, DiscordSessions, Limits } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect } from "effect"

const program = Effect.gen(function*() {
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator
  const session = yield* sessions.open(yield* discord.issueToken({ scopes: ["identify"] }))

  // Nine requests at once. Discord allows three per second.
  const users = yield* Effect.forEach(Array.from({ length: 9 }), () => session.getCurrentUser(), { concurrency: 9 })
  yield* Console.log(`${users.length} responses`)
  yield* Console.log(`${(yield* discord.requests).filter(({ status }) => status === 429).length} were rejected`)

  // A page with a deadline of half a second.
  const page = yield* Effect.forEach(
    Array.from({ length: 9 }),
    () =>
      session.getCurrentUser().pipe(
        Effect.as("response"),
        Effect.catchTag("RateLimited", () => Effect.succeed("too late"))
      ),
    { concurrency: 9 }
  ).pipe(Deadline.within("500 millis"))
  yield* Console.log(page.includes("too late") ? "some of the page's requests were not sent" : "all were sent")
})

await Effect.runPromise(program.pipe(
  Effect.provide(DiscordSimulator.layerTest({
    rateLimit: { limit: 3, window: "1 second" },
    middleware: Limits.layerMemory({ rateLimit: { maxWait: "5 seconds" } })
  }))
))
