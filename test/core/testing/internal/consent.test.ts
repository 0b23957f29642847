import { AccessToken, DiscordError, OAuth2Client, Permissions } from "@discord-oauth2/core"
import { DiscordSimulator, SimulatorError } from "@discord-oauth2/core/testing"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { authorizeUrl, parameters, simulator, token } from "../raw.ts"

const fresh = DiscordSimulator.layerTest()

const start = (options: Partial<OAuth2Client.AuthorizeOptions<string>> = {}) =>
  Effect.gen(function*() {
    const discord = yield* simulator
    const oauth = yield* OAuth2Client.OAuth2Client
    const started = yield* oauth.authorize({
      scopes: ["identify"],
      redirectUri: discord.application.redirectUris[0]!,
      ...options
    })
    return { discord, oauth, started }
  })

describe("callbacks", () => {
  it.effect("S7: have code, state and iss at the registered redirect URI (WIRE: server metadata)", () =>
    Effect.gen(function*() {
      const { discord, started } = yield* start()
      const callback = yield* discord.authorize(started.url)
      assert.isTrue(callback.startsWith(`${discord.application.redirectUris[0]}?`))
      const { code, ...rest } = parameters(callback)
      assert.isString(code)
      assert.deepStrictEqual(rest, { state: Redacted.value(started.state), iss: "https://discord.com" })
    }).pipe(Effect.provide(fresh)))

  it.effect("have no state when the request has none", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const callback = yield* discord.authorize(authorizeUrl(discord.application, {}))
      assert.hasAllKeys(parameters(callback), ["code", "iss"])
    }).pipe(Effect.provide(fresh)))

  it.effect("keep the query of the redirect URI", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const callback = yield* discord.authorize(authorizeUrl(discord.application, {}))
      assert.isTrue(callback.startsWith("https://app.example/cb?tenant=1&code="), callback)
    }).pipe(Effect.provide(DiscordSimulator.layerTest({
      application: { redirectUris: ["https://app.example/cb?tenant=1"] }
    }))))

  it.effect("have the issuer of the simulator's options", () =>
    Effect.gen(function*() {
      const { discord, oauth, started } = yield* start()
      const callback = yield* discord.authorize(started.url)
      assert.strictEqual(parameters(callback).iss, "https://discord.test")
      assert.deepStrictEqual((yield* oauth.exchange(started, callback)).scopes, ["identify"])
    }).pipe(Effect.provide(DiscordSimulator.layerTest({ issuer: "https://discord.test" }))))

  it.effect("have access_denied and the state when the user cancels (WIRE: hasura-auth#125)", () =>
    Effect.gen(function*() {
      const { discord, oauth, started } = yield* start()
      const callback = yield* discord.authorize(started.url, { decision: "deny" })
      assert.deepStrictEqual(parameters(callback), {
        error: "access_denied",
        error_description: "The resource owner or authorization server denied the request",
        state: Redacted.value(started.state),
        iss: "https://discord.com"
      })
      const error = yield* Effect.flip(oauth.exchange(started, callback))
      assert.instanceOf(error, DiscordError.AuthorizationDenied)
    }).pipe(Effect.provide(fresh)))

  it.effect("have invalid_scope for unknown, unapproved or incompatible scopes (WIRE: #7169)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      for (const scope of ["nonsense", "identify nonsense", "relationships.read", "applications.commands.update", ""]) {
        const callback = yield* discord.authorize(authorizeUrl(discord.application, { scope, state: "s" }))
        assert.deepInclude(parameters(callback), { error: "invalid_scope", state: "s" }, scope)
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("grant a partner scope to an application that Discord approved", () =>
    Effect.gen(function*() {
      const { discord, oauth, started } = yield* start({ scopes: ["relationships.read"] })
      const issued = yield* oauth.exchange(started, yield* discord.authorize(started.url))
      assert.deepStrictEqual(issued.scopes, ["relationships.read"])
    }).pipe(
      Effect.provide(DiscordSimulator.layerTest({ application: { approvedScopes: ["relationships.read"] } }))
    ))

  it.effect("S10: reject every challenge method but S256 (WIRE: PR #7046)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      for (const method of [{ code_challenge_method: "plain" }, {}]) {
        const callback = yield* discord.authorize(
          authorizeUrl(discord.application, { code_challenge: "x".repeat(43), ...method })
        )
        assert.deepInclude(parameters(callback), {
          error: "invalid_request",
          error_description: "Unsupported \"code_challenge_method\" in request."
        })
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("reject an unknown response type", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const callback = yield* discord.authorize(authorizeUrl(discord.application, { response_type: "id_token" }))
      assert.strictEqual(parameters(callback).error, "unsupported_response_type")
    }).pipe(Effect.provide(fresh)))
})

