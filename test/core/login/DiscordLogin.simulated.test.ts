import { DiscordLogin } from "@discord-oauth2/core"
import type { AccessTokenStore, DiscordConfig, DiscordSessions, OAuth2Client } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Aead from "effect/crypto/Aead"
import type { Digest } from "effect/crypto/Digest"
import * as Kdf from "effect/crypto/Kdf"
import type { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Scope } from "effect/Scope"
import { TestClock } from "effect/testing"
import * as Browser from "../../support/Browser.ts"
import { key, redirectUri } from "../../support/LoginApp.ts"

type Services =
  | AccessTokenStore.AccessTokenStore
  | DiscordConfig.DiscordConfig
  | DiscordSessions.DiscordSessions
  | OAuth2Client.OAuth2Client
  | DiscordSimulator.DiscordSimulator
  | SecureRandom
  | Digest

/** Responds with the user's name from Discord. */
const Me = HttpRouter.add(
  "GET",
  "/me",
  Effect.gen(function*() {
    const session = yield* DiscordLogin.currentSession
    if (Option.isNone(session)) return HttpServerResponse.text("nobody")
    const user = yield* session.value.getCurrentUser()
    return HttpServerResponse.text(user.username)
  }).pipe(Effect.catch(({ _tag }) => Effect.succeed(HttpServerResponse.text(_tag))))
)

const start = (options?: Partial<DiscordLogin.Options>) =>
  Effect.gen(function*() {
    const context = yield* Effect.context<Services>()
    const { dispose, handler } = HttpRouter.toWebHandler(
      Layer.mergeAll(DiscordLogin.routes, Me).pipe(
        Layer.provideMerge(DiscordLogin.layer({ redirectUri, keys: [key], ...options })),
        Layer.provideMerge(Layer.merge(Aead.layerWebCrypto, Kdf.layerWebCrypto)),
        Layer.provideMerge(Layer.succeedContext(context))
      ),
      { disableLogger: true }
    )
    yield* Effect.addFinalizer(() => Effect.promise(dispose))
    return () => Browser.make(handler)
  })

const simulated = <A, E>(effect: Effect.Effect<A, E, Services | Scope>) =>
  effect.pipe(Effect.provide(DiscordSimulator.layerTest({ application: { redirectUris: [redirectUri] } })))

const login = Effect.fnUntraced(function*(browser: Browser.Browser, options?: DiscordSimulator.AuthorizeOptions) {
  const simulator = yield* DiscordSimulator.DiscordSimulator
  const { location } = yield* browser.get("/auth/discord/login?returnTo=/me")
  return { page: location ?? "", callback: yield* simulator.authorize(location ?? "", options) }
})

const exchanges = Effect.flatMap(
  DiscordSimulator.DiscordSimulator,
  ({ requests }) => Effect.map(requests, (all) => all.filter(({ endpoint }) => endpoint === "exchangeToken"))
)

