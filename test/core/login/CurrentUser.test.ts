import { AccessTokenStore, CurrentUser, DiscordError, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import type * as Browser from "../../support/Browser.ts"
import * as LoginApp from "../../support/LoginApp.ts"
import * as Stub from "../../support/StubDiscord.ts"

class TooLong extends Schema.TaggedError<TooLong>()("TooLong", {}, { httpApiStatus: 422 }) {}

const Notes = HttpApiGroup.make("notes").add(
  HttpApiEndpoint.get("list", "/notes", { success: Schema.Array(Schema.String) }),
  HttpApiEndpoint.post("add", "/notes", { success: Schema.String, error: TooLong }),
  HttpApiEndpoint.delete("clear", "/notes", { success: Schema.Finite })
).middleware(CurrentUser.Authentication)

const Open = HttpApiGroup.make("open").add(HttpApiEndpoint.post("ping", "/ping", { success: Schema.String }))

const Api = HttpApi.make("api").add(Notes).add(Open)

/** Who called which handler. */
const makeApi = (options?: CurrentUser.Options) => {
  const handled: Array<string> = []
  const handlers = Layer.merge(
    HttpApiBuilder.group(Api, "notes", (handlers) =>
      handlers.handle("list", () =>
        Effect.gen(function*() {
          const { cookie, session, userId } = yield* CurrentUser.CurrentUser
          handled.push(`list ${userId}`)
          return [userId, session.userId, cookie.userId, `${DateTime.toEpochMillis(cookie.issuedAt)}`]
        })).handle("add", () =>
          Effect.gen(function*() {
            const { userId } = yield* CurrentUser.CurrentUser
            handled.push(`add ${userId}`)
            return yield* new TooLong()
          })).handle("clear", () =>
          Effect.sync(() => {
            handled.push("clear")
            return 0
          }))),
    HttpApiBuilder.group(Api, "open", (handlers) => handlers.handle("ping", () => Effect.succeed("pong")))
  )
  const routes = HttpApiBuilder.layer(Api).pipe(Layer.provide(handlers), Layer.provide(CurrentUser.layer(options)))
  return { handled, routes }
}

const start = (
  settings?: Parameters<typeof LoginApp.start>[0] & { readonly currentUser?: CurrentUser.Options }
) =>
  Effect.gen(function*() {
    const { handled, routes } = makeApi(settings?.currentUser)
    return { ...(yield* LoginApp.start({ ...settings, routes })), handled }
  })

/** A user is signed in, and then their record cannot be read. */
const startWithStore = Effect.fnUntraced(function*(error: () => DiscordError.AccessTokenStoreError) {
  let broken = false
  const memory = yield* AccessTokenStore.AccessTokenStore.pipe(Effect.provide(AccessTokenStore.layerMemory))
  const store = Layer.succeed(AccessTokenStore.AccessTokenStore, {
    ...memory,
    get: (key) => Effect.suspend(() => broken ? Effect.fail(error()) : memory.get(key))
  })
  const app = yield* start({ store })
  yield* LoginApp.signIn(app.browser)
  broken = true
  return app
})

const call = (browser: Browser.Browser, method: string, headers: Record<string, string> = {}) =>
  Effect.map(browser.send("/notes", { method, headers }), ({ body, status }) => ({ status, body: JSON.parse(body) }))

const own = { "sec-fetch-site": "same-origin", origin: "https://app.example" }

describe("CurrentUser", () => {
  it.effect("provides the user's id, session and cookie to the handler", () =>
    Effect.gen(function*() {
      const { browser, handled } = yield* start()
      yield* TestClock.adjust("7 seconds")
      yield* LoginApp.signIn(browser)
      assert.deepStrictEqual(yield* call(browser, "GET"), {
        status: 200,
        body: [Stub.userId, Stub.userId, Stub.userId, "7000"]
      })
      assert.deepStrictEqual(handled, [`list ${Stub.userId}`])
    }))

  it.effect("responds 401 without a session and with a forged one, and runs no handler", () =>
    Effect.gen(function*() {
      const { browser, handled } = yield* start()
      for (
        const headers of [own, { ...own, cookie: `__Host-discord-session=${"A".repeat(200)}` }, {
          ...own,
          cookie: `x=${"x".repeat(20_000)}`
        }]
      ) {
        for (const method of ["GET", "POST", "DELETE"]) {
          assert.deepStrictEqual(yield* call(browser, method, headers), {
            status: 401,
            body: { _tag: "Unauthenticated" }
          })
        }
      }
      assert.lengthOf(handled, 0)
      const { body } = yield* browser.post("/ping", {})
      assert.strictEqual(body, "\"pong\"")
    }))

  it.effect("responds 401 to a user who has signed out", () =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      yield* LoginApp.signIn(browser)
      const cookie = browser.cookies()
      assert.strictEqual((yield* call(browser, "GET", { cookie })).status, 200)
      yield* browser.post("/auth/discord/logout")
      assert.strictEqual((yield* call(browser, "GET", { cookie })).status, 401)
    }))

  it.effect("S21: responds 403 to a request that may change something unless a page of the application sent it", () =>
    Effect.gen(function*() {
      const { browser, handled } = yield* start()
      yield* LoginApp.signIn(browser)
      const forged: ReadonlyArray<Record<string, string>> = [
        { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
        { "sec-fetch-site": "same-site", origin: "https://other.app.example" },
        { "sec-fetch-site": "none" },
        { "sec-fetch-site": "cross-site", origin: "https://app.example" },
        { origin: "https://app.example" },
        { origin: "null" },
        {}
      ]
      for (const headers of forged) {
        for (const method of ["POST", "DELETE"]) {
          assert.deepStrictEqual(
            yield* call(browser, method, headers),
            { status: 403, body: { _tag: "CrossSiteRequest" } },
            JSON.stringify(headers)
          )
        }
        assert.strictEqual((yield* call(browser, "GET", headers)).status, 200)
      }
      assert.deepStrictEqual(new Set(handled), new Set([`list ${Stub.userId}`]))
      assert.deepStrictEqual(yield* call(browser, "DELETE", own), { status: 200, body: 0 })
    }))

  it.effect("S21: rejects a request of another site before it opens the cookie", () =>
    Effect.gen(function*() {
      let opened = 0
      const { browser } = yield* start({ onOpened: Effect.sync(() => void opened++) })
      yield* LoginApp.signIn(browser)
      const before = opened
      assert.strictEqual((yield* call(browser, "POST", { "sec-fetch-site": "cross-site" })).status, 403)
      assert.strictEqual(opened, before)
    }))

  it.effect("allowedOrigins accepts the pages of these origins only", () =>
    Effect.gen(function*() {
      const { browser } = yield* start({ currentUser: { allowedOrigins: ["https://www.example"] } })
      yield* LoginApp.signIn(browser)
      const statuses = yield* Effect.forEach([
        { "sec-fetch-site": "same-site", origin: "https://www.example" },
        { origin: "https://www.example" },
        { "sec-fetch-site": "same-site", origin: "https://www.example.evil.example" },
        { "sec-fetch-site": "same-site", origin: "http://www.example" },
        { "sec-fetch-site": "same-site" }
      ], (headers) => Effect.map(call(browser, "DELETE", headers), ({ status }) => status))
      assert.deepStrictEqual(statuses, [200, 200, 403, 403, 403])
    }))

  it.effect("without checkOrigin only the cookie is checked", () =>
    Effect.gen(function*() {
      const { browser, open } = yield* start({ currentUser: { checkOrigin: false } })
      yield* LoginApp.signIn(browser)
      assert.strictEqual((yield* call(browser, "DELETE")).status, 200)
      assert.strictEqual((yield* call(open(), "DELETE")).status, 401)
    }))

  it.effect("does not change the handler's own errors", () =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      yield* LoginApp.signIn(browser)
      assert.deepStrictEqual(yield* call(browser, "POST", own), { status: 422, body: { _tag: "TooLong" } })
    }))

  it.effect("F39: responds 503 if a store cannot be read, and logs the reason", () =>
    Effect.gen(function*() {
      const { layer, setDown } = LoginApp.breakableDenylist()
      const { browser, handled, logs } = yield* start({ extra: layer })
      yield* LoginApp.signIn(browser)
      setDown("addedAt")
      assert.deepStrictEqual(yield* call(browser, "GET"), { status: 503, body: { _tag: "SessionUnavailable" } })
      assert.isTrue(logs.some((line) => line.includes("failed at addedAt")))

      const other = yield* startWithStore(() => new DiscordError.AccessTokenStoreError({ operation: "get" }))
      assert.deepStrictEqual(yield* call(other.browser, "GET"), { status: 503, body: { _tag: "SessionUnavailable" } })
      assert.isTrue(other.logs.some((line) => line.includes("failed at get")))
      assert.deepStrictEqual([handled, other.handled], [[], []])
    }))

  it.effect("F43: responds 401 if the user's record cannot be read, because the next sign-in replaces it", () =>
    Effect.gen(function*() {
      for (const reason of ["corrupt", "newer-version", "unknown-key", "not-sealed"] as const) {
        const { browser } = yield* startWithStore(() =>
          new DiscordError.AccessTokenStoreError({ operation: "get", reason })
        )
        assert.deepStrictEqual(yield* call(browser, "GET"), { status: 401, body: { _tag: "Unauthenticated" } }, reason)
      }
    }))

  it.effect("a request to the API renews the session", () =>
    Effect.gen(function*() {
      const { browser } = yield* start({ options: { idleTimeout: "1 hour" } })
      yield* LoginApp.signIn(browser)
      yield* TestClock.adjust("50 minutes")
      const { set } = yield* browser.get("/notes")
      assert.deepStrictEqual(set.map(({ name }) => name), ["__Host-discord-session"])
      yield* TestClock.adjust("50 minutes")
      assert.strictEqual((yield* call(browser, "GET")).status, 200)
    }))

  it.effect("works on a loopback host without HTTPS, where the cookie has another name", () =>
    Effect.gen(function*() {
      const origin = "http://localhost:3000"
      const { browser } = yield* start({ origin, options: { redirectUri: `${origin}/auth/discord/callback` } })
      yield* LoginApp.signIn(browser)
      assert.deepStrictEqual(browser.cookieNames(), ["discord-session"])
      assert.strictEqual((yield* call(browser, "GET")).status, 200)
    }))

  it.effect("a derived client fails with the classes of this module", () =>
    Effect.gen(function*() {
      const { browser, open } = yield* start()
      const clientOf = (browser: Browser.Browser, headers: Record<string, string>) =>
        HttpApiClient.makeWith(Api, {
          baseUrl: "https://app.example",
          httpClient: HttpClient.make((request, url) =>
            Effect.map(browser.send(url.pathname, { method: request.method, headers }), ({ body, status }) =>
              HttpClientResponse.fromWeb(
                request,
                new Response(body, { status, headers: { "content-type": "application/json" } })
              ))
          )
        })
      const nobody = yield* clientOf(open(), own)
      assert.instanceOf(yield* Effect.flip(nobody.notes.list()), CurrentUser.Unauthenticated)
      yield* LoginApp.signIn(browser)
      const client = yield* clientOf(browser, own)
      assert.strictEqual((yield* client.notes.list())[0], Snowflake.UserId.make(Stub.userId))
      assert.instanceOf(yield* Effect.flip(client.notes.add()), TooLong)
      const forged = yield* clientOf(browser, { "sec-fetch-site": "cross-site" })
      assert.instanceOf(yield* Effect.flip(forged.notes.add()), CurrentUser.CrossSiteRequest)
    }))

  it("the OpenAPI document contains the cookie and the three statuses for these endpoints only", () => {
    const { components, paths } = OpenApi.fromApi(Api)
    assert.deepStrictEqual(components.securitySchemes, {
      session: { type: "apiKey", in: "cookie", name: "__Host-discord-session" }
    })
    assert.deepStrictEqual(paths["/notes"]?.get?.security, [{ session: [] }])
    assert.includeMembers(Object.keys(paths["/notes"]?.get?.responses ?? {}), ["200", "401", "403", "503"])
    assert.deepStrictEqual(paths["/ping"]?.post?.security, [])
    assert.notIncludeMembers(Object.keys(paths["/ping"]?.post?.responses ?? {}), ["401"])
  })
})
