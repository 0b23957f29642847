import { Denylist } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Fiber from "effect/Fiber"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { createHash } from "node:crypto"
import * as LoginApp from "../../support/LoginApp.ts"
import * as Stub from "../../support/StubDiscord.ts"

const hidden = { "cache-control": "no-store", "referrer-policy": "no-referrer" }

const assertHidden = (headers: Headers) => {
  for (const [name, value] of Object.entries(hidden)) assert.strictEqual(headers.get(name), value, name)
}

const loginCookies = (names: ReadonlyArray<string>) => names.filter((name) => name.includes("discord-login"))

describe("login", () => {
  it.effect("S9, S10: redirects to Discord with a state and an S256 challenge, with status 303", () =>
    Effect.gen(function*() {
      const { browser, calls } = yield* LoginApp.start()
      const { headers, location, status } = yield* browser.get("/auth/discord/login")
      assert.strictEqual(status, 303)
      assertHidden(headers)
      const page = new URL(location ?? "")
      assert.strictEqual(page.origin + page.pathname, "https://discord.com/oauth2/authorize")
      assert.strictEqual(page.searchParams.get("scope"), "identify")
      assert.strictEqual(page.searchParams.get("client_id"), Stub.clientId)
      assert.strictEqual(page.searchParams.get("redirect_uri"), LoginApp.redirectUri)
      assert.strictEqual(page.searchParams.get("code_challenge_method"), "S256")
      assert.match(page.searchParams.get("state") ?? "", /^[\w-]{43}$/)
      assert.lengthOf(calls, 0)
    }))

  it.effect("S19: keeps the login in a sealed cookie that the browser sends to this host over HTTPS only", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start()
      const { location, set } = yield* browser.get("/auth/discord/login?returnTo=/planted-path")
      assert.lengthOf(set, 1)
      const { attributes, name, value } = set[0]!
      assert.match(name, /^__Host-discord-login-[\w-]{16}$/)
      assert.deepStrictEqual(
        Object.fromEntries(attributes),
        { "max-age": "600", path: "/", httponly: "", secure: "", samesite: "Lax" }
      )
      const state = new URL(location ?? "").searchParams.get("state") ?? ""
      const bytes = Buffer.from(value, "base64url").toString("latin1")
      for (const secret of [state, "planted-path", "identify", "code_verifier"]) {
        assert.notInclude(bytes, secret)
        assert.notInclude(value, Base64Url.encode(secret))
      }
      assert.notInclude(name, state.slice(0, 16))
    }))

  it.effect("sends the parameters of the options, also if they are computed from the request", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({
        options: {
          scopes: ["identify", "guilds", "bot"],
          pkce: false,
          consent: ({ url }) => ({ prompt: "none", disableGuildSelect: url.includes("locked") })
        }
      })
      const { location } = yield* browser.get("/auth/discord/login?locked")
      const parameters = new URL(location ?? "").searchParams
      assert.strictEqual(parameters.get("scope"), "identify guilds bot")
      assert.strictEqual(parameters.get("prompt"), "none")
      assert.strictEqual(parameters.get("disable_guild_select"), "true")
      assert.isNull(parameters.get("code_challenge"))
    }))

  it.effect("five tabs can sign in at the same time, and a sixth login replaces the oldest", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const pages: Array<string | null> = []
      for (let i = 0; i < 6; i++) {
        pages.push((yield* browser.get(`/auth/discord/login?returnTo=/${i}`)).location)
        yield* TestClock.adjust("10 seconds")
      }
      assert.lengthOf(loginCookies(browser.cookieNames()), 5)
      for (const i of [4, 1, 5, 3, 2]) {
        const { location, status } = yield* browser.get(LoginApp.consent(pages[i] ?? null))
        assert.strictEqual(status, 303)
        assert.strictEqual(location, `/${i}`)
      }
      assert.lengthOf(exchanges(), 5)
      browser.jar.delete("__Host-discord-session")
      const { status } = yield* browser.get(LoginApp.consent(pages[0] ?? null))
      assert.strictEqual(status, 400)
      assert.lengthOf(exchanges(), 5)
    }))

  it.effect("F33, S16: returns to paths of the application only", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({ options: { defaultReturnTo: "/home" } })
      const table: ReadonlyArray<readonly [returnTo: string, expected: string]> = [
        ["/a/b?c=d#e", "/a/b?c=d#e"],
        ["/ümlaut", "/%C3%BCmlaut"],
        ["//evil.example", "/home"],
        ["/\\evil.example", "/home"],
        ["\\\\evil.example", "/home"],
        ["/\t/evil.example", "/home"],
        ["/.//evil.example", "/home"],
        ["/a/..//evil.example", "/home"],
        ["/%2e//evil.example", "/home"],
        ["https://evil.example/", "/home"],
        ["https:evil.example", "/home"],
        ["javascript:alert(1)", "/home"],
        ["/a\r\nset-cookie:b=c", "/home"],
        ["/a\u0000b", "/home"],
        ["evil", "/home"],
        ["", "/home"],
        ["/auth/discord/login", "/home"],
        ["/x/../auth/discord/logout", "/home"],
        [`/${"a".repeat(2000)}`, "/home"]
      ]
      for (const [returnTo, expected] of table) {
        const { location, status } = yield* LoginApp.signIn(
          browser,
          `/auth/discord/login?returnTo=${encodeURIComponent(returnTo)}`
        )
        assert.strictEqual(status, 303, returnTo)
        assert.strictEqual(location, expected, returnTo)
      }
      const { location } = yield* LoginApp.signIn(browser, "/auth/discord/login?returnTo=/a&returnTo=/b")
      assert.strictEqual(location, "/home")
    }))
})

