import * as Core from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import type * as Schema from "effect/Schema"
import * as SchemaJITCompiler from "effect/schema/SchemaJITCompiler"
import { application, fullApplication } from "../../fixtures/application.ts"
import { commandPermissions } from "../../fixtures/commandPermissions.ts"
import { fullGuildMember, guildMember } from "../../fixtures/guild.ts"
import { decode, encode, refuses } from "../../fixtures/laws.ts"
import { authorizationInfo, authorizedGuild, incomingWebhook } from "../../fixtures/oauth2.ts"
import * as UserFixtures from "../../fixtures/user.ts"
import * as WebhookFixtures from "../../fixtures/webhook.ts"

const models: ReadonlyArray<readonly [string, Schema.Codec<object, object>, ReadonlyArray<object>]> = [
  ["User", Core.User.User, [UserFixtures.user, UserFixtures.bareUser]],
  ["PartialGuild", Core.Guild.PartialGuild, [UserFixtures.partialGuild]],
  ["AuthorizedGuild", Core.Guild.AuthorizedGuild, [authorizedGuild]],
  ["GuildMember", Core.GuildMember.GuildMember, [guildMember, fullGuildMember]],
  ["Connection", Core.Connection.Connection, [UserFixtures.connection, UserFixtures.connectionWithIntegration]],
  ["Integration", Core.Integration.Integration, [UserFixtures.integration]],
  ["RoleConnection", Core.RoleConnection.RoleConnection, [UserFixtures.roleConnection]],
  ["Application", Core.Application.Application, [application, fullApplication]],
  ["CommandPermissions", Core.CommandPermissions.GuildApplicationCommandPermissions, [commandPermissions]],
  ["Webhook", Core.Webhook.Webhook, [
    incomingWebhook,
    WebhookFixtures.incoming,
    WebhookFixtures.channelFollower,
    WebhookFixtures.application
  ]],
  ["AuthorizationInfo", Core.AuthorizationInfo.AuthorizationInfo, [authorizationInfo]]
]

for (const [, schema] of models) SchemaJITCompiler.enable(schema.ast)

describe("models under Effect's schema compiler, which an application may enable", () => {
  for (const [name, schema, examples] of models) {
    it(`${name} decodes the same, ignores unknown members and refuses a wrong one`, () => {
      for (const json of examples) {
        assert.deepStrictEqual(encode(schema, decode(schema, json)), json)
        for (const [member, value] of Object.entries(json)) {
          if (member === "id") assert.isTrue(refuses(schema, { ...json, id: { not: value } }))
        }
      }
      assert.isTrue(refuses(schema, null))
    })
  }

  it("an id is checked there too", () => {
    for (const id of ["18446744073709551616", "01", "", "me"]) {
      assert.isTrue(refuses(Core.User.User, { ...UserFixtures.user, id }), id)
    }
  })
})
