// Imports the tokens of an application that used discord4py. Users who have signed in since keep their new token. An
// import that was interrupted can be run again.

import { AccessTokenStore, Discord4py, DiscordConfig, DiscordSessions, Snowflake, User } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect, Redacted } from "effect"

const program = Effect.gen(function*() {
  const discord = yield* DiscordSimulator.DiscordSimulator
  const { clientId } = yield* DiscordConfig.DiscordConfig
  const store = yield* AccessTokenStore.AccessTokenStore
  const sessions = yield* DiscordSessions.DiscordSessions
  const [nelly] = yield* discord.users
  const token = yield* discord.issueToken({ scopes: ["identify"] })
  yield* store.put({ clientId, userId: Snowflake.UserId.make("53908232506183680") }, token)

  // The result of AccessToken.to_dict(), as the application stored it.
  const record = {
    access_token: Redacted.value(token.access_token),
    token_type: "Bearer",
    expires_at: "2999-06-10T21:20:00.123456+00:00",
    scopes: ["identify"],
    plan: "gold"
  }
  const rows = [
    { clientId, userId: nelly!.id, record: JSON.stringify(record) },
    { clientId, userId: "53908232506183680", record },
    { clientId, userId: "41771983423143937", record: { ...record, expires_at: "tomorrow" } }
  ]

  for (const outcome of yield* Discord4py.importTokens(rows)) {
    const path = outcome._tag === "NotDecodable" ? ` at ${outcome.path.join(".")}` : ""
    yield* Console.log(`row ${outcome.index}: ${outcome._tag}${path}`)
  }

  const session = yield* sessions.get(nelly!.id)
  const { data } = yield* session.accessToken
  yield* Console.log(`${User.displayName(yield* session.getCurrentUser())}, on the plan ${String(data?.["plan"])}`)

  yield* Console.log(`again: ${(yield* Discord4py.importTokens(rows)).map(({ _tag }) => _tag).join(", ")}`)
})

await Effect.runPromise(Effect.provide(program, DiscordSimulator.layerTest()))
