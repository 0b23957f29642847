import { Deadline, DiscordClient, DiscordSessions, OAuth2Client, RetryPolicy, Snowflake } from "@discord-oauth2/core"
import { RequestMiddleware } from "@discord-oauth2/core/api"
import { RateLimiter } from "@discord-oauth2/core/limits"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as Stub from "../../support/StubDiscord.ts"

/** Discord's part: a number of requests for each subject in a window of a second, with the headers that say so. */
const limited = (options: {
  readonly limit: number
  readonly bucketOf?: (call: Stub.Call) => string
  readonly subjectOf?: (call: Stub.Call) => string
}) => {
  const windows = new Map<string, { start: number; used: number }>()
  let exceeded = 0
  const answer = (call: Stub.Call, now: number): Stub.Answer => {
    const bucket = options.bucketOf?.(call) ?? call.path
    const key = `${bucket} ${options.subjectOf?.(call) ?? call.authorization}`
    const known = windows.get(key)
    const window = known === undefined || known.start + 1000 <= now ? { start: now, used: 0 } : known
    windows.set(key, window)
    window.used += 1
    const left = (window.start + 1000 - now) / 1000
    const headers = {
      "x-ratelimit-limit": String(options.limit),
      "x-ratelimit-remaining": String(Math.max(0, options.limit - window.used)),
      "x-ratelimit-reset-after": left.toFixed(3),
      "x-ratelimit-bucket": bucket
    }
    if (window.used <= options.limit) {
      return { body: call.path.endsWith("guilds") || call.path.endsWith("connections") ? [] : Stub.user, headers }
    }
    exceeded += 1
    return { status: 429, body: { message: "", retry_after: left, global: false }, headers }
  }
  return { answer, exceeded: () => exceeded }
}

const now = Effect.clockWith((clock) => clock.currentTimeMillis)

/** Discord responds after 20 milliseconds. */
const handlerOf = (discord: ReturnType<typeof limited>): Stub.Handler => (call) =>
  call.path === "/oauth2/@me"
    ? Effect.succeed({ body: Stub.authorization(["identify", "guilds", "connections"]) })
    : Effect.flatMap(now, (at) => Effect.as(Effect.sleep(20), discord.answer(call, at)))

const open = (access = "access-0") =>
  Effect.flatMap(
    DiscordSessions.DiscordSessions,
    (sessions) => sessions.open(Stub.token({ access, scopes: ["identify", "guilds", "connections"] }))
  )

const get = (call: Stub.Call) => call.path !== "/oauth2/@me"

/** Runs an effect while time passes. */
const settle = <A, E, R>(effect: Effect.Effect<A, E, R>, millis = 60_000) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(Effect.exit(effect))
    for (let passed = 0; passed < millis; passed += 100) yield* TestClock.adjust(100)
    return yield* Effect.flatten(Fiber.join(fiber))
  })

