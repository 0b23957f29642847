import { Permissions, type Snowflake } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { refusal, withToken } from "../../context.ts"

const fresh = DiscordSimulator.layerTest()

describe("command permissions", () => {
  const prepare = Effect.gen(function*() {
    const context = yield* withToken(["applications.commands.permissions.update"])
    const [guild] = yield* context.discord.guilds
    const path = {
      accessToken: context.accessToken,
      application_id: context.discord.application.clientId,
      guild_id: guild!.id
    }
    return { ...context, path, command_id: "7" as Snowflake.CommandId }
  })

  it.effect("can be edited, read and listed", () =>
    Effect.gen(function*() {
      const { api, command_id, path } = yield* prepare
      const permissions = [{ id: "5" as Snowflake.Snowflake, type: 1, permission: false }]
      assert.deepStrictEqual(yield* api.getGuildApplicationCommandPermissions(path), [])
      assert.deepStrictEqual(
        yield* refusal(api.getApplicationCommandPermissions({ ...path, command_id })),
        ["DiscordNotFound", 404, 10066]
      )
      const edited = yield* api.editApplicationCommandPermissions({ ...path, command_id, permissions })
      assert.deepInclude(edited, { id: command_id, guild_id: path.guild_id, permissions })
      assert.deepStrictEqual(yield* api.getApplicationCommandPermissions({ ...path, command_id }), edited)
      assert.deepStrictEqual(yield* api.getGuildApplicationCommandPermissions(path), [edited])
    }).pipe(Effect.provide(fresh)))

  it.effect("fail with InvalidCallArgument above 100 in one call", () =>
    Effect.gen(function*() {
      const { api, command_id, discord, path } = yield* prepare
      const edit = (count: number) =>
        api.editApplicationCommandPermissions({
          ...path,
          command_id,
          permissions: Array.from({ length: count }, () => ({
            id: "5" as Snowflake.Snowflake,
            type: 1,
            permission: true
          }))
        })
      assert.lengthOf((yield* edit(100)).permissions, 100)
      yield* discord.clearRequests
      assert.strictEqual((yield* Effect.flip(edit(101)))._tag, "InvalidCallArgument")
      assert.deepStrictEqual(yield* discord.requests, [])
    }).pipe(Effect.provide(fresh)))

  it.effect("can be edited by users who manage guild and roles, and read only by members", () =>
    Effect.gen(function*() {
      const { api, command_id, discord, path } = yield* prepare
      const member = yield* discord.addUser()
      const accessToken = yield* discord.issueToken({
        userId: member.id,
        scopes: ["applications.commands.permissions.update"]
      })
      const edit = api.editApplicationCommandPermissions({ ...path, accessToken, command_id, permissions: [] })
      assert.deepStrictEqual(yield* refusal(edit), ["DiscordForbidden", 403, 50001])
      yield* discord.addMember(path.guild_id, member)
      assert.deepStrictEqual(yield* refusal(edit), ["MissingPermissions"])
      yield* discord.addMember(path.guild_id, member, {
        permissions: Permissions.fromNames(["MANAGE_GUILD", "MANAGE_ROLES"])
      })
      assert.deepStrictEqual((yield* edit).permissions, [])
    }).pipe(Effect.provide(fresh)))
})
