import type {
  AccessToken,
  AuthorizationInfo,
  CommandPermissions,
  Connection,
  DiscordApi,
  DiscordError,
  DiscordHttpApi,
  Guild,
  GuildMember,
  RoleConnection,
  Snowflake,
  User
} from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import type * as Redacted from "effect/Redacted"
import { describe, expect, test } from "tstyche"
import { bearer, everyCall, grant, type In, recover, type Recovered, type TagsOf } from "./tags.ts"

declare const api: DiscordApi.DiscordApi["Service"]
declare const accessToken: AccessToken.AccessToken
declare const botToken: Redacted.Redacted
declare const secret: Redacted.Redacted
declare const application_id: Snowflake.ApplicationId
declare const guild_id: Snowflake.GuildId
declare const user_id: Snowflake.UserId
declare const command_id: Snowflake.CommandId

const bearerWithArguments = [...bearer, "InvalidArgument"] as const

test("these are all calls", () => {
  expect<keyof DiscordApi.Methods>().type.toBe<
    | "exchangeToken"
    | "revokeToken"
    | "getCurrentAuthorizationInformation"
    | "getCurrentUser"
    | "getCurrentUserGuilds"
    | "getCurrentUserGuildMember"
    | "getCurrentUserConnections"
    | "getCurrentUserApplicationRoleConnection"
    | "updateCurrentUserApplicationRoleConnection"
    | "deleteCurrentUserApplicationRoleConnection"
    | "addGuildMember"
    | "getGuildApplicationCommandPermissions"
    | "getApplicationCommandPermissions"
    | "editApplicationCommandPermissions"
  >()
  expect<keyof typeof DiscordHttpApi.requiredScopes>().type.toBe<
    Exclude<keyof DiscordApi.Methods, "exchangeToken" | "revokeToken">
  >()
})