describe("F6: many callers of one user", () => {
  it.effect("wait for their turn, and Discord never responds with 429", () => {
    const calls: Array<Stub.Call> = []
    const discord = limited({ limit: 5 })
    return Effect.gen(function*() {
      const session = yield* open()
      const users = yield* settle(
        Effect.forEach(Array.from({ length: 25 }), () => session.getCurrentUser(), { concurrency: "unbounded" })
      )
      assert.strictEqual(users.length, 25)
      assert.strictEqual(calls.filter(get).length, 25)
      assert.strictEqual(discord.exceeded(), 0)
    }).pipe(Effect.provide(Stub.layer(calls, handlerOf(discord))))
  })

  it.effect("wait until Discord's window is over, which starts when a request arrives there", () => {
    const calls: Array<Stub.Call> = []
    const discord = limited({ limit: 5 })
    return Effect.gen(function*() {
      const session = yield* open()
      yield* settle(session.getCurrentUser(), 2000)
      const users = yield* settle(
        Effect.forEach(Array.from({ length: 20 }), () => session.getCurrentUser(), { concurrency: "unbounded" })
      )
      assert.strictEqual(users.length, 20)
      assert.strictEqual(discord.exceeded(), 0)
      assert.strictEqual(calls.filter(get).length, 21)
    }).pipe(Effect.provide(Stub.layer(calls, (call) =>
      // The connection is slow and fast by turns, a second each.
      Effect.andThen(
        Effect.flatMap(now, (at) => Effect.sleep(get(call) ? Math.floor(at / 1000) % 2 === 0 ? 40 : 5 : 0)),
        handlerOf(discord)(call)
      ))))
  })

  it.effect("fail at once if their turn comes too late, and are not sent", () => {
    const calls: Array<Stub.Call> = []
    const discord = limited({ limit: 5 })
    return Effect.gen(function*() {
      const session = yield* open()
      yield* settle(session.getCurrentUser(), 2000)
      const results = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 100 }), () => Effect.result(session.getCurrentUser()), {
          concurrency: "unbounded"
        })
      )
      // Five requests in this second, and five in each of the next four windows.
      yield* TestClock.adjust(0)
      const before = yield* now
      yield* TestClock.adjust("10 seconds")
      const all = yield* Fiber.join(results)
      const failures = all.flatMap((result) => result._tag === "Failure" ? [result.failure] : [])
      assert.strictEqual(all.length - failures.length, 25)
      for (const failure of failures) {
        assert.strictEqual(failure._tag, "RateLimited")
        if (failure._tag !== "RateLimited") continue
        assert.isAbove(Duration.toMillis(failure.retryAfter), 5000)
        assert.deepStrictEqual([failure.scope, failure.global], ["user", false])
      }
      assert.strictEqual(calls.filter(get).length, 26)
      assert.strictEqual(discord.exceeded(), 0)
      assert.isAbove((yield* now) - before, 0)
    }).pipe(Effect.provide(Stub.layer(calls, handlerOf(discord))))
  })

  it.effect("all wait for the time in a 429, those that already wait too", () => {
    const calls: Array<Stub.Call> = []
    let limits = true
    const discord = limited({ limit: 5 })
    return Effect.gen(function*() {
      const session = yield* open()
      yield* settle(session.getCurrentUser(), 2000)
      limits = false
      const at = yield* now
      const first = yield* Effect.forkChild(Effect.result(session.getCurrentUser()))
      yield* TestClock.adjust(50)
      limits = true
      const others = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 3 }), () => session.getCurrentUser(), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("1900 millis")
      assert.strictEqual(calls.filter(get).length, 2)
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(first)
      assert.strictEqual((yield* Fiber.join(others)).length, 3)
      assert.isAtLeast((yield* now) - at, 2000)
    }).pipe(Effect.provide(Stub.layer(calls, (call) =>
      limits
        ? handlerOf(discord)(call)
        : Effect.succeed({ status: 429, body: { message: "", retry_after: 2, global: false } }))))
  })

  it.effect("give their turn to another caller when they are interrupted", () => {
    const calls: Array<Stub.Call> = []
    const discord = limited({ limit: 1 })
    return Effect.gen(function*() {
      const session = yield* open()
      yield* settle(session.getCurrentUser(), 20)
      const gone = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust(0)
      yield* Fiber.interrupt(gone)
      const stays = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("1100 millis")
      yield* Fiber.join(stays)
      assert.strictEqual(calls.filter(get).length, 2)
    }).pipe(Effect.provide(Stub.layer(calls, handlerOf(discord))))
  })
})

describe("a caller that waits for a window that Discord extended", () => {
  it.effect("gives its turn to another caller when it is interrupted", () => {
    const calls: Array<Stub.Call> = []
    const discord = limited({ limit: 1 })
    return Effect.gen(function*() {
      const session = yield* open()
      yield* settle(session.getCurrentUser(), 2000)
      const first = yield* Effect.forkChild(session.getCurrentUser())
      const gone = yield* Effect.forkChild(session.getCurrentUser())
      // It expected to be sent after a second. By the first response the window ends 60 milliseconds later.
      yield* TestClock.adjust("1030 millis")
      yield* Fiber.join(first)
      yield* Fiber.interrupt(gone)
      assert.strictEqual(calls.filter(get).length, 2)
      const stays = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("130 millis")
      yield* Fiber.join(stays)
      assert.strictEqual(calls.filter(get).length, 3)
      assert.strictEqual(discord.exceeded(), 0)
    }).pipe(
      Effect.provide(
        Stub.layer(calls, (call) => Effect.andThen(Effect.sleep(get(call) ? 40 : 0), handlerOf(discord)(call)))
      )
    )
  })
})

