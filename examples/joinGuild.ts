// Adds the user to a server of the application's bot. Only this call can fail with `UserIsAtGuildLimit`, and its type
// says so.

import { DiscordSessions } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect } from "effect"

const program = Effect.gen(function*() {
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator

  // Two servers of another user, with the bot. Nelly is in two servers already, and the limit here is three.
  const owner = yield* discord.addUser({ username: "owner" })
  const guilds = yield* Effect.forEach(
    ["Airhorn Enthusiasts", "Tea Drinkers"],
    (name) => Effect.tap(discord.addGuild({ name, owner_id: owner.id }), discord.addBot)
  )

  const session = yield* sessions.open(yield* discord.issueToken({ scopes: ["identify", "guilds.join"] }))
  for (const guild of guilds) {
    const { botToken } = discord.application
    const outcome = yield* session.addGuildMember({ guild_id: guild.id, botToken, nick: "Nelly the Great" }).pipe(
      Effect.map((member) => member === undefined ? "was a member already" : `${member.nick} has joined`),
      Effect.catchTag("UserIsAtGuildLimit", () => Effect.succeed("the user must leave another server first"))
    )
    yield* Console.log(`${guild.name}: ${outcome}`)
  }
})

await Effect.runPromise(Effect.provide(program, DiscordSimulator.layerTest({ guildLimit: 3 })))