describe("callback", () => {
  it.effect("S3, S14, S17, S18, S20: exchanges the code once, starts a session and redirects to a URL without the code", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const { location: page } = yield* browser.get("/auth/discord/login?returnTo=/settings")
      const { body, headers, location, set, status } = yield* browser.get(LoginApp.consent(page))
      assert.strictEqual(status, 303)
      assert.strictEqual(location, "/settings")
      assert.strictEqual(body, "")
      assertHidden(headers)
      assert.deepStrictEqual(browser.cookieNames(), ["__Host-discord-session"])
      const session = set.find(({ name }) => name === "__Host-discord-session")
      assert.deepStrictEqual(
        Object.fromEntries(session?.attributes ?? []),
        { "max-age": "604800", path: "/", httponly: "", secure: "", samesite: "Lax" }
      )
      const form = exchanges()[0]?.form
      assert.strictEqual(form?.get("code"), "planted-code")
      assert.strictEqual(form?.get("redirect_uri"), LoginApp.redirectUri)
      assert.strictEqual(
        createHash("sha256").update(form?.get("code_verifier") ?? "").digest("base64url"),
        new URL(page ?? "").searchParams.get("code_challenge")
      )
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
    }))

  it.effect("S2, F35: rejects the state of another browser without a token request", () =>
    Effect.gen(function*() {
      const { browser, exchanges, open } = yield* LoginApp.start()
      const { location } = yield* browser.get("/auth/discord/login")
      const victim = open()
      yield* victim.get("/auth/discord/login")
      const { body, headers, set, status } = yield* victim.get(LoginApp.consent(location))
      assert.strictEqual(status, 400)
      assertHidden(headers)
      assert.include(body, "StateMismatch")
      assert.isFalse(set.some(({ name }) => name.includes("session")))
      assert.lengthOf(exchanges(), 0)
      assert.strictEqual((yield* victim.get("/me")).body, "nobody")
      assert.strictEqual((yield* browser.get(LoginApp.consent(location))).status, 303)
    }))

  it.effect("F26: rejects a missing, unknown, foreign and expired state without a token request", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const { location } = yield* browser.get("/auth/discord/login")
      const cookie = browser.cookies()
      assert.strictEqual((yield* browser.get("/auth/discord/callback?code=a&iss=https://discord.com")).status, 400)
      assert.strictEqual((yield* browser.get(LoginApp.consent(location, { state: "" }))).status, 400)
      assert.strictEqual((yield* browser.get(LoginApp.consent(location, { state: "a".repeat(43) }))).status, 400)
      yield* TestClock.adjust("10 minutes")
      // This browser ignores Max-Age.
      const { body, status } = yield* browser.get(LoginApp.consent(location), { cookie })
      assert.strictEqual(status, 400)
      assert.include(body, "StateMismatch")
      assert.lengthOf(exchanges(), 0)
    }))

  it.effect("F27: a replayed callback does not change the session and redirects to defaultReturnTo", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const { location } = yield* browser.get("/auth/discord/login?returnTo=/once")
      const cookie = browser.cookies()
      const callback = LoginApp.consent(location)
      assert.strictEqual((yield* browser.get(callback)).location, "/once")
      const session = browser.cookies()
      const replayed = yield* browser.get(callback)
      assert.strictEqual(replayed.status, 303)
      assert.strictEqual(replayed.location, "/")
      assert.strictEqual(browser.cookies(), session)
      assert.lengthOf(exchanges(), 1)
      // S3: a stolen cookie of the login starts no session.
      const stolen = yield* browser.get(callback, { cookie })
      assert.strictEqual(stolen.location, "/")
      assert.isFalse(stolen.set.some(({ name }) => name.includes("session")))
      assert.lengthOf(exchanges(), 1)
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
    }))

  it.effect("F27: a replayed callback ends on an error page if nobody is signed in", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const { location } = yield* browser.get("/auth/discord/login")
      const callback = LoginApp.consent(location)
      yield* browser.get(callback)
      browser.jar.clear()
      assert.strictEqual((yield* browser.get(callback)).status, 400)
      assert.lengthOf(exchanges(), 1)
    }))

  it.effect("F28: of two callbacks with one state one code is exchanged, and the other redirects to defaultReturnTo", () =>
    Effect.gen(function*() {
      const released = yield* Deferred.make<void>()
      const { browser, exchanges } = yield* LoginApp.start({
        discord: (call) =>
          call.path === "/oauth2/token"
            ? Effect.andThen(Deferred.await(released), LoginApp.discord(call))
            : LoginApp.discord(call)
      })
      const { location } = yield* browser.get("/auth/discord/login?returnTo=/first")
      const cookie = browser.cookies()
      const [first, second] = yield* Effect.all(
        [
          browser.get(LoginApp.consent(location, { code: "code-1" }), { cookie }),
          browser.get(LoginApp.consent(location, { code: "code-2" }), { cookie }),
          Deferred.succeed(released, undefined)
        ],
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(exchanges().map(({ form }) => form.get("code")), ["code-1"])
      assert.deepStrictEqual([first.status, first.location], [303, "/first"])
      assert.deepStrictEqual([second.status, second.location], [303, "/"])
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
    }))

  it.effect("F28: the second callback signs in a browser that cancelled the first, with the same exchange", () =>
    Effect.gen(function*() {
      const asked = yield* Deferred.make<void>()
      const joined = yield* Deferred.make<void>()
      const released = yield* Deferred.make<void>()
      let opened = 0
      const { browser, exchanges } = yield* LoginApp.start({
        discord: (call) =>
          call.path === "/oauth2/token"
            ? Deferred.succeed(asked, undefined).pipe(
              Effect.andThen(Deferred.await(released)),
              Effect.andThen(LoginApp.discord(call))
            )
            : LoginApp.discord(call),
        onOpened: Effect.suspend(() => ++opened === 2 ? Deferred.succeed(joined, undefined) : Effect.void)
      })
      const { location } = yield* browser.get("/auth/discord/login")
      const cookie = browser.cookies()
      const first = new AbortController()
      yield* Effect.forkChild(
        browser.send(LoginApp.consent(location), { headers: { cookie }, signal: first.signal })
      )
      yield* Deferred.await(asked)
      first.abort()
      const second = yield* Effect.forkChild(browser.get(LoginApp.consent(location), { cookie }))
      yield* Deferred.await(joined)
      yield* Deferred.succeed(released, undefined)
      assert.strictEqual((yield* Fiber.join(second)).location, "/")
      assert.lengthOf(exchanges(), 1)
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
    }))

  it.effect("S3: an error callback uses up the state too", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const { location } = yield* browser.get("/auth/discord/login")
      const cookie = browser.cookies()
      const denied = yield* browser.get(LoginApp.consent(location, { code: undefined, error: "access_denied" }))
      assert.strictEqual(denied.status, 200)
      assert.include(denied.body, "You are not signed in")
      assert.lengthOf(browser.cookieNames(), 0)
      const later = yield* browser.get(LoginApp.consent(location), { cookie })
      assert.strictEqual(later.status, 303)
      assert.isFalse(later.set.some(({ name }) => name.includes("session")))
      assert.lengthOf(exchanges(), 0)
    }))

  it.effect("S5, F29, F30, F31: rejects repeated parameters, another issuer, and code together with error", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const refused: ReadonlyArray<readonly [Record<string, string | undefined>, string, string]> = [
        [{}, "&code=other", "InvalidCallback"],
        [{}, "&state=other", "InvalidCallback"],
        [{}, "&iss=other", "InvalidCallback"],
        [{ iss: "https://evil.example" }, "", "IssuerMismatch"],
        [{ iss: undefined }, "", "IssuerMismatch"],
        [{ error: "access_denied" }, "", "InvalidCallback"],
        [{ code: undefined }, "", "InvalidCallback"]
      ]
      for (const [parameters, more, reference] of refused) {
        const { location } = yield* browser.get("/auth/discord/login")
        const { body, status } = yield* browser.get(LoginApp.consent(location, parameters) + more)
        assert.strictEqual(status, 400)
        assert.include(body, `<code>${reference}</code>`)
        assert.lengthOf(browser.cookieNames(), 0)
      }
      assert.lengthOf(exchanges(), 0)
    }))

  it.effect("F32: the page and the log contain no text of the callback, and the page runs no script", () =>
    Effect.gen(function*() {
      const { browser, logs } = yield* LoginApp.start()
      const { location } = yield* browser.get("/auth/discord/login?returnTo=/%22%3E%3Cscript%3E")
      const { body, headers, status } = yield* browser.get(LoginApp.consent(location, {
        code: undefined,
        error: "invalid_scope",
        error_description: "<script>alert(1)</script>\r\nset-cookie: planted=1"
      }))
      assert.strictEqual(status, 500)
      assert.notInclude(body, "<script")
      assert.notInclude(body, "planted")
      assert.isNull(headers.get("set-cookie")?.match(/planted/) ?? null)
      assert.match(headers.get("content-type") ?? "", /^text\/html; charset=utf-8$/)
      const policy = headers.get("content-security-policy") ?? ""
      const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? ""
      assert.include(policy, "default-src 'none'")
      assert.include(policy, `'sha256-${createHash("sha256").update(style).digest("base64")}'`)
      assert.isFalse(logs.some((line) => line.includes("\n")))
    }))

  it.effect("F34: a prefetch gets 204, HEAD and POST get 405, and the state stays unused", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const { location } = yield* browser.get("/auth/discord/login")
      const callback = LoginApp.consent(location)
      for (
        const headers of [
          { "sec-purpose": "prefetch" },
          { "sec-purpose": "prefetch;prerender" },
          { purpose: "prefetch" },
          { "x-moz": "prefetch" }
        ]
      ) {
        const { headers: answered, set, status } = yield* browser.get(callback, headers)
        assert.strictEqual(status, 204)
        assert.lengthOf(set, 0)
        assertHidden(answered)
        assert.strictEqual((yield* browser.get("/auth/discord/login", headers)).status, 204)
      }
      for (const method of ["HEAD", "POST"]) {
        const { headers, set, status } = yield* browser.send(callback, { method })
        assert.strictEqual(status, 405, method)
        assert.strictEqual(headers.get("allow"), "GET")
        assert.lengthOf(set, 0)
      }
      assert.lengthOf(exchanges(), 0)
      assert.strictEqual((yield* browser.get(callback)).status, 303)
    }))

  it.effect("F36: rejects a query or a cookie that is too long before it reads it", () =>
    Effect.gen(function*() {
      const { browser, exchanges } = yield* LoginApp.start()
      const { location } = yield* browser.get("/auth/discord/login")
      const callback = LoginApp.consent(location)
      assert.strictEqual((yield* browser.get(`${callback}&x=${"x".repeat(8192)}`)).status, 400)
      const cookie = `${browser.cookies()}; x=${"x".repeat(16_384)}`
      assert.strictEqual((yield* browser.get(callback, { cookie })).status, 400)
      assert.strictEqual((yield* browser.get("/auth/discord/login", { cookie })).status, 400)
      const [name] = browser.cookieNames()
      assert.strictEqual((yield* browser.get(callback, { cookie: `${name}=${"A".repeat(5000)}` })).status, 400)
      assert.lengthOf(exchanges(), 0)
      assert.strictEqual((yield* browser.get(callback)).status, 303)
    }))

  it.effect("F53, F5: each failure of the exchange has a status and a page that offers to sign in again", () =>
    Effect.gen(function*() {
      const table: ReadonlyArray<readonly [Stub.Answer | Stub.Drop, number, string]> = [
        [
          { status: 400, body: { error: "invalid_grant", error_description: "Invalid \"code\" in request." } },
          400,
          "InvalidAuthorizationCode"
        ],
        [{ status: 401, body: { error: "invalid_client" } }, 500, "InvalidClient"],
        [{ status: 400, body: { error: "invalid_request" } }, 500, "InvalidOAuth2Request"],
        [{ status: 500, body: { message: "500: Internal Server Error", code: 0 } }, 503, "DiscordServerError"],
        [{ status: 400, body: { message: "400: Bad Request", code: 0 } }, 503, "DiscordBadRequest"],
        [
          { status: 429, body: { message: "You are being rate limited.", retry_after: 1.2, global: false } },
          503,
          "RateLimited"
        ],
        [{ status: 200, body: "<html>" }, 502, "MalformedResponse"],
        ["ECONNRESET", 503, "DiscordTransportError"]
      ]
      for (const [answer, status, reference] of table) {
        const { browser, exchanges } = yield* LoginApp.start({
          discord: (call) =>
            call.path !== "/oauth2/token"
              ? LoginApp.discord(call)
              : typeof answer === "string"
              ? Effect.fail(answer)
              : Effect.succeed(answer)
        })
        const { body, headers, set, status: actual } = yield* LoginApp.signIn(
          browser,
          "/auth/discord/login?returnTo=/x%3Fa%3D%22b"
        )
        assert.strictEqual(actual, status, reference)
        assert.include(body, `<code>${reference}</code>`)
        assert.include(body, "href=\"/auth/discord/login?returnTo=%2Fx%3Fa%3D%2522b\"")
        assert.strictEqual(headers.get("retry-after"), reference === "RateLimited" ? "2" : null)
        assertHidden(headers)
        assert.isFalse(set.some(({ name }) => name.includes("session")))
        assert.lengthOf(browser.cookieNames(), 0)
        assert.lengthOf(exchanges(), 1)
      }
    }))

  it.effect("S20: a session cookie from before the sign-in is not accepted as the new session, and each sign-in sets another one", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start()
      const ids = new Set<string>(["planted-by-an-attacker"])
      browser.jar.set("__Host-discord-session", { value: "planted-by-an-attacker", until: Number.POSITIVE_INFINITY })
      for (let i = 0; i < 10; i++) {
        yield* LoginApp.signIn(browser)
        ids.add(browser.jar.get("__Host-discord-session")?.value ?? "planted-by-an-attacker")
      }
      assert.strictEqual(ids.size, 11)
    }))

  it.effect("the response of onSignedIn replaces the redirect, and the session starts", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({
        options: {
          onSignedIn: ({ returnTo, session, token }) =>
            Effect.succeed(HttpServerResponse.text(`${session.userId} ${token.scopes.join()} ${returnTo}`))
        }
      })
      const { body, headers, status } = yield* LoginApp.signIn(browser, "/auth/discord/login?returnTo=/a")
      assert.strictEqual(status, 200)
      assert.strictEqual(body, `${Stub.userId} identify /a`)
      assertHidden(headers)
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
    }))

  it.effect("a response as the failure of onSignedIn rejects the sign-in", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({
        options: { onSignedIn: () => Effect.fail(HttpServerResponse.text("members only", { status: 403 })) }
      })
      const { body, status } = yield* LoginApp.signIn(browser)
      assert.strictEqual(status, 403)
      assert.strictEqual(body, "members only")
      assert.lengthOf(browser.cookieNames(), 0)
    }))

  it.effect("the response of onError replaces the page", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({
        options: {
          onError: ({ error, loginUrl, page }) =>
            Effect.succeed(HttpServerResponse.text(`${error._tag} ${loginUrl}`, { status: page.status }))
        }
      })
      const { body, headers, status } = yield* browser.get("/auth/discord/callback?state=a")
      assert.strictEqual(status, 400)
      assert.strictEqual(body, "StateMismatch /auth/discord/login")
      assertHidden(headers)
    }))

  it.effect("S3: a login is added to Denylist until it expires, with an id that is not the state", () =>
    Effect.gen(function*() {
      const ids: Array<readonly [string, number]> = []
      const { browser, exchanges } = yield* LoginApp.start({
        extra: Layer.succeed(Denylist.Denylist, {
          add: (id, until) =>
            Effect.sync(() => {
              ids.push([id, until.epochMilliseconds])
              return false
            }),
          addedAt: () => Effect.succeedNone
        })
      })
      const { location } = yield* browser.get("/auth/discord/login")
      assert.strictEqual((yield* browser.get(LoginApp.consent(location))).location, "/")
      const state = new URL(location ?? "").searchParams.get("state") ?? ""
      assert.deepStrictEqual(ids, [[`login:${createHash("sha256").update(state).digest("base64url")}`, 600_000]])
      assert.lengthOf(exchanges(), 0)
    }))

  it.effect("S3: sends no code if Denylist fails, and the page has status 503", () =>
    Effect.gen(function*() {
      const { browser, exchanges, logs } = yield* LoginApp.start({ extra: LoginApp.layerDenylistDown })
      const { body, headers, set, status } = yield* LoginApp.signIn(browser)
      assert.strictEqual(status, 503)
      assert.include(body, "Signing in does not work right now")
      assert.include(body, "<code>DenylistError</code>")
      assertHidden(headers)
      assert.isFalse(set.some(({ name }) => name.includes("session")))
      assert.lengthOf(exchanges(), 0)
      assert.isTrue(logs.some((line) => line.includes("failed at add")))
    }))
})

