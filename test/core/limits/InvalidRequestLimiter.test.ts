import { DiscordSessions, Limits, LimitStore, OAuth2Client } from "@discord-oauth2/core"
import { InvalidRequestLimiter } from "@discord-oauth2/core/limits"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import { ask, call, expectSharedCount, send, tagOf } from "../../support/invalidRequests.ts"
import * as Stub from "../../support/StubDiscord.ts"

const forbidden: Stub.Answer = { status: 403, body: { message: "Missing Access", code: 50001 } }
const limited = (scope: string): Stub.Answer => ({
  status: 429,
  body: { message: "", retry_after: 0, global: false },
  headers: { "x-ratelimit-scope": scope }
})
const fine: Stub.Answer = { body: Stub.user }

const makeLogs = () => {
  const logs: Array<string> = []
  return {
    logs,
    layer: Logger.layer([Logger.make(({ logLevel, message }) => void logs.push(`${logLevel} ${message}`))])
  }
}

const make = (
  answer: (calls: ReadonlyArray<Stub.Call>, call: Stub.Call) => Stub.Answer,
  options?: InvalidRequestLimiter.Options
) => {
  const calls: Array<Stub.Call> = []
  const layer = Stub.layer(calls, (call) => Effect.succeed(answer(calls, call)), {
    middleware: Limits.layerMemory({ invalidRequests: options })
  })
  return { calls, layer }
}

const times = <A, E, R>(count: number, effect: Effect.Effect<A, E, R>) =>
  Effect.forEach(Array.from({ length: count }), () => effect)

describe("the limit of invalid requests", () => {
  it.effect("after the limit of 401, 403 and 429 no request is sent until the ten minutes are over", () => {
    const bad = [Stub.unauthorized, forbidden, limited("user")]
    const { calls, layer } = make((calls) => bad[calls.length % 3] ?? fine, { limit: 30 })
    return Effect.gen(function*() {
      yield* times(30, tagOf(ask))
      assert.strictEqual(calls.length, 30)
      yield* TestClock.adjust("3 minutes")
      const error = yield* Effect.flip(ask)
      assert.strictEqual(error._tag, "InvalidRequestLimit")
      if (error._tag !== "InvalidRequestLimit") return
      assert.strictEqual(Duration.toMinutes(error.retryAfter), 7)
      assert.match(error.message, /nothing is sent for 7m/)
      const oauth = yield* OAuth2Client.OAuth2Client
      assert.strictEqual(yield* tagOf(oauth.refresh(Stub.token())), "InvalidRequestLimit")
      assert.strictEqual(yield* tagOf(oauth.revoke(Stub.token())), "InvalidRequestLimit")
      assert.strictEqual(calls.length, 30)
      yield* TestClock.adjust("7 minutes")
      yield* tagOf(ask)
      assert.strictEqual(calls.length, 31)
    }).pipe(Effect.provide(layer))
  })

  it.effect("a shared 429, 200, 404 and 5xx do not count", () => {
    const answers = [limited("shared"), fine, { status: 404, body: { message: "", code: 0 } }, { status: 500 }]
    const { calls, layer } = make((calls) => answers[calls.length % 4] ?? fine, { limit: 3 })
    return Effect.gen(function*() {
      yield* times(40, tagOf(ask))
      assert.strictEqual(calls.length, 40)
    }).pipe(Effect.provide(layer))
  })

  it.effect("a 401 of the token endpoint counts", () => {
    const { calls, layer } = make(() => ({ status: 401, body: { error: "invalid_client" } }), { limit: 5 })
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      yield* times(5, tagOf(oauth.refresh(Stub.token())))
      assert.strictEqual(yield* tagOf(oauth.refresh(Stub.token())), "InvalidRequestLimit")
      assert.strictEqual(calls.length, 5)
    }).pipe(Effect.provide(layer))
  })

  it.effect("the count starts again after ten minutes", () => {
    const { calls, layer } = make(() => forbidden, { limit: 10 })
    return Effect.gen(function*() {
      for (let window = 0; window < 3; window++) {
        yield* times(9, tagOf(ask))
        yield* TestClock.adjust("10 minutes")
      }
      assert.strictEqual(calls.length, 27)
    }).pipe(Effect.provide(layer))
  })

  it.effect("logs warnings at a half, three quarters and nine tenths, and an error at the limit, without tokens", () => {
    const { logs, layer: logger } = makeLogs()
    const { layer } = make(() => forbidden, { limit: 20 })
    return Effect.gen(function*() {
      yield* times(25, tagOf(ask))
      assert.deepStrictEqual(logs.map((log) => log.replace(/(?<=\d) .*/, "")), [
        "Warn 10",
        "Warn 15",
        "Warn 18",
        "Error 20"
      ])
      assert.notInclude(logs.join(), "planted")
      const counted = yield* Metric.value(
        Metric.withAttributes(InvalidRequestLimiter.metric, { "http.response.status_code": "403" })
      )
      assert.strictEqual(counted.count, 20)
      assert.strictEqual((yield* Metric.value(InvalidRequestLimiter.windowMetric)).value, 20)
    }).pipe(Effect.provide([layer, logger]), Effect.provideService(Metric.MetricRegistry, new Map()))
  })

  it.effect("keeps a user's token: a refresh fails with InvalidRequestLimit, and works after the ten minutes", () => {
    const tokens = Stub.rotating()
    const { layer } = make(
      (_, { form, path }) =>
        path === "/oauth2/token"
          ? tokens(form)
          : path === "/oauth2/@me"
          ? { body: Stub.authorization(["identify"]) }
          : path === "/users/@me"
          ? fine
          : forbidden,
      { limit: 2 }
    )
    return Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      const session = yield* sessions.open(Stub.token({ seconds: 700, scopes: ["identify", "guilds"] }))
      yield* times(2, tagOf(session.getCurrentUserGuilds()))
      assert.strictEqual(yield* tagOf(session.getCurrentUser()), "InvalidRequestLimit")
      assert.strictEqual(yield* tagOf(session.refresh), "InvalidRequestLimit")
      yield* TestClock.adjust("12 minutes")
      assert.strictEqual((yield* session.getCurrentUser()).username, "nelly")
      assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-1")
    }).pipe(Effect.provide(layer))
  })
})

