import { Denylist, DiscordError, Snowflake } from "@discord-oauth2/core"
import { SessionCookie } from "@discord-oauth2/core/login"
import { assert, describe, it } from "@effect/vitest"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import * as Browser from "../../support/Browser.ts"

const userId = Snowflake.UserId.make("80351110224678912")
const key = (seed: string) => Redacted.make(`${seed}-planted-cookie-key-of-32-bytes-or-more`)
const name = "__Host-discord-session"

const layerCrypto = Layer.mergeAll(
  Kdf.layerWebCrypto,
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto))
)

/** /in signs in, /out signs out, and /me responds with the session. */
const routes = HttpRouter.use((router) =>
  Effect.gen(function*() {
    const cookie = yield* SessionCookie.SessionCookie
    yield* router.add("GET", "/in", cookie.issue(HttpServerResponse.text("in"), userId))
    yield* router.add("GET", "/out", Effect.as(cookie.current, cookie.clear(HttpServerResponse.text("out"))))
    yield* router.add(
      "GET",
      "/me",
      Effect.map(cookie.current, (session) =>
        HttpServerResponse.jsonUnsafe(Option.match(session, {
          onNone: () => null,
          onSome: ({ issuedAt, seenAt, sessionId, userId }) => ({
            userId,
            sessionId,
            issuedAt: DateTime.toEpochMillis(issuedAt),
            seenAt: DateTime.toEpochMillis(seenAt)
          })
        })))
    )
  })
)

const start = (options?: Partial<Parameters<typeof SessionCookie.make>[0]>) =>
  Effect.gen(function*() {
    const { dispose, handler } = HttpRouter.toWebHandler(
      routes.pipe(
        Layer.provideMerge(SessionCookie.layer({ keys: [key("a")], ...options })),
        Layer.provideMerge(layerCrypto)
      ),
      { disableLogger: true }
    )
    yield* Effect.addFinalizer(() => Effect.promise(dispose))
    return { handler, browser: Browser.make(handler) }
  })

const me = (browser: Browser.Browser, headers?: Record<string, string>) =>
  Effect.map(
    browser.get("/me", headers),
    ({ body }): { userId: string; sessionId: string; issuedAt: number; seenAt: number } | null => JSON.parse(body)
  )

