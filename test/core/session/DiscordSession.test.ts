import { AccessTokenStore, DiscordError, DiscordSessions, RetryPolicy, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { assertError } from "../../support/assertError.ts"
import * as Stub from "../../support/StubDiscord.ts"

const userId = Snowflake.UserId.make(Stub.userId)
const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId }
const guildId = Snowflake.GuildId.make("290926798626357250")

const signedIn = (token = Stub.token()) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, token)
    const sessions = yield* DiscordSessions.DiscordSessions
    return yield* sessions.get(userId)
  })

const paths = (calls: ReadonlyArray<Stub.Call>) => calls.map(({ method, path }) => `${method} ${path}`)

describe("sign-in", () => {
  it.effect("open asks whose token it is and stores it under that user, and get finds it", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      const opened = yield* sessions.open(Stub.token())
      assert.strictEqual(opened.userId, Stub.userId)
      const again = yield* sessions.get(userId)
      assert.strictEqual((yield* again.getCurrentUser()).username, "nelly")
      assert.deepStrictEqual(paths(calls), ["GET /oauth2/@me", "GET /users/@me"])
      assert.isTrue(calls.every(({ authorization }) => authorization === "Bearer access-0"))
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          ({ path }) =>
            Effect.succeed({ body: path === "/oauth2/@me" ? Stub.authorization(["identify", "guilds"]) : Stub.user })
        )
      )
    )
  })

  it.effect("open without the scope identify is MissingScope, and nothing is stored", () =>
    Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      const error = yield* Effect.flip(sessions.open(Stub.token({ scopes: ["guilds"] })))
      assertError(error, new DiscordError.MissingScope({ required: ["identify"], granted: ["guilds"] }))
      assert.strictEqual((yield* Effect.flip(sessions.get(userId)))._tag, "NotSignedIn")
    }).pipe(Effect.provide(Stub.layer([], () => {
      const { user: _, ...anonymous } = Stub.authorization(["guilds"])
      return Effect.succeed({ body: anonymous })
    }))))

  it.effect("a second sign-in replaces the first one's token", () =>
    Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      yield* sessions.open(Stub.token())
      yield* sessions.open(Stub.token({ access: "access-second" }))
      const session = yield* sessions.get(userId)
      assert.strictEqual(Redacted.value((yield* session.accessToken).access_token), "access-second")
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ body: Stub.authorization(["identify"]) })))))
})

