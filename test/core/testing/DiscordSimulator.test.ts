import { DiscordClient, DiscordConfig, DiscordSessions, OAuth2Client, User } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { authorizeUrl, parameters, send, simulator, token } from "./raw.ts"

const fresh = DiscordSimulator.layerTest()

describe("a complete login", () => {
  layer(fresh)((it) => {
    it.effect("sends one request each for the exchange, the user, the guilds and the refresh", () =>
      Effect.gen(function*() {
        const discord = yield* simulator
        const oauth = yield* OAuth2Client.OAuth2Client
        const api = yield* DiscordClient.DiscordClient
        const started = yield* oauth.authorize({
          scopes: ["identify", "guilds"],
          redirectUri: discord.application.redirectUris[0]!
        })
        const callback = yield* discord.authorize(started.url)
        const accessToken = yield* oauth.exchange(started, callback)
        const user = yield* api.getCurrentUser({ accessToken })
        assert.strictEqual(user.username, "nelly")
        assert.lengthOf(yield* api.getCurrentUserGuilds({ accessToken }), 2)
        const refreshed = yield* oauth.refresh(accessToken)
        assert.deepStrictEqual(yield* api.getCurrentUser({ accessToken: refreshed }), user)
        assert.deepStrictEqual(
          (yield* discord.requests).map(({ endpoint, grantType, status }) => [endpoint, grantType, status]),
          [
            ["exchangeToken", "authorization_code", 200],
            ["getCurrentUser", undefined, 200],
            ["getCurrentUserGuilds", undefined, 200],
            ["exchangeToken", "refresh_token", 200],
            ["getCurrentUser", undefined, 200]
          ]
        )
      }))
  })

  it.effect("refreshes a session when the simulator rejects an expired access token", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const sessions = yield* DiscordSessions.DiscordSessions
      const session = yield* sessions.open(yield* discord.issueToken({ scopes: ["identify"] }))
      yield* discord.expireAccessTokens(session.userId)
      yield* discord.clearRequests
      assert.strictEqual((yield* session.getCurrentUser()).username, "nelly")
      assert.deepStrictEqual(
        (yield* discord.requests).map(({ endpoint, status }) => [endpoint, status]),
        [["getCurrentUser", 401], ["exchangeToken", 200], ["getCurrentUser", 200]]
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("accepts the codes of both callbacks when Discord calls a callback twice (WIRE: #6073)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      const started = yield* oauth.authorize({
        scopes: ["identify"],
        redirectUri: discord.application.redirectUris[0]!
      })
      const callbacks = [yield* discord.authorize(started.url), yield* discord.authorize(started.url)]
      assert.notStrictEqual(parameters(callbacks[0]!).code, parameters(callbacks[1]!).code)
      for (const callback of callbacks) assert.isDefined((yield* oauth.exchange(started, callback)).refresh_token)
    }).pipe(Effect.provide(fresh)))
})

describe("the initial world", () => {
  it.effect("has one user, who owns the application and two guilds", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const users = yield* discord.users
      assert.lengthOf(users, 1)
      assert.strictEqual(User.displayName(users[0]!), "Nelly")
      assert.strictEqual(discord.application.ownerId, users[0]!.id)
      const guilds = yield* discord.guilds
      assert.lengthOf(guilds, 2)
      assert.isTrue(guilds.every(({ owner_id }) => owner_id === users[0]!.id))
      assert.deepStrictEqual(yield* discord.requests, [])
    }).pipe(Effect.provide(fresh)))

  it.effect("takes the user and the application of the options", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      assert.strictEqual((yield* discord.users)[0]!.username, "ada")
      assert.strictEqual(discord.application.name, "Analytical Engine")
      const oauth = yield* OAuth2Client.OAuth2Client
      const issued = yield* discord.issueToken({ scopes: ["identify"] })
      const { application } = yield* oauth.getCurrentAuthorizationInformation(issued)
      assert.deepInclude(application, { id: discord.application.clientId, name: "Analytical Engine" })
    }).pipe(Effect.provide(DiscordSimulator.layerTest({
      user: { username: "ada" },
      application: { name: "Analytical Engine" }
    }))))

  it.effect("is not shared between two simulators", () =>
    Effect.gen(function*() {
      const count = Effect.map(Effect.flatMap(simulator, ({ users }) => users), ({ length }) => length)
      const crowded = Effect.andThen(Effect.flatMap(simulator, ({ addUser }) => addUser()), count)
      assert.strictEqual(yield* Effect.provide(crowded, DiscordSimulator.layer()), 2)
      assert.strictEqual(yield* Effect.provide(count, DiscordSimulator.layer()), 1)
    }))
})