describe("SessionCookie", () => {
  it.effect("reads the session that it issued, and contains no plain text", () =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      assert.isNull(yield* me(browser))
      const { set } = yield* browser.get("/in")
      const session = yield* me(browser)
      assert.strictEqual(session?.userId, userId)
      assert.strictEqual(session?.issuedAt, 0)
      assert.notInclude(Buffer.from(set[0]?.value ?? "", "base64url").toString("latin1"), userId)
    }))

  it.effect("S20: the session id is new at every sign-in", () =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      const ids = new Set<string | undefined>()
      for (let i = 0; i < 3; i++) {
        yield* browser.get("/in")
        ids.add((yield* me(browser))?.sessionId)
      }
      assert.strictEqual(ids.size, 3)
      for (const id of ids) assert.match(id ?? "", /^[\w-]{22}$/)
    }))

  it.effect("does not read a cookie that was changed or cut", () =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      yield* browser.get("/in")
      const value = browser.jar.get(name)?.value ?? ""
      const bytes = Buffer.from(value, "base64url")
      for (let i = 0; i < bytes.length; i += 7) {
        const changed = Buffer.from(bytes)
        changed[i] = (changed[i] ?? 0) ^ 1
        assert.isNull(yield* me(browser, { cookie: `${name}=${changed.toString("base64url")}` }))
      }
      for (const other of ["", "a", "%%%", "AAAAAAAAAAAAAAAA", value.slice(0, -4), `${value}AAAA`, "A".repeat(5000)]) {
        assert.isNull(yield* me(browser, { cookie: `${name}=${other}` }))
      }
      assert.isNotNull(yield* me(browser, { cookie: `${name}=${value}` }))
    }))

  it.effect("does not read a cookie of another key or name", () =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      const { browser: other } = yield* start({ keys: [key("b")] })
      const { browser: plain } = yield* start({ secure: false })
      yield* browser.get("/in")
      const value = browser.jar.get(name)?.value ?? ""
      assert.isNull(yield* me(other, { cookie: `${name}=${value}` }))
      assert.isNull(yield* me(plain, { cookie: `discord-session=${value}` }))
    }))

  it.effect("seals with the first key and opens with every key", () =>
    Effect.gen(function*() {
      const { browser: before } = yield* start({ keys: [key("a")] })
      const { browser: during } = yield* start({ keys: [key("b"), key("a")] })
      const { browser: after } = yield* start({ keys: [key("b")] })
      yield* before.get("/in")
      yield* during.get("/in")
      assert.isNotNull(yield* me(during, { cookie: before.cookies() }))
      assert.isNull(yield* me(after, { cookie: before.cookies() }))
      assert.isNotNull(yield* me(after, { cookie: during.cookies() }))
    }))

  it.effect("ends after the idle timeout, even if the browser keeps the cookie", () =>
    Effect.gen(function*() {
      const { browser } = yield* start({ idleTimeout: "1 hour" })
      const { set } = yield* browser.get("/in")
      assert.strictEqual(set[0]?.attributes.get("max-age"), "3600")
      const cookie = browser.cookies()
      yield* TestClock.adjust("59 minutes")
      assert.isNotNull(yield* me(browser, { cookie }))
      yield* TestClock.adjust("1 minute")
      assert.isNull(yield* me(browser, { cookie }))
    }))

  it.effect("is renewed by some requests, and not beyond the absolute timeout", () =>
    Effect.gen(function*() {
      const { browser } = yield* start({ idleTimeout: "1 hour", absoluteTimeout: "2 hours" })
      yield* browser.get("/in")
      yield* TestClock.adjust("6 minutes")
      assert.lengthOf((yield* browser.get("/me")).set, 0)
      yield* TestClock.adjust("34 minutes")
      const renewed = yield* browser.get("/me")
      assert.strictEqual(renewed.set[0]?.attributes.get("max-age"), "3600")
      const first = yield* me(browser)
      assert.deepStrictEqual([first?.issuedAt, first?.seenAt], [0, 40 * 60_000])
      yield* TestClock.adjust("40 minutes")
      assert.strictEqual((yield* browser.get("/me")).set[0]?.attributes.get("max-age"), "2400")
      const cookie = browser.cookies()
      yield* TestClock.adjust("39 minutes")
      assert.isNotNull(yield* me(browser, { cookie }))
      yield* TestClock.adjust("1 minute")
      assert.isNull(yield* me(browser, { cookie }))
    }))

  it.effect("does not renew the session in a response that ends it", () =>
    Effect.gen(function*() {
      const { browser } = yield* start({ idleTimeout: "1 hour" })
      yield* browser.get("/in")
      yield* TestClock.adjust("30 minutes")
      const { set } = yield* browser.get("/out")
      assert.deepStrictEqual(set.map(({ attributes, value }) => [value, attributes.get("max-age")]), [["", "0"]])
      assert.lengthOf(browser.cookieNames(), 0)
    }))

  it.effect("accept can reject a session", () =>
    Effect.gen(function*() {
      const ended = new Set<string>()
      const { browser } = yield* start({ accept: ({ sessionId }) => Effect.sync(() => !ended.has(sessionId)) })
      yield* browser.get("/in")
      const session = yield* me(browser)
      assert.isNotNull(session)
      ended.add(session?.sessionId ?? "")
      assert.isNull(yield* me(browser))
    }))

  /** The service, and an effect that starts a session and returns its `current`. */
  const service = (store: Denylist.Denylist["Service"]) =>
    Effect.map(
      SessionCookie.make({ keys: [key("a")], idleTimeout: "1 hour" }).pipe(
        Effect.provide(layerCrypto),
        Effect.provideService(Denylist.Denylist, store)
      ),
      (cookie) => ({
        ...cookie,
        begin: Effect.map(cookie.issue(HttpServerResponse.empty(), userId), ({ cookies }) => {
          const sent = Object.values(cookies.cookies).map(({ name, value }) => `${name}=${value}`).join("; ")
          const request = new Request("https://app.example/", { headers: { cookie: sent } })
          return Effect.provideService(
            cookie.current,
            HttpServerRequest.HttpServerRequest,
            HttpServerRequest.fromWeb(request)
          )
        })
      })
    )

  it.effect("end ends one session and every copy of its cookie, endAll the sessions of a user that began before", () =>
    Effect.gen(function*() {
      const { begin, end, endAll } = yield* service(Denylist.makeMemory())
      const one = yield* begin
      const two = yield* begin
      yield* TestClock.adjust("1 second")
      yield* end(Option.getOrThrow(yield* one))
      assert.deepStrictEqual([Option.isSome(yield* one), Option.isSome(yield* two)], [false, true])
      yield* endAll(Snowflake.UserId.make("80351110224678913"))
      assert.isTrue(Option.isSome(yield* two))
      yield* endAll(userId)
      assert.isTrue(Option.isNone(yield* two))
      yield* TestClock.adjust("1 second")
      const three = yield* begin
      assert.isTrue(Option.isSome(yield* three))
    }))

  it.effect("an end is stored for the idle timeout, after which the cookie has expired", () =>
    Effect.gen(function*() {
      const until: Array<number> = []
      const memory = Denylist.makeMemory()
      const { begin, end, endAll } = yield* service({
        ...memory,
        add: (id, moment) => {
          until.push(moment.epochMilliseconds)
          return memory.add(id, moment)
        }
      })
      const one = yield* begin
      yield* TestClock.adjust("59 minutes")
      const session = Option.getOrThrow(yield* one)
      yield* end(session)
      yield* endAll(userId)
      assert.deepStrictEqual(until, [119 * 60_000, 119 * 60_000])
      for (let minutes = 0; minutes < 120; minutes += 10) {
        assert.isTrue(Option.isNone(yield* one))
        yield* TestClock.adjust("10 minutes")
      }
    }))

  it.effect("fails if the denylist cannot be read", () =>
    Effect.gen(function*() {
      const error = new DiscordError.DenylistError({ operation: "addedAt" })
      const { begin } = yield* service({ ...Denylist.makeMemory(), addedAt: () => Effect.fail(error) })
      assert.strictEqual(yield* Effect.flip(yield* begin), error)
    }))

  it.effect("rejects a key of less than 32 bytes and an empty list of keys, and does not show them", () =>
    Effect.gen(function*() {
      for (const keys of [[], [Redacted.make("planted-short-key")], [key("a"), Redacted.make("planted-short-key")]]) {
        const error = yield* Effect.flip(
          Effect.provide(SessionCookie.make({ keys }), layerCrypto)
        )
        assert.instanceOf(error, DiscordError.DiscordConfigurationError)
        assert.notInclude(JSON.stringify(error), "planted")
        assert.include(error.message, "key")
      }
    }))
})
