/** The rules of the token endpoint: what is sent, how often, and what its answers may do. */
import {
  AccessTokenStore,
  DiscordSessions,
  OAuth2Client,
  OAuth2Scope,
  type PendingAuthorization,
  Snowflake
} from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as TestClock from "effect/testing/TestClock"
import { eventually } from "../../support/eventually.ts"
import * as Stub from "../../support/StubDiscord.ts"

const redirectUri = "https://app.example/auth/callback"
const scopes = ["identify", "guilds"] as const

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }

const grant = {
  access_token: "planted-access",
  token_type: "Bearer",
  expires_in: 604_800,
  refresh_token: "planted-refresh",
  scope: "identify guilds"
}

const answering = (answer: Stub.Answer) => () => Effect.succeed(answer)

/** Everything that the token endpoint and the one for revocations are asked for. */
type Asking = Effect.Effect<unknown, { readonly _tag: string }, OAuth2Client.OAuth2Client>

const exchangeCode = Effect.flatMap(
  OAuth2Client.OAuth2Client,
  (oauth) =>
    oauth.exchangeCode({
      code: Redacted.make("planted-code"),
      redirectUri,
      codeVerifier: Redacted.make("v".repeat(43))
    })
)
const refresh = Effect.flatMap(OAuth2Client.OAuth2Client, (oauth) => oauth.refresh(Stub.token()))
const clientCredentials = Effect.flatMap(OAuth2Client.OAuth2Client, (oauth) => oauth.clientCredentials({ scopes }))
const revoke = Effect.flatMap(OAuth2Client.OAuth2Client, (oauth) => oauth.revoke(Stub.token()))

const callbackOf = ({ state }: PendingAuthorization.PendingAuthorization) =>
  `${redirectUri}?code=planted-code&iss=https://discord.com&state=${Redacted.value(state)}`

const exchange = Effect.gen(function*() {
  const oauth = yield* OAuth2Client.OAuth2Client
  const login = yield* oauth.authorize({ scopes, redirectUri })
  return yield* oauth.exchange(login, callbackOf(login))
})

const signedIn = (token = Stub.token()) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, token)
    return yield* Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.get(key.userId))
  })

const stored = Effect.flatMap(AccessTokenStore.AccessTokenStore, (store) => store.get(key))

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.match(effect, { onFailure: ({ _tag }): string => _tag, onSuccess: () => "success" })

