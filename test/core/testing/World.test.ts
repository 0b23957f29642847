/** The world of the simulator: what tests add to it, and its log of requests. */
import { DiscordClient, Guild, OAuth2Client, User } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { authorizeUrl, parameters, send, simulator, token } from "./raw.ts"

const fresh = DiscordSimulator.layerTest()

const prepare = Effect.gen(function*() {
  const discord = yield* simulator
  const api = yield* DiscordClient.DiscordClient
  const oauth = yield* OAuth2Client.OAuth2Client
  const accessToken = yield* discord.issueToken({ scopes: ["identify", "guilds"] })
  const bearer = { headers: { authorization: `Bearer ${Redacted.value(accessToken.access_token)}` } }
  const call = api.getCurrentUser({ accessToken })
  return { discord, api, oauth, accessToken, call, bearer, raw: send("GET", "/api/v10/users/@me", bearer) }
})

describe("the log of requests", () => {
  it.effect("contains method, path, query, endpoint, status and time of each request", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* prepare
      yield* TestClock.adjust(1500)
      yield* api.getCurrentUserGuilds({ accessToken, limit: 5 })
      const [request, ...rest] = yield* discord.requests
      assert.deepStrictEqual(rest, [])
      const { body, headers, ...logged } = request!
      assert.deepStrictEqual(logged, {
        method: "GET",
        path: "/api/v10/users/@me/guilds",
        query: "?limit=5",
        endpoint: "getCurrentUserGuilds",
        grantType: undefined,
        status: 200,
        at: 1500
      })
      assert.strictEqual(headers.authorization, "Bearer")
      assert.strictEqual(Redacted.value(body), "")
      yield* discord.clearRequests
      assert.deepStrictEqual(yield* discord.requests, [])
    }).pipe(Effect.provide(fresh)))

  it.effect("contains the status that the client received, and no endpoint for unknown paths", () =>
    Effect.gen(function*() {
      const { call, discord } = yield* prepare
      for (const fault of [Fault.Status({ status: 503 }), Fault.DropAfter(), Fault.Html()]) {
        yield* discord.fail(fault)
        yield* Effect.exit(call)
      }
      yield* send("GET", "/api/v10/nonsense")
      assert.deepStrictEqual(
        (yield* discord.requests).map(({ endpoint, status }) => [endpoint, status]),
        [["getCurrentUser", 503], ["getCurrentUser", undefined], ["getCurrentUser", 200], [undefined, 404]]
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("S33: contains no token and no secret as text", () =>
    Effect.gen(function*() {
      const { accessToken, call, discord, oauth } = yield* prepare
      yield* call
      yield* oauth.refresh(accessToken)
      const text = JSON.stringify(yield* discord.requests) + String(yield* discord.requests)
      for (const secret of [accessToken.access_token, accessToken.refresh_token!, discord.application.clientSecret]) {
        assert.notInclude(text, Redacted.value(secret))
        assert.notInclude(text, encodeURIComponent(Redacted.value(secret)))
      }
    }).pipe(Effect.provide(fresh)))
})

describe("users, guilds, members, connections and applications of a test", () => {
  it.effect("have defaults for the members that the test leaves out", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const plain = yield* discord.addUser()
      const given = yield* discord.addUser({ username: "wumpus", global_name: "Wumpus", premium_type: 2 })
      assert.deepInclude(given, { username: "wumpus", global_name: "Wumpus", premium_type: 2 })
      assert.strictEqual(given.email, "wumpus@example.com")
      assert.isTrue(BigInt(plain.id) < BigInt(given.id))
      assert.isTrue(Schema.is(User.User)(plain))
      const guild = yield* discord.addGuild({ name: "Den" })
      assert.strictEqual(Guild.acronym(guild), "D")
      const member = yield* discord.addMember(guild, given.id, { nick: "Wum" })
      assert.strictEqual(member.nick, "Wum")
      assert.strictEqual(member.joined_at, "1970-01-01T00:00:00.000000+00:00")
      const connection = yield* discord.addConnection(given, { type: "twitch" })
      assert.deepInclude(connection, { type: "twitch", name: "wumpus" })
      assert.deepStrictEqual((yield* discord.users).map(({ id }) => id).slice(1), [plain.id, given.id])
    }).pipe(Effect.provide(fresh)))

  it.effect("issue separate tokens to a second application", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const other = yield* discord.addApplication({
        name: "Other",
        clientSecret: Redacted.make("other"),
        redirectUris: ["https://other.example/callback"]
      })
      const callback = yield* discord.authorize(authorizeUrl(other, {}))
      assert.isTrue(callback.startsWith("https://other.example/callback?"))
      const answer = yield* token(other, {
        grant_type: "authorization_code",
        code: parameters(callback).code!,
        redirect_uri: other.redirectUris[0]!
      })
      const { access_token } = answer.json as { readonly access_token: string }
      const me = yield* send("GET", "/api/v10/oauth2/@me", { headers: { authorization: `Bearer ${access_token}` } })
      assert.deepInclude((me.json as { application: object }).application, { id: other.clientId, name: "Other" })
    }).pipe(Effect.provide(fresh)))
})
