/** The rules of a bearer token on its way: where it goes, what travels beside it, and what a refusal does. */
import {
  AccessTokenStore,
  Discord,
  DiscordClient,
  DiscordConfig,
  DiscordError,
  DiscordSessions,
  Snowflake
} from "@discord-oauth2/core"
import { DiscordHttpApi, DiscordSecurity } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { assertError } from "../../support/assertError.ts"
import * as Stub from "../../support/StubDiscord.ts"

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }

const signedIn = (token = Stub.token()) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, token)
    return yield* Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.get(key.userId))
  })

const stored = Effect.flatMap(AccessTokenStore.AccessTokenStore, (store) => store.get(key))

/** Every call that takes a user's token, with the names in its path. */
const bearerCalls = (() => {
  const all: Array<{ readonly identifier: string; readonly names: ReadonlyArray<string>; readonly path: string }> = []
  HttpApi.reflect(DiscordHttpApi.DiscordHttpApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { identifier, path }, middleware }) => {
      if (!(middleware as ReadonlySet<unknown>).has(DiscordSecurity.BearerToken)) return
      all.push({ identifier, path, names: Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name ?? "") })
    }
  })
  return all
})()

const filesOf = (identifier: string) =>
  identifier === "uploadApplicationAttachment" ? { file: new File([], "a.png") } : {}

interface Seen {
  readonly href: string
  readonly headers: Readonly<Record<string, string | undefined>>
}

/** The derived client over a client that notes the whole address of every request. */
const noting = (seen: Array<Seen>, apiUrl?: string) =>
  Discord.layer().pipe(
    Layer.provide(Layer.mergeAll(AccessTokenStore.layerMemory, Stub.layerCrypto)),
    Layer.provide(Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request, url) => {
        seen.push({ href: url.href, headers: request.headers })
        return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({}, { status: 404 })))
      })
    )),
    Layer.provide(Layer.orDie(DiscordConfig.layer({ clientId: Stub.clientId, apiUrl })))
  )

/** A call by its name, as code without types would make it. */
const call = (identifier: string, request: Readonly<Record<string, unknown>>) =>
  Effect.flatMap(DiscordClient.DiscordClient, (api) => {
    const method = (api as unknown as Readonly<
      Record<string, (request: object) => Effect.Effect<unknown, { readonly _tag: string; readonly message: string }>>
    >)[identifier]
    return method?.({ ...request, accessToken: Redacted.make("planted-access") }) ?? Effect.die(identifier)
  })

