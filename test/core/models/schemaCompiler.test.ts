/** The models decode and encode the same when an application enables Effect's schema compiler. */
import * as Core from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import type * as Schema from "effect/Schema"
import * as SchemaJITCompiler from "effect/schema/SchemaJITCompiler"
import { application, fullApplication } from "../../fixtures/application.ts"
import * as Commands from "../../fixtures/applicationCommand.ts"
import { clip } from "../../fixtures/attachment.ts"
import * as Channels from "../../fixtures/channel.ts"
import { commandPermissions } from "../../fixtures/commandPermissions.ts"
import { fullGuildMember, guildMember } from "../../fixtures/guild.ts"
import { decode, encode, refuses } from "../../fixtures/laws.ts"
import * as Lobbies from "../../fixtures/lobby.ts"
import * as Messages from "../../fixtures/message.ts"
import * as Monetization from "../../fixtures/monetization.ts"
import { authorizationInfo, authorizedGuild, incomingWebhook } from "../../fixtures/oauth2.ts"
import { publicKeys, userInfo } from "../../fixtures/openid.ts"
import { records } from "../../fixtures/roleConnectionMetadata.ts"
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
  ["AuthorizationInfo", Core.AuthorizationInfo.AuthorizationInfo, [authorizationInfo]],
  ["ApplicationCommand", Core.ApplicationCommand.ApplicationCommand, [
    Commands.answered,
    Commands.localized,
    Commands.fullCommand
  ]],
  ["CreateApplicationCommand", Core.ApplicationCommand.CreateApplicationCommand, [
    Commands.blep,
    Commands.permissions,
    Commands.birthday,
    Commands.userCommand
  ]],
  ["CommandOption", Core.CommandOption.CommandOption, [
    ...Commands.options,
    ...Commands.permissions.options,
    { type: 99, name: "of the future", deep: { er: [1] } }
  ]],
  ["Channel", Core.Channel.Channel, [...Object.values(Channels), { id: "1", type: 99, deep: { er: [1] } }]],
  ["Lobby", Core.Lobby.Lobby, [Lobbies.lobby, Lobbies.linkedLobby]],
  ["CreateOrJoinLobby", Core.Lobby.CreateOrJoinLobby, [Lobbies.createOrJoin]],
  ["LobbyMessage", Core.Message.LobbyMessage, [Messages.lobbyMessage]],
  ["CreateLobbyMessage", Core.Message.CreateLobbyMessage, [Messages.fullBody, Messages.helloWorld]],
  ["Entitlement", Core.Entitlement.Entitlement, [Monetization.entitlement, Monetization.fullEntitlement]],
  ["Subscription", Core.Subscription.Subscription, [Monetization.subscription]],
  ["Attachment", Core.Attachment.Attachment, [clip]],
  ["UserInfo", Core.UserInfo.UserInfo, [userInfo]],
  ["PublicKeys", Core.PublicKeys.PublicKeys, [publicKeys]],
  ["UpdateMetadataRecords", Core.RoleConnectionMetadata.UpdateMetadataRecords, [records]]
]

for (const [, schema] of models) SchemaJITCompiler.enable(schema.ast)

const checked = new Set(["id", "type", "name", "members", "keys", "content"])

describe("the schema compiler", () => {
  for (const [name, schema, examples] of models) {
    it(`${name} decodes and encodes its examples, and rejects an invalid id, type, name or list`, () => {
      for (const json of examples) {
        assert.deepStrictEqual(encode(schema, decode(schema, json)), json)
        for (const [member, value] of Object.entries(json)) {
          if (checked.has(member)) {
            assert.isTrue(refuses(schema, { ...json, [member]: { not: value } }), member)
          }
        }
      }
      assert.isTrue(refuses(schema, null))
    })
  }

  it("checks ids", () => {
    for (const id of ["18446744073709551616", "01", "", "me"]) {
      assert.isTrue(refuses(Core.User.User, { ...UserFixtures.user, id }), id)
    }
  })

  it("checks limits and rules between members", () => {
    const create = Core.ApplicationCommand.CreateApplicationCommand
    assert.isTrue(refuses(create, { ...Commands.blep, name: "Two Words" }))
    assert.isTrue(refuses(create, { ...Commands.blep, contexts: [0, 0] }))
    assert.isTrue(refuses(create, { ...Commands.blep, options: [...Commands.blep.options, ...Commands.blep.options] }))
    assert.isTrue(refuses(Core.Lobby.CreateOrJoinLobby, { ...Lobbies.createOrJoin, idle_timeout_seconds: 4 }))
    assert.isTrue(refuses(Core.Channel.Channel, { id: "1", type: 0 }))
  })
})
