// Every call can return the response instead of the decoded value, or both: to read a header, or a member that the model
// does not have yet.

import { DiscordSessions } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect } from "effect"

const program = Effect.gen(function*() {
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator
  const session = yield* sessions.open(yield* discord.issueToken({ scopes: ["identify", "guilds"] }))

  const [user, response] = yield* session.getCurrentUser({ responseMode: "decoded-and-response" })
  yield* Console.log(`${user.username}: status ${response.status}`)
  yield* Console.log(
    `${response.headers["x-ratelimit-remaining"]} of ${response.headers["x-ratelimit-limit"]} are left`
  )

  const raw = yield* session.getCurrentUserGuilds({ limit: 1, responseMode: "response-only" })
  yield* Console.log(`${(yield* raw.text).slice(0, 2)}…`)

  // Errors are the same in every mode. A session from the store checks its scopes when a call is made.
  const later = yield* sessions.get(session.userId)
  yield* later.getCurrentUserConnections({ responseMode: "response-only" }).pipe(
    Effect.catchTag("MissingScope", ({ required }) => Console.log(`missing scope: ${required.join()}`))
  )
})

await Effect.runPromise(Effect.provide(program, DiscordSimulator.layerTest()))