describe("each call fails with these and nothing else, and Effect.catchTag takes each of them", () => {
  test("exchangeToken", () => {
    const tags = [...grant, "InvalidGrant", "InvalidArgument"] as const
    const call = api.exchangeToken({ grant_type: "refresh_token", refresh_token: secret })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<AccessToken.AccessTokenResponse | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "InvalidGrant", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "AccessTokenExpired", recover)
  })

  test("revokeToken", () => {
    const tags = [...everyCall, "InvalidClient", "InvalidRequest", "InvalidArgument"] as const
    const call = api.revokeToken({ token: secret })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "InvalidClient", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidGrant", recover)
  })

  test("getCurrentAuthorizationInformation", () => {
    const call = api.getCurrentAuthorizationInformation({ accessToken })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearer>>()
    expect(Effect.catchTag(call, bearer, recover)).type.toBe<
      Effect.Effect<AuthorizationInfo.AuthorizationInfo | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "AccessTokenExpired", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidArgument", recover)
  })

  test("getCurrentUser", () => {
    const call = api.getCurrentUser({ accessToken })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearer>>()
    expect(Effect.catchTag(call, bearer, recover)).type.toBe<Effect.Effect<User.User | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "MissingScope", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidArgument", recover)
  })

  test("getCurrentUserGuilds", () => {
    const call = api.getCurrentUserGuilds({ accessToken })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearerWithArguments>>()
    expect(Effect.catchTag(call, bearerWithArguments, recover)).type.toBe<
      Effect.Effect<ReadonlyArray<Guild.PartialGuild> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "InvalidArgument", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "UserIsAtGuildLimit", recover)
  })

  test("getCurrentUserGuildMember", () => {
    const call = api.getCurrentUserGuildMember({ accessToken, guild_id })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearerWithArguments>>()
    expect(Effect.catchTag(call, bearerWithArguments, recover)).type.toBe<
      Effect.Effect<GuildMember.GuildMember | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "NotFound", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidBotToken", recover)
  })

  test("getCurrentUserConnections", () => {
    const call = api.getCurrentUserConnections({ accessToken })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearer>>()
    expect(Effect.catchTag(call, bearer, recover)).type.toBe<
      Effect.Effect<ReadonlyArray<Connection.Connection> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "RateLimited", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidArgument", recover)
  })

  test("getCurrentUserApplicationRoleConnection", () => {
    const call = api.getCurrentUserApplicationRoleConnection({ accessToken, application_id })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearerWithArguments>>()
    expect(Effect.catchTag(call, bearerWithArguments, recover)).type.toBe<
      Effect.Effect<RoleConnection.RoleConnection | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "Forbidden", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidAccessToken", recover)
  })

  test("updateCurrentUserApplicationRoleConnection", () => {
    const call = api.updateCurrentUserApplicationRoleConnection({ accessToken, application_id, platform_name: "Chess" })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearerWithArguments>>()
    expect(Effect.catchTag(call, bearerWithArguments, recover)).type.toBe<
      Effect.Effect<RoleConnection.RoleConnection | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "BadRequest", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidScope", recover)
  })

  test("deleteCurrentUserApplicationRoleConnection", () => {
    const call = api.deleteCurrentUserApplicationRoleConnection({ accessToken, application_id })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearerWithArguments>>()
    expect(Effect.catchTag(call, bearerWithArguments, recover)).type.toBe<Effect.Effect<void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "UnexpectedStatus", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "NotSignedIn", recover)
  })

  test("addGuildMember: the user's token can be refused, the bot's too, and the user's guilds can be full", () => {
    const tags = [
      ...everyCall,
      "UserIsAtGuildLimit",
      "InvalidAccessToken",
      "MissingScope",
      "InvalidBotToken",
      "InvalidArgument"
    ] as const
    const call = api.addGuildMember({ botToken, guild_id, user_id, access_token: secret })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<GuildMember.GuildMember | void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "UserIsAtGuildLimit", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "AccessTokenExpired", recover)
  })

  test("getGuildApplicationCommandPermissions", () => {
    const call = api.getGuildApplicationCommandPermissions({ accessToken, application_id, guild_id })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearerWithArguments>>()
    expect(Effect.catchTag(call, bearerWithArguments, recover)).type.toBe<
      Effect.Effect<ReadonlyArray<CommandPermissions.GuildApplicationCommandPermissions> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "DiscordServerError", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidClient", recover)
  })

  test("getApplicationCommandPermissions", () => {
    const call = api.getApplicationCommandPermissions({ accessToken, application_id, guild_id, command_id })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearerWithArguments>>()
    expect(Effect.catchTag(call, bearerWithArguments, recover)).type.toBe<
      Effect.Effect<CommandPermissions.GuildApplicationCommandPermissions | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "CloudflareBlocked", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidRequest", recover)
  })

  test("editApplicationCommandPermissions", () => {
    const call = api.editApplicationCommandPermissions({
      accessToken,
      application_id,
      guild_id,
      command_id,
      permissions: []
    })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearerWithArguments>>()
    expect(Effect.catchTag(call, bearerWithArguments, recover)).type.toBe<
      Effect.Effect<CommandPermissions.GuildApplicationCommandPermissions | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "TransportError", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "TokenNotPersisted", recover)
  })

  test("in a pipe as well, one after another", () => {
    const call = api.getCurrentUser({ accessToken })
    type Others = Exclude<
      Effect.Error<typeof call>,
      DiscordError.MissingScope | DiscordError.AccessTokenExpired
    >
    expect(call.pipe(Effect.catchTag("MissingScope", recover), Effect.catchTag("AccessTokenExpired", recover))).type
      .toBe<Effect.Effect<User.User | Recovered, Others>>()
    call.pipe(
      // @ts-expect-error Argument of type '"UserIsAtGuildLimit"' is not assignable
      Effect.catchTag("UserIsAtGuildLimit", recover)
    )
  })
})

