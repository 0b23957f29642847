/**
 * The application, its files, the keys and claims of OpenID Connect, channels and group DMs in the simulator.
 */
import { DiscordClient, type Snowflake, User } from "@discord-oauth2/core"
import { PublicKeys } from "@discord-oauth2/core/models"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createPublicKey } from "node:crypto"
import { refusal, withToken } from "./context.ts"
import { send, simulator } from "./raw.ts"

const fresh = DiscordSimulator.layerTest()

describe("OpenID Connect", () => {
  it.effect("userinfo is the user's id, with the profile and the address where their scopes are", () =>
    Effect.gen(function*() {
      const claims = (scopes: ReadonlyArray<string>) =>
        Effect.flatMap(withToken(scopes), ({ accessToken, api }) => api.getUserInfo({ accessToken }))
      const [user] = yield* (yield* simulator).users
      const profile = {
        preferred_username: "nelly",
        nickname: "Nelly",
        picture: User.avatarUrl(user!),
        locale: "en-US"
      }
      const address = { email: "nelly@example.com", email_verified: true }
      assert.deepStrictEqual(yield* claims(["openid"]), { sub: user!.id })
      assert.deepStrictEqual(yield* claims(["openid", "identify"]), { sub: user!.id, ...profile })
      assert.deepStrictEqual(yield* claims(["openid", "email"]), { sub: user!.id, ...address })
      assert.deepStrictEqual(yield* claims(["openid", "identify", "email"]), { sub: user!.id, ...profile, ...address })
    }).pipe(Effect.provide(fresh)))

  it.effect("the public keys are RSA keys that sign with RS256, without a token", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const { keys } = yield* api.getPublicKeys({})
      const [key] = keys
      assert.deepStrictEqual(PublicKeys.signingKey({ keys }, key!.kid), Option.some(key!))
      const { asymmetricKeyDetails } = createPublicKey({ key: { ...key! }, format: "jwk" })
      assert.deepStrictEqual(asymmetricKeyDetails, { modulusLength: 2048, publicExponent: 65537n })
      assert.deepStrictEqual(yield* api.getPublicKeys({}), { keys })
    }).pipe(Effect.provide(fresh)))
})

describe("the current application", () => {
  it.effect("is told to its bot, at two addresses", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const api = yield* DiscordClient.DiscordClient
      const [user] = yield* discord.users
      const [guild] = yield* discord.guilds
      yield* discord.addBot(guild!)
      const { botToken, clientId, name, redirectUris } = discord.application
      const told = yield* api.getCurrentApplication({ botToken })
      assert.deepInclude(told, {
        id: clientId,
        name,
        redirect_uris: redirectUris,
        approximate_guild_count: 1,
        team: null
      })
      assert.strictEqual(told.owner?.id, user!.id)
      assert.notProperty(told.owner, "email")
      assert.deepInclude(told.bot, { bot: true, username: name })
      assert.deepStrictEqual(yield* api.getCurrentBotApplicationInformation({ botToken }), told)
      for (const call of [api.getCurrentApplication, api.getCurrentBotApplicationInformation]) {
        assert.deepStrictEqual(yield* refusal(call({ botToken: Redacted.make("wrong") })), ["InvalidBotToken"])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("is a team's where a team owns it", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const { botToken, ownerId } = (yield* simulator).application
      const { team } = yield* api.getCurrentApplication({ botToken })
      assert.strictEqual(team?.owner_user_id, ownerId)
      assert.deepStrictEqual(team?.members.map(({ role, user }) => [user.id, role]), [[ownerId, "admin"]])
    }).pipe(Effect.provide(DiscordSimulator.layerTest({ application: { team: true } }))))
})

describe("role connection metadata records", () => {
  const record = { type: 2, key: "elo", name: "Elo", description: "At least this rating" }

  it.effect("are none, are set and are read back", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const { botToken, clientId } = (yield* simulator).application
      const bot = { botToken, application_id: clientId }
      assert.deepStrictEqual(yield* api.getApplicationRoleConnectionMetadataRecords(bot), [])
      const put = api.updateApplicationRoleConnectionMetadataRecords
      const records = [
        { ...record, name_localizations: { de: "Elo-Zahl" } },
        { ...record, key: "wins", name_localizations: null }
      ]
      const set = [records[0], { ...record, key: "wins" }]
      assert.deepStrictEqual(yield* put({ ...bot, payload: records }), set as never)
      assert.deepStrictEqual(yield* api.getApplicationRoleConnectionMetadataRecords(bot), set as never)
      assert.deepStrictEqual(yield* put({ ...bot, payload: [] }), [])
      assert.deepStrictEqual(yield* api.getApplicationRoleConnectionMetadataRecords(bot), [])
    }).pipe(Effect.provide(fresh)))

  it.effect("are the application's own: 403 code 20012", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const api = yield* DiscordClient.DiscordClient
      const { clientId } = yield* discord.addApplication({ botToken: Redacted.make("other.bot") })
      const bot = { botToken: discord.application.botToken, application_id: clientId }
      const refused = ["DiscordForbidden", 403, 20012]
      assert.deepStrictEqual(yield* refusal(api.getApplicationRoleConnectionMetadataRecords(bot)), refused)
      assert.deepStrictEqual(
        yield* refusal(api.updateApplicationRoleConnectionMetadataRecords({ ...bot, payload: [record] })),
        refused
      )
      const theirs = { ...bot, botToken: Redacted.make("other.bot") }
      assert.deepStrictEqual(yield* api.getApplicationRoleConnectionMetadataRecords(theirs), [])
    }).pipe(Effect.provide(fresh)))
})

