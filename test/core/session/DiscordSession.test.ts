import { DiscordError, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { assertError } from "../../support/assertError.ts"
import { paths, signedIn, userId } from "../../support/signedIn.ts"
import * as Stub from "../../support/StubDiscord.ts"

const guildId = Snowflake.GuildId.make("290926798626357250")

describe("calls", () => {
  it.effect("S31: every bearer call uses the method and path of the declaration, and sends the token only in the header", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({
        scopes: [
          "identify",
          "guilds",
          "guilds.members.read",
          "connections",
          "role_connections.write",
          "applications.commands.permissions.update"
        ]
      }))
      const command_id = Snowflake.CommandId.make("919316347165495356")
      const run = <A, E>(effect: Effect.Effect<A, E>) => Effect.asVoid(Effect.exit(effect))
      yield* run(session.getCurrentAuthorizationInformation())
      yield* run(session.getCurrentUser())
      yield* run(session.getCurrentUserGuilds({ limit: 3, with_counts: true, before: guildId, after: guildId }))
      yield* run(session.getCurrentUserGuildMember({ guild_id: guildId }))
      yield* run(session.getCurrentUserConnections())
      yield* run(session.getCurrentUserApplicationRoleConnection())
      yield* run(
        session.updateCurrentUserApplicationRoleConnection({ platform_name: "Chess", metadata: { elo: "1600" } })
      )
      yield* run(session.deleteCurrentUserApplicationRoleConnection())
      yield* run(session.getGuildApplicationCommandPermissions({ guild_id: guildId }))
      yield* run(session.getApplicationCommandPermissions({ guild_id: guildId, command_id }))
      yield* run(session.editApplicationCommandPermissions({ guild_id: guildId, command_id, permissions: [] }))
      assert.deepStrictEqual(paths(calls), [
        "GET /oauth2/@me",
        "GET /users/@me",
        "GET /users/@me/guilds",
        `GET /users/@me/guilds/${guildId}/member`,
        "GET /users/@me/connections",
        `GET /users/@me/applications/${Stub.clientId}/role-connection`,
        `PUT /users/@me/applications/${Stub.clientId}/role-connection`,
        `DELETE /users/@me/applications/${Stub.clientId}/role-connection`,
        `GET /applications/${Stub.clientId}/guilds/${guildId}/commands/permissions`,
        `GET /applications/${Stub.clientId}/guilds/${guildId}/commands/${command_id}/permissions`,
        `PUT /applications/${Stub.clientId}/guilds/${guildId}/commands/${command_id}/permissions`
      ])
      assert.strictEqual(calls[2]?.query.toString(), `before=${guildId}&after=${guildId}&limit=3&with_counts=true`)
      assert.deepStrictEqual(JSON.parse(calls[6]?.text ?? ""), { platform_name: "Chess", metadata: { elo: "1600" } })
      assert.deepStrictEqual(JSON.parse(calls[10]?.text ?? ""), { permissions: [] })
      for (const { authorization, query, text } of calls) {
        assert.strictEqual(authorization, "Bearer access-0")
        assert.isFalse(`${query} ${text}`.includes("access-0"))
      }
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ status: 404, body: { message: "?", code: 0 } }))))
  })

  it.effect("a call can return the response instead of the value, or both", () =>
    Effect.gen(function*() {
      const session = yield* signedIn()
      const raw = yield* session.getCurrentUser({ responseMode: "response-only" })
      assert.strictEqual(raw.headers["x-ratelimit-bucket"], "abcd")
      assert.deepInclude(yield* raw.json, { username: "nelly" })
      const [user, response] = yield* session.getCurrentUser({ responseMode: "decoded-and-response" })
      assert.deepStrictEqual([user.username, response.status], ["nelly", 200])
    }).pipe(
      Effect.provide(
        Stub.layer([], () => Effect.succeed({ body: Stub.user, headers: { "x-ratelimit-bucket": "abcd" } }))
      )
    ))

  for (
    const [tag, answer] of [
      ["UserIsAtGuildLimit", { status: 400, body: { message: "Maximum number of guilds reached (100)", code: 30001 } }],
      ["InvalidAccessToken", { status: 403, body: { message: "Invalid OAuth2 access token", code: 50025 } }],
      ["InvalidBotToken", { status: 401, body: { message: "401: Unauthorized", code: 0 } }],
      ["MissingPermissions", { status: 403, body: { message: "Missing Permissions", code: 50013 } }],
      ["UserIsBanned", { status: 403, body: { message: "The user is banned from this guild.", code: 40007 } }],
      ["DiscordForbidden", {
        status: 403,
        body: { message: "Cannot execute action on this channel type", code: 50024 }
      }],
      ["UnknownGuild", { status: 404, body: { message: "Unknown Guild", code: 10004 } }],
      ["DiscordNotFound", { status: 404, body: { message: "Unknown User", code: 10013 } }],
      ["InvalidFormBody", { status: 400, body: { message: "Invalid Form Body", code: 50035, errors: {} } }]
    ] as const
  ) {
    it.effect(`addGuildMember fails with ${tag} on the code ${answer.body.code}`, () =>
      Effect.gen(function*() {
        const session = yield* signedIn(Stub.token({ scopes: ["guilds.join"] }))
        const error = yield* Effect.flip(
          session.addGuildMember({ guild_id: guildId, botToken: Redacted.make("bot-token") })
        )
        assert.strictEqual(error._tag, tag)
        if ("code" in error) assert.strictEqual(error.code, answer.body.code)
      }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed(answer)))))
  }
})

