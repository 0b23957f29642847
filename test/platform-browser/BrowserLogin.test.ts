import { Snowflake } from "@discord-oauth2/core"
import { BrowserDiscord, BrowserLogin } from "@discord-oauth2/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { clientId, FakeTab, quotaExceeded, userId } from "./fakes.ts"
import { complete, current, signedIn, start } from "./login.ts"

const pendingPrefix = `discord-oauth2:pending:${clientId}:`
const tokenItem = `discord-oauth2:token:${clientId}:${userId}`

const startImplicit = Effect.flatMap(
  BrowserLogin.BrowserLogin,
  (login) => login.startImplicit({ scopes: ["identify"] })
)
const completeImplicit = Effect.flatMap(BrowserLogin.BrowserLogin, (login) => login.completeImplicit)

/** Returns how often a code was sent to Discord. */
const exchanges = (tab: FakeTab) =>
  tab.discord.calls.filter(({ form }) => form.get("grant_type") === "authorization_code").length

describe("BrowserLogin", () => {
  describe("start", () => {
    it.effect("S10, S11, S13: sends the browser to the consent page with a state and an S256 challenge", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page("https://app.example/page?q=1#top"))
        assert.lengthOf(tab.location.visited, 1)
        const url = new URL(tab.location.visited[0]!)
        assert.strictEqual(url.origin + url.pathname, "https://discord.com/oauth2/authorize")
        const { state, code_challenge, ...rest } = Object.fromEntries(url.searchParams)
        assert.deepStrictEqual(rest, {
          response_type: "code",
          client_id: clientId,
          scope: "identify",
          redirect_uri: "https://app.example/page",
          code_challenge_method: "S256"
        })
        assert.match(state!, /^[A-Za-z0-9_-]{43}$/)
        const pending = JSON.parse(tab.storage.getItem(pendingPrefix + state)!)
        const digest = yield* Effect.provide(
          Effect.flatMap(
            Digest.Digest,
            (digest) => digest.digest(Digest.sha256, new TextEncoder().encode(pending.code_verifier))
          ),
          Digest.layerWebCrypto
        )
        assert.strictEqual(code_challenge, Base64Url.encode(digest))
        assert.lengthOf(tab.discord.calls, 0)
      }))

    it.effect("S14: sends the given redirect URI byte for byte, and the options of the consent page", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* Effect.flatMap(BrowserLogin.BrowserLogin, (login) =>
          login.start({
            scopes: ["identify", "guilds"],
            redirectUri: "https://app.example/callback?lang=de",
            prompt: "none"
          })).pipe(tab.page())
        const { searchParams } = new URL(tab.location.visited[0]!)
        assert.strictEqual(searchParams.get("redirect_uri"), "https://app.example/callback?lang=de")
        assert.strictEqual(searchParams.get("scope"), "identify guilds")
        assert.strictEqual(searchParams.get("prompt"), "none")
      }))

    it.effect("S1: two logins have two states, and both are kept until their callback", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        const first = tab.callback()
        yield* start.pipe(tab.page())
        assert.lengthOf(tab.storage.keys(pendingPrefix), 2)
        assert.isTrue(Option.isSome(yield* complete.pipe(tab.page(first))))
        assert.lengthOf(tab.storage.keys(pendingPrefix), 1)
      }))

    it.effect("F44: does not leave the page if the login cannot be stored", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        tab.storage.rejects = () => true
        const error = yield* Effect.flip(start.pipe(tab.page()))
        assert.strictEqual(error._tag, "AccessTokenStoreError")
        assert.lengthOf(tab.location.visited, 0)
      }))

    it.effect("rejects options that Discord would reject, stores nothing and does not leave the page", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        const login = Effect.flatMap(
          BrowserLogin.BrowserLogin,
          (login) => login.start({ scopes: ["identify", "role_connections.write"], pkce: true })
        )
        assert.strictEqual((yield* Effect.flip(login.pipe(tab.page())))._tag, "InvalidScope")
        assert.lengthOf(tab.location.visited, 0)
        assert.strictEqual(tab.storage.length, 0)
      }))
  })

  describe("complete", () => {
    it.effect("exchanges the code with its verifier and returns the user's session", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        const pending = JSON.parse(tab.storage.getItem(tab.storage.keys(pendingPrefix)[0]!)!)
        const session = Option.getOrThrow(yield* complete.pipe(tab.page(tab.callback())))
        assert.strictEqual(session.userId, Snowflake.UserId.make(userId))
        const exchange = tab.discord.calls[0]!
        assert.strictEqual(exchange.url.href, "https://discord.com/api/v10/oauth2/token")
        assert.deepStrictEqual(Object.fromEntries(exchange.form), {
          grant_type: "authorization_code",
          code: "planted-code",
          redirect_uri: "https://app.example/",
          code_verifier: pending.code_verifier,
          client_id: clientId
        })
        assert.match(tab.storage.getItem(tokenItem)!, /planted-access-1/)
      }))

    it.effect("S24: a public client sends its client id and no secret", () =>
      Effect.gen(function*() {
        const tab = yield* signedIn()
        const exchange = tab.discord.calls[0]!
        assert.isNull(exchange.headers.get("authorization"))
        assert.isFalse(exchange.form.has("client_secret"))
      }))

    it.effect("S3: removes the login from the storage and the code from the URL before it sends the code", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        const seen: Array<readonly [number, string]> = []
        tab.discord.onCall = () => seen.push([tab.storage.keys(pendingPrefix).length, tab.location.current])
        yield* complete.pipe(tab.page(tab.callback()))
        assert.deepStrictEqual(seen[0], [0, "https://app.example/"])
      }))

    it.effect("S17: removes Discord's parameters from the URL and keeps the application's", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        const url = new URL(tab.callback({ guild_id: "290926798626357250", permissions: "8" }))
        url.searchParams.append("lang", "de")
        url.hash = "top"
        yield* complete.pipe(tab.page(url.href))
        assert.strictEqual(tab.location.current, "https://app.example/?lang=de#top")
      }))

    for (
      const href of [
        "https://app.example/",
        "https://app.example/?code=SUMMER10",
        "https://app.example/?error=404",
        "https://app.example/?state=open",
        "https://app.example/#code=x&state=y&iss=https://discord.com"
      ]
    ) {
      it.effect(`${href} is no callback: returns None, sends no request and keeps the URL`, () =>
        Effect.gen(function*() {
          const tab = new FakeTab()
          assert.isTrue(Option.isNone(yield* complete.pipe(tab.page(href))))
          assert.lengthOf(tab.discord.calls, 0)
          assert.deepStrictEqual(tab.location.shown, [href])
        }))
    }

    it.effect("S3, F27: a replayed callback does not sign in, and the first session stays", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        const callback = tab.callback()
        yield* complete.pipe(tab.page(callback))
        const before = tab.storage.getItem(tokenItem)
        const error = yield* Effect.flip(complete.pipe(tab.page(callback)))
        assert.strictEqual(error._tag, "StateMismatch")
        assert.strictEqual(exchanges(tab), 1)
        assert.strictEqual(tab.storage.getItem(tokenItem), before)
        assert.strictEqual(tab.location.current, "https://app.example/")
        assert.isTrue(Option.isSome(yield* current.pipe(tab.page())))
      }))

    it.effect("F28: two runs at the same time in one page send one exchange", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        const both = yield* Effect.all([complete, complete], { concurrency: 2 }).pipe(tab.page(tab.callback()))
        assert.deepStrictEqual(both.map(Option.isSome), [true, false])
        assert.strictEqual(exchanges(tab), 1)
      }))

    it.effect("F28: rejects a second callback with another code for the same login", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        const [one, other] = [tab.callback(), tab.callback({ code: "planted-code-2" })]
        yield* complete.pipe(tab.page(one))
        assert.strictEqual((yield* Effect.flip(complete.pipe(tab.page(other))))._tag, "StateMismatch")
        assert.strictEqual(exchanges(tab), 1)
      }))

    it.effect("S2, F35: rejects a callback of another browser's login", () =>
      Effect.gen(function*() {
        const attacker = new FakeTab()
        yield* start.pipe(attacker.page())
        const victim = new FakeTab(attacker.discord)
        yield* start.pipe(victim.page())
        const error = yield* Effect.flip(complete.pipe(victim.page(attacker.callback())))
        assert.deepInclude(error, { _tag: "StateMismatch", reason: "unknown" })
        assert.strictEqual(exchanges(victim), 0)
        assert.lengthOf(victim.storage.keys(pendingPrefix), 1)
      }))

    const refusals: ReadonlyArray<
      readonly [what: string, changes: Readonly<Record<string, string | null>>, suffix: string, error: object]
    > = [
      ["F26: no state", { state: null }, "", { _tag: "StateMismatch", reason: "missing" }],
      ["F26: an empty state", { state: "" }, "", { _tag: "StateMismatch", reason: "missing" }],
      ["F26: an unknown state", { state: "x".repeat(43) }, "", { _tag: "StateMismatch", reason: "unknown" }],
      ["F29: two codes", {}, "&code=planted-other", { _tag: "InvalidCallback", parameter: "code" }],
      ["F29: two states", {}, "&state=planted-other", { _tag: "InvalidCallback", parameter: "state" }],
      ["F30: no iss", { iss: null }, "", { _tag: "IssuerMismatch", reason: "missing" }],
      ["F30: another iss", { iss: "https://evil.example" }, "", { _tag: "IssuerMismatch", reason: "different" }],
      ["F31: code and error", { error: "access_denied" }, "", { _tag: "InvalidCallback", reason: "code-and-error" }],
      ["F36: far too long", {}, `&x=${"x".repeat(8192)}`, { _tag: "InvalidCallback", reason: "too-long" }]
    ]
    for (const [what, changes, suffix, expected] of refusals) {
      it.effect(`${what}: rejected without a token request, and the code is removed from the URL`, () =>
        Effect.gen(function*() {
          const tab = new FakeTab()
          yield* start.pipe(tab.page())
          const error = yield* Effect.flip(complete.pipe(tab.page(tab.callback(changes) + suffix)))
          assert.deepInclude(error, expected)
          assert.lengthOf(tab.discord.calls, 0)
          assert.notMatch(tab.location.current, /code=|state=|iss=/)
          assert.notMatch(JSON.stringify(error) + error.message, /planted/)
          assert.strictEqual(tab.storage.getItem(tokenItem), null)
        }))
    }

    it.effect("S3, S8: Cancel fails with AuthorizationDenied and uses up the login", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        const denied = tab.callback({
          code: null,
          iss: null,
          error: "access_denied",
          error_description: "The resource owner or authorization server denied the request"
        })
        const error = yield* Effect.flip(complete.pipe(tab.page(denied)))
        assert.deepInclude(error, { _tag: "AuthorizationDenied", error: "access_denied" })
        assert.lengthOf(tab.storage.keys(pendingPrefix), 0)
        assert.strictEqual(tab.location.current, "https://app.example/")
        assert.strictEqual((yield* Effect.flip(complete.pipe(tab.page(denied))))._tag, "StateMismatch")
      }))

    it.effect("S4: rejects a login after ten minutes", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        yield* TestClock.adjust("10 minutes")
        const error = yield* Effect.flip(complete.pipe(tab.page(tab.callback())))
        assert.deepInclude(error, { _tag: "StateMismatch", reason: "expired" })
        assert.lengthOf(tab.discord.calls, 0)
      }))

    it.effect("F53: an expired code fails with InvalidAuthorizationCode after one request (S15)", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        const error = yield* Effect.flip(complete.pipe(tab.page(tab.callback({ code: "late" }))))
        assert.strictEqual(error._tag, "InvalidAuthorizationCode")
        assert.lengthOf(tab.discord.calls, 1)
      }))

    it.effect("F44: fails with AccessTokenStoreError if the token does not fit into the storage, and nobody is signed in", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        tab.storage.rejects = (key) => key === tokenItem
        const error = yield* Effect.flip(complete.pipe(tab.page(tab.callback())))
        assert.strictEqual(error._tag, "AccessTokenStoreError")
        assert.isTrue(Option.isNone(yield* current.pipe(tab.page())))
      }))

    for (
      const [returnTo, expected] of [
        ["/settings?tab=2#top", "https://app.example/settings?tab=2#top"],
        ["//evil.example", "https://app.example/"],
        ["/\\evil.example", "https://app.example/"],
        ["/\t/evil.example", "https://app.example/"],
        ["/.//evil.example", "https://app.example/"],
        ["https://evil.example/", "https://app.example/"],
        ["javascript:alert(1)", "https://app.example/"],
        ["settings", "https://app.example/"]
      ] as const
    ) {
      it.effect(`S16, F33: returnTo ${JSON.stringify(returnTo)} shows ${expected}`, () =>
        Effect.gen(function*() {
          const tab = new FakeTab()
          yield* Effect.flatMap(BrowserLogin.BrowserLogin, (login) => login.start({ scopes: ["identify"], returnTo }))
            .pipe(tab.page("https://app.example/"))
          yield* complete.pipe(tab.page(tab.callback()))
          assert.strictEqual(tab.location.current, expected)
        }))
    }
  })

  describe("current", () => {
    it.effect("returns None without a request if nobody has signed in", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        assert.isTrue(Option.isNone(yield* current.pipe(tab.page())))
        assert.lengthOf(tab.discord.calls, 0)
      }))

    it.effect("returns the session after a reload, without a request", () =>
      Effect.gen(function*() {
        const tab = yield* signedIn()
        const before = tab.discord.calls.length
        const name = yield* Effect.gen(function*() {
          const session = Option.getOrThrow(yield* current)
          assert.lengthOf(tab.discord.calls, before)
          return (yield* session.getCurrentUser()).global_name
        }).pipe(tab.page())
        assert.strictEqual(name, "Nelly")
        assert.strictEqual(tab.discord.calls.at(-1)?.headers.get("authorization"), "Bearer planted-access-1")
      }))

    it.effect("S35: with tokens in memory a reload ends the session, and the storage never contains a token", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        yield* Effect.gen(function*() {
          yield* complete
          assert.isTrue(Option.isSome(yield* current))
        }).pipe(tab.page(tab.callback(), BrowserDiscord.layer))
        assert.notMatch(JSON.stringify([...tab.storage.records]), /planted/)
        assert.isTrue(Option.isNone(yield* current.pipe(tab.page("https://app.example/", BrowserDiscord.layer))))
      }))

    it.effect("after a week the first call refreshes the token once, and the new pair is stored", () =>
      Effect.gen(function*() {
        const tab = yield* signedIn()
        yield* TestClock.adjust("8 days")
        yield* Effect.gen(function*() {
          const session = Option.getOrThrow(yield* current)
          yield* Effect.all([session.getCurrentUser(), session.getCurrentUser()], { concurrency: 2 })
        }).pipe(tab.page())
        const refreshes = tab.discord.calls.filter(({ form }) => form.get("grant_type") === "refresh_token")
        assert.lengthOf(refreshes, 1)
        assert.deepStrictEqual(Object.fromEntries(refreshes[0]!.form), {
          grant_type: "refresh_token",
          refresh_token: "planted-refresh-1",
          client_id: clientId
        })
        assert.match(tab.storage.getItem(tokenItem)!, /planted-refresh-2/)
      }))

    it.effect("F44, F40: keeps a refreshed pair that does not fit into the storage, and does not refresh again", () =>
      Effect.gen(function*() {
        const tab = yield* signedIn()
        yield* TestClock.adjust("8 days")
        tab.storage.rejects = (key, value) => key === tokenItem && value.includes("planted-refresh-2")
        yield* Effect.gen(function*() {
          const session = Option.getOrThrow(yield* current)
          const failing = yield* Effect.forkChild(Effect.flip(session.getCurrentUser()))
          yield* TestClock.adjust("10 seconds")
          const error = yield* Fiber.join(failing)
          assert.strictEqual(error._tag, "TokenNotPersisted")
          assert.notMatch(JSON.stringify(error) + error.message, /planted/)
          tab.storage.rejects = () => false
          yield* session.getCurrentUser()
        }).pipe(tab.page())
        assert.lengthOf(tab.discord.calls.filter(({ form }) => form.get("grant_type") === "refresh_token"), 1)
        assert.match(tab.storage.getItem(tokenItem)!, /planted-refresh-2/)
      }))

    it.effect("a sign-out revokes the token and ends the session of this tab", () =>
      Effect.gen(function*() {
        const tab = yield* signedIn()
        yield* Effect.flatMap(current, (session) => Option.getOrThrow(session).signOut()).pipe(tab.page())
        const revocation = tab.discord.calls.at(-1)!
        assert.strictEqual(revocation.url.pathname, "/api/v10/oauth2/token/revoke")
        assert.strictEqual(revocation.form.get("token"), "planted-refresh-1")
        assert.isTrue(Option.isNone(yield* current.pipe(tab.page())))
        assert.deepStrictEqual(tab.storage.keys(""), [])
      }))

    it.effect("F43: fails with AccessTokenStoreError if the token cannot be read, until the next sign-in replaces it", () =>
      Effect.gen(function*() {
        const tab = yield* signedIn()
        tab.storage.setItem(tokenItem, "{")
        assert.strictEqual((yield* Effect.flip(current.pipe(tab.page())))._tag, "AccessTokenStoreError")
        yield* start.pipe(tab.page())
        yield* complete.pipe(tab.page(tab.callback({ code: "planted-code-2" })))
        assert.isTrue(Option.isSome(yield* current.pipe(tab.page())))
      }))

    it.effect("returns None for an invalid user id", () =>
      Effect.gen(function*() {
        const tab = yield* signedIn()
        tab.storage.setItem(`discord-oauth2:user:${clientId}`, "<script>")
        assert.isTrue(Option.isNone(yield* current.pipe(tab.page())))
      }))
  })

  describe("the implicit grant", () => {
    const fragment = (tab: FakeTab, changes: Readonly<Record<string, string>> = {}) => {
      const url = new URL(tab.callback({ code: null }))
      const parameters = new URLSearchParams({
        ...Object.fromEntries(url.searchParams),
        access_token: "planted-implicit",
        token_type: "Bearer",
        expires_in: "604800",
        scope: "identify",
        ...changes
      })
      return `${url.origin}${url.pathname}#${parameters}`
    }

    it.effect("S36: requests a token without PKCE, checks the fragment and removes it before a request", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* startImplicit.pipe(tab.page())
        const { searchParams } = new URL(tab.location.visited[0]!)
        assert.strictEqual(searchParams.get("response_type"), "token")
        assert.isFalse(searchParams.has("code_challenge"))
        const shown: Array<string> = []
        tab.discord.onCall = () => shown.push(tab.location.current)
        const session = Option.getOrThrow(yield* completeImplicit.pipe(tab.page(fragment(tab))))
        assert.strictEqual(session.userId, Snowflake.UserId.make(userId))
        assert.deepStrictEqual(shown, ["https://app.example/"])
        assert.strictEqual(tab.location.current, "https://app.example/")
      }))

    it.effect("S36: complete does not read a token from the fragment", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* startImplicit.pipe(tab.page())
        assert.isTrue(Option.isNone(yield* complete.pipe(tab.page(fragment(tab)))))
        assert.lengthOf(tab.discord.calls, 0)
      }))

    it.effect("F38: rejects and removes a fragment without the right state and issuer", () =>
      Effect.gen(function*() {
        for (const changes of [{ state: "x".repeat(43) }, { iss: "https://evil.example" }]) {
          const tab = new FakeTab()
          yield* startImplicit.pipe(tab.page())
          const error = yield* Effect.flip(completeImplicit.pipe(tab.page(fragment(tab, changes))))
          assert.include(["StateMismatch", "IssuerMismatch"], error._tag)
          assert.lengthOf(tab.discord.calls, 0)
          assert.strictEqual(tab.location.current, "https://app.example/")
        }
      }))

    it.effect("F38: a login for a code accepts no token, and a login for a token accepts no code", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* start.pipe(tab.page())
        assert.strictEqual((yield* Effect.flip(completeImplicit.pipe(tab.page(fragment(tab)))))._tag, "StateMismatch")
        yield* startImplicit.pipe(tab.page())
        assert.strictEqual((yield* Effect.flip(complete.pipe(tab.page(tab.callback()))))._tag, "StateMismatch")
        assert.lengthOf(tab.discord.calls, 0)
      }))

    it.effect("S27: rejects a token of another type", () =>
      Effect.gen(function*() {
        const tab = new FakeTab()
        yield* startImplicit.pipe(tab.page())
        const error = yield* Effect.flip(completeImplicit.pipe(tab.page(fragment(tab, { token_type: "mac" }))))
        assert.deepInclude(error, { _tag: "InvalidCallback", reason: "token-type" })
      }))
  })

  it.effect("F44: every call fails with AccessTokenStoreError if site data is blocked", () =>
    Effect.gen(function*() {
      const tab = new FakeTab()
      Object.defineProperty(tab.storage, "getItem", {
        value: () => {
          throw quotaExceeded()
        }
      })
      assert.strictEqual((yield* Effect.flip(current.pipe(tab.page())))._tag, "AccessTokenStoreError")
      const callback = "https://app.example/?code=planted&state=s"
      assert.strictEqual((yield* Effect.flip(complete.pipe(tab.page(callback))))._tag, "AccessTokenStoreError")
      assert.strictEqual(tab.location.current, "https://app.example/")
    }))
})