describe("an attachment of the application", () => {
  for (
    const [name, json, issue] of [
      ["a text", "{\"file\":\"planted\"}", "Expected a Blob at [\"file\"]"],
      ["an object", "{\"file\":{}}", "Expected a Blob at [\"file\"]"],
      ["nothing", "{}", "Expected a file"]
    ] as const
  ) {
    it.effect(`${name} in place of the file is InvalidCallArgument, and nothing is sent`, () =>
      Effect.gen(function*() {
        const { accessToken, api, discord } = yield* withToken(["identify"])
        yield* discord.clearRequests
        const error = yield* Effect.flip(api.uploadApplicationAttachment({
          accessToken,
          application_id: discord.application.clientId,
          ...JSON.parse(json)
        }))
        assert.strictEqual(error._tag === "InvalidCallArgument" ? error.issue : error._tag, issue)
        assert.deepStrictEqual(yield* discord.requests, [])
      }).pipe(Effect.provide(fresh)))
  }

  it.effect("has the file's name, size and type", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["identify"])
      const path = { accessToken, application_id: discord.application.clientId }
      const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256)
      const { attachment } = yield* api.uploadApplicationAttachment({
        ...path,
        file: new File([bytes], "a picture.png", { type: "image/png" })
      })
      assert.deepInclude(attachment, {
        filename: "a picture.png",
        size: 300,
        content_type: "image/png",
        ephemeral: true
      })
      assert.match(attachment.url, /^https:\/\/cdn\.discordapp\.com\/.*\/a%20picture\.png$/)
      const [logged] = yield* discord.requests
      assert.deepInclude(logged, { endpoint: "uploadApplicationAttachment", status: 200 })
      assert.strictEqual(Redacted.value(logged!.body), "")
    }).pipe(Effect.provide(fresh)))

  it.effect("may be any Blob", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["identify"])
      const { attachment } = yield* api.uploadApplicationAttachment({
        accessToken,
        application_id: discord.application.clientId,
        file: new Blob(["four"], { type: "text/plain" })
      })
      assert.deepInclude(attachment, { size: 4, content_type: "text/plain" })
    }).pipe(Effect.provide(fresh)))

  it.effect("comes as text of a form, too, as another client sends it", () =>
    Effect.gen(function*() {
      const { bearer, discord } = yield* withToken(["identify"])
      const post = (body: string, contentType: string) =>
        send("POST", `/api/v10/applications/${discord.application.clientId}/attachment`, {
          ...bearer,
          body,
          contentType
        })
      const part = (name: string) =>
        `--x\r\nContent-Disposition: form-data; name="${name}"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n`
      const answer = yield* post(part("file"), "multipart/form-data; boundary=x")
      assert.strictEqual(answer.status, 200, answer.text)
      assert.deepInclude((answer.json as { readonly attachment: object }).attachment, { filename: "a.txt", size: 5 })
      for (
        const [body, contentType] of [
          [part("picture"), "multipart/form-data; boundary=x"],
          [part("file"), "multipart/form-data"],
          ["{}", "application/json"]
        ] as const
      ) {
        const { json, status } = yield* post(body, contentType)
        assert.strictEqual(status, 400)
        assert.deepInclude(json, { code: 50035 })
        assert.hasAllKeys((json as { readonly errors: object }).errors, ["file"])
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("of another application is 403 code 20012", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["identify"])
      const { clientId } = yield* discord.addApplication()
      assert.deepStrictEqual(
        yield* refusal(
          api.uploadApplicationAttachment({ accessToken, application_id: clientId, file: new Blob(["x"]) })
        ),
        ["DiscordForbidden", 403, 20012]
      )
    }).pipe(Effect.provide(fresh)))
})