describe("F7: Cloudflare's block", () => {
  const blocks: Readonly<Record<string, Stub.Answer>> = {
    "429 as text": { status: 429, body: "error code: 1015", headers: { "content-type": "text/plain" } },
    "429 as HTML": { status: 429, body: "<!doctype html><title>Access denied</title>" },
    "403 as HTML": { status: 403, body: "<!doctype html><title>Attention Required! | Cloudflare</title>" },
    "403 with code 40333": { status: 403, body: { message: "internal network error", code: 40333 } },
    "429 with code 40333": { status: 429, body: { message: "internal network error", code: 40333 } }
  }

  for (const [name, block] of Object.entries(blocks)) {
    it.effect(`${name} stops all requests, and is not retried`, () => {
      const { calls, layer } = make((calls) => calls.length === 1 ? block : fine)
      return Effect.gen(function*() {
        const oauth = yield* OAuth2Client.OAuth2Client
        assert.strictEqual(yield* tagOf(ask), "CloudflareBlocked")
        yield* TestClock.adjust("59 seconds")
        const error = yield* Effect.flip(ask)
        assert.strictEqual(
          error._tag === "CloudflareBlocked" ? error.retryAfter?.pipe(Duration.toSeconds) : error._tag,
          1
        )
        assert.strictEqual(yield* tagOf(oauth.refresh(Stub.token())), "CloudflareBlocked")
        assert.strictEqual(calls.length, 1)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* tagOf(ask), "ok")
        assert.strictEqual(yield* tagOf(ask), "ok")
      }).pipe(Effect.provide(layer))
    })
  }

  const blocked = blocks["429 as text"] ?? fine

  it.effect("lasts for the time in Retry-After, and for an hour at most", () => {
    const { calls, layer } = make((calls) =>
      calls.length === 1 ? { ...blocked, headers: { "retry-after": "82721" } } : fine
    )
    return Effect.gen(function*() {
      yield* tagOf(ask)
      yield* TestClock.adjust("59 minutes")
      assert.strictEqual(yield* tagOf(ask), "CloudflareBlocked")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* tagOf(ask), "ok")
      assert.strictEqual(calls.length, 2)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is checked by one request at a time, after pauses that double", () => {
    const { calls, layer } = make(() => blocked)
    return Effect.gen(function*() {
      const sent: Array<number> = []
      for (let second = 0; second < 1000; second++) {
        const before = calls.length
        yield* Effect.all(Array.from({ length: 10 }, () => tagOf(ask)), { concurrency: "unbounded" })
        // The requests that are sent together with the first cannot be stopped.
        if (calls.length > before) sent.push(second)
        yield* TestClock.adjust("1 second")
      }
      assert.deepStrictEqual(sent, [0, 60, 180, 420, 900])
      assert.isAtMost(calls.length, 10 + 4)
    }).pipe(Effect.provide(layer))
  })

  it.effect("is checked by the next request, if the one that checks is interrupted", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* tagOf(ask)
      yield* TestClock.adjust("1 minute")
      const trying = yield* Effect.forkChild(ask)
      yield* TestClock.adjust("10 millis")
      assert.strictEqual(yield* tagOf(ask), "CloudflareBlocked")
      assert.strictEqual(calls.length, 2)
      yield* Fiber.interrupt(trying)
      assert.strictEqual(yield* tagOf(ask), "ok")
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          () => calls.length === 1 ? Effect.succeed(blocked) : calls.length === 2 ? Effect.never : Effect.succeed(fine)
        )
      )
    )
  })

  it.effect("is one block, if the responses of requests that were sent before it arrive late", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const all = yield* Effect.forkChild(Effect.all(times5, { concurrency: "unbounded" }))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(all)
      yield* TestClock.adjust("57 seconds")
      assert.strictEqual(yield* tagOf(ask), "ok")
    }).pipe(
      Effect.provide(
        Stub.layer(calls, () =>
          calls.length > 5
            ? Effect.succeed(fine)
            : Effect.as(Effect.sleep(Duration.seconds(calls.length)), blocked))
      )
    )
  })
  const times5 = Array.from({ length: 5 }, () => tagOf(ask))
})

it.effect("servers that share a store count together, and one stops within a second after the other", () =>
  expectSharedCount(LimitStore.makeMemory(), TestClock.adjust("1 second")))

it.effect("a request that waits longer for the store than the next one is not rejected", () =>
  Effect.gen(function*() {
    const memory = LimitStore.makeMemory()
    let reads = 0
    const slowAtFirst = LimitStore.LimitStore.of({
      ...memory,
      // Each request reads the pauses of two buckets, one after the other.
      pausedFor: (keys) => Effect.delay(memory.pausedFor(keys), reads++ === 0 ? "3 seconds" : 0)
    })
    const limiter = yield* Effect.provideService(InvalidRequestLimiter.make(), LimitStore.LimitStore, slowAtFirst)
    const slow = yield* Effect.forkChild(tagOf(limiter(call, send(200))))
    yield* TestClock.adjust("1 second")
    assert.strictEqual(yield* tagOf(limiter(call, send(200))), "ok")
    yield* TestClock.adjust("2 seconds")
    assert.strictEqual(yield* Fiber.join(slow), "ok")
  }))
