/** Faults: the responses and broken connections that a test asks for. */
import { DiscordClient, DiscordError, OAuth2Client } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { assertError } from "../../support/assertError.ts"
import { send, simulator } from "./raw.ts"

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

describe("faults that replace the response", () => {
  it.effect("Status responds with a body and headers", () =>
    Effect.gen(function*() {
      const { discord, raw } = yield* prepare
      yield* discord.fail(Fault.Status({ status: 400, body: { code: 1, message: "m" }, headers: { "x-a": "b" } }))
      const json = yield* raw
      assert.deepStrictEqual([json.status, json.json, json.headers["x-a"]], [400, { code: 1, message: "m" }, "b"])
      yield* discord.fail(Fault.Status({ status: 400, body: "text" }))
      assert.strictEqual((yield* raw).text, "text")
    }).pipe(Effect.provide(fresh)))

  it.effect("Status simulates an outage of the token endpoint as 400 code 0 (WIRE: #6639), and consumes no grant", () =>
    Effect.gen(function*() {
      const { accessToken, discord, oauth } = yield* prepare
      yield* discord.fail(Fault.Status({ status: 400, match: { endpoint: "exchangeToken" } }))
      assertError(
        yield* Effect.flip(oauth.refresh(accessToken)),
        new DiscordError.DiscordBadRequest({ status: 400, code: 0, message: "400: Bad Request" })
      )
      assert.isDefined((yield* oauth.refresh(accessToken)).refresh_token)
    }).pipe(Effect.provide(fresh)))

  it.effect("RateLimit responds with Discord's body and headers (WIRE: rate-limits.mdx)", () =>
    Effect.gen(function*() {
      const { call, discord, raw } = yield* prepare
      yield* discord.fail(Fault.RateLimit({ retryAfter: "64.57 seconds", scope: "shared" }))
      const answer = yield* raw
      assert.strictEqual(answer.status, 429)
      assert.deepStrictEqual(answer.json, {
        message: "The resource is being rate limited.",
        retry_after: 64.57,
        global: false
      })
      assert.deepInclude(answer.headers, { "retry-after": "65", "x-ratelimit-scope": "shared" })
      assert.notProperty(answer.headers, "x-ratelimit-global")

      yield* discord.fail(Fault.RateLimit({ retryAfter: 82_721_000, global: true }))
      const error = yield* Effect.flip(call)
      assertError(
        error,
        new DiscordError.RateLimited({ retryAfter: Duration.seconds(82_721), global: true, scope: "global" })
      )
      yield* discord.fail(Fault.RateLimit({ global: true }))
      assert.propertyVal((yield* raw).headers, "x-ratelimit-global", "true")
    }).pipe(Effect.provide(fresh)))

  it.effect("F7: CloudflareBlock responds with text and 429, or with HTML and 403", () =>
    Effect.gen(function*() {
      const { call, discord, raw } = yield* prepare
      yield* discord.fail(Fault.CloudflareBlock({ retryAfter: "10 minutes" }))
      const text = yield* raw
      assert.deepStrictEqual([text.status, text.text, text.headers["retry-after"]], [429, "error code: 1015", "600"])
      yield* discord.fail(Fault.CloudflareBlock({ retryAfter: "10 minutes" }))
      assertError(
        yield* Effect.flip(call),
        new DiscordError.CloudflareBlocked({ status: 429, retryAfter: Duration.minutes(10) })
      )
      // Until that time is over nothing would be asked.
      yield* TestClock.adjust("10 minutes")
      yield* discord.fail(Fault.CloudflareBlock({ status: 403 }))
      assertError(yield* Effect.flip(call), new DiscordError.CloudflareBlocked({ status: 403 }))
    }).pipe(Effect.provide(fresh)))

  it.effect("UnknownStatus responds with an undocumented status", () =>
    Effect.gen(function*() {
      const { call, discord } = yield* prepare
      yield* discord.fail(Fault.UnknownStatus({ status: 451 }))
      const error = yield* Effect.flip(call)
      assert.instanceOf(error, DiscordError.UnexpectedStatus)
      assert.strictEqual(error.status, 451)
    }).pipe(Effect.provide(fresh)))

  it.effect("F23: Refuse401 rejects a valid token once", () =>
    Effect.gen(function*() {
      const { call, discord } = yield* prepare
      yield* discord.fail(Fault.Refuse401())
      assertError(yield* Effect.flip(call), new DiscordError.AccessTokenExpired({ refreshable: true }))
      assert.strictEqual((yield* call).username, "nelly")
    }).pipe(Effect.provide(fresh)))

  it.effect("F9: unreadable responses fail with MalformedResponse", () =>
    Effect.gen(function*() {
      const { call, discord } = yield* prepare
      for (const fault of [Fault.Html(), Fault.CutJson(), Fault.JsonArray()]) {
        yield* discord.fail(fault)
        const error = yield* Effect.flip(call)
        assert.instanceOf(error, DiscordError.MalformedResponse, fault._tag)
        assert.strictEqual(error.status, 200)
      }
      yield* discord.fail(Fault.Html({ status: 502 }))
      assert.instanceOf(yield* Effect.flip(call), DiscordError.DiscordServerError)
    }).pipe(Effect.provide(fresh)))

  it.effect("CutJson responds with the first half of the body", () =>
    Effect.gen(function*() {
      const { discord, raw } = yield* prepare
      const whole = (yield* raw).text
      yield* discord.fail(Fault.CutJson())
      const cut = (yield* raw).text
      assert.isTrue(whole.startsWith(cut))
      assert.strictEqual(cut.length, Math.floor(whole.length / 2))
    }).pipe(Effect.provide(fresh)))
})