describe("arguments", () => {
  test("nothing can be called without its credential", () => {
    expect(api.getCurrentUser).type.not.toBeCallableWith()
    expect(api.getCurrentUser).type.not.toBeCallableWith({})
    expect(api.getCurrentUser).type.not.toBeCallableWith({ botToken })
    expect(api.getCurrentUser).type.not.toBeCallableWith({ accessToken: "6qrZcUqja7812RVdnEKjpzOL4CvHBFG" })
    expect(api.getCurrentUser).type.toBeCallableWith({ accessToken: secret })
    expect(api.addGuildMember).type.not.toBeCallableWith({ accessToken, guild_id, user_id, access_token: secret })
    expect(api.revokeToken).type.not.toBeCallableWith({ token: "6qrZcUqja7812RVdnEKjpzOL4CvHBFG" })
  })

  test("nor without what its path and body need", () => {
    expect(api.getCurrentUserGuildMember).type.not.toBeCallableWith({ accessToken })
    expect(api.getCurrentUserApplicationRoleConnection).type.not.toBeCallableWith({ accessToken })
    expect(api.getApplicationCommandPermissions).type.not.toBeCallableWith({ accessToken, application_id, guild_id })
    expect(api.editApplicationCommandPermissions).type.not.toBeCallableWith({
      accessToken,
      application_id,
      guild_id,
      command_id
    })
    expect(api.addGuildMember).type.not.toBeCallableWith({ botToken, guild_id, user_id })
  })

  test("nor with what it does not have", () => {
    expect(api.getCurrentUser).type.not.toBeCallableWith({ accessToken, limit: 1 })
    expect(api.getCurrentUserGuilds).type.not.toBeCallableWith({ accessToken, guild_id })
    expect(api.getCurrentUserGuilds).type.toBeCallableWith({
      accessToken,
      limit: 1,
      after: guild_id,
      with_counts: true
    })
  })

  test("each grant takes its own members", () => {
    expect(api.exchangeToken).type.toBeCallableWith({
      grant_type: "authorization_code",
      code: secret,
      redirect_uri: "https://example.com/callback",
      code_verifier: secret
    })
    expect(api.exchangeToken).type.toBeCallableWith({ grant_type: "client_credentials", scope: "identify" })
    expect(api.exchangeToken).type.not.toBeCallableWith({ grant_type: "authorization_code", code: secret })
    expect(api.exchangeToken).type.not.toBeCallableWith({ grant_type: "refresh_token", code: secret })
    expect(api.exchangeToken).type.not.toBeCallableWith({ grant_type: "password", scope: "identify" })
  })

  test("an id of one kind is none of another", () => {
    expect(api.getCurrentUserGuildMember).type.not.toBeCallableWith({ accessToken, guild_id: user_id })
    expect(api.getCurrentUserGuildMember).type.not.toBeCallableWith({ accessToken, guild_id: "41771983423143937" })
    expect(api.addGuildMember).type.not.toBeCallableWith({
      botToken,
      guild_id: user_id,
      user_id: guild_id,
      access_token: secret
    })
  })
})

describe("responseMode decides what a call returns", () => {
  test("without it, or with decoded-only, the value", () => {
    const plain = api.getCurrentUser({ accessToken })
    const decoded = api.getCurrentUser({ accessToken, responseMode: "decoded-only" })
    expect<Effect.Success<typeof plain>>().type.toBe<User.User>()
    expect<Effect.Success<typeof decoded>>().type.toBe<User.User>()
  })

  test("with response-only the response", () => {
    const call = api.getCurrentUser({ accessToken, responseMode: "response-only" })
    expect<Effect.Success<typeof call>>().type.toBe<HttpClientResponse>()
  })

  test("with decoded-and-response both", () => {
    const call = api.getCurrentUserGuilds({ accessToken, limit: 1, responseMode: "decoded-and-response" })
    expect<Effect.Success<typeof call>>().type.toBe<
      [value: ReadonlyArray<Guild.PartialGuild>, response: HttpClientResponse]
    >()
  })

  test("there is no other, and the errors are the same in each", () => {
    expect<DiscordApi.ResponseMode>().type.toBe<"decoded-only" | "response-only" | "decoded-and-response">()
    expect(api.getCurrentUser).type.not.toBeCallableWith({ accessToken, responseMode: "raw" })
    const call = api.getCurrentUser({ accessToken, responseMode: "response-only" })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearer>>()
  })
})