describe("calls", () => {
  it.effect("S31: every bearer call goes where the declaration says, with the token in the header alone", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({
        scopes: [
          "identify",
          "guilds",
          "guilds.members.read",
          "connections",
          "role_connections.write",
          "applications.commands.permissions.update"
        ]
      }))
      const command_id = Snowflake.CommandId.make("919316347165495356")
      const run = <A, E>(effect: Effect.Effect<A, E>) => Effect.asVoid(Effect.exit(effect))
      yield* run(session.getCurrentAuthorizationInformation())
      yield* run(session.getCurrentUser())
      yield* run(session.getCurrentUserGuilds({ limit: 3, with_counts: true, before: guildId, after: guildId }))
      yield* run(session.getCurrentUserGuildMember({ guild_id: guildId }))
      yield* run(session.getCurrentUserConnections())
      yield* run(session.getCurrentUserApplicationRoleConnection())
      yield* run(
        session.updateCurrentUserApplicationRoleConnection({ platform_name: "Chess", metadata: { elo: "1600" } })
      )
      yield* run(session.deleteCurrentUserApplicationRoleConnection())
      yield* run(session.getGuildApplicationCommandPermissions({ guild_id: guildId }))
      yield* run(session.getApplicationCommandPermissions({ guild_id: guildId, command_id }))
      yield* run(session.editApplicationCommandPermissions({ guild_id: guildId, command_id, permissions: [] }))
      assert.deepStrictEqual(paths(calls), [
        "GET /oauth2/@me",
        "GET /users/@me",
        "GET /users/@me/guilds",
        `GET /users/@me/guilds/${guildId}/member`,
        "GET /users/@me/connections",
        `GET /users/@me/applications/${Stub.clientId}/role-connection`,
        `PUT /users/@me/applications/${Stub.clientId}/role-connection`,
        `DELETE /users/@me/applications/${Stub.clientId}/role-connection`,
        `GET /applications/${Stub.clientId}/guilds/${guildId}/commands/permissions`,
        `GET /applications/${Stub.clientId}/guilds/${guildId}/commands/${command_id}/permissions`,
        `PUT /applications/${Stub.clientId}/guilds/${guildId}/commands/${command_id}/permissions`
      ])
      assert.strictEqual(calls[2]?.query.toString(), `before=${guildId}&after=${guildId}&limit=3&with_counts=true`)
      assert.deepStrictEqual(JSON.parse(calls[6]?.text ?? ""), { platform_name: "Chess", metadata: { elo: "1600" } })
      assert.deepStrictEqual(JSON.parse(calls[10]?.text ?? ""), { permissions: [] })
      for (const { authorization, query, text } of calls) {
        assert.strictEqual(authorization, "Bearer access-0")
        assert.isFalse(`${query} ${text}`.includes("access-0"))
      }
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ status: 404, body: { message: "?", code: 0 } }))))
  })

  it.effect("an own application_id goes into the path", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ scopes: ["role_connections.write"] }))
      const application_id = Snowflake.ApplicationId.make("310954232226357250")
      yield* session.getCurrentUserApplicationRoleConnection({ application_id })
      yield* session.getCurrentUserApplicationRoleConnection({ application_id: undefined })
      assert.deepStrictEqual(paths(calls), [
        `GET /users/@me/applications/${application_id}/role-connection`,
        `GET /users/@me/applications/${Stub.clientId}/role-connection`
      ])
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          () => Effect.succeed({ body: { platform_name: "Chess", platform_username: null, metadata: {} } })
        )
      )
    )
  })

  it.effect("a call can hand out the response instead of the value, or both", () =>
    Effect.gen(function*() {
      const session = yield* signedIn()
      const raw = yield* session.getCurrentUser({ responseMode: "response-only" })
      assert.strictEqual(raw.headers["x-ratelimit-bucket"], "abcd")
      assert.deepInclude(yield* raw.json, { username: "nelly" })
      const [user, response] = yield* session.getCurrentUser({ responseMode: "decoded-and-response" })
      assert.deepStrictEqual([user.username, response.status], ["nelly", 200])
    }).pipe(
      Effect.provide(
        Stub.layer([], () => Effect.succeed({ body: Stub.user, headers: { "x-ratelimit-bucket": "abcd" } }))
      )
    ))

  it.effect("a method that is taken off its session still works", () =>
    Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ scopes: ["identify", "guilds"] }))
      const { getCurrentAuthorizationInformation, setData, signOut } = session
      assert.strictEqual((yield* getCurrentAuthorizationInformation()).application.id, Stub.clientId)
      yield* setData({ plan: "gold" })
      yield* signOut()
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ body: Stub.authorization(["identify", "guilds"]) })))))

  it.effect("sessions share their methods, and hold no function of their own", () =>
    Effect.gen(function*() {
      const session = yield* signedIn()
      const again = yield* signedIn()
      assert.deepStrictEqual(Reflect.ownKeys(session), [])
      assert.strictEqual(Object.getPrototypeOf(session), Object.getPrototypeOf(again))
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({})))))

  it.effect("currentUserGuilds reads page after page, 200 at a time", () => {
    const calls: Array<Stub.Call> = []
    const guild = (n: number) => ({
      id: String(1000 + n),
      name: `guild ${n}`,
      icon: null,
      banner: null,
      owner: false,
      permissions: "0",
      features: []
    })
    const all = Array.from({ length: 450 }, (_, n) => guild(n))
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const guilds = yield* Stream.runCollect(session.currentUserGuilds())
      assert.deepStrictEqual(guilds.map(({ id }) => id), all.map(({ id }) => Snowflake.GuildId.make(id)))
      assert.deepStrictEqual(calls.map(({ query }) => query.toString()), [
        "limit=200",
        "after=1199&limit=200",
        "after=1399&limit=200"
      ])
    }).pipe(Effect.provide(Stub.layer(calls, ({ query }) => {
      const after = Number(query.get("after") ?? "0")
      return Effect.succeed({ body: all.filter(({ id }) => Number(id) > after).slice(0, 200) })
    })))
  })

  it.effect("entitlements and skuSubscriptions read page after page with their filters, 100 at a time", () => {
    const calls: Array<Stub.Call> = []
    const entitlement = (n: number) => ({
      id: String(1000 + n),
      sku_id: "1",
      application_id: Stub.clientId,
      type: 8,
      deleted: false,
      starts_at: null,
      ends_at: null
    })
    const subscription = (n: number) => ({
      id: String(1000 + n),
      user_id: Stub.userId,
      sku_ids: ["1"],
      renewal_sku_ids: null,
      entitlement_ids: [],
      current_period_start: "2024-08-27T19:48:44.406602+00:00",
      current_period_end: "2024-09-27T19:48:44.406602+00:00",
      status: 0,
      canceled_at: null
    })
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ scopes: ["applications.entitlements"] }))
      const owned = yield* Stream.runCollect(session.entitlements({ exclude_ended: true }))
      const subscribed = yield* Stream.runCollect(session.skuSubscriptions({ sku_id: Snowflake.SkuId.make("1") }))
      assert.deepStrictEqual([owned.length, subscribed.length], [150, 150])
      assert.deepStrictEqual(calls.map(({ path, query }) => `${path}?${query}`), [
        `/applications/${Stub.clientId}/entitlements?limit=100&exclude_ended=true`,
        `/applications/${Stub.clientId}/entitlements?after=1099&limit=100&exclude_ended=true`,
        "/skus/1/subscriptions?limit=100",
        "/skus/1/subscriptions?after=1099&limit=100"
      ])
    }).pipe(Effect.provide(Stub.layer(calls, ({ path, query }) => {
      const after = Number(query.get("after") ?? "0")
      const all = Array.from({ length: 150 }, (_, n) => path.startsWith("/skus") ? subscription(n) : entitlement(n))
      return Effect.succeed({ body: all.filter(({ id }) => Number(id) > after).slice(0, 100) })
    })))
  })

  it.effect("groupDmAddRecipient is sent with the bot's token, and the user's in the body", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ scopes: ["gdm.join"] }))
      const channel_id = Snowflake.ChannelId.make("345626669224982402")
      yield* session.groupDmAddRecipient({ channel_id, botToken: Redacted.make("bot-token"), nick: "Nelly" })
      assert.deepStrictEqual(paths(calls), [`PUT /channels/${channel_id}/recipients/${Stub.userId}`])
      assert.strictEqual(calls[0]?.authorization, "Bot bot-token")
      assert.deepStrictEqual(JSON.parse(calls[0]?.text ?? ""), { access_token: "access-0", nick: "Nelly" })
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ status: 204 }))))
  })

  it.effect("addGuildMember is sent with the bot's token, and the user's in the body", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn(Stub.token({ scopes: ["guilds.join"] }))
      const botToken = Redacted.make("bot-token")
      assert.isUndefined(yield* session.addGuildMember({ guild_id: guildId, botToken, nick: "Nelly" }))
      assert.strictEqual(calls[0]?.authorization, "Bot bot-token")
      assert.deepStrictEqual(JSON.parse(calls[0]?.text ?? ""), { access_token: "access-0", nick: "Nelly" })
      assert.deepStrictEqual(paths(calls), [`PUT /guilds/${guildId}/members/${Stub.userId}`])
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ status: 204 }))))
  })

  for (
    const [tag, answer] of [
      ["UserIsAtGuildLimit", { status: 400, body: { message: "Maximum number of guilds reached (100)", code: 30001 } }],
      ["InvalidAccessToken", { status: 403, body: { message: "Invalid OAuth2 access token", code: 50025 } }],
      ["InvalidBotToken", { status: 401, body: { message: "401: Unauthorized", code: 0 } }],
      ["MissingPermissions", { status: 403, body: { message: "Missing Permissions", code: 50013 } }],
      ["UserIsBanned", { status: 403, body: { message: "The user is banned from this guild.", code: 40007 } }],
      ["DiscordForbidden", {
        status: 403,
        body: { message: "Cannot execute action on this channel type", code: 50024 }
      }],
      ["UnknownGuild", { status: 404, body: { message: "Unknown Guild", code: 10004 } }],
      ["DiscordNotFound", { status: 404, body: { message: "Unknown User", code: 10013 } }],
      ["InvalidFormBody", { status: 400, body: { message: "Invalid Form Body", code: 50035, errors: {} } }]
    ] as const
  ) {
    it.effect(`addGuildMember answered with ${answer.body.code} is ${tag}`, () =>
      Effect.gen(function*() {
        const session = yield* signedIn(Stub.token({ scopes: ["guilds.join"] }))
        const error = yield* Effect.flip(
          session.addGuildMember({ guild_id: guildId, botToken: Redacted.make("bot-token") })
        )
        assert.strictEqual(error._tag, tag)
        if ("code" in error) assert.strictEqual(error.code, answer.body.code)
      }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed(answer)))))
  }

  it.effect("setData keeps the application's own data beside the token through a refresh", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const store = yield* AccessTokenStore.AccessTokenStore
      const session = yield* signedIn()
      yield* session.setData({ plan: "gold" })
      yield* session.refresh
      const stored = yield* store.get(key)
      assert.deepStrictEqual(Option.map(stored, ({ token }) => token.data), Option.some({ plan: "gold" }))
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, ({ form }) => Effect.succeed(rotate(form)))))
  })
})