describe("the effect of a fault on the grant", () => {
  const spends = (fault: Fault.Fault, spent: boolean) =>
    Effect.gen(function*() {
      const { accessToken, discord, oauth } = yield* prepare
      yield* discord.fail(fault)
      const fiber = yield* Effect.forkChild(Effect.exit(oauth.refresh(accessToken)))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "Failure")
      const again = yield* Effect.result(oauth.refresh(accessToken))
      if (spent) {
        assert.isTrue(again._tag === "Failure" && again.failure instanceof DiscordError.InvalidRefreshToken)
      } else assert.strictEqual(again._tag, "Success")
    }).pipe(Effect.provide(fresh))

  const kept = [
    Fault.Status({ status: 500 }),
    Fault.RateLimit(),
    Fault.CloudflareBlock(),
    Fault.UnknownStatus(),
    Fault.DropBefore()
  ]
  it.effect.each(kept)("$_tag keeps the refresh token valid", (fault) => spends(fault, false))

  const lost = [
    Fault.Html(),
    Fault.CutJson(),
    Fault.JsonArray(),
    Fault.DropAfter(),
    Fault.Delay({ duration: "5 minutes" })
  ]
  it.effect.each(lost)("F2: $_tag consumes the refresh token", (fault) => spends(fault, true))
})

describe("faults that break or delay the connection", () => {
  it.effect("F1, F2: DropBefore fails before sending, DropAfter fails after sending", () =>
    Effect.gen(function*() {
      const { call, discord } = yield* prepare
      yield* discord.fail(Fault.DropBefore())
      const before = yield* Effect.flip(call)
      assertError(before, new DiscordError.DiscordTransportError({ sent: false, description: "ECONNREFUSED" }))
      yield* discord.fail(Fault.DropAfter())
      const after = yield* Effect.flip(call)
      assertError(after, new DiscordError.DiscordTransportError({ sent: true, description: "ECONNRESET" }))
    }).pipe(Effect.provide(fresh)))

  it.effect("fail in memory with a transport error and the platform's error code", () =>
    Effect.gen(function*() {
      const { discord } = yield* prepare
      const client = yield* HttpClient.HttpClient
      for (const [fault, code] of [[Fault.DropBefore(), "ECONNREFUSED"], [Fault.DropAfter(), "ECONNRESET"]] as const) {
        yield* discord.fail(fault)
        const { reason } = yield* Effect.flip(client.get("https://discord.com/api/v10/users/@me"))
        assert.strictEqual(reason._tag, "TransportError")
        assert.propertyVal("cause" in reason ? reason.cause : undefined, "code", code)
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("F12: Delay responds after its duration", () =>
    Effect.gen(function*() {
      const { call, discord } = yield* prepare
      yield* discord.fail(Fault.Delay({ duration: "10 seconds" }))
      const slow = yield* Effect.forkChild(call)
      yield* TestClock.adjust("9 seconds")
      assert.isUndefined(slow.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(slow)).username, "nelly")
    }).pipe(Effect.provide(fresh)))

  it.effect("Delay can exceed the client's timeout", () =>
    Effect.gen(function*() {
      const { call, discord } = yield* prepare
      yield* discord.fail(Fault.Delay({ duration: "1 hour" }))
      const late = yield* Effect.forkChild(Effect.flip(call))
      yield* TestClock.adjust("31 seconds")
      assert.instanceOf(yield* Fiber.join(late), DiscordError.DiscordTransportError)
    }).pipe(Effect.provide(fresh)))
})
