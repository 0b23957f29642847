import { DiscordClient } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { refusal, withToken } from "../../context.ts"
import { send, simulator } from "../../raw.ts"

const fresh = DiscordSimulator.layerTest()

describe("the current application", () => {
  it.effect("is returned to its bot at two paths", () =>
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

  it.effect("has a team when a team owns it", () =>
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

  it.effect("are empty at first, and can be set and read", () =>
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

  it.effect("of another application are rejected with 403 code 20012", () =>
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
    it.effect(`fails with InvalidCallArgument for ${name} instead of a file, and sends nothing`, () =>
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

  it.effect("has the name, size and type of the file", () =>
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

  it.effect("accepts any Blob", () =>
    Effect.gen(function*() {
      const { accessToken, api, discord } = yield* withToken(["identify"])
      const { attachment } = yield* api.uploadApplicationAttachment({
        accessToken,
        application_id: discord.application.clientId,
        file: new Blob(["four"], { type: "text/plain" })
      })
      assert.deepInclude(attachment, { size: 4, content_type: "text/plain" })
    }).pipe(Effect.provide(fresh)))

  it.effect("accepts a text form, as other clients send it", () =>
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

  it.effect("of another application is rejected with 403 code 20012", () =>
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
