import { AccessToken, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { authorizedGuild, incomingWebhook } from "../../fixtures/oauth2.ts"

const now = DateTime.makeUnsafe("2026-01-01T00:00:00Z")
const atNow = TestClock.setTime(DateTime.toEpochMillis(now))

const response = (members: Partial<AccessToken.AccessTokenResponse> = {}): AccessToken.AccessTokenResponse => ({
  access_token: Redacted.make("new access token"),
  token_type: "Bearer",
  expires_in: 604_800,
  refresh_token: Redacted.make("new refresh token"),
  scope: "identify guilds",
  ...members
})

const token = AccessToken.AccessToken.make({
  access_token: Redacted.make("old access token"),
  refresh_token: Redacted.make("old refresh token"),
  id_token: Redacted.make("old id token"),
  expires_at: now,
  scopes: ["identify"],
  data: { plan: "gold" }
})

const plain = (secret: Redacted.Redacted | undefined) => secret && Redacted.value(secret)

describe("AccessToken", () => {
  it("encodes the secrets in plain text, and redacts them in the value", () => {
    const encoded = Schema.encodeSync(AccessToken.AccessToken)(token)
    assert.strictEqual(encoded.access_token, "old access token")
    assert.strictEqual(encoded.expires_at, "2026-01-01T00:00:00.000Z")
    for (const secret of ["old access token", "old refresh token", "old id token"]) {
      assert.notInclude(JSON.stringify(token), secret)
    }
  })

  it("decodes what it encodes", () => {
    const encoded = JSON.parse(JSON.stringify(Schema.encodeSync(AccessToken.AccessToken)(token)))
    assert.deepStrictEqual(Schema.decodeUnknownSync(AccessToken.AccessToken)(encoded), token)
  })
})

describe("fromResponse", () => {
  it.effect("expires the token expires_in seconds after the response", () =>
    Effect.gen(function*() {
      yield* atNow
      const { access_token, expires_at, refresh_token, scopes } = yield* AccessToken.fromResponse(response())
      assert.strictEqual(plain(access_token), "new access token")
      assert.strictEqual(plain(refresh_token), "new refresh token")
      assert.strictEqual(DateTime.formatIso(expires_at), "2026-01-08T00:00:00.000Z")
      assert.deepStrictEqual(scopes, ["identify", "guilds"])
    }))

  for (
    const [title, expires_in, seconds] of [
      ["an absent expires_in counts as 604,800 seconds", undefined, 604_800],
      ["a null expires_in counts as 604,800 seconds", null, 604_800],
      ["a string is read as a number", "60", 60],
      ["an empty string counts as expired", " ", 0],
      ["another string counts as expired", "soon", 0],
      ["a negative number counts as expired", -1, 0],
      ["NaN counts as expired", Number.NaN, 0],
      ["more than 100 years count as 100 years", Number.POSITIVE_INFINITY, 3_155_760_000]
    ] as const
  ) {
    it.effect(`F19: ${title}`, () =>
      Effect.gen(function*() {
        yield* atNow
        const { expires_in: _, ...rest } = response()
        const made = yield* AccessToken.fromResponse(expires_in === undefined ? rest : { ...rest, expires_in })
        assert.strictEqual(made.expires_at.epochMilliseconds - DateTime.toEpochMillis(now), seconds * 1000)
      }))
  }

  it.effect("keeps the refresh token, the id token and the application's data of the previous token", () =>
    Effect.gen(function*() {
      const { refresh_token: _, ...rest } = response()
      const made = yield* AccessToken.fromResponse(rest, { previous: token })
      assert.strictEqual(plain(made.access_token), "new access token")
      assert.strictEqual(plain(made.refresh_token), "old refresh token")
      assert.strictEqual(plain(made.id_token), "old id token")
      assert.deepStrictEqual(made.data, { plan: "gold" })
    }))

  it.effect("takes the requested scopes, or those of the previous token, when scope is absent", () =>
    Effect.gen(function*() {
      const { scope: _, ...rest } = response()
      const requested = yield* AccessToken.fromResponse(rest, { scopes: ["guilds"] })
      assert.deepStrictEqual(requested.scopes, ["guilds"])
      const refreshed = yield* AccessToken.fromResponse(rest, { previous: token })
      assert.deepStrictEqual(refreshed.scopes, ["identify"])
      assert.deepStrictEqual((yield* AccessToken.fromResponse(rest)).scopes, [])
    }))

  it.effect("decodes the guild and the webhook", () =>
    Effect.gen(function*() {
      const made = yield* AccessToken.fromResponse(
        response({ guild: authorizedGuild, webhook: Redacted.make<Schema.Json>(incomingWebhook) })
      )
      assert.strictEqual(made.guild?.id, Snowflake.GuildId.make(authorizedGuild.id))
      assert.strictEqual(plain(made.webhook?.token), incomingWebhook.token)
    }))

  it.effect("F18: leaves out a guild and a webhook that do not decode", () =>
    Effect.gen(function*() {
      const made = yield* AccessToken.fromResponse(
        response({ guild: { id: "not an id" }, webhook: Redacted.make<Schema.Json>("not a webhook") })
      )
      assert.strictEqual(plain(made.access_token), "new access token")
      assert.isUndefined(made.guild)
      assert.isUndefined(made.webhook)
    }))
})

describe("expiry", () => {
  it.effect("timeLeft is the time until the token expires, and zero after that", () =>
    Effect.gen(function*() {
      yield* atNow
      const made = yield* AccessToken.fromResponse(response({ expires_in: 60 }))
      assert.strictEqual(Duration.toSeconds(yield* AccessToken.timeLeft(made)), 60)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(Duration.toSeconds(yield* AccessToken.timeLeft(made)), 0)
    }))

  it.effect("isExpired from the instant of expiry on, or earlier by the margin", () =>
    Effect.gen(function*() {
      yield* atNow
      const made = yield* AccessToken.fromResponse(response({ expires_in: 60 }))
      assert.isFalse(yield* AccessToken.isExpired(made))
      assert.isFalse(yield* AccessToken.isExpired(made, "59 seconds"))
      assert.isTrue(yield* AccessToken.isExpired(made, "60 seconds"))
      yield* TestClock.adjust("60 seconds")
      assert.isTrue(yield* AccessToken.isExpired(made))
    }))
})

describe("the parts of a token", () => {
  it("isRefreshable when it has a refresh token", () => {
    const { refresh_token: _, ...rest } = token
    assert.isTrue(AccessToken.isRefreshable(token))
    assert.isFalse(AccessToken.isRefreshable(rest))
  })

  it("hasScope compares exactly", () => {
    assert.isTrue(AccessToken.hasScope("identify")(token))
    assert.isFalse(AccessToken.hasScope("identify.premium")(token))
  })

  it("withData replaces the application's data, and removes it with undefined", () => {
    assert.deepStrictEqual(AccessToken.withData(token, { plan: "free" }).data, { plan: "free" })
    assert.notProperty(AccessToken.withData(token, undefined), "data")
    assert.deepStrictEqual(token.data, { plan: "gold" })
  })

  it("withDataOf takes the data of another token", () => {
    const other = AccessToken.withData(token, { plan: "free" })
    assert.deepStrictEqual(AccessToken.withDataOf(token, other).data, { plan: "free" })
    assert.notProperty(AccessToken.withDataOf(token, AccessToken.withData(token, undefined)), "data")
  })
})
