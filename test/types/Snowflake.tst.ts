import type { Guild, Snowflake, User } from "@discord-oauth2/core"
import type { CommandPermissions } from "@discord-oauth2/core/models"
import { expect, test } from "tstyche"

declare const user: User.User
declare const guild: Guild.PartialGuild
declare const everyone: typeof CommandPermissions.everyone

type Ids =
  | Snowflake.ApplicationId
  | Snowflake.ChannelId
  | Snowflake.CommandId
  | Snowflake.GuildId
  | Snowflake.RoleId
  | Snowflake.UserId

test("an id of one kind is not assignable to another kind", () => {
  expect<Snowflake.GuildId>().type.not.toBeAssignableTo<Snowflake.UserId>()
  expect<Snowflake.UserId>().type.not.toBeAssignableTo<Snowflake.GuildId>()
  expect<Exclude<Ids, Snowflake.UserId>>().type.not.toBeAssignableTo<Snowflake.UserId>()
  expect<Exclude<Ids, Snowflake.UserId>>().type.toBe<
    | Snowflake.ApplicationId
    | Snowflake.ChannelId
    | Snowflake.CommandId
    | Snowflake.GuildId
    | Snowflake.RoleId
  >()
})

test("each kind of id is a Snowflake and a string, and a string is not a Snowflake", () => {
  expect<Ids>().type.toBeAssignableTo<Snowflake.Snowflake>()
  expect<Ids>().type.toBeAssignableTo<string>()
  expect<string>().type.not.toBeAssignableTo<Snowflake.Snowflake>()
  expect<Snowflake.Snowflake>().type.not.toBeAssignableTo<Snowflake.UserId>()
})

test("the ids in models have their kind", () => {
  expect(user.id).type.toBe<Snowflake.UserId>()
  expect(guild.id).type.toBe<Snowflake.GuildId>()
  expect(everyone).type.not.toBeCallableWith(user.id)
  expect(everyone(guild.id)).type.toBe<Snowflake.RoleId>()
})
