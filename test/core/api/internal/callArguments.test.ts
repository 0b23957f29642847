import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as CallArguments from "../../../../packages/core/src/api/internal/callArguments.ts"
import { endpoints } from "../../../../packages/core/src/api/internal/endpoints.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const endpoint = (identifier: string) =>
  endpoints.find((each) => each.identifier === identifier) ?? assert.fail(identifier)

const botToken = Redacted.make("planted-bot")

describe("toCredentials", () => {
  const user = endpoint("getCurrentUser")

  it("says whether a token can be refreshed, which a bare token cannot", () => {
    const { access_token } = Stub.token()
    assert.deepStrictEqual(
      [Stub.token({ refresh: "planted" }), Stub.token({ refresh: undefined }), access_token].map((accessToken) =>
        CallArguments.toCredentials(user, { accessToken })
      ).map((credentials) => credentials._tag === "Bearer" && credentials.refreshable),
      [true, false, false]
    )
  })

  it("sends the bot's token where both are given, because the user's is then in the body", () => {
    const credentials = CallArguments.toCredentials(user, { accessToken: Stub.token(), botToken })
    assert.deepStrictEqual(credentials, { _tag: "Bot", token: botToken })
  })

  it("sends the application's credentials only to an endpoint that takes them", () => {
    assert.strictEqual(CallArguments.toCredentials(endpoint("exchangeToken"), {})._tag, "Client")
    assert.strictEqual(CallArguments.toCredentials(user, {})._tag, "None")
  })
})

describe("split", () => {
  it.effect("separates the path from the query, and drops credentials and members that are undefined", () =>
    Effect.gen(function*() {
      const accessToken = Stub.token()
      assert.deepStrictEqual(
        yield* CallArguments.split(endpoint("getCurrentUserGuildMember"), { accessToken, guild_id: "1" }),
        { params: { guild_id: "1" }, query: {}, responseMode: "response-only" }
      )
      assert.deepStrictEqual(
        yield* CallArguments.split(endpoint("getCurrentUserGuilds"), { accessToken, limit: 3, after: undefined }),
        { params: {}, query: { limit: 3 }, responseMode: "response-only" }
      )
    }))

  const upload = endpoint("uploadApplicationAttachment")

  it.effect("makes a form of the files", () =>
    Effect.gen(function*() {
      const file = new File(["text"], "a.txt")
      const { payload } = yield* CallArguments.split(upload, { application_id: "1", file })
      assert.instanceOf(payload, FormData)
      assert.deepStrictEqual(Array.from(payload.keys()), ["file"])
    }))

  it.effect("rejects a form without a file, and a member that is no file, by its name", () =>
    Effect.gen(function*() {
      const empty = yield* Effect.flip(CallArguments.split(upload, { application_id: "1" }))
      assert.strictEqual(empty.issue, "Expected a file")
      const other = yield* Effect.flip(CallArguments.split(upload, { application_id: "1", file: "planted" }))
      assert.strictEqual(other.issue, "Expected a Blob at [\"file\"]")
    }))
})

describe("majorParametersOf", () => {
  const member = endpoint("getCurrentUserGuildMember")

  it("returns the ids that have a rate limit of their own, and at most 20 characters of each", () => {
    assert.strictEqual(
      CallArguments.majorParametersOf(member, { guild_id: "197038439483310086" }),
      "197038439483310086"
    )
    assert.strictEqual(CallArguments.majorParametersOf(member, { guild_id: "9".repeat(1000) }), "9".repeat(20))
    assert.strictEqual(CallArguments.majorParametersOf(member, { guild_id: 7 }), "")
    assert.strictEqual(CallArguments.majorParametersOf(endpoint("getCurrentUser"), { guild_id: "1" }), "")
  })
})