describe("which requests share a limit", () => {
  it.effect("after a refresh the user's window is the same", () => {
    const calls: Array<Stub.Call> = []
    const discord = limited({ limit: 2, subjectOf: () => "nelly" })
    const tokens = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* open()
      yield* settle(session.getCurrentUser(), 2000)
      yield* settle(
        session.getCurrentUser().pipe(
          Effect.andThen(session.refresh),
          Effect.andThen(session.getCurrentUser()),
          Effect.andThen(session.getCurrentUser())
        ),
        5000
      )
      assert.deepStrictEqual(
        calls.filter(({ path }) => path === "/users/@me").map(({ authorization }) => authorization),
        [
          "Bearer access-0",
          "Bearer access-0",
          "Bearer access-1",
          "Bearer access-1"
        ]
      )
      assert.strictEqual(discord.exceeded(), 0)
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          (call) => call.path === "/oauth2/token" ? Effect.succeed(tokens(call.form)) : handlerOf(discord)(call)
        )
      )
    )
  })

  it.effect("routes with one bucket share its limit, routes with different buckets do not", () => {
    const calls: Array<Stub.Call> = []
    const discord = limited({ limit: 3, bucketOf: ({ path }) => path === "/users/@me/guilds" ? "guilds" : "shared" })
    return Effect.gen(function*() {
      const session = yield* open()
      const learn = Effect.andThen(
        session.getCurrentUser(),
        Effect.andThen(session.getCurrentUserConnections(), session.getCurrentUserGuilds())
      )
      yield* settle(learn, 5000)
      calls.length = 0
      const all = yield* Effect.forkChild(Effect.all([
        ...Array.from({ length: 2 }, () => session.getCurrentUser()),
        ...Array.from({ length: 2 }, () => session.getCurrentUserConnections()),
        ...Array.from({ length: 3 }, () => session.getCurrentUserGuilds())
      ], { concurrency: "unbounded" }))
      yield* TestClock.adjust(100)
      const count = (path: string) => calls.filter((call) => call.path === path).length
      assert.strictEqual(count("/users/@me") + count("/users/@me/connections"), 3)
      assert.strictEqual(count("/users/@me/guilds"), 3)
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(all)
      assert.strictEqual(calls.length, 7)
      assert.strictEqual(discord.exceeded(), 0)
    }).pipe(Effect.provide(Stub.layer(calls, handlerOf(discord))))
  })

  it.effect("each guild has a limit of its own", () => {
    const calls: Array<Stub.Call> = []
    const discord = limited({ limit: 1 })
    return Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const ask = (guild: string) =>
        Effect.exit(api.getCurrentUserGuildMember({
          guild_id: Snowflake.GuildId.make(guild),
          accessToken: Redacted.make("planted")
        }))
      yield* settle(ask("1"), 2000)
      calls.length = 0
      const both = yield* Effect.forkChild(Effect.all([ask("1"), ask("2"), ask("2")], { concurrency: "unbounded" }))
      yield* TestClock.adjust(100)
      assert.strictEqual(calls.length, 2)
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(both)
    }).pipe(Effect.provide(Stub.layer(calls, handlerOf(discord))))
  })

  it.effect("users do not wait for one another, and the limits learned from one user apply to the next", () => {
    const calls: Array<Stub.Call> = []
    const discord = limited({ limit: 2 })
    return Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const ask = (user: number) =>
        Effect.provideService(
          api.getCurrentUser({ accessToken: Redacted.make(`planted-${user}`) }),
          RequestMiddleware.CurrentUserId,
          Snowflake.UserId.make(String(100 + user))
        )
      yield* settle(ask(0), 2000)
      const all = yield* Effect.forkChild(
        Effect.forEach([1, 1, 1, 2, 2, 2, 3, 3, 3], ask, { concurrency: "unbounded" })
      )
      yield* TestClock.adjust(100)
      assert.strictEqual(calls.length, 7)
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(all)
      assert.strictEqual(discord.exceeded(), 0)
    }).pipe(Effect.provide(Stub.layer(calls, handlerOf(discord))))
  })

  it.effect("a token of an unknown user has a limit of its own, and middleware does not see it", () => {
    const subjects: Array<string> = []
    const middleware: RequestMiddleware.Service = (call, send) => {
      subjects.push(call.subject)
      return send
    }
    return Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      yield* api.getCurrentUser({ accessToken: Redacted.make("planted-token") })
      yield* api.getCurrentUser({ accessToken: Redacted.make("planted-other") })
      yield* api.getCurrentUser({ accessToken: Redacted.make("planted-token") })
      yield* Effect.exit(api.addGuildMember({
        guild_id: Snowflake.GuildId.make("1"),
        user_id: Snowflake.UserId.make("2"),
        access_token: Redacted.make("planted-token"),
        botToken: Redacted.make("planted-bot")
      }))
      assert.strictEqual(subjects[0], subjects[2])
      assert.notStrictEqual(subjects[0], subjects[1])
      assert.match(subjects.join(" "), /^token:\w+ token:\w+ token:\w+ bot:\w+$/)
      assert.notInclude(subjects.join(" "), "planted")
    }).pipe(
      Effect.provide(
        Stub.layer([], () => Effect.succeed({ body: Stub.user }), {
          middleware: Layer.succeed(RequestMiddleware.RequestMiddleware, middleware)
        })
      )
    )
  })
})