describe("a guild's channels", () => {
  it.effect("are seen by its members: else 403 code 50001, and 404 code 10004 without a guild", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord, user } = yield* withToken(["identify"])
      const owner = yield* discord.addUser()
      const guild = yield* discord.addGuild({
        owner_id: owner.id,
        channels: [
          { id: "70" as Snowflake.ChannelId, name: "rules" },
          { id: "71" as Snowflake.ChannelId, name: "lounge" }
        ]
      })
      const channels = api.getGuildChannels({ accessToken, guild_id: guild.id })
      assert.deepStrictEqual(yield* refusal(channels), ["DiscordForbidden", 403, 50001])
      yield* discord.addMember(guild, user)
      assert.deepStrictEqual(
        (yield* channels).map((each) => [each.id, each.type, "name" in each ? each.name : undefined]),
        [["70", 0, "rules"], ["71", 0, "lounge"]]
      )
      assert.deepStrictEqual(
        yield* refusal(api.getGuildChannels({ accessToken, guild_id: "9" as Snowflake.GuildId })),
        ["UnknownGuild"]
      )
    }).pipe(Effect.provide(fresh)))
})

describe("adding a recipient to a group DM", () => {
  const prepare = (scopes: ReadonlyArray<string> = ["gdm.join"]) =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const api = yield* DiscordClient.DiscordClient
      const friend = yield* discord.addUser()
      const token = yield* discord.issueToken({ userId: friend.id, scopes })
      const group = yield* discord.addGroupDm({ name: "Chess club" })
      const request = {
        botToken: discord.application.botToken,
        channel_id: group.id,
        user_id: friend.id,
        access_token: token.access_token
      }
      const add = (change: Partial<typeof request> & { readonly nick?: string } = {}) =>
        api.groupDmAddRecipient({ ...request, ...change, responseMode: "response-only" })
      return { discord, friend, group, request, add }
    })

  it.effect("is 201, and 204 for a recipient", () =>
    Effect.gen(function*() {
      const { add, discord, friend, group } = yield* prepare()
      assert.strictEqual((yield* add({ nick: "Fritz" })).status, 201)
      assert.strictEqual((yield* add({ nick: "Other" })).status, 204)
      assert.deepStrictEqual(yield* discord.groupDms, [{
        ...group,
        recipients: [group.owner_id, friend.id],
        nicks: { [friend.id]: "Fritz" }
      }])
    }).pipe(Effect.provide(fresh)))

  it.effect("needs gdm.join on a living token of that user: else MissingScope and 50025", () =>
    Effect.gen(function*() {
      const { add, discord, group } = yield* prepare(["identify"])
      assert.deepStrictEqual(yield* refusal(add()), ["MissingScope"])
      assert.deepStrictEqual(yield* refusal(add({ user_id: group.owner_id })), ["InvalidAccessToken"])
      assert.deepStrictEqual(yield* refusal(add({ access_token: Redacted.make("no") })), ["InvalidAccessToken"])
      yield* discord.expireAccessTokens()
      assert.deepStrictEqual(yield* refusal(add()), ["InvalidAccessToken"])
      assert.deepStrictEqual((yield* discord.groupDms)[0]!.recipients, [group.owner_id])
    }).pipe(Effect.provide(fresh)))

  it.effect("needs a bot of the application that manages a group DM: else 50001, 10003 and 50024", () =>
    Effect.gen(function*() {
      const { add, discord } = yield* prepare()
      yield* discord.addApplication({ botToken: Redacted.make("other.bot") })
      const [guild] = yield* discord.guilds
      assert.deepStrictEqual(yield* refusal(add({ botToken: Redacted.make("wrong") })), ["InvalidBotToken"])
      assert.deepStrictEqual(
        yield* refusal(add({ botToken: Redacted.make("other.bot") })),
        ["DiscordForbidden", 403, 50001]
      )
      assert.deepStrictEqual(
        yield* refusal(add({ channel_id: "9" as Snowflake.ChannelId })),
        ["DiscordNotFound", 404, 10003]
      )
      assert.deepStrictEqual(
        yield* refusal(add({ channel_id: guild!.channels[0]!.id })),
        ["DiscordBadRequest", 400, 50024]
      )
    }).pipe(Effect.provide(fresh)))

  it.effect("ends at ten recipients: 400 code 30004", () =>
    Effect.gen(function*() {
      const { add, discord } = yield* prepare()
      for (let index = 0; index < 9; index++) {
        const user = yield* discord.addUser()
        const { access_token } = yield* discord.issueToken({ userId: user.id, scopes: ["gdm.join"] })
        assert.strictEqual((yield* add({ user_id: user.id, access_token })).status, 201)
      }
      assert.deepStrictEqual(yield* refusal(add()), ["DiscordBadRequest", 400, 30004])
    }).pipe(Effect.provide(fresh)))

  it.effect("is of the user that a test names", () =>
    Effect.gen(function*() {
      const { discord, friend } = yield* prepare()
      const group = yield* discord.addGroupDm({ owner: friend })
      assert.deepInclude(group, { name: null, owner_id: friend.id, recipients: [friend.id] })
    }).pipe(Effect.provide(fresh)))
})