describe("refused tokens", () => {
  it.effect("F22: a scope that was not granted is MissingScope, before any request", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const error = yield* Effect.flip(session.getCurrentUserConnections())
      assertError(
        error,
        new DiscordError.MissingScope({ required: ["connections"], granted: ["identify", "guilds"] })
      )
      assert.deepStrictEqual(calls, [])
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({}))))
  })

  it.effect("F22: code 50026 is MissingScope with the call's scope, and refreshes nothing", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const error = yield* Effect.flip(session.getCurrentUser())
      assertError(error, new DiscordError.MissingScope({ required: ["identify"], granted: [] }))
      assert.strictEqual(calls.length, 1)
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          () => Effect.succeed({ status: 403, body: { message: "Missing required OAuth2 scope", code: 50026 } })
        )
      )
    )
  })

  it.effect("F23: a fresh token that is refused too is InvalidAccessToken after one refresh, and does not loop", () => {
    const calls: Array<Stub.Call> = []
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.strictEqual((yield* Effect.flip(session.getCurrentUser()))._tag, "InvalidAccessToken")
      assert.deepStrictEqual(paths(calls), ["GET /users/@me", "POST /oauth2/token", "GET /users/@me"])
      // The user's breaker is open: no request for a minute, in any session of theirs.
      const sessions = yield* DiscordSessions.DiscordSessions
      const other = yield* sessions.get(userId)
      for (let i = 0; i < 100; i++) {
        assert.strictEqual((yield* Effect.flip(other.getCurrentUser()))._tag, "InvalidAccessToken")
      }
      assert.strictEqual(calls.length, 3)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Effect.flip(other.getCurrentUser()))._tag, "InvalidAccessToken")
      assert.strictEqual(calls.filter(({ path }) => path === "/oauth2/token").length, 2)
    }).pipe(
      Effect.provide(
        Stub.layer(
          calls,
          ({ form, path }) => Effect.succeed(path === "/oauth2/token" ? rotate(form) : Stub.unauthorized)
        )
      )
    )
  })

  it.effect("F23: a new sign-in closes the breaker at once", () => {
    const rotate = Stub.rotating()
    return Effect.gen(function*() {
      const session = yield* signedIn()
      yield* Effect.flip(session.getCurrentUser())
      const again = yield* signedIn(Stub.token({ access: "access-second" }))
      assert.strictEqual((yield* again.getCurrentUser()).username, "nelly")
    }).pipe(Effect.provide(Stub.layer([], ({ authorization, form, path }) =>
      Effect.succeed(
        path === "/oauth2/token"
          ? rotate(form)
          : authorization === "Bearer access-second"
          ? { body: Stub.user }
          : Stub.unauthorized
      ))))
  })
})