const limitedBy = (body: object, scope?: string): Stub.Answer => ({
  status: 429,
  body: { message: "You are being rate limited.", retry_after: 2, ...body },
  ...(scope !== undefined && { headers: { "x-ratelimit-scope": scope } })
})

/** The first request gets this response, all others succeed. */
const once = (calls: Array<Stub.Call>, answer: Stub.Answer): Stub.Handler => (call) =>
  Effect.succeed(
    calls.filter(get).length === 1
      ? answer
      : call.path === "/oauth2/@me"
      ? { body: Stub.authorization(["identify", "guilds", "connections"]) }
      : { body: call.path.endsWith("guilds") ? [] : Stub.user }
  )

describe("a 429 pauses", () => {
  const ask = (
    answer: Stub.Answer,
    then: (api: DiscordClient.Methods) => ReadonlyArray<Effect.Effect<unknown, unknown>>
  ) => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const error = yield* Effect.flip(api.getCurrentUserGuilds({ accessToken: Redacted.make("nelly") }))
      assert.strictEqual(error._tag, "RateLimited")
      const fibers = yield* Effect.forEach(then(api), (effect) => Effect.forkChild(Effect.exit(effect)))
      yield* TestClock.adjust(100)
      const early = calls.slice(1).map(({ authorization, path }) => `${authorization} ${path}`)
      yield* TestClock.adjust("2 seconds")
      for (const fiber of fibers) yield* Effect.flatten(Fiber.join(fiber))
      assert.strictEqual(calls.length, 1 + fibers.length)
      return early
    }).pipe(Effect.provide(Stub.layer(calls, once(calls, answer))))
  }
  const all = (api: DiscordClient.Methods) => [
    api.getCurrentUserGuilds({ accessToken: Redacted.make("nelly") }),
    api.getCurrentUser({ accessToken: Redacted.make("nelly") }),
    api.getCurrentUserGuilds({ accessToken: Redacted.make("mallow") }),
    api.getCurrentUser({ accessToken: Redacted.make("mallow") })
  ]

  it.effect("the route for the user", () =>
    Effect.map(ask(limitedBy({ global: false }, "user"), all), (early) =>
      assert.deepStrictEqual(early, [
        "Bearer nelly /users/@me",
        "Bearer mallow /users/@me/guilds",
        "Bearer mallow /users/@me"
      ])))

  it.effect("all routes for the user, if it is global", () =>
    Effect.map(
      ask(limitedBy({ global: true }, "global"), all),
      (early) => assert.deepStrictEqual(early, ["Bearer mallow /users/@me/guilds", "Bearer mallow /users/@me"])
    ))

  it.effect("the resource for all users, if its scope is shared", () =>
    Effect.map(
      ask(limitedBy({ global: false }, "shared"), all),
      (early) => assert.deepStrictEqual(early, ["Bearer nelly /users/@me", "Bearer mallow /users/@me"])
    ))
})

