import { Denylist } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { createHash } from "node:crypto"
import { assertHidden } from "../../../support/assertHidden.ts"
import * as LoginApp from "../../../support/LoginApp.ts"
import * as Stub from "../../../support/StubDiscord.ts"

describe("GET <basePath>/callback", () => {
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