describe("sign-out", () => {
  it.effect("revokes at Discord and removes the record", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      yield* session.signOut()
      assert.deepStrictEqual(paths(calls), ["POST /oauth2/token/revoke"])
      const sessions = yield* DiscordSessions.DiscordSessions
      assert.strictEqual((yield* Effect.flip(sessions.get(userId)))._tag, "NotSignedIn")
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ body: {} }))))
  })

  for (const body of [{}, "", "OK", "<html></html>"]) {
    it.effect(`S37: a 200 is a success whatever its body, as ${JSON.stringify(body)}`, () =>
      Effect.gen(function*() {
        const session = yield* signedIn()
        yield* session.signOut()
      }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ body })))))
  }

  it.effect("F25, S38: where Discord answers 503 the record stays, unless it is forced", () =>
    Effect.gen(function*() {
      const sessions = yield* DiscordSessions.DiscordSessions
      const session = yield* signedIn()
      assert.strictEqual((yield* Effect.flip(session.signOut()))._tag, "DiscordServerError")
      yield* sessions.get(userId)
      yield* session.signOut({ force: true })
      assert.strictEqual((yield* Effect.flip(sessions.get(userId)))._tag, "NotSignedIn")
    }).pipe(Effect.provide(Stub.layer([], () => Effect.succeed({ status: 503 })))))
})