describe("the token endpoint", () => {
  const grant: Stub.Answer = {
    body: { access_token: "a", token_type: "Bearer", expires_in: 604_800, refresh_token: "r", scope: "identify" }
  }

  it.effect("has no headers, and receives 50 requests in a second", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const all = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 120 }), () => oauth.refresh(Stub.token()), { concurrency: "unbounded" })
      )
      yield* TestClock.adjust(999)
      assert.strictEqual(calls.length, 50)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(calls.length, 100)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(all)).length, 120)
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed(grant))))
  })

  it.effect("is paused for the time in its 429, and other endpoints are not", () => {
    const calls: Array<Stub.Call> = []
    const answers: Array<Stub.Answer> = [limitedBy({ global: false })]
    return Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const api = yield* DiscordClient.DiscordClient
      assert.strictEqual((yield* Effect.flip(oauth.refresh(Stub.token())))._tag, "RateLimited")
      const next = yield* Effect.forkChild(oauth.refresh(Stub.token()))
      yield* TestClock.adjust("1900 millis")
      yield* api.getCurrentUser({ accessToken: Redacted.make("nelly") })
      assert.deepStrictEqual(calls.map(({ path }) => path), ["/oauth2/token", "/users/@me"])
      yield* TestClock.adjust("200 millis")
      yield* Fiber.join(next)
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          ({ path }) => Effect.succeed(path === "/oauth2/token" ? answers.shift() ?? grant : { body: Stub.user })
        )
      )
    )
  })
})

describe("a route with unknown limits", () => {
  it.effect("receives the requests of one user one by one, and those of several users together", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const api = yield* Effect.provide(
        DiscordClient.DiscordClient,
        Stub.layer(calls, () => Effect.as(Deferred.await(gate), { body: Stub.user }))
      )
      const ask = (user: string) => api.getCurrentUser({ accessToken: Redacted.make(user) })
      const all = yield* Effect.forkChild(
        Effect.forEach(["nelly", "nelly", "nelly", "mallow"], ask, { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(calls.map(({ authorization }) => authorization), ["Bearer nelly", "Bearer mallow"])
      yield* Deferred.succeed(gate, undefined)
      assert.strictEqual((yield* Fiber.join(all)).length, 4)
    })
  })

  it.effect("receives the other requests when the first has no response", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const api = yield* Effect.provide(DiscordClient.DiscordClient, Stub.layer(calls, () => Effect.never))
      const all = yield* Effect.forkChild(
        Effect.forEach(
          ["nelly", "nelly", "nelly"],
          (user) => Effect.result(api.getCurrentUser({ accessToken: Redacted.make(user) })),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual(calls.length, 1)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(calls.length, 3)
      yield* TestClock.adjust("1 minute")
      assert.isTrue((yield* Fiber.join(all)).every(({ _tag }) => _tag === "Failure"))
    })
  })

  it.effect("receives the second request when the first is interrupted", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const api = yield* Effect.provide(
        DiscordClient.DiscordClient,
        Stub.layer(calls, () => calls.length === 1 ? Effect.never : Effect.succeed({ body: Stub.user }))
      )
      const ask = api.getCurrentUser({ accessToken: Redacted.make("nelly") })
      const first = yield* Effect.forkChild(ask)
      yield* TestClock.adjust(0)
      const second = yield* Effect.forkChild(ask)
      yield* TestClock.adjust(0)
      assert.strictEqual(calls.length, 1)
      yield* Fiber.interrupt(first)
      yield* Fiber.join(second)
    })
  })
})

