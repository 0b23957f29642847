import {
  AccessTokenStore,
  DiscordApplications,
  DiscordConfig,
  DiscordError,
  DiscordSessions,
  OAuth2Client,
  Snowflake
} from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { assertError } from "../support/assertError.ts"
import * as Stub from "../support/StubDiscord.ts"

const first = Snowflake.ApplicationId.make("111")
const second = Snowflake.ApplicationId.make("222")
const userId = Snowflake.UserId.make(Stub.userId)

/** Returns the options of the two known applications and records each call in `lookups`. */
const known = (lookups: Array<string>) => (clientId: Snowflake.ApplicationId) =>
  Effect.suspend(() => {
    lookups.push(clientId)
    return clientId === first || clientId === second
      ? Effect.succeed({ clientSecret: Redacted.make(`secret-${clientId}`) })
      : Effect.fail(new DiscordError.UnknownClient({ clientId }))
  })

const tokens = (calls: ReadonlyArray<Stub.Call>) => calls.filter(({ path }) => path === "/oauth2/token")

const clientOf = ({ authorization, form }: Stub.Call) =>
  form.get("client_id") ?? atob((authorization ?? "").replace("Basic ", "")).split(":")[0]

const secretOf = ({ authorization, form }: Stub.Call) =>
  form.get("client_secret") ?? atob((authorization ?? "").replace("Basic ", "")).split(":")[1]

const respond: Stub.Handler = (call) =>
  Effect.succeed(
    call.path === "/oauth2/token"
      ? {
        body: {
          access_token: `fresh-of-${clientOf(call)}`,
          token_type: "Bearer",
          expires_in: 604_800,
          refresh_token: `next-of-${clientOf(call)}`,
          scope: "identify"
        }
      }
      : { body: Stub.user }
  )

const layerOf = (
  calls: Array<Stub.Call>,
  options: DiscordApplications.Options,
  handler: Stub.Handler = respond
) =>
  DiscordApplications.layer(options).pipe(
    Layer.provideMerge(Layer.mergeAll(
      Layer.succeed(HttpClient.HttpClient, Stub.httpClient(calls, handler)),
      AccessTokenStore.layerMemory,
      Stub.layerCrypto
    ))
  )

const signIn = Effect.fnUntraced(function*(clientId: Snowflake.ApplicationId, seconds = 604_800) {
  const store = yield* AccessTokenStore.AccessTokenStore
  return yield* store.put({ clientId, userId }, Stub.token({ access: `old-of-${clientId}`, seconds }))
})

const accessOf = Effect.fnUntraced(function*(clientId: Snowflake.ApplicationId) {
  const store = yield* AccessTokenStore.AccessTokenStore
  const stored = yield* store.get({ clientId, userId })
  return Option.getOrUndefined(Option.map(stored, ({ token }) => Redacted.value(token.access_token)))
})

const configured = DiscordConfig.DiscordConfig.pipe(Effect.map(({ clientId }) => clientId))

const callAs = (clientId: Snowflake.ApplicationId) =>
  Effect.gen(function*() {
    const sessions = yield* DiscordSessions.DiscordSessions
    const session = yield* sessions.get(userId)
    return (yield* session.getCurrentUser()).username
  }).pipe(Effect.provide(DiscordApplications.get(clientId)))

const refreshAs = (clientId: Snowflake.ApplicationId) =>
  Effect.gen(function*() {
    const sessions = yield* DiscordSessions.DiscordSessions
    const session = yield* sessions.get(userId)
    return yield* session.refresh
  }).pipe(Effect.provide(DiscordApplications.get(clientId)))

