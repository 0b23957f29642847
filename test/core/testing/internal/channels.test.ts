import { assert, describe, it } from "@effect/vitest"
import * as Channels from "../../../../packages/core/src/testing/internal/channels.ts"
import * as Worlds from "../../../../packages/core/src/testing/internal/world.ts"

const make = () => {
  const world = Worlds.make()
  const user = Worlds.addUser(world, { username: "nelly" })
  const guild = Worlds.addGuild(world, {
    owner_id: user.id,
    channels: [
      { id: Worlds.channelId("1"), name: "general" },
      { id: Worlds.channelId("2"), name: "random" }
    ]
  })
  return { world, user, guild }
}

describe("channels", () => {
  it("ofGuild numbers the channels in their order", () => {
    const { guild } = make()
    assert.deepStrictEqual(
      Channels.ofGuild(guild).map(({ guild_id, name, position }) => [guild_id, name, position]),
      [[guild.id, "general", 0], [guild.id, "random", 1]]
    )
  })

  it("find returns the channel of any guild, and nothing for an unknown id", () => {
    const { guild, user, world } = make()
    const other = Worlds.addGuild(world, { owner_id: user.id })
    assert.deepInclude(Channels.find(world, "2"), { guild })
    assert.strictEqual(Channels.find(world, other.channels[0]!.id)?.guild, other)
    assert.isUndefined(Channels.find(world, "3"))
  })

  it("ofGroupDm has the recipients that exist, without their email addresses", () => {
    const { user, world } = make()
    const group = Worlds.addGroupDm(world, {
      name: null,
      application_id: Worlds.applicationId("9"),
      owner_id: user.id,
      recipients: [user.id, Worlds.userId("404")]
    })
    const { recipients } = Channels.ofGroupDm(world, group)
    assert.deepStrictEqual(recipients.map(({ username }) => username), ["nelly"])
    assert.notProperty(recipients[0], "email")
  })
})
