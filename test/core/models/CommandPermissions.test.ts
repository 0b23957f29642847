import { Snowflake } from "@discord-oauth2/core"
import { CommandPermissions } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import { commandPermissions } from "../../fixtures/commandPermissions.ts"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"

const guildId = Snowflake.GuildId.make("290926798626357250")

laws("GuildApplicationCommandPermissions", CommandPermissions.GuildApplicationCommandPermissions, {
  examples: {
    "permissions of each type": commandPermissions,
    "permissions of all commands": { ...commandPermissions, id: commandPermissions.application_id, permissions: [] }
  },
  required: ["id", "application_id", "guild_id", "permissions"]
})

laws("ApplicationCommandPermission", CommandPermissions.ApplicationCommandPermission, {
  examples: Object.fromEntries(commandPermissions.permissions.map((each) => [`type ${each.type}`, each])),
  required: ["id", "type", "permission"]
})

describe("CommandPermissions", () => {
  ignoresUnknownMembers(
    "GuildApplicationCommandPermissions",
    CommandPermissions.GuildApplicationCommandPermissions,
    commandPermissions
  )

  it("keeps an unknown type", () => {
    const future = { id: "1", type: 4, permission: true }
    const schema = CommandPermissions.ApplicationCommandPermission
    assert.deepStrictEqual(encode(schema, decode(schema, future)), future)
  })

  it("rejects a member of the wrong type", () => {
    for (const other of [{ id: "@everyone" }, { type: "1" }, { permission: 1 }]) {
      const json = { id: "1", type: 1, permission: true, ...other }
      assert.isTrue(refuses(CommandPermissions.ApplicationCommandPermission, json), JSON.stringify(other))
    }
  })

  it("everyone is the id of the guild, allChannels the id of the guild minus 1", () => {
    assert.strictEqual(CommandPermissions.everyone(guildId), "290926798626357250")
    assert.strictEqual(CommandPermissions.allChannels(guildId), "290926798626357249")
    assert.strictEqual(
      CommandPermissions.allChannels(Snowflake.GuildId.make("1000000000000000000")),
      "999999999999999999"
    )
  })

  it.prop("both functions return valid ids for any guild", [Snowflake.GuildId], ([any]) => {
    assert.isFalse(refuses(Snowflake.RoleId, CommandPermissions.everyone(any)))
    assert.isFalse(refuses(Snowflake.ChannelId, CommandPermissions.allChannels(any)))
  })

  it("the constructors create permissions that Discord accepts", () => {
    const made = [
      CommandPermissions.role(CommandPermissions.everyone(guildId), false),
      CommandPermissions.user(Snowflake.UserId.make("80351110224678912")),
      CommandPermissions.channel(CommandPermissions.allChannels(guildId))
    ]
    const { permissions } = decode(CommandPermissions.GuildApplicationCommandPermissions, commandPermissions)
    assert.deepStrictEqual(made, permissions)
    assert.deepStrictEqual(
      made.map((permission) => encode(CommandPermissions.ApplicationCommandPermission, permission)),
      commandPermissions.permissions
    )
  })

  it("the compiler rejects the id of a role in place of the id of a channel", () => {
    const roleId = CommandPermissions.everyone(guildId)
    // @ts-expect-error a role id is not a channel id
    assert.strictEqual(CommandPermissions.channel(roleId).type, 3)
  })
})