describe("what is sent", () => {
  const failures: ReadonlyArray<readonly [string, Stub.Answer | Stub.Drop | "never"]> = [
    ["a code that is refused", { status: 400, body: { error: "invalid_grant" } }],
    ["a wrong secret", { status: 401, body: { error: "invalid_client" } }],
    ["a 400 of an outage", { status: 400, body: { message: "400: Bad Request", code: 0 } }],
    ["a 401 with a JSON code", { status: 401, body: { message: "401: Unauthorized", code: 0 } }],
    ["a 403", { status: 403, body: { message: "no", code: 50001 } }],
    ["a 404", { status: 404, body: { message: "404: Not Found", code: 0 } }],
    ["a short rate limit", {
      status: 429,
      body: { message: "You are being rate limited.", retry_after: 0.001, global: false },
      headers: { "retry-after": "1" }
    }],
    ["a Cloudflare block", { status: 429, body: "error code: 1015", headers: { "retry-after": "1" } }],
    ["a 500", { status: 500, body: { message: "500: Internal Server Error", code: 0 } }],
    ["a 502 in HTML", { status: 502, body: "<html></html>" }],
    ["a 503", { status: 503, headers: { "retry-after": "1" } }],
    ["a 521", { status: 521, body: "error code: 521" }],
    ["a redirect", { status: 307, headers: { location: "https://discord.com/api/v10/oauth2/token" } }],
    ["a 200 in HTML", { body: "<html></html>" }],
    ["a 200 that is cut off", { body: "{\"access_token\":\"a" }],
    ["a 200 of another token type", { body: { ...grant, token_type: "mac" } }],
    ["a connection that is refused", "ECONNREFUSED"],
    ["a connection that breaks", "ECONNRESET"],
    ["no answer at all", "never"]
  ]

  for (const [name, failure] of failures) {
    it.effect(`S15: on ${name} the code has been sent once, and is not sent again within a day`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        const oauth = yield* OAuth2Client.OAuth2Client
        const login = yield* oauth.authorize({ scopes, redirectUri })
        const exchanging = yield* Effect.forkChild(tagOf(oauth.exchange(login, callbackOf(login))), {
          startImmediately: true
        })
        yield* TestClock.adjust("1 day")
        assert.notStrictEqual(yield* Fiber.join(exchanging), "success")
        assert.deepStrictEqual(calls.map(({ form }) => form.get("code")), ["planted-code"])
      }).pipe(
        Effect.provide(Stub.layer(calls, () =>
          failure === "never"
            ? Effect.never
            : typeof failure === "string"
            ? Effect.fail(failure)
            : Effect.succeed(failure)))
      )
    })
  }

  const requests: Readonly<Record<string, Asking>> = {
    "a code": exchangeCode,
    "a refresh": refresh,
    "client credentials": clientCredentials,
    revoke
  }

  for (const [name, request] of Object.entries(requests)) {
    it.effect(`S22: ${name} is one POST with a form, and nothing in the query`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        yield* request
        const [call, ...more] = calls
        assert.deepStrictEqual(more, [])
        assert.strictEqual(call?.method, "POST")
        assert.strictEqual(call?.path, request === revoke ? "/oauth2/token/revoke" : "/oauth2/token")
        assert.strictEqual(call?.query.toString(), "")
        assert.strictEqual(call?.headers["content-type"]?.split(";")[0], "application/x-www-form-urlencoded")
        const sent = {
          "a code": "planted-code",
          "a refresh": "refresh-0",
          "client credentials": "",
          revoke: "refresh-0"
        }
        assert.include(Array.from(call?.form.values() ?? []).join(" "), sent[name as keyof typeof sent])
        assert.isFalse(new Set(call?.form.keys()).size < Array.from(call?.form.keys() ?? []).length)
      }).pipe(Effect.provide(Stub.layer(calls, answering({ body: grant }))))
    })

    it.effect(`S23: ${name} proves the client in the header or in the form, and never in both`, () => {
      const confidential: Array<Stub.Call> = []
      const open: Array<Stub.Call> = []
      return Effect.gen(function*() {
        yield* Effect.provide(request, Stub.layer(confidential, answering({ body: grant })))
        assert.match(confidential[0]?.authorization ?? "", /^Basic [A-Za-z0-9+/]+=*$/)
        assert.isFalse(confidential[0]?.form.has("client_id"))
        assert.isFalse(confidential[0]?.form.has("client_secret"))
        assert.notInclude(confidential[0]?.text, Stub.clientSecret)
        const outcome = yield* tagOf(
          Effect.provide(request, Stub.layer(open, answering({ body: grant }), { config: { clientSecret: undefined } }))
        )
        assert.strictEqual(outcome, request === clientCredentials ? "DiscordConfigurationError" : "success")
        for (const { authorization, form } of open) {
          assert.isUndefined(authorization)
          assert.deepStrictEqual(form.getAll("client_id"), [Stub.clientId])
          assert.isFalse(form.has("client_secret"))
        }
      })
    })
  }

  for (
    const [secret, encoded] of [
      ["a b", "a+b"],
      ["100%", "100%25"],
      ["%41", "%2541"],
      ["a+b", "a%2Bb"],
      ["a:b::", "a%3Ab%3A%3A"],
      ["a/b=c&d", "a%2Fb%3Dc%26d"],
      ["gräß", "gr%C3%A4%C3%9F"],
      ["密🔑", "%E5%AF%86%F0%9F%94%91"],
      ["-._*~", "-._*%7E"]
    ] as const
  ) {
    it.effect(`S23: the secret ${JSON.stringify(secret)} is form-encoded in Basic, and is itself again when decoded`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        yield* exchangeCode
        const basic = Buffer.from(calls[0]?.authorization?.slice("Basic ".length) ?? "", "base64").toString("latin1")
        assert.strictEqual(basic, `${Stub.clientId}:${encoded}`)
        const [, half = ""] = basic.split(":")
        assert.strictEqual(new URLSearchParams(`s=${half}`).get("s"), secret)
      }).pipe(
        Effect.provide(
          Stub.layer(calls, answering({ body: grant }), { config: { clientSecret: Redacted.make(secret) } })
        )
      )
    })
  }
})

