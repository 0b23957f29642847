import { Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { sessionCalls } from "../../../../packages/core/src/session/internal/sessionCalls.ts"
import { key, paths, signedIn } from "../../../support/signedIn.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const guildId = Snowflake.GuildId.make("290926798626357250")

const callOf = (identifier: string) =>
  sessionCalls.find((call) => call.identifier === identifier) ?? assert.fail(`no ${identifier}`)

describe("sessionCalls", () => {
  it("has the calls with a user's token, and none with a bot's token or the application's secret alone", () => {
    const identifiers = sessionCalls.map(({ identifier }) => identifier)
    for (const identifier of ["getCurrentUser", "addGuildMember", "groupDmAddRecipient"]) {
      assert.include(identifiers, identifier)
    }
    for (const identifier of ["getCurrentBotApplicationInformation", "exchangeToken", "getPublicKeys"]) {
      assert.notInclude(identifiers, identifier)
    }
    assert.strictEqual(new Set(identifiers).size, identifiers.length)
  })

  it("F1: only GET is a read, and POST and PATCH are not idempotent", () => {
    const kindOf = (identifier: string) => {
      const { idempotent, isRead } = callOf(identifier)
      return { isRead, idempotent }
    }
    assert.deepStrictEqual(kindOf("getCurrentUser"), { isRead: true, idempotent: true })
    assert.deepStrictEqual(kindOf("addGuildMember"), { isRead: false, idempotent: true })
    assert.deepStrictEqual(kindOf("deleteCurrentUserApplicationRoleConnection"), { isRead: false, idempotent: true })
    assert.deepStrictEqual(kindOf("sendLobbyMessage"), { isRead: false, idempotent: false })
  })

  it("adds the token to the caller's arguments, and the application only where the path has it", () => {
    const accessToken = Stub.token()
    const toRequest = (identifier: string) => callOf(identifier).toRequest({ limit: 1 }, key, accessToken)
    assert.deepStrictEqual(toRequest("getCurrentUserGuilds"), { limit: 1, accessToken })
    assert.deepStrictEqual(toRequest("getCurrentUserApplicationRoleConnection"), {
      limit: 1,
      accessToken,
      application_id: key.clientId
    })
  })

  it.effect("a call can name another application_id than the session's", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ scopes: ["role_connections.write"] }))
      const application_id = Snowflake.ApplicationId.make("310954232226357250")
      yield* session.getCurrentUserApplicationRoleConnection({ application_id })
      yield* session.getCurrentUserApplicationRoleConnection({ application_id: undefined })
      assert.deepStrictEqual(paths(calls), [
        `GET /users/@me/applications/${application_id}/role-connection`,
        `GET /users/@me/applications/${Stub.clientId}/role-connection`
      ])
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          () => Effect.succeed({ body: { platform_name: "Chess", platform_username: null, metadata: {} } })
        )
      )
    )
  })

  it.effect("groupDmAddRecipient is sent with the bot's token in the header and the user's token in the body", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ scopes: ["gdm.join"] }))
      const channel_id = Snowflake.ChannelId.make("345626669224982402")
      yield* session.groupDmAddRecipient({ channel_id, botToken: Redacted.make("bot-token"), nick: "Nelly" })
      assert.deepStrictEqual(paths(calls), [`PUT /channels/${channel_id}/recipients/${Stub.userId}`])
      assert.strictEqual(calls[0]?.authorization, "Bot bot-token")
      assert.deepStrictEqual(JSON.parse(calls[0]?.text ?? ""), { access_token: "access-0", nick: "Nelly" })
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ status: 204 }))))
  })

  it.effect("addGuildMember is sent with the bot's token in the header and the user's token in the body", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ scopes: ["guilds.join"] }))
      const botToken = Redacted.make("bot-token")
      assert.isUndefined(yield* session.addGuildMember({ guild_id: guildId, botToken, nick: "Nelly" }))
      assert.strictEqual(calls[0]?.authorization, "Bot bot-token")
      assert.deepStrictEqual(JSON.parse(calls[0]?.text ?? ""), { access_token: "access-0", nick: "Nelly" })
      assert.deepStrictEqual(paths(calls), [`PUT /guilds/${guildId}/members/${Stub.userId}`])
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ status: 204 }))))
  })
})