describe("prompt", () => {
  it.effect("none skips the consent page only for a user who has approved the same scopes before", () =>
    Effect.gen(function*() {
      const { discord, started } = yield* start({ scopes: ["identify", "guilds"] })
      yield* discord.authorize(started.url)
      const other = yield* discord.addUser()
      const ask = (scopes: ReadonlyArray<string>, options: Partial<DiscordSimulator.AuthorizeOptions> = {}) =>
        Effect.gen(function*() {
          const again = yield* start({ scopes, prompt: "none" })
          return parameters(yield* discord.authorize(again.started.url, { decision: "deny", ...options }))
        })
      assert.property(yield* ask(["identify", "guilds"]), "code")
      assert.property(yield* ask(["identify"]), "code")
      assert.propertyVal(yield* ask(["identify", "email"]), "error", "access_denied")
      assert.propertyVal(yield* ask(["identify"], { userId: other.id }), "error", "access_denied")
      yield* discord.revokeAuthorizations()
      assert.propertyVal(yield* ask(["identify"]), "error", "access_denied")
    }).pipe(Effect.provide(fresh)))

  it.effect("consent shows the page every time", () =>
    Effect.gen(function*() {
      const { discord, started } = yield* start()
      yield* discord.authorize(started.url)
      const again = yield* start({ prompt: "consent" })
      const callback = yield* discord.authorize(again.started.url, { decision: "deny" })
      assert.strictEqual(parameters(callback).error, "access_denied")
    }).pipe(Effect.provide(fresh)))

  it.effect("none still shows the page for scopes that add a bot or a webhook (WIRE: oauth2.mdx)", () =>
    Effect.gen(function*() {
      const scopes = ["identify", "webhook.incoming"]
      const { discord, started } = yield* start({ scopes })
      yield* discord.authorize(started.url)
      const again = yield* start({ scopes, prompt: "none" })
      const callback = yield* discord.authorize(again.started.url, { decision: "deny" })
      assert.strictEqual(parameters(callback).error, "access_denied")
    }).pipe(Effect.provide(fresh)))
})

describe("implicit grant", () => {
  it.effect("S36: returns the token in the fragment, without a refresh token (WIRE: oauth2.mdx)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      const started = yield* oauth.authorizeImplicit({
        scopes: ["identify", "guilds"],
        redirectUri: discord.application.redirectUris[0]!
      })
      const callback = yield* discord.authorize(started.url)
      assert.strictEqual(new URL(callback).search, "")
      const { access_token: _, ...rest } = parameters(callback, "hash")
      assert.deepStrictEqual(rest, {
        token_type: "Bearer",
        expires_in: "604800",
        scope: "identify guilds",
        state: Redacted.value(started.state),
        iss: "https://discord.com"
      })
      const issued = yield* oauth.acceptImplicit(started, callback)
      assert.isFalse(AccessToken.isRefreshable(issued))
      assert.strictEqual((yield* oauth.getCurrentAuthorizationInformation(issued)).user?.username, "nelly")
    }).pipe(Effect.provide(fresh)))

  it.effect("rejects role_connections.write and webhook.incoming in the fragment (WIRE: #5751)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      for (const scope of ["role_connections.write", "webhook.incoming"]) {
        const callback = yield* discord.authorize(
          authorizeUrl(discord.application, { response_type: "token", scope, state: "s" })
        )
        assert.deepInclude(parameters(callback, "hash"), { error: "invalid_scope", state: "s" })
      }
    }).pipe(Effect.provide(fresh)))
})