describe("rejected tokens", () => {
  it.effect("F22: a call whose scope was not granted fails with MissingScope, and sends no request", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const error = yield* Effect.flip(session.getCurrentUserConnections())
      assertError(
        error,
        new DiscordError.MissingScope({ required: ["connections"], granted: ["identify", "guilds"] })
      )
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({}))))
  })

  it.effect("F22: code 50026 is MissingScope with the scope of the call, and causes no refresh", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const error = yield* Effect.flip(session.getCurrentUser())
      assertError(error, new DiscordError.MissingScope({ required: ["identify"], granted: [] }))
      assert.strictEqual(calls.length, 1)
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          () => Effect.succeed({ status: 403, body: { message: "Missing required OAuth2 scope", code: 50026 } })
        )
      )
    )
  })

  it.effect("F23: a call fails with InvalidAccessToken when the refreshed token is rejected too, and does not loop", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.strictEqual((yield* Effect.flip(session.getCurrentUser()))._tag, "InvalidAccessToken")
      assert.deepStrictEqual(paths(calls), ["GET /users/@me", "POST /oauth2/token", "GET /users/@me"])
      // No session of the user sends a request for a minute.
      const sessions = yield* DiscordSessions.DiscordSessions
      const other = yield* sessions.get(userId)
      for (let i = 0; i < 100; i++) {
        assert.strictEqual((yield* Effect.flip(other.getCurrentUser()))._tag, "InvalidAccessToken")
      }
      assert.strictEqual(calls.length, 3)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Effect.flip(other.getCurrentUser()))._tag, "InvalidAccessToken")
      assert.strictEqual(calls.filter(({ path }) => path === "/oauth2/token").length, 2)
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          ({ form, path }) => Effect.succeed(path === "/oauth2/token" ? rotate(form) : Stub.unauthorized)
        )
      )
    )
  })

  it.effect("F23: calls are sent again after a new sign-in", () => {
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* signedIn()
      yield* Effect.flip(session.getCurrentUser())
      const again = yield* signedIn(Stub.token({ access: "access-second" }))
      assert.strictEqual((yield* again.getCurrentUser()).username, "nelly")
    }).pipe(Effect.provide(Stub.layer([], ({ authorization, form, path }) =>
      Effect.succeed(
        path === "/oauth2/token"
          ? rotate(form)
          : authorization === "Bearer access-second"
          ? { body: Stub.user }
          : Stub.unauthorized
      ))))
  })
})