describe("sign-out, where the record cannot be read", () => {
  const failing = (reason: DiscordError.AccessTokenStoreError["reason"]) =>
    Layer.effect(
      AccessTokenStore.AccessTokenStore,
      Effect.map(AccessTokenStore.AccessTokenStore, (memory) => {
        let reads = 0
        return {
          ...memory,
          get: (key: AccessTokenStore.Key) =>
            Effect.suspend(() =>
              ++reads === 1
                ? memory.get(key)
                : Effect.fail(new DiscordError.AccessTokenStoreError({ operation: "get", reason }))
            )
        }
      })
    ).pipe(Layer.provide(AccessTokenStore.layerMemory))

  it.effect("F43: a corrupt record goes all the same, and what the session holds is revoked", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      yield* session.signOut()
      assert.deepStrictEqual(paths(calls), ["POST /oauth2/token/revoke"])
      const store = yield* AccessTokenStore.AccessTokenStore
      assert.strictEqual(yield* store.count({}), 0)
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ body: {} }), { store: failing("corrupt") })))
  })

  it.effect("F39: a store that is down fails, and nothing is revoked or removed", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.strictEqual((yield* Effect.flip(session.signOut()))._tag, "AccessTokenStoreError")
      assert.deepStrictEqual(calls, [])
      const store = yield* AccessTokenStore.AccessTokenStore
      assert.strictEqual(yield* store.count({}), 1)
    }).pipe(Effect.provide(Stub.layer(calls, () => Effect.succeed({ body: {} }), { store: failing("unavailable") })))
  })
})