describe("what its answers may do", () => {
  for (const token_type of ["Bearer", "bearer", "BEARER", "bEaReR"]) {
    it.effect(`S27: ${token_type} is Bearer, for every grant`, () =>
      Effect.forEach([exchangeCode, refresh, clientCredentials], (request: Asking) => request, { discard: true }).pipe(
        Effect.provide(Stub.layer([], answering({ body: { ...grant, token_type } })))
      ))
  }

  for (const token_type of ["mac", "DPoP", "", "Bearer ", "Bearer,mac", null, 1]) {
    it.effect(`S27: ${JSON.stringify(token_type)} is refused, for every grant`, () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* tagOf(exchangeCode), "MalformedResponse")
        assert.strictEqual(yield* tagOf(clientCredentials), "MalformedResponse")
        assert.strictEqual(yield* tagOf(refresh), "RefreshOutcomeUnknown")
        // The record stays as it was: the old refresh token may well be good.
        const session = yield* signedIn(Stub.token({ seconds: 0 }))
        yield* Effect.flip(session.refresh)
        const { token } = Option.getOrThrow(yield* stored)
        assert.strictEqual(token.refresh_token && Redacted.value(token.refresh_token), "refresh-0")
      }).pipe(Effect.provide(Stub.layer([], answering({ body: { ...grant, token_type } })))))
  }

  it.effect("S28: what was granted is on the token and the session, and differs from what was asked for as a set", () => {
    const granting = (scope: string | undefined) => Stub.layer([], answering({ body: { ...grant, scope } }))
    return Effect.gen(function*() {
      const reordered = yield* Effect.provide(exchange, granting("guilds identify"))
      assert.isTrue(OAuth2Scope.equals(reordered.scopes, scopes))
      const narrower = yield* Effect.provide(exchange, granting("identify"))
      assert.deepStrictEqual(narrower.scopes.map(String), ["identify"])
      assert.deepStrictEqual(OAuth2Scope.difference(scopes, narrower.scopes).map(String), ["guilds"])
      const wider = yield* Effect.provide(exchange, granting("identify guilds email"))
      assert.deepStrictEqual(OAuth2Scope.difference(wider.scopes, scopes).map(String), ["email"])
      const unsaid = yield* Effect.provide(exchange, granting(undefined))
      assert.isTrue(OAuth2Scope.equals(unsaid.scopes, scopes))
    })
  })

  it.effect("S28: a refresh that grants less is seen by the session and the store", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      yield* session.refresh
      assert.deepStrictEqual(session.scopes, ["identify"])
      assert.deepStrictEqual(Option.getOrThrow(yield* stored).token.scopes, ["identify"])
      assert.strictEqual(yield* tagOf(session.getCurrentUserGuilds()), "MissingScope")
      assert.lengthOf(calls, 1)
    }).pipe(Effect.provide(Stub.layer(calls, answering({ body: { ...grant, scope: "identify" } }))))
  })

  it.effect("S29: a new refresh token takes the place of the old one in the session and the store, and is the next one sent", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* signedIn()
      for (const n of [1, 2, 3]) {
        const token = yield* session.refresh
        for (const each of [token, Option.getOrThrow(yield* stored).token]) {
          assert.strictEqual(each.refresh_token && Redacted.value(each.refresh_token), `refresh-${n}`)
        }
      }
      assert.deepStrictEqual(calls.map(({ form }) => form.get("refresh_token")), [
        "refresh-0",
        "refresh-1",
        "refresh-2"
      ])
    }).pipe(Effect.provide(Stub.layer(calls, ({ form }) => Effect.succeed(rotate(form)))))
  })

  for (const absent of [{}, { refresh_token: undefined }, { refresh_token: null }]) {
    it.effect(`S29: without one, as ${JSON.stringify(absent)}, the old one stays, and is sent again`, () => {
      const calls: Array<Stub.Call> = []
      const { refresh_token: _, ...rest } = grant
      return Effect.gen(function*() {
        const session = yield* signedIn()
        for (const _ of [1, 2]) {
          const token = yield* session.refresh
          assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
          for (const each of [token, Option.getOrThrow(yield* stored).token]) {
            assert.strictEqual(each.refresh_token && Redacted.value(each.refresh_token), "refresh-0")
          }
        }
        assert.deepStrictEqual(calls.map(({ form }) => form.get("refresh_token")), ["refresh-0", "refresh-0"])
      }).pipe(Effect.provide(Stub.layer(calls, answering({ body: { ...rest, ...absent } }))))
    })
  }

  for (const status of [401, 400]) {
    const answer = { status, body: { error: "invalid_client", error_description: "Invalid client" } }

    it.effect(`F15: invalid_client with ${status} costs no token: at a refresh, an exchange, a revocation or a sign-out`, () => {
      const calls: Array<Stub.Call> = []
      return Effect.gen(function*() {
        const session = yield* signedIn(Stub.token({ seconds: 0 }))
        const { token } = Option.getOrThrow(yield* stored)
        const failures = [
          yield* tagOf(session.refresh),
          yield* tagOf(exchange),
          yield* tagOf(clientCredentials),
          yield* tagOf(revoke),
          yield* tagOf(session.signOut())
        ]
        assert.deepStrictEqual(failures, Array.from(failures, () => "InvalidClient"))
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* tagOf(session.getCurrentUser()), "InvalidClient")
        const { generation: _, ...after } = Option.getOrThrow(yield* stored)
        assert.deepStrictEqual(after, { token })
        assert.isAbove(calls.length, 5)
      }).pipe(Effect.provide(Stub.layer(calls, answering(answer))))
    })
  }

  it.effect("F15: a call with a token that is still good works while the secret is wrong", () =>
    Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ seconds: 60 }))
      for (let second = 0; second < 30; second++) {
        assert.strictEqual((yield* session.getCurrentUser()).username, "nelly")
        yield* TestClock.adjust("1 second")
      }
      assert.isTrue(Option.isSome(yield* stored))
    }).pipe(Effect.provide(Stub.layer([], ({ path }) =>
      Effect.succeed(
        path === "/oauth2/token" ? { status: 401, body: { error: "invalid_client" } } : { body: Stub.user }
      )))))

  it.effect("F18: a guild and a webhook that cannot be read are reported by name and path, no value of theirs is, and the tokens stay", () => {
    const logs: Array<string> = []
    const logger = Logger.layer([Logger.make(({ logLevel, message }) => void logs.push(`${logLevel} ${message}`))])
    const body = {
      ...grant,
      guild: { id: "197038439483310086", name: 7, icon: "planted-icon" },
      webhook: { id: "1", token: ["planted-webhook-token"], url: "planted-webhook-url" }
    }
    return Effect.gen(function*() {
      for (const request of [exchange, refresh]) {
        logs.length = 0
        const token = yield* request
        assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
        assert.strictEqual(token.refresh_token && Redacted.value(token.refresh_token), grant.refresh_token)
        assert.notProperty(token, "guild")
        assert.notProperty(token, "webhook")
        assert.lengthOf(logs, 2)
        assert.match(logs[0] ?? "", /^Warn .*"guild".*\["name"\]/s)
        assert.match(logs[1] ?? "", /^Warn .*"webhook"/s)
        assert.notInclude(logs.join(), "planted")
      }
    }).pipe(
      Effect.provide(Layer.merge(Stub.layer([], answering({ body })), logger)),
      Effect.provideService(References.MinimumLogLevel, "Trace")
    )
  })

  it.effect("F18: a refresh keeps the guild and the webhook that came with the code", () =>
    Effect.gen(function*() {
      const guild = { id: Snowflake.GuildId.make("1"), name: "Discord Testers", icon: null, features: [] }
      const oauth = yield* OAuth2Client.OAuth2Client
      const token = yield* oauth.refresh({ ...Stub.token(), guild })
      assert.deepStrictEqual(token.guild, guild)
    }).pipe(Effect.provide(Stub.layer([], answering({ body: { ...grant, guild: "?" } })))))

  for (
    const [expiresIn, seconds] of [
      ["missing", 604_800],
      [0, 0],
      [-1, 0],
      ["604800", 604_800],
      ["", 0],
      ["never", 0],
      [0.5, 0.5],
      [Number.MAX_SAFE_INTEGER, 3_155_760_000],
      [1e308, 3_155_760_000]
    ] as const
  ) {
    it.effect(`F19: a refresh with expires_in ${JSON.stringify(expiresIn)} is stored, to expire in ${seconds} s, and is not asked for again at once`, () => {
      const calls: Array<Stub.Call> = []
      const { expires_in: _, ...rest } = grant
      const body = { ...rest, ...(expiresIn !== "missing" && { expires_in: expiresIn }) }
      return Effect.gen(function*() {
        const session = yield* signedIn(Stub.token({ seconds: 0 }))
        yield* session.refresh
        const { token } = Option.getOrThrow(yield* stored)
        assert.strictEqual(Redacted.value(token.access_token), grant.access_token)
        assert.strictEqual(DateTime.toEpochMillis(token.expires_at), seconds * 1000)
        assert.lengthOf(calls, 1)
      }).pipe(Effect.provide(Stub.layer(calls, answering({ body }))))
    })
  }
})

