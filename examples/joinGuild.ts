// Adds the user to a server that the application's bot is in. That a user can be in too many servers is in the type of
// this call, and of no other.

import { type DiscordSession, DiscordSessions, type Snowflake } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect, type Redacted } from "effect"

// The type says what the session has to be allowed; one without the scope does not compile.
const join = (
  session: DiscordSession.DiscordSession<"guilds.join">,
  guildId: Snowflake.GuildId,
  botToken: Redacted.Redacted
) =>
  session.addGuildMember({ guild_id: guildId, botToken, nick: "Nelly the Great" }).pipe(
    Effect.map((member) => member === undefined ? "They were in it before" : `${member.nick} has joined`),
    Effect.catchTag("UserIsAtGuildLimit", () => Effect.succeed("They have to leave another server first"))
  )

const program = Effect.gen(function*() {
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator

  // Two servers of somebody else's that the bot is in. Nelly is in two others, and here that leaves room for one.
  const owner = yield* discord.addUser({ username: "owner" })
  const guilds = yield* Effect.forEach(
    ["Airhorn Enthusiasts", "Tea Drinkers"],
    (name) => Effect.tap(discord.addGuild({ name, owner_id: owner.id }), discord.addBot)
  )

  const session = yield* sessions.open(yield* discord.issueToken({ scopes: ["identify", "guilds.join"] }))
  for (const guild of guilds) {
    const outcome = yield* join(session, guild.id, discord.application.botToken)
    yield* Console.log(`${guild.name}: ${outcome}`)
  }
})

await Effect.runPromise(Effect.provide(program, DiscordSimulator.layerTest({ guildLimit: 3 })))