describe("bots and webhooks", () => {
  it.effect("bot adds the bot; the callback has the guild id, and the token response has the guild (WIRE: oauth2.mdx)", () =>
    Effect.gen(function*() {
      const permissions = Permissions.fromNames(["CREATE_INSTANT_INVITE"])
      const { discord, oauth, started } = yield* start({ scopes: ["identify", "bot"], permissions })
      const [, guild] = yield* discord.guilds
      const callback = yield* discord.authorize(started.url, { guildId: guild!.id })
      assert.deepInclude(parameters(callback), { guild_id: guild!.id, permissions: "1" })
      const issued = yield* oauth.exchange(started, callback)
      assert.deepInclude(issued.guild, { id: guild!.id, name: "Café Gemütlich" })
      assert.isUndefined(issued.webhook)
      const refreshed = yield* token(discord.application, {
        grant_type: "refresh_token",
        refresh_token: Redacted.value(issued.refresh_token!)
      })
      assert.notProperty(refreshed.json, "guild")
    }).pipe(Effect.provide(fresh)))

  it.effect("uses the guild of the request, and rejects another one with disable_guild_select", () =>
    Effect.gen(function*() {
      const [first, second] = yield* (yield* simulator).guilds
      const wanted = yield* start({ scopes: ["identify", "bot"], guildId: second!.id, disableGuildSelect: true })
      assert.strictEqual(parameters(yield* wanted.discord.authorize(wanted.started.url)).guild_id, second!.id)
      const error = yield* Effect.flip(wanted.discord.authorize(wanted.started.url, { guildId: first!.id }))
      assert.instanceOf(error, SimulatorError.SimulatorError)
      const free = yield* start({ scopes: ["identify", "bot"], guildId: second!.id })
      assert.strictEqual(
        parameters(yield* free.discord.authorize(free.started.url, { guildId: first!.id })).guild_id,
        first!.id
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("rejects a guild that the user does not manage", () =>
    Effect.gen(function*() {
      const { discord, started } = yield* start({ scopes: ["identify", "bot"] })
      const [guild] = yield* discord.guilds
      const member = yield* discord.addUser()
      yield* discord.addMember(guild!, member)
      const refused = discord.authorize(started.url, { userId: member.id, guildId: guild!.id })
      assert.instanceOf(yield* Effect.flip(refused), SimulatorError.SimulatorError)
      yield* discord.addMember(guild!, member, { permissions: Permissions.fromNames(["MANAGE_GUILD"]) })
      assert.property(parameters(yield* refused), "code")
    }).pipe(Effect.provide(fresh)))

  it.effect("ends at Discord without a code when bot is the only scope", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const oauth = yield* OAuth2Client.OAuth2Client
      assert.strictEqual(
        yield* discord.authorize(oauth.botAuthorizationUrl({ scopes: ["bot"] })),
        "https://discord.com/oauth2/authorized"
      )
      assert.strictEqual(
        yield* discord.authorize(oauth.botAuthorizationUrl()),
        "https://discord.com/oauth2/authorized"
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("webhook.incoming creates a webhook in the channel, and the token response has it (WIRE: oauth2.mdx)", () =>
    Effect.gen(function*() {
      const { discord, oauth, started } = yield* start({ scopes: ["webhook.incoming"] })
      const [, guild] = yield* discord.guilds
      const channel = guild!.channels[0]!
      const callback = yield* discord.authorize(started.url, { channelId: channel.id })
      const { webhook } = yield* oauth.exchange(started, callback)
      assert.deepInclude(webhook, {
        type: 1,
        guild_id: guild!.id,
        channel_id: channel.id,
        name: discord.application.name,
        application_id: discord.application.clientId
      })
      assert.strictEqual(
        Redacted.value(webhook!.url!),
        `https://discord.com/api/webhooks/${webhook!.id}/${Redacted.value(webhook!.token!)}`
      )
    }).pipe(Effect.provide(fresh)))
})

layer(fresh)("the simulated browser", (it) => {
  it.effect("approves as the user that the test names", () =>
    Effect.gen(function*() {
      const { discord, oauth, started } = yield* start()
      const other = yield* discord.addUser({ username: "wumpus", global_name: "Wumpus" })
      const issued = yield* oauth.exchange(started, yield* discord.authorize(started.url, { userId: other.id }))
      const { application, user } = yield* oauth.getCurrentAuthorizationInformation(issued)
      assert.strictEqual(user?.id, other.id)
      assert.strictEqual(application.id, discord.application.clientId)
    }))
})