describe("where it goes", () => {
  const attacks: ReadonlyArray<unknown> = [
    "..",
    "../..",
    "%2e%2e",
    ".",
    "",
    "/",
    "//evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "1/../../@me",
    "1%2F..%2F..%2F@me",
    "@me",
    "@evil.example",
    "1?x=1",
    "1#x",
    "1;x",
    " 1",
    "1\n",
    "1\r\nhost: evil.example",
    "1\u0000",
    "-1",
    "1.5",
    "1e3",
    "0x1",
    "１２３",
    "18446744073709551616",
    "9".repeat(10_000),
    "\ud800",
    undefined,
    null,
    1,
    ["1"],
    { toString: () => "1" }
  ]

  for (const { identifier, names } of bearerCalls) {
    for (const attacked of names) {
      it.effect(`F13: ${identifier} refuses a ${attacked} that is no id, before anything is sent`, () => {
        const seen: Array<Seen> = []
        const ids = { ...Object.fromEntries(names.map((name) => [name, "1"])), ...filesOf(identifier) }
        return Effect.gen(function*() {
          for (const attack of attacks) {
            const error = yield* Effect.flip(call(identifier, { ...ids, [attacked]: attack }))
            assert.strictEqual(error._tag, "InvalidCallArgument", String(attack))
            assert.include(error.message, `["${attacked}"]`)
          }
          assert.deepStrictEqual(seen, [])
        }).pipe(Effect.provide(noting(seen)))
      })
    }
  }

  it("F13: those are all names in the paths of bearer calls", () => {
    assert.isAbove(bearerCalls.length, 30)
    assert.isAbove(bearerCalls.flatMap(({ names }) => names).length, 30)
  })

  for (
    const apiUrl of [
      undefined,
      "https://discord.com/api/v10/",
      "https://proxy.example/discord/api",
      "https://proxy.example:8443",
      "http://127.0.0.1:3000/api/v10",
      "http://[::1]:3000"
    ]
  ) {
    it.effect(`S32: with the API at ${apiUrl ?? "its default"}, a token goes below that address and nowhere else`, () => {
      const seen: Array<Seen> = []
      return Effect.gen(function*() {
        for (const { identifier, names } of bearerCalls) {
          const before = seen.length
          const error = yield* Effect.flip(call(identifier, Object.fromEntries(names.map((name) => [name, "1"]))))
          if (error._tag === "InvalidCallArgument") continue
          const { href, headers } = seen[before] ?? assert.fail(identifier)
          const base = (apiUrl ?? "https://discord.com/api/v10").replace(/\/$/, "")
          assert.isTrue(href.startsWith(`${base}/`), href)
          assert.strictEqual(headers.authorization, "Bearer planted-access")
        }
        assert.isAbove(seen.length, 15)
      }).pipe(Effect.provide(noting(seen, apiUrl)))
    })
  }

  it.effect("S32: the values of a query stay in the query", () => {
    const seen: Array<Seen> = []
    return Effect.gen(function*() {
      for (const value of ["//evil.example", "a&limit=1", "a#b", "https://evil.example/?", "\r\nhost: evil.example"]) {
        const error = yield* Effect.flip(call("getCurrentUserGuilds", { before: value }))
        assert.strictEqual(error._tag, "InvalidCallArgument")
      }
      assert.deepStrictEqual(seen, [])
    }).pipe(Effect.provide(noting(seen)))
  })

  it.effect("S32: an address with a user, a query or a fragment, which would move what follows, is refused", () =>
    Effect.gen(function*() {
      for (
        const apiUrl of [
          "https://discord.com@evil.example/api",
          "https://user:pass@discord.com/api",
          "https://discord.com/api?to=",
          "https://discord.com/api#",
          "https://discord.com/api#x",
          "https://discord.com/api?",
          "//discord.com/api",
          "javascript:alert(1)",
          "ftp://discord.com/api"
        ]
      ) {
        const refused = DiscordConfig.make({ clientId: Stub.clientId, apiUrl })
        assert.strictEqual((yield* Effect.flip(refused))._tag, "DiscordConfigurationError", apiUrl)
      }
    }))

  it.effect("S31: a bearer token is in the Authorization header alone, whatever the call", () => {
    const seen: Array<Seen> = []
    return Effect.gen(function*() {
      for (const { identifier, names } of bearerCalls) {
        yield* Effect.ignore(call(identifier, Object.fromEntries(names.map((name) => [name, "1"]))))
      }
      assert.isAbove(seen.length, 15)
      for (const { headers: { authorization, ...others }, href } of seen) {
        assert.strictEqual(authorization, "Bearer planted-access")
        assert.notInclude(`${href} ${JSON.stringify(others)}`, "planted-access")
        assert.isUndefined(others.cookie)
      }
    }).pipe(Effect.provide(noting(seen)))
  })
})

describe("a body that cannot be sent twice", () => {
  const file = { file: new File(["planted file"], "a.png", { type: "image/png" }) }
  const application_id = key.clientId
  const uploads = (calls: ReadonlyArray<Stub.Call>) => calls.filter(({ path }) => path.endsWith("/attachment"))
  const upload = Effect.flatMap(
    signedIn(),
    (session) => session.uploadApplicationAttachment({ application_id, ...file })
  )

  const discord = (onUpload: (attempt: number) => Effect.Effect<Stub.Answer, Stub.Drop>): Stub.Handler => {
    const rotate = Stub.rotating()
    let attempt = 0
    return ({ form, path }) => path === "/oauth2/token" ? Effect.succeed(rotate(form)) : onUpload(++attempt)
  }

  it.effect("F24: where it is gone after the 401, the fresh token is stored, the failure reported, and nothing sent again", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const uploading = yield* Effect.forkChild(Effect.flip(upload))
      yield* TestClock.adjust("1 day")
      // A file that has changed since it was chosen cannot be read a second time: the client's request breaks.
      assert.strictEqual((yield* Fiber.join(uploading))._tag, "DiscordTransportError")
      assert.lengthOf(uploads(calls), 2)
      assert.lengthOf(calls, 3)
      const { token } = Option.getOrThrow(yield* stored)
      assert.strictEqual(Redacted.value(token.access_token), "access-1")
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord((attempt) => attempt === 1 ? Effect.succeed(Stub.unauthorized) : Effect.fail("ECONNRESET"))
    )))
  })

  it.effect("F24: a stream in place of a file is refused before anything is sent", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const once = new ReadableStream() as unknown as File
      const error = yield* Effect.flip(session.uploadApplicationAttachment({ application_id, file: once }))
      assert.strictEqual(error._tag, "InvalidCallArgument")
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, discord(() => Effect.succeed({})))))
  })

  it.effect("F24: a file that is still there is sent once more, whole, with the fresh token", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* Effect.ignore(upload)
      assert.deepStrictEqual(uploads(calls).map(({ authorization }) => authorization), [
        "Bearer access-0",
        "Bearer access-1"
      ])
    }).pipe(Effect.provide(Stub.layer(
      calls,
      discord((attempt) =>
        Effect.succeed(attempt === 1 ? Stub.unauthorized : { status: 400, body: { message: "?", code: 50035 } })
      )
    )))
  })
})