describe("Discord is down", () => {
  const outages: ReadonlyArray<readonly [string, Stub.Answer]> = [
    ["500 in Discord's shape", { status: 500, body: { message: "500: Internal Server Error", code: 0 } }],
    ["502 in HTML", { status: 502, body: "<html></html>" }],
    ["503", { status: 503 }],
    ["504", { status: 504, body: "" }],
    ["520 as text", { status: 520, body: "error code: 520" }],
    ["522 as text", { status: 522, body: "error code: 522" }],
    ["530 as text", { status: 530, body: "error code: 1016" }]
  ]

  for (const [name, answer] of outages) {
    it.effect(`F4: a refresh that is answered with ${name} loses nothing, a token that is still good is served, and the next one waits`, () => {
      const calls: Array<Stub.Call> = []
      const refreshes = () => calls.filter(({ path }) => path === "/oauth2/token").length
      return Effect.gen(function*() {
        const session = yield* signedIn(Stub.token({ seconds: 60 }))
        assert.strictEqual(yield* tagOf(session.refresh), "DiscordServerError")
        for (let call = 0; call < 100; call++) {
          assert.strictEqual((yield* session.getCurrentUser()).username, "nelly")
        }
        assert.strictEqual(refreshes(), 1)
        const { token } = Option.getOrThrow(yield* stored)
        assert.deepStrictEqual(token, Stub.token({ seconds: 60 }))
        yield* TestClock.adjust("1 minute")
        for (let call = 0; call < 100; call++) {
          assert.strictEqual(yield* tagOf(session.refresh), "DiscordServerError")
        }
        assert.strictEqual(refreshes(), 2)
        assert.deepStrictEqual(Option.getOrThrow(yield* stored).token, Stub.token({ seconds: 60 }))
      }).pipe(
        Effect.provide(
          Stub.layer(calls, ({ path }) => Effect.succeed(path === "/oauth2/token" ? answer : { body: Stub.user }))
        )
      )
    })
  }
})