it.effect("F8: invalid rate limit headers are ignored, and no call waits for them", () => {
  const headers = [
    ["x-ratelimit-limit", "NaN"],
    ["x-ratelimit-remaining", "-1"],
    ["x-ratelimit-reset-after", "1e99"],
    ["x-ratelimit-reset-after", "Tue, 24 Nov 2026 00:00:00 GMT"],
    ["x-ratelimit-bucket", "x".repeat(10_000)]
  ] as const
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const api = yield* DiscordClient.DiscordClient
    for (let n = 0; n < 20; n++) yield* api.getCurrentUser({ accessToken: Redacted.make("nelly") })
    assert.strictEqual(calls.length, 20)
  }).pipe(
    Effect.provide(
      Stub.layer(calls, () => {
        const [name, value] = headers[calls.length % headers.length] ?? ["", ""]
        return Effect.succeed({
          body: Stub.user,
          headers: {
            "x-ratelimit-limit": "1",
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset-after": "60",
            "x-ratelimit-bucket": "a",
            [name]: value
          }
        })
      })
    )
  )
})

it.effect("F8: a window of a day is replaced by the length of the next window", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const api = yield* DiscordClient.DiscordClient
    const ask = (user: string) => api.getCurrentUser({ accessToken: Redacted.make(user) })
    yield* ask("nelly")
    yield* ask("mallow")
    const all = yield* Effect.forkChild(
      Effect.forEach(Array.from({ length: 4 }), () => ask("clyde"), { concurrency: "unbounded" })
    )
    yield* TestClock.adjust("4 seconds")
    assert.strictEqual((yield* Fiber.join(all)).length, 4)
  }).pipe(
    Effect.provide(
      Stub.layer(calls, () =>
        Effect.succeed({
          body: Stub.user,
          headers: {
            "x-ratelimit-limit": "1",
            "x-ratelimit-remaining": "0",
            "x-ratelimit-reset-after": calls.length === 1 ? "86400" : "1",
            "x-ratelimit-bucket": "a"
          }
        }))
    )
  )
})

it.effect("F8: a 429 of 82,721 seconds fails every call at once, and none of them waits", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const session = yield* open()
    for (let n = 0; n < 3; n++) {
      const error = yield* Effect.flip(session.getCurrentUser())
      assert.strictEqual(error._tag === "RateLimited" ? Duration.toSeconds(error.retryAfter) : error._tag, 82_721)
    }
    assert.strictEqual(calls.filter(get).length, 1)
  }).pipe(
    Effect.provide(Stub.layer(calls, once(calls, limitedBy({ global: false, retry_after: 82_721 }))))
  )
})

it.effect("the metric counts requests that waited, were refused, and exceeded a limit", () => {
  const calls: Array<Stub.Call> = []
  return Effect.gen(function*() {
    const session = yield* open()
    yield* Effect.flip(session.getCurrentUser().pipe(Effect.provide(noRetries)))
    const next = yield* Effect.forkChild(session.getCurrentUser())
    yield* TestClock.adjust(0)
    yield* Effect.flip(session.getCurrentUser().pipe(Deadline.within("1 second")))
    yield* TestClock.adjust("2 seconds")
    yield* Fiber.join(next)
    for (const outcome of ["exceeded", "waited", "refused"]) {
      const { count } = yield* Metric.value(Metric.withAttributes(RateLimiter.metric, { outcome }))
      assert.strictEqual(count, 1, outcome)
    }
  }).pipe(
    Effect.provide(Stub.layer(calls, once(calls, limitedBy({ global: false })))),
    Effect.provideService(Metric.MetricRegistry, new Map())
  )
})

const noRetries = Layer.succeed(RetryPolicy.RetryPolicy, ({ refresh }) => RetryPolicy.refreshing(refresh))