describe("DiscordLogin with the simulator", () => {
  it.effect("S14, S17: signs in, calls Discord and signs out", () =>
    simulated(Effect.gen(function*() {
      const browser = (yield* start())()
      const { callback } = yield* login(browser)
      const { location, status } = yield* browser.get(callback)
      assert.deepStrictEqual([status, location], [303, "/me"])
      const [user] = yield* Effect.flatMap(DiscordSimulator.DiscordSimulator, ({ users }) => users)
      assert.strictEqual((yield* browser.get("/me")).body, user?.username)
      yield* browser.post("/auth/discord/logout")
      assert.strictEqual((yield* browser.get("/me")).body, "nobody")
    })))

  it.effect("Cancel ends on a page with status 200, without a token request", () =>
    simulated(Effect.gen(function*() {
      const browser = (yield* start())()
      const { callback } = yield* login(browser, { decision: "deny" })
      const { body, status } = yield* browser.get(callback)
      assert.strictEqual(status, 200)
      assert.include(body, "You cancelled")
      assert.include(body, "href=\"/auth/discord/login?returnTo=%2Fme\"")
      assert.lengthOf(yield* exchanges, 0)
    })))

  it.effect("F53: a code older than 100 seconds ends on a page that starts again", () =>
    simulated(Effect.gen(function*() {
      const browser = (yield* start())()
      const { callback } = yield* login(browser)
      yield* TestClock.adjust("101 seconds")
      const { body, status } = yield* browser.get(callback)
      assert.strictEqual(status, 400)
      assert.include(body, "InvalidAuthorizationCode")
    })))

  it.effect("F28: of two callbacks with two codes one is exchanged and one session starts", () =>
    simulated(Effect.gen(function*() {
      const simulator = yield* DiscordSimulator.DiscordSimulator
      const browser = (yield* start())()
      const { callback, page } = yield* login(browser)
      const again = yield* simulator.authorize(page)
      assert.notStrictEqual(callback, again)
      const cookie = browser.cookies()
      const answers = yield* Effect.all(
        [browser.get(callback, { cookie }), browser.get(again, { cookie })],
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(answers.map(({ status }) => status), [303, 303])
      assert.lengthOf(yield* exchanges, 1)
      const [user] = yield* simulator.users
      assert.strictEqual((yield* browser.get("/me")).body, user?.username)
    })))

  it.effect("F3: an exchange whose response is lost is not repeated, and the user can sign in again", () =>
    simulated(Effect.gen(function*() {
      const simulator = yield* DiscordSimulator.DiscordSimulator
      const browser = (yield* start())()
      yield* simulator.fail(Fault.DropAfter({ match: { endpoint: "exchangeToken" } }))
      const { callback } = yield* login(browser)
      const { body, status } = yield* browser.get(callback)
      assert.strictEqual(status, 503)
      assert.include(body, "DiscordTransportError")
      assert.lengthOf(yield* exchanges, 1)
      const second = yield* login(browser)
      assert.strictEqual((yield* browser.get(second.callback)).location, "/me")
    })))

  it.effect("F32: after each fault of the exchange the browser gets the error page and no session", () =>
    simulated(Effect.gen(function*() {
      const simulator = yield* DiscordSimulator.DiscordSimulator
      const browser = (yield* start())()
      const table: ReadonlyArray<readonly [Fault.Fault, number]> = [
        [Fault.Html({}), 502],
        [Fault.CutJson({}), 502],
        [Fault.JsonArray({}), 502],
        [Fault.UnknownStatus({}), 502],
        [Fault.Status({ status: 500 }), 503],
        [Fault.CloudflareBlock({}), 503],
        [Fault.RateLimit({}), 503],
        [Fault.DropBefore({}), 503]
      ]
      for (const [fault, expected] of table) {
        yield* simulator.fail(fault)
        const { callback } = yield* login(browser)
        const { body, headers, set, status } = yield* browser.get(callback)
        assert.strictEqual(status, expected, fault._tag)
        assert.include(body, "Sign in again", fault._tag)
        assert.strictEqual(headers.get("cache-control"), "no-store")
        assert.isFalse(set.some(({ name }) => name.includes("session")))
      }
    })))

  it.effect("S21: a sign-out in one browser ends the user's sessions in all browsers", () =>
    simulated(Effect.gen(function*() {
      const open = yield* start()
      const [one, other] = [open(), open()]
      for (const browser of [one, other]) yield* browser.get((yield* login(browser)).callback)
      yield* one.post("/auth/discord/logout")
      assert.strictEqual((yield* other.get("/me")).body, "nobody")
      yield* other.get((yield* login(other)).callback)
      assert.notStrictEqual((yield* other.get("/me")).body, "nobody")
    })))

  it.effect("S20: two users who sign in one after the other in one browser have different sessions", () =>
    simulated(Effect.gen(function*() {
      const simulator = yield* DiscordSimulator.DiscordSimulator
      const browser = (yield* start({ revoke: false }))()
      const second = yield* simulator.addUser({ username: "second" })
      yield* browser.get((yield* login(browser)).callback)
      const before = browser.cookies()
      yield* browser.get((yield* login(browser, { userId: second.id })).callback)
      assert.notStrictEqual(browser.cookies(), before)
      assert.strictEqual((yield* browser.get("/me")).body, "second")
    })))
})