describe("the configuration", () => {
  const configured = (layer: Layer.Layer<DiscordConfig.DiscordConfig, unknown>) =>
    Effect.provide(DiscordConfig.DiscordConfig, layer)

  it.effect("has Discord's URLs and the application's secret", () =>
    Effect.gen(function*() {
      const config = yield* configured(Layer.provide(DiscordSimulator.layerConfig, DiscordSimulator.layer()))
      assert.strictEqual(config.apiUrl, "https://discord.com/api/v10")
      assert.strictEqual(config.authorizeUrl, "https://discord.com/oauth2/authorize")
      assert.strictEqual(config.issuer, "https://discord.com")
      assert.isDefined(config.clientSecret)
    }))

  it.effect("has the URLs of the server where the simulator runs, and Discord's issuer", () =>
    Effect.gen(function*() {
      for (const origin of ["http://127.0.0.1:8080", "http://127.0.0.1:8080/"]) {
        const config = yield* configured(
          Layer.provide(DiscordSimulator.layerConfigAt(origin), DiscordSimulator.layer())
        )
        assert.strictEqual(config.apiUrl, "http://127.0.0.1:8080/api/v10")
        assert.strictEqual(config.authorizeUrl, "http://127.0.0.1:8080/oauth2/authorize")
        assert.strictEqual(config.issuer, "https://discord.com")
      }
    }))

  it.effect("S24: has no client secret for a public client", () =>
    Effect.gen(function*() {
      const discord = DiscordSimulator.layer({ application: { public: true } })
      assert.isUndefined((yield* configured(Layer.provide(DiscordSimulator.layerConfig, discord))).clientSecret)
    }))
})

/** What a client can do with tokens, in any order. */
const Step = Schema.Literals(["authorize", "exchange", "reuse code", "refresh", "reuse refresh", "revoke", "expire"])

it.effect.prop(
  "codes and refresh tokens work once, and revoked tokens stay invalid, in any order of requests",
  [Schema.Array(Step).check(Schema.isMaxLength(25))],
  ([steps]) =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const { application } = discord
      const redirect_uri = application.redirectUris[0]!
      const spent: { codes: Array<string>; refreshTokens: Array<string> } = { codes: [], refreshTokens: [] }
      const live: { code?: string | undefined; refreshToken?: string | undefined; accessToken?: string | undefined } =
        {}
      const exchange = (code: string) => token(application, { grant_type: "authorization_code", code, redirect_uri })
      const refresh = (refresh_token: string) => token(application, { grant_type: "refresh_token", refresh_token })
      const accept = (json: unknown) => {
        const answer = json as { readonly access_token: string; readonly refresh_token: string }
        live.accessToken = answer.access_token
        live.refreshToken = answer.refresh_token
      }
      for (const step of steps) {
        switch (step) {
          case "authorize":
            live.code = parameters(yield* discord.authorize(authorizeUrl(application, {}))).code!
            break
          case "exchange": {
            if (live.code === undefined) break
            const answer = yield* exchange(live.code)
            assert.strictEqual(answer.status, 200)
            spent.codes.push(live.code)
            live.code = undefined
            if (live.refreshToken !== undefined) {
              // Both pairs live; the test follows the newer.
              assert.strictEqual((yield* refresh(live.refreshToken)).status, 200)
              spent.refreshTokens.push(live.refreshToken)
            }
            accept(answer.json)
            break
          }
          case "refresh": {
            if (live.refreshToken === undefined) break
            spent.refreshTokens.push(live.refreshToken)
            const answer = yield* refresh(live.refreshToken)
            assert.strictEqual(answer.status, 200)
            accept(answer.json)
            break
          }
          case "reuse code":
            for (const code of spent.codes) assert.propertyVal((yield* exchange(code)).json, "error", "invalid_grant")
            break
          case "reuse refresh":
            for (const each of spent.refreshTokens) {
              assert.propertyVal((yield* refresh(each)).json, "error", "invalid_grant")
            }
            break
          case "expire":
            yield* discord.expireAccessTokens()
            live.accessToken = undefined
            break
          case "revoke":
            yield* discord.revokeAuthorizations()
            if (live.refreshToken !== undefined) spent.refreshTokens.push(live.refreshToken)
            if (live.code !== undefined) spent.codes.push(live.code)
            live.code = live.refreshToken = live.accessToken = undefined
            break
        }
        if (live.accessToken !== undefined) {
          const me = yield* send("GET", "/api/v10/users/@me", {
            headers: { authorization: `Bearer ${live.accessToken}` }
          })
          assert.strictEqual(me.status, 200)
        }
      }
    }).pipe(Effect.provide(fresh)),
  { arbitrary: { runs: 40 } }
)

it.effect("addBot gives the bot the permissions for every option of a new member", () =>
  Effect.gen(function*() {
    const discord = yield* simulator
    const api = yield* DiscordClient.DiscordClient
    const owner = yield* discord.addUser()
    const guild = yield* discord.addGuild({ owner_id: owner.id })
    yield* discord.addBot(guild)
    const issued = yield* discord.issueToken({ scopes: ["guilds.join"] })
    const member = yield* api.addGuildMember({
      botToken: discord.application.botToken,
      guild_id: guild.id,
      user_id: discord.application.ownerId,
      access_token: issued.access_token,
      nick: "n",
      roles: [],
      mute: false,
      deaf: false
    })
    assert.strictEqual(member?.nick, "n")
  }).pipe(Effect.provide(fresh)))
