// Adds the user to a server that the application's bot is in. That a user can be in too many servers is in the type of
// this call, and of no other.

import { DiscordSessions } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { Console, Effect } from "effect"

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
    const { botToken } = discord.application
    const outcome = yield* session.addGuildMember({ guild_id: guild.id, botToken, nick: "Nelly the Great" }).pipe(
      Effect.map((member) => member === undefined ? "they were in it before" : `${member.nick} has joined`),
      Effect.catchTag("UserIsAtGuildLimit", () => Effect.succeed("they have to leave another server first"))
    )
    yield* Console.log(`${guild.name}: ${outcome}`)
  }
})

await Effect.runPromise(Effect.provide(program, DiscordSimulator.layerTest({ guildLimit: 3 })))