describe("two applications", () => {
  it.effect("F7: share their IP address: a Cloudflare block of one also stops the other", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* signIn(first)
      yield* signIn(second)
      assert.strictEqual((yield* Effect.flip(callAs(first)))._tag, "CloudflareBlocked")
      assert.strictEqual((yield* Effect.flip(callAs(second)))._tag, "CloudflareBlocked")
      assert.strictEqual(calls.length, 1)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* callAs(second), "nelly")
    }).pipe(
      Effect.provide(
        layerOf(
          calls,
          { config: known([]) },
          (call) => calls.length === 1 ? Effect.succeed({ status: 429, body: "error code: 1015" }) : respond(call)
        )
      )
    )
  })

  it.effect("send their own client ids and secrets", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      for (const clientId of [first, second, first]) {
        const grant = OAuth2Client.OAuth2Client.pipe(
          Effect.flatMap((oauth) => oauth.clientCredentials({ scopes: ["identify"] })),
          Effect.provide(DiscordApplications.get(clientId))
        )
        assert.strictEqual(Redacted.value((yield* grant).access_token), `fresh-of-${clientId}`)
      }
      assert.deepStrictEqual(tokens(calls).map((call) => [clientOf(call), secretOf(call)]), [
        [first, `secret-${first}`],
        [second, `secret-${second}`],
        [first, `secret-${first}`]
      ])
    }).pipe(Effect.provide(layerOf(calls, { config: known([]) })))
  })

  it.effect("store two tokens of one user, and a refresh of one does not change the other", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* signIn(first)
      const { generation } = yield* signIn(second)
      yield* refreshAs(first)
      assert.strictEqual(yield* accessOf(first), `fresh-of-${first}`)
      assert.strictEqual(yield* accessOf(second), `old-of-${second}`)
      const store = yield* AccessTokenStore.AccessTokenStore
      assert.strictEqual(Option.getOrThrow(yield* store.get({ clientId: second, userId })).generation, generation)

      yield* Effect.all([callAs(first), callAs(second)], { concurrency: "unbounded" })
      assert.deepStrictEqual(
        calls.filter(({ path }) => path === "/users/@me").map(({ authorization }) => authorization).sort(),
        [`Bearer fresh-of-${first}`, `Bearer old-of-${second}`]
      )
    }).pipe(Effect.provide(layerOf(calls, { config: known([]) })))
  })

  it.effect("keep a user signed in to one after a sign-out from the other", () =>
    Effect.gen(function*() {
      yield* signIn(first)
      yield* signIn(second)
      yield* Effect.gen(function*() {
        const sessions = yield* DiscordSessions.DiscordSessions
        yield* (yield* sessions.get(userId)).signOut()
      }).pipe(Effect.provide(DiscordApplications.get(first)))
      assert.strictEqual((yield* Effect.flip(callAs(first)))._tag, "NotSignedIn")
      assert.strictEqual(yield* callAs(second), "nelly")
    }).pipe(Effect.provide(layerOf([], { config: known([]) }, (call) =>
      call.path.endsWith("/revoke") ? Effect.succeed({ body: {} }) : respond(call)))))

  it.effect("F46: refresh each of two expired tokens once for 50 concurrent calls per token", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* signIn(first, 0)
      yield* signIn(second, 0)
      yield* Effect.forEach(
        Array.from({ length: 100 }, (_, index) => index % 2 === 0 ? first : second),
        callAs,
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(tokens(calls).map(clientOf).sort(), [first, second])
    }).pipe(Effect.provide(layerOf(calls, { config: known([]) })))
  })

  it.effect("use the same refresh options", () => {
    const calls: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* signIn(first, 3600)
      yield* callAs(first)
      yield* Effect.yieldNow
      assert.strictEqual(tokens(calls).length, 1)
    }).pipe(Effect.provide(layerOf(calls, { config: known([]), refresh: { early: "10 hours" } })))
  })
})

