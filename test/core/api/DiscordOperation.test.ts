import { DiscordHttpApi, DiscordOperation } from "@discord-oauth2/core/api"
import { assert, describe, it } from "vitest"

const groups: Readonly<Record<string, { readonly endpoints: object }>> = DiscordHttpApi.DiscordHttpApi.groups

const named = (name: string) => DiscordOperation.all.find(({ identifier }) => identifier === name)

describe("DiscordOperation", () => {
  it("has every endpoint of the declaration, once and in its order", () =>
    assert.deepStrictEqual(
      DiscordOperation.all.map(({ group, identifier }) => `${group}.${identifier}`),
      Object.entries(groups).flatMap(([group, { endpoints }]) =>
        Object.keys(endpoints).map((identifier) => `${group}.${identifier}`)
      )
    ))

  it("describes a call with a user's token", () =>
    assert.deepStrictEqual(named("getCurrentUserGuildMember"), {
      identifier: "getCurrentUserGuildMember",
      group: "users",
      method: "GET",
      path: "/users/@me/guilds/:guild_id/member",
      pathParameters: new Set(["guild_id"]),
      credential: "bearer",
      scope: "guilds.members.read"
    }))

  it("describes a call with a bot's token, whose scope is that of the user's token in the body", () =>
    assert.deepInclude(named("addGuildMember"), {
      pathParameters: new Set(["guild_id", "user_id"]),
      credential: "bot",
      scope: "guilds.join"
    }))

  it("describes a call with the application's credentials, and one without any", () => {
    assert.deepInclude(named("exchangeToken"), { method: "POST", credential: "client", scope: null })
    assert.deepInclude(named("getPublicKeys"), { method: "GET", credential: "none", scope: null })
  })
})