describe("logout", () => {
  it.effect("S21: revokes at Discord and ends the session", () =>
    Effect.gen(function*() {
      const { browser, calls } = yield* LoginApp.start()
      yield* LoginApp.signIn(browser)
      const session = browser.cookies()
      const { headers, location, status } = yield* browser.post("/auth/discord/logout")
      assert.deepStrictEqual([status, location], [303, "/"])
      assertHidden(headers)
      assert.lengthOf(browser.cookieNames(), 0)
      const revoked = calls.filter(({ path }) => path === "/oauth2/token/revoke")
      assert.deepStrictEqual(revoked.map(({ form }) => form.get("token")), ["planted-refresh-token"])
      // A browser that keeps the cookie is signed out too.
      assert.strictEqual((yield* browser.get("/me", { cookie: session })).body, "nobody")
    }))

  it.effect("S21: GET and forms of other or unknown sites change nothing", () =>
    Effect.gen(function*() {
      const { browser, calls } = yield* LoginApp.start()
      yield* LoginApp.signIn(browser)
      const before = browser.cookies()
      const { headers, status } = yield* browser.get("/auth/discord/logout")
      assert.strictEqual(status, 405)
      assert.strictEqual(headers.get("allow"), "POST")
      const forged: ReadonlyArray<Record<string, string>> = [
        { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
        { "sec-fetch-site": "same-site", origin: "https://other.app.example" },
        { "sec-fetch-site": "none" },
        { "sec-fetch-site": "cross-site", origin: "https://app.example" },
        { origin: "https://evil.example" },
        { origin: "null" },
        {}
      ]
      for (const headers of forged) {
        const { body, status } = yield* browser.post("/auth/discord/logout", headers)
        assert.strictEqual(status, 403, JSON.stringify(headers))
        assert.include(body, "CrossSiteRequest")
      }
      assert.isFalse(calls.some(({ path }) => path === "/oauth2/token/revoke"))
      assert.strictEqual(browser.cookies(), before)
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
      const old = yield* browser.post("/auth/discord/logout", { origin: "https://app.example" })
      assert.strictEqual(old.status, 303)
    }))

  const down: Stub.Handler = (call) =>
    call.path === "/oauth2/token/revoke" ? Effect.succeed({ status: 503, body: {} }) : LoginApp.discord(call)

  it.effect("S38, F25: signs the browser out if Discord is down, and keeps the token unless forced", () =>
    Effect.gen(function*() {
      for (const forceSignOut of [false, true]) {
        const { browser, logs } = yield* LoginApp.start({ discord: down, options: { forceSignOut } })
        yield* LoginApp.signIn(browser)
        const session = browser.cookies()
        const { status } = yield* browser.post("/auth/discord/logout")
        assert.strictEqual(status, 303)
        assert.lengthOf(browser.cookieNames(), 0)
        assert.strictEqual((yield* browser.get("/me", { cookie: session })).body, "nobody")
        assert.strictEqual((yield* browser.get("/stored")).body, forceSignOut ? "" : Stub.userId)
        assert.strictEqual(logs.some((line) => line.includes("could not be revoked")), !forceSignOut)
      }
    }))

  it.effect("without revoke ends the session of this browser and every copy of its cookie only", () =>
    Effect.gen(function*() {
      const { browser, calls, open } = yield* LoginApp.start({ options: { revoke: false } })
      const other = open()
      yield* LoginApp.signIn(browser)
      yield* LoginApp.signIn(other)
      const copy = browser.cookies()
      assert.strictEqual((yield* open().get("/me", { cookie: copy })).body, Stub.userId)
      yield* browser.post("/auth/discord/logout")
      assert.isFalse(calls.some(({ path }) => path === "/oauth2/token/revoke"))
      assert.strictEqual((yield* browser.get("/me")).body, "nobody")
      assert.strictEqual((yield* open().get("/me", { cookie: copy })).body, "nobody")
      assert.strictEqual((yield* other.get("/me")).body, Stub.userId)
    }))

  it.effect("with revoke ends the sessions in all browsers, also after a later sign-in", () =>
    Effect.gen(function*() {
      const { browser, open } = yield* LoginApp.start()
      const other = open()
      yield* LoginApp.signIn(browser)
      yield* LoginApp.signIn(other)
      yield* TestClock.adjust("1 minute")
      yield* browser.post("/auth/discord/logout")
      assert.strictEqual((yield* other.get("/me")).body, "nobody")
      yield* LoginApp.signIn(browser)
      assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
      assert.strictEqual((yield* other.get("/me")).body, "nobody")
    }))

  it.effect("revoke can depend on the request", () =>
    Effect.gen(function*() {
      const { browser, calls, open } = yield* LoginApp.start({
        options: { revoke: ({ url }) => url.endsWith("?everywhere") }
      })
      const other = open()
      yield* LoginApp.signIn(browser)
      yield* LoginApp.signIn(other)
      const revoked = () => calls.filter(({ path }) => path === "/oauth2/token/revoke").length
      yield* browser.post("/auth/discord/logout")
      assert.deepStrictEqual([(yield* other.get("/me")).body, revoked()], [Stub.userId, 0])
      yield* other.post("/auth/discord/logout?everywhere")
      assert.deepStrictEqual([(yield* other.get("/me")).body, revoked()], ["nobody", 1])
    }))

  it.effect("signs the browser out and logs a warning if Denylist fails", () =>
    Effect.gen(function*() {
      const { layer, setDown } = LoginApp.breakableDenylist()
      const { browser, calls, logs } = yield* LoginApp.start({ extra: layer })
      yield* LoginApp.signIn(browser)
      setDown("add")
      const { status } = yield* browser.post("/auth/discord/logout")
      assert.strictEqual(status, 303)
      assert.lengthOf(browser.cookieNames(), 0)
      assert.isTrue(logs.some((line) => line.includes("a copy of its cookie still works")))
      assert.isTrue(calls.some(({ path }) => path === "/oauth2/token/revoke"))
    }))

  it.effect("redirects a browser that is not signed in to defaultReturnTo", () =>
    Effect.gen(function*() {
      const { browser, calls } = yield* LoginApp.start()
      assert.strictEqual((yield* browser.post("/auth/discord/logout")).status, 303)
      assert.lengthOf(calls, 0)
    }))
})