describe("building an application", () => {
  it.effect("happens once for 100 concurrent users", () => {
    const lookups: Array<string> = []
    const config = (clientId: Snowflake.ApplicationId) =>
      Effect.andThen(Effect.sleep("1 second"), known(lookups)(clientId))
    return Effect.gen(function*() {
      const fibers = yield* Effect.forEach(Array.from({ length: 100 }), () =>
        Effect.forkChild(
          Effect.provide(DiscordSessions.DiscordSessions, DiscordApplications.get(first))
        ))
      yield* TestClock.adjust("1 second")
      const sessions = yield* Effect.forEach(fibers, Fiber.join)
      assert.strictEqual(new Set(sessions).size, 1)
      assert.deepStrictEqual(lookups, [first])
    }).pipe(Effect.provide(layerOf([], { config })))
  })

  it.effect("continues for the other users after one is interrupted", () => {
    const lookups: Array<string> = []
    const config = (clientId: Snowflake.ApplicationId) =>
      Effect.andThen(Effect.sleep("1 second"), known(lookups)(clientId))
    return Effect.gen(function*() {
      const impatient = yield* Effect.forkChild(Effect.provide(configured, DiscordApplications.get(first)))
      const patient = yield* Effect.forkChild(Effect.provide(configured, DiscordApplications.get(first)))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(impatient)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(patient), first)
      assert.deepStrictEqual(lookups, [first])
    }).pipe(Effect.provide(layerOf([], { config })))
  })

  it.effect("fails with UnknownClient for all concurrent users, and the next use reads the options again", () => {
    const lookups: Array<string> = []
    const clients = new Set<string>()
    const config = (clientId: Snowflake.ApplicationId) =>
      Effect.gen(function*() {
        lookups.push(clientId)
        yield* Effect.yieldNow
        return clients.has(clientId) ? {} : yield* new DiscordError.UnknownClient({ clientId })
      })
    return Effect.gen(function*() {
      const ask = Effect.provide(configured, DiscordApplications.get(first))
      const errors = yield* Effect.all(Array.from({ length: 10 }, () => Effect.flip(ask)), { concurrency: "unbounded" })
      for (const error of errors) assertError(error, new DiscordError.UnknownClient({ clientId: first }))
      assert.deepStrictEqual(lookups, [first])
      clients.add(first)
      assert.strictEqual(yield* ask, first)
      assert.deepStrictEqual(lookups, [first, first])
    }).pipe(Effect.provide(layerOf([], { config })))
  })

  it.effect("fails with DiscordConfigurationError for invalid options, and dies with a defect of the option config", () => {
    const config = (clientId: Snowflake.ApplicationId) =>
      clientId === first ? Effect.succeed({ apiUrl: "http://discord.example" }) : Effect.die("boom")
    return Effect.gen(function*() {
      const error = yield* Effect.flip(Effect.provide(configured, DiscordApplications.get(first)))
      assert.strictEqual(error._tag, "DiscordConfigurationError")
      const exit = yield* Effect.exit(Effect.provide(configured, DiscordApplications.get(second)))
      assert.isTrue(Exit.hasDies(exit))
    }).pipe(Effect.provide(layerOf([], { config })))
  })

  it.effect("uses the requested client id and not one in the options", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.provide(configured, DiscordApplications.get(first)), first)
    }).pipe(
      Effect.provide(layerOf([], { config: () => Effect.succeed({ clientId: second, timeout: "1 second" as const }) }))
    ))

  it.effect("uses the services of the layer and not those of the first user", () => {
    const calls: Array<Stub.Call> = []
    const others: Array<Stub.Call> = []
    return Effect.gen(function*() {
      yield* signIn(first)
      yield* signIn(second)
      const seen = yield* Effect.gen(function*() {
        assert.strictEqual(yield* configured, first)
        return yield* callAs(second)
      }).pipe(
        Effect.provide(DiscordApplications.get(first)),
        Effect.provideService(HttpClient.HttpClient, Stub.httpClient(others, () => Effect.fail("ECONNREFUSED"))),
        Effect.provide(Layer.fresh(AccessTokenStore.layerMemory))
      )
      assert.strictEqual(seen, "nelly")
      assert.deepStrictEqual(calls.map(({ authorization }) => authorization), [`Bearer old-of-${second}`])
      assert.deepStrictEqual(others, [])
    }).pipe(Effect.provide(layerOf(calls, { config: known([]) })))
  })

  it.effect("reads options with services that the layer then requires", () => {
    class Secrets extends Context.Service<Secrets, { readonly secret: string }>()("test/Secrets") {}
    const calls: Array<Stub.Call> = []
    const layer = DiscordApplications.layer({
      config: () => Effect.map(Secrets, ({ secret }) => ({ clientSecret: Redacted.make(secret) }))
    }).pipe(
      Layer.provide(Layer.succeed(Secrets, { secret: "planted" })),
      Layer.provide([
        Layer.succeed(HttpClient.HttpClient, Stub.httpClient(calls, respond)),
        AccessTokenStore.layerMemory,
        Stub.layerCrypto
      ])
    )
    return Effect.gen(function*() {
      yield* OAuth2Client.OAuth2Client.pipe(
        Effect.flatMap((oauth) => oauth.clientCredentials({ scopes: ["identify"] })),
        Effect.provide(DiscordApplications.get(first))
      )
      assert.deepStrictEqual(calls.map(secretOf), ["planted"])
    }).pipe(Effect.provide(layer))
  })
})