describe("whose token it is", () => {
  it.effect("S36: a token of the implicit grant that another application was given signs nobody in", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorizeImplicit({ scopes, redirectUri })
      const fragment = new URLSearchParams({
        access_token: "of-another-application",
        token_type: "Bearer",
        expires_in: "604800",
        scope: "identify",
        state: Redacted.value(login.state),
        iss: "https://discord.com"
      })
      const token = yield* oauth.acceptImplicit(login, `${redirectUri}#${fragment}`)
      const sessions = yield* DiscordSessions.DiscordSessions
      assert.strictEqual(yield* tagOf(sessions.open(token)), "InvalidAccessToken")
      assert.isTrue(Option.isNone(yield* stored))
    }).pipe(Effect.provide(Stub.layer([], () => {
      const { application, ...rest } = Stub.authorization(["identify"])
      return Effect.succeed({ body: { ...rest, application: { ...application, id: "310954232226357250" } } })
    }))))
})

describe("revocation", () => {
  it.effect("S38: after a 503 the token still works and is still stored, and a later sign-out revokes it", () => {
    const calls: Array<Stub.Call> = []
    let down = true
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.strictEqual(yield* tagOf(session.signOut()), "DiscordServerError")
      assert.strictEqual((yield* session.getCurrentUser()).username, "nelly")
      assert.isTrue(Option.isSome(yield* stored))
      down = false
      yield* session.signOut()
      assert.isTrue(Option.isNone(yield* stored))
      const revocations = calls.filter(({ path }) => path === "/oauth2/token/revoke")
      assert.deepStrictEqual(revocations.map(({ form }) => form.get("token")), ["refresh-0", "refresh-0"])
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          ({ path }) =>
            Effect.succeed(path !== "/oauth2/token/revoke" ? { body: Stub.user } : down ? { status: 503 } : {})
        )
      )
    )
  })
})