describe("rate limits", () => {
  const limited = (retry_after: unknown, headers: Readonly<Record<string, string>> = {}): Stub.Answer => ({
    status: 429,
    body: { message: "You are being rate limited.", retry_after, global: false },
    headers: { "x-ratelimit-scope": "user", ...headers }
  })

  /** The error of a read, and how often it was sent, after a day in which it could have been sent again. */
  const afterADay = (answer: Stub.Answer) => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const reading = yield* Effect.forkChild(Effect.flip(session.getCurrentUser()), { startImmediately: true })
      yield* TestClock.adjust("0 millis")
      const isDone = reading.pollUnsafe() !== undefined
      yield* TestClock.adjust("1 day")
      return { error: yield* Fiber.join(reading), isDone, sent: calls.length }
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed(answer))))
  }

  it.effect("F6: Discord's answer is RateLimited with its time, scope and whether it is for all", () =>
    Effect.gen(function*() {
      for (const [scope, global] of [["user", false], ["shared", false], ["global", true]] as const) {
        const { error } = yield* afterADay({
          status: 429,
          body: { message: "You are being rate limited.", retry_after: 64.57, global },
          headers: { "x-ratelimit-scope": scope }
        })
        assertError(error, new DiscordError.RateLimited({ retryAfter: Duration.seconds(64.57), global, scope }))
      }
    }))

  for (
    const [name, answer] of [
      ["429 as text", { status: 429, body: "error code: 1015", headers: { "content-type": "text/plain" } }],
      ["429 as HTML", { status: 429, body: "<!DOCTYPE html><title>Access denied</title>" }],
      ["429 without a body", { status: 429 }],
      ["429 as text with a time", { status: 429, body: "error code: 1015", headers: { "retry-after": "1" } }],
      ["403 as HTML", { status: 403, body: "<!DOCTYPE html>" }],
      ["code 40333", { status: 403, body: { message: "internal network error", code: 40333 } }]
    ] as const
  ) {
    it.effect(`F7: ${name} is CloudflareBlocked at once, and in a day nothing is sent again`, () =>
      Effect.gen(function*() {
        const { error, isDone, sent } = yield* afterADay(answer)
        assert.strictEqual(error._tag, "CloudflareBlocked")
        assert.isTrue(isDone)
        assert.strictEqual(sent, 1)
      }))
  }

  for (
    const [header, seconds] of [
      ["82721", 82_721],
      ["0", 0],
      ["-5", 0],
      ["1.5", 1.5],
      ["99999999999", 2_592_000],
      ["Thu, 01 Jan 1970 00:10:00 GMT", 600],
      ["Fri, 31 Dec 1999 23:59:59 GMT", 2_592_000],
      ["Wed, 31 Dec 1969 23:59:59 GMT", 0],
      ["NaN", undefined],
      ["Infinity", undefined],
      ["soon", undefined]
    ] as const
  ) {
    it.effect(`F8: Retry-After: ${header} beside a block is handed out as ${seconds} s, and not slept for`, () =>
      Effect.gen(function*() {
        const { error, isDone } = yield* afterADay({ status: 429, body: "", headers: { "retry-after": header } })
        assertError(
          error,
          new DiscordError.CloudflareBlocked({
            status: 429,
            ...(seconds !== undefined && { retryAfter: Duration.seconds(seconds) })
          })
        )
        assert.isTrue(isDone)
      }))
  }

  for (const [retryAfter, seconds] of [[82_721, 82_721], [3601, 3601], [1e300, 2_592_000]] as const) {
    it.effect(`F8: retry_after ${retryAfter} is handed out at once as ${seconds} s`, () =>
      Effect.gen(function*() {
        const { error, isDone, sent } = yield* afterADay(limited(retryAfter, { "retry-after": "1" }))
        assertError(
          error,
          new DiscordError.RateLimited({ retryAfter: Duration.seconds(seconds), global: false, scope: "user" })
        )
        assert.deepStrictEqual([isDone, sent], [true, 1])
      }))
  }

  for (const retryAfter of [-1, 0, 0.001]) {
    it.effect(`F8: retry_after ${retryAfter}, said again and again, is no storm`, () =>
      Effect.gen(function*() {
        const { error, sent } = yield* afterADay(limited(retryAfter))
        assert.strictEqual(error._tag, "RateLimited")
        assert.isAtMost(sent, 4)
      }))
  }

  for (const retryAfter of [null, "NaN", "soon", [1]]) {
    it.effect(`F8: a 429 whose retry_after is ${JSON.stringify(retryAfter)} is typed, and not sent again on its own`, () =>
      Effect.gen(function*() {
        const { error, isDone, sent } = yield* afterADay(limited(retryAfter))
        assertError(
          error,
          new DiscordError.RateLimited({ retryAfter: Duration.minutes(1), global: false, scope: "user" })
        )
        assert.deepStrictEqual([isDone, sent], [true, 1])
      }))
  }
})