/** A handler whose token endpoint completes `requested` and responds when `released` completes. */
const slow = Effect.gen(function*() {
  const requested = yield* Deferred.make<void>()
  const released = yield* Deferred.make<void>()
  const handler: Stub.Handler = (call) =>
    call.path === "/oauth2/token"
      ? Deferred.succeed(requested, undefined).pipe(
        Effect.andThen(Deferred.await(released)),
        Effect.andThen(respond(call))
      )
      : respond(call)
  return { requested, released, handler }
})

describe("an application closes", () => {
  it.effect("10 minutes after its last use, and the next use builds it again", () => {
    const lookups: Array<string> = []
    return Effect.gen(function*() {
      const ask = Effect.provide(configured, DiscordApplications.get(first))
      yield* ask
      yield* TestClock.adjust("9 minutes")
      yield* ask
      yield* TestClock.adjust("9 minutes")
      yield* ask
      assert.strictEqual(lookups.length, 1)
      yield* TestClock.adjust("10 minutes")
      yield* ask
      assert.strictEqual(lookups.length, 2)
    }).pipe(Effect.provide(layerOf([], { config: known(lookups) })))
  })

  it.effect("not while it is in use", () => {
    const lookups: Array<string> = []
    return Effect.gen(function*() {
      const user = yield* Effect.forkChild(
        Effect.provide(Effect.andThen(Effect.sleep("1 day"), configured), DiscordApplications.get(first))
      )
      yield* Effect.yieldNow
      yield* TestClock.adjust("23 hours")
      yield* Effect.provide(configured, DiscordApplications.get(first))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* Fiber.join(user), first)
      assert.strictEqual(lookups.length, 1)
    }).pipe(Effect.provide(layerOf([], { config: known(lookups), idleTimeToLive: "1 minute" })))
  })

  it.effect("F48: only after its running refresh has ended and stored the new tokens", () =>
    Effect.gen(function*() {
      const { released, requested, handler } = yield* slow
      yield* Effect.gen(function*() {
        yield* signIn(first)
        const caller = yield* Effect.forkChild(refreshAs(first))
        yield* Deferred.await(requested)
        yield* Fiber.interrupt(caller)
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(yield* accessOf(first), `old-of-${first}`)
        yield* Deferred.succeed(released, undefined)
        yield* Effect.yieldNow
        assert.strictEqual(yield* accessOf(first), `fresh-of-${first}`)
      }).pipe(Effect.provide(layerOf([], { config: known([]), idleTimeToLive: "5 seconds" }, handler)))
    }))

  it.effect("F48: when the layer closes, after the running refreshes of all applications", () =>
    Effect.gen(function*() {
      const { released, requested, handler } = yield* slow
      const scope = yield* Scope.make()
      const services = yield* Layer.buildWithScope(layerOf([], { config: known([]) }, handler), scope)
      const run = Effect.provideContext(services)
      yield* run(signIn(first))
      yield* run(Effect.provide(configured, DiscordApplications.get(second)))
      const caller = yield* Effect.forkChild(run(refreshAs(first)))
      yield* Deferred.await(requested)
      yield* Fiber.interrupt(caller)
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* TestClock.adjust("10 seconds")
      assert.isUndefined(closing.pollUnsafe())
      yield* Deferred.succeed(released, undefined)
      yield* Fiber.join(closing)
      assert.strictEqual(yield* run(accessOf(first)), `fresh-of-${first}`)

      for (const clientId of [first, second]) {
        const exit = yield* Effect.exit(run(Effect.provide(configured, DiscordApplications.get(clientId))))
        assert.isTrue(Exit.hasInterrupts(exit))
      }
    }))

  it.effect("for new users when it is invalidated, while current users keep it", () => {
    const calls: Array<Stub.Call> = []
    let secret = "old"
    const config = () => Effect.sync(() => ({ clientSecret: Redacted.make(secret) }))
    const grant = Effect.flatMap(
      OAuth2Client.OAuth2Client,
      (oauth) => oauth.clientCredentials({ scopes: ["identify"] })
    )
    return Effect.gen(function*() {
      const applications = yield* DiscordApplications.DiscordApplications
      yield* Effect.gen(function*() {
        secret = "new"
        yield* applications.invalidate(first)
        yield* Effect.provide(grant, DiscordApplications.get(first))
        yield* grant
      }).pipe(Effect.provide(DiscordApplications.get(first)))
      yield* Effect.provide(grant, DiscordApplications.get(first))
      assert.deepStrictEqual(calls.map(secretOf), ["new", "old", "new"])
    }).pipe(Effect.provide(layerOf(calls, { config })))
  })
})