describe("RetryPolicy", () => {
  const answers = (sequence: ReadonlyArray<Stub.Answer>) => {
    let index = 0
    return () => Effect.sync(() => sequence[Math.min(index++, sequence.length - 1)] ?? {})
  }
  const limited = (seconds: number): Stub.Answer => ({
    status: 429,
    body: { message: "You are being rate limited.", retry_after: seconds, global: false },
    headers: { "x-ratelimit-scope": "user" }
  })

  it.effect("a short rate limit is waited for as long as Discord says", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const call = yield* Effect.forkChild(session.getCurrentUser())
      yield* TestClock.adjust("1499 millis")
      assert.strictEqual(calls.length, 1)
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* Fiber.join(call)).username, "nelly")
      assert.strictEqual(calls.length, 2)
    }).pipe(Effect.provide(Stub.layer(calls, answers([limited(1.5), { body: Stub.user }]))))
  })

  it.effect("F8: a rate limit of 82,721 seconds is handed out at once", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const error = yield* Effect.flip(session.getCurrentUser())
      assertError(
        error,
        new DiscordError.RateLimited({ retryAfter: Duration.seconds(82_721), global: false, scope: "user" })
      )
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, answers([limited(82_721)]))))
  })

  it.effect("a read that fails in passing is repeated three times with a growing pause, and then given up", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const call = yield* Effect.forkChild(Effect.flip(session.getCurrentUser()))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(call))._tag, "DiscordServerError")
      assert.strictEqual(calls.length, 4)
    }).pipe(Effect.provide(Stub.layer(calls, answers([{ status: 502 }]))))
  })

  it.effect("what is wrong for good is not repeated", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      assert.strictEqual((yield* Effect.flip(session.getCurrentUser()))._tag, "DiscordForbidden")
      assert.strictEqual(calls.length, 1)
    }).pipe(Effect.provide(Stub.layer(calls, answers([{ status: 403, body: { message: "no", code: 50001 } }]))))
  })

  it.effect("an application replaces the policy: without refreshing, AccessTokenExpired comes out", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      const session = yield* signedIn()
      const error = yield* Effect.flip(session.getCurrentUser())
      assertError(error, new DiscordError.AccessTokenExpired({ refreshable: true }))
      assert.strictEqual(calls.length, 1)
    }).pipe(
      Effect.provideService(RetryPolicy.RetryPolicy, () => RetryPolicy.rateLimited()),
      Effect.provide(Stub.layer(calls, answers([Stub.unauthorized])))
    )
  })

  it.effect("its pieces work with Effect.retry on an effect of the application's own", () =>
    Effect.gen(function*() {
      let refreshes = 0
      let attempts = 0
      const own = Effect.suspend(() =>
        ++attempts < 2
          ? Effect.fail(new DiscordError.AccessTokenExpired({ refreshable: true }))
          : Effect.succeed("done")
      )
      const refresh = Effect.sync(() => {
        refreshes += 1
      })
      assert.strictEqual(yield* Effect.retry(own, RetryPolicy.refreshing(refresh)), "done")
      assert.deepStrictEqual([attempts, refreshes], [2, 1])
    }))

  it.effect("each piece of anyOf keeps its own count", () =>
    Effect.gen(function*() {
      const sequence = ["expired", "server", "server", "expired"]
      let attempts = 0
      const own = Effect.suspend(() => {
        const next = sequence[attempts++]
        return next === undefined
          ? Effect.void
          : Effect.fail(
            next === "expired"
              ? new DiscordError.AccessTokenExpired({ refreshable: true })
              : new DiscordError.DiscordServerError({ status: 500, code: 0, message: "?" })
          )
      })
      const running = yield* Effect.forkChild(
        Effect.flip(Effect.retry(own, RetryPolicy.standard({ refresh: Effect.void, idempotent: true })))
      )
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(running))._tag, "AccessTokenExpired")
      assert.strictEqual(attempts, 4)
    }))

  it.effect("F1: a call that may not be repeated is repeated only where it was not sent", () =>
    Effect.gen(function*() {
      for (const [sent, expected] of [[true, 1], [false, 3]] as const) {
        let attempts = 0
        const own = Effect.suspend(() => {
          attempts += 1
          return Effect.fail(new DiscordError.DiscordTransportError({ sent, description: "?" }))
        })
        const running = yield* Effect.forkChild(
          Effect.flip(Effect.retry(own, RetryPolicy.standard({ refresh: Effect.void, idempotent: false })))
        )
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(running)
        assert.strictEqual(attempts, expected)
      }
    }))
})
