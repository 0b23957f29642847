import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import { TestClock } from "effect/testing"
import { assertHidden } from "../../../support/assertHidden.ts"
import * as LoginApp from "../../../support/LoginApp.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const loginCookies = (names: ReadonlyArray<string>) => names.filter((name) => name.includes("discord-login"))

describe("GET <basePath>/login", () => {
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