describe("answers that come drop by drop", () => {
  const requests: ReadonlyArray<readonly [string, Asking, string]> = [
    ["a code", exchangeCode, "DiscordTransportError"],
    ["a refresh", refresh, "RefreshOutcomeUnknown"],
    ["client credentials", clientCredentials, "DiscordTransportError"],
    // A 200 has revoked, whatever comes after it (S37).
    ["a revocation", revoke, "success"]
  ]

  for (const [name, request, tag] of requests) {
    it.effect(`F12: ${name} ends at the timeout, with ${tag}`, () =>
      Effect.gen(function*() {
        let isCancelled = false
        let isRead = false
        const drip = () =>
          new ReadableStream<Uint8Array>({
            start: (controller) => controller.enqueue(new Uint8Array([0x7b])),
            pull: () => {
              isRead = true
            },
            cancel: () => {
              isCancelled = true
            }
          })
        const asking = yield* Effect.forkChild(
          tagOf(request).pipe(
            Effect.provide(
              Stub.layer([], () => Effect.succeed({ stream: drip() }), { config: { timeout: "2 seconds" } })
            )
          )
        )
        // The first byte has been read, and the next one never comes.
        assert.isTrue(yield* eventually(() => isRead))
        yield* TestClock.adjust("1999 millis")
        yield* TestClock.withLive(Effect.sleep("20 millis"))
        assert.isUndefined(asking.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(yield* Fiber.join(asking), tag)
        assert.isTrue(isCancelled)
      }))
  }
})
