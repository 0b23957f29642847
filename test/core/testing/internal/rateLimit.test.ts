import { DiscordClient, DiscordError } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { assertError } from "../../../support/assertError.ts"
import * as Stub from "../../../support/StubDiscord.ts"
import { send, simulator } from "../raw.ts"

const limited = DiscordSimulator.layerTest({
  rateLimit: { limit: 2, window: "10 seconds" },
  middleware: Stub.unlimited
})

const as = (scopes: ReadonlyArray<string>, other = false) =>
  Effect.gen(function*() {
    const discord = yield* simulator
    const userId = other ? (yield* discord.addUser()).id : undefined
    const accessToken = yield* discord.issueToken({ scopes, userId })
    const headers = { authorization: `Bearer ${Redacted.value(accessToken.access_token)}` }
    return { accessToken, get: (path: string) => send("GET", `/api/v10${path}`, { headers }) }
  })

describe("rate limits", () => {
  it.effect("are reported in headers, with fractions of a second (WIRE: rate-limits.mdx)", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust(1_500_250)
      const { get } = yield* as(["identify"])
      const first = yield* get("/users/@me")
      assert.deepInclude(first.headers, {
        "x-ratelimit-limit": "2",
        "x-ratelimit-remaining": "1",
        "x-ratelimit-reset": "1510.250",
        "x-ratelimit-reset-after": "10.000"
      })
      assert.match(first.headers["x-ratelimit-bucket"]!, /^[0-9a-f]{8}$/)
      yield* TestClock.adjust(2_500)
      const second = yield* get("/users/@me")
      assert.deepInclude(second.headers, {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1510.250",
        "x-ratelimit-reset-after": "7.500",
        "x-ratelimit-bucket": first.headers["x-ratelimit-bucket"]
      })
    }).pipe(Effect.provide(limited)))

  it.effect("respond with 429 and Discord's body above the limit, until the window ends", () =>
    Effect.gen(function*() {
      const { get } = yield* as(["identify"])
      yield* get("/users/@me")
      yield* get("/users/@me")
      yield* TestClock.adjust(2_750)
      const refused = yield* get("/users/@me")
      assert.strictEqual(refused.status, 429)
      assert.deepStrictEqual(refused.json, {
        message: "You are being rate limited.",
        retry_after: 7.25,
        global: false
      })
      assert.deepInclude(refused.headers, {
        "retry-after": "8",
        "x-ratelimit-scope": "user",
        "x-ratelimit-remaining": "0"
      })
      yield* TestClock.adjust(7_249)
      assert.strictEqual((yield* get("/users/@me")).status, 429)
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* get("/users/@me")).status, 200)
    }).pipe(Effect.provide(limited)))

  it.effect("fail with RateLimited and Discord's retry time in the client", () =>
    Effect.gen(function*() {
      const { accessToken } = yield* as(["identify"])
      const api = yield* DiscordClient.DiscordClient
      const call = api.getCurrentUser({ accessToken })
      yield* call
      yield* call
      assertError(
        yield* Effect.flip(call),
        new DiscordError.RateLimited({ retryAfter: Duration.seconds(10), global: false, scope: "user" })
      )
    }).pipe(Effect.provide(limited)))

  it.effect("count each user and each route separately (WIRE: #647)", () =>
    Effect.gen(function*() {
      const one = yield* as(["identify", "guilds"])
      const two = yield* as(["identify"], true)
      yield* one.get("/users/@me")
      yield* one.get("/users/@me")
      assert.strictEqual((yield* one.get("/users/@me")).status, 429)
      assert.strictEqual((yield* one.get("/users/@me/guilds")).status, 200)
      assert.strictEqual((yield* two.get("/users/@me")).status, 200)
      const again = yield* as(["identify"])
      assert.strictEqual((yield* again.get("/users/@me")).status, 429, "another token of the same user")
    }).pipe(Effect.provide(limited)))

  it.effect("count each guild separately, with one bucket id (WIRE: major parameters)", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const { get } = yield* as(["guilds.members.read"])
      const [first, second] = yield* discord.guilds
      const member = (id: string) => get(`/users/@me/guilds/${id}/member`)
      const answers = [yield* member(first!.id), yield* member(first!.id), yield* member(second!.id)]
      assert.deepStrictEqual(answers.map(({ status }) => status), [200, 200, 200])
      assert.strictEqual((yield* member(first!.id)).status, 429)
      assert.lengthOf([...new Set(answers.map(({ headers }) => headers["x-ratelimit-bucket"]))], 1)
    }).pipe(Effect.provide(limited)))

  it.effect("are reported with rejections too, and count by IP address without a token", () =>
    Effect.gen(function*() {
      const refused = yield* send("GET", "/api/v10/users/@me", { headers: { authorization: "Bearer unknown" } })
      assert.strictEqual(refused.status, 401)
      assert.strictEqual(refused.headers["x-ratelimit-remaining"], "1")
      const { get } = yield* as(["identify"])
      assert.strictEqual((yield* get("/users/@me/guilds?limit=0")).headers["x-ratelimit-remaining"], "1")
    }).pipe(Effect.provide(limited)))

  it.effect("are off by default", () =>
    Effect.gen(function*() {
      const { get } = yield* as(["identify"])
      for (let index = 0; index < 200; index++) assert.strictEqual((yield* get("/users/@me")).status, 200)
    }).pipe(Effect.provide(DiscordSimulator.layerTest())))
})
