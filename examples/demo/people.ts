import { Permissions, Snowflake } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The user who signs in. */
export const nelly = {
  id: Snowflake.UserId.make("80351110224678912"),
  username: "nelly",
  global_name: "Nelly Ferris",
  accent_color: 0x7c5cbf,
  locale: "en-GB"
}

/** Adds servers and connections to the simulator. */
export const layer = Layer.effectDiscard(Effect.gen(function*() {
  const discord = yield* DiscordSimulator.DiscordSimulator
  const owner = yield* discord.addUser({ username: "wumpus" })

  const pottery = yield* discord.addGuild({
    name: "The Pottery Collective",
    icon: "f64c482b807da4f539cff778d174971c",
    owner_id: owner.id
  })
  yield* discord.addMember(pottery, nelly, {
    permissions: Permissions.fromNames([
      "KICK_MEMBERS",
      "MANAGE_CHANNELS",
      "MANAGE_GUILD",
      "VIEW_CHANNEL",
      "SEND_MESSAGES",
      "MANAGE_EVENTS",
      "MODERATE_MEMBERS"
    ])
  })

  const effect = yield* discord.addGuild({ name: "Effect Days", owner_id: owner.id })
  yield* discord.addMember(effect, nelly, { permissions: Permissions.fromNames(["ADMINISTRATOR"]) })

  const readers = yield* discord.addGuild({
    name: "Books <3",
    icon: "8a3b1c0de5f24796b0c2d1e3f4a59687",
    owner_id: owner.id
  })
  yield* discord.addMember(readers, nelly, {
    permissions: Permissions.fromNames(["VIEW_CHANNEL", "SEND_MESSAGES"])
  })

  yield* discord.addConnection(nelly, { type: "bluesky", name: "nelly.example.com" })
  yield* discord.addConnection(nelly, { type: "epicgames", name: "nelly plays", verified: false })
}))
