/** Runs examples/browser in a real Chromium with the simulated Discord. */
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Chromium, executablePath, isSkipped } from "../support/Chromium.ts"
import { makeSite, makeTab } from "./site.ts"

type Site = Effect.Success<typeof makeSite>

const counts = Effect.fnUntraced(function*({ simulator }: Site) {
  const requests = yield* simulator.requests
  const grants = (type: string) => requests.filter(({ grantType }) => grantType === type).length
  return {
    exchanges: grants("authorization_code"),
    refreshes: grants("refresh_token"),
    revocations: requests.filter(({ path }) => path.endsWith("/oauth2/token/revoke")).length
  }
})

const tokenOf = (session: Readonly<Record<string, string>>) =>
  Object.entries(session).find(([key]) => key.startsWith("discord-oauth2:token:"))

const suite = () =>
  layer(Chromium.layer, { excludeTestServices: true })("examples/browser in Chromium", (it) => {
    it.effect("signs in with PKCE across origins and shows the name and the servers", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.signIn
        assert.strictEqual(yield* tab.text("name"), "Nelly")
        assert.strictEqual(yield* tab.text("count"), "2 servers")
        assert.deepStrictEqual((yield* tab.text("guilds")).split("\n"), ["Discord Testers", "Café Gemütlich"])
        assert.deepStrictEqual(yield* counts(site), { exchanges: 1, refreshes: 0, revocations: 0 })
        assert.deepStrictEqual(tab.complaints, [])
      }))

    it.effect("S24: no request of the page carries a secret or Basic authentication", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.signIn
        const requests = (yield* site.simulator.requests).filter(({ method }) => method !== "OPTIONS")
        assert.isAbove(requests.length, 3)
        for (const { headers } of requests) assert.notStrictEqual(headers.authorization, "Basic")
        assert.include((yield* tab.kept).session[`discord-oauth2:user:${site.config.clientId}`], "10")
        assert.notInclude(JSON.stringify(yield* tab.kept), "client+secret")
      }))

    it.effect("S17: the code is in the callback, and not in the URL or the history afterwards", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.signIn
        assert.lengthOf(tab.callbacks, 1)
        assert.match(tab.callbacks[0]!, /[?&]code=/)
        assert.strictEqual(yield* tab.url, `${site.origin}/`)
        yield* Effect.promise(() => tab.page.goBack())
        assert.notMatch(yield* tab.url, /code=/)
        yield* Effect.promise(() => tab.page.goForward())
        yield* tab.see("signed-in")
        assert.strictEqual(yield* tab.url, `${site.origin}/`)
        assert.strictEqual((yield* counts(site)).exchanges, 1)
      }))

    it.effect("S35: the token is in sessionStorage only, and the used login is removed", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.signIn
        const { cookie, local, session } = yield* tab.kept
        assert.isDefined(tokenOf(session))
        assert.lengthOf(Object.keys(session), 2)
        assert.deepStrictEqual(local, {})
        assert.strictEqual(cookie, "")
      }))

    it.effect("a reload stays signed in without a token request, and another tab is signed out", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.signIn
        yield* tab.reload
        yield* tab.see("signed-in")
        assert.strictEqual(yield* tab.text("name"), "Nelly")
        assert.deepStrictEqual(yield* counts(site), { exchanges: 1, refreshes: 0, revocations: 0 })
        const other = yield* makeTab(site, tab.context)
        yield* other.open()
        yield* other.see("signed-out")
      }))

    it.effect("a token that Discord rejects is refreshed once, and the new pair is stored", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.signIn
        const before = tokenOf((yield* tab.kept).session)
        yield* site.simulator.expireAccessTokens()
        yield* tab.reload
        yield* tab.see("signed-in")
        assert.strictEqual(yield* tab.text("name"), "Nelly")
        assert.deepStrictEqual(yield* counts(site), { exchanges: 1, refreshes: 1, revocations: 0 })
        const after = tokenOf((yield* tab.kept).session)
        assert.strictEqual(after?.[0], before?.[0])
        assert.notStrictEqual(after?.[1], before?.[1])
      }))

    it.effect("an expired token is refreshed before it is used", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.signIn
        yield* Effect.promise(() =>
          tab.page.evaluate(() => {
            const key = Object.keys(sessionStorage).find((key) => key.startsWith("discord-oauth2:token:")) ?? ""
            const record = JSON.parse((sessionStorage.getItem(key) ?? "").replace(/^.*\n/, ""))
            record.token.expires_at = "2020-01-01T00:00:00.000Z"
            // The format of the first release: with the generation inside and without a checksum.
            sessionStorage.setItem(key, JSON.stringify({ ...record, generation: 1 }))
          })
        )
        yield* site.simulator.clearRequests
        yield* tab.reload
        yield* tab.see("signed-in")
        const requests = (yield* site.simulator.requests).filter(({ method }) => method !== "OPTIONS")
        assert.strictEqual(requests[0]?.grantType, "refresh_token")
        assert.deepStrictEqual(requests.filter(({ status }) => status !== 200), [])
      }))

    it.effect("a sign-out revokes the token and empties the storage, and a reload stays signed out", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.signIn
        const [, record] = tokenOf((yield* tab.kept).session) ?? []
        const accessToken: string = JSON.parse((record ?? "").replace(/^.*\n/, "")).token.access_token
        const ask = Effect.promise(() =>
          fetch(`${site.config.apiUrl}/users/@me`, { headers: { authorization: `Bearer ${accessToken}` } })
        )
        assert.strictEqual((yield* ask).status, 200)
        yield* tab.click("sign-out")
        yield* tab.see("signed-out")
        assert.strictEqual((yield* ask).status, 401)
        assert.strictEqual((yield* counts(site)).revocations, 1)
        yield* tab.reload
        yield* tab.see("signed-out")
        assert.deepStrictEqual((yield* tab.kept).session, {})
      }))

    it.effect("after the user removed the authorization at Discord the page offers to sign in", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.signIn
        yield* site.simulator.revokeAuthorizations()
        yield* tab.reload
        yield* tab.see("signed-out")
        assert.isUndefined(tokenOf((yield* tab.kept).session))
        yield* tab.click("sign-in")
        yield* tab.click("authorize")
        yield* tab.see("signed-in")
      }))

    it.effect("F27: a callback that is replayed in its own tab does not sign in, and the session stays", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.signIn
        yield* tab.open(tab.callbacks[0])
        yield* tab.see("notice")
        yield* tab.see("signed-out")
        assert.match(yield* tab.text("notice"), /does not belong to a login of this browser/)
        assert.strictEqual(yield* tab.url, `${site.origin}/`)
        assert.strictEqual((yield* counts(site)).exchanges, 1)
        yield* tab.reload
        yield* tab.see("signed-in")
      }))

    it.effect("F35: a callback of one browser does not sign another in, used or not", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const attacker = yield* makeTab(site)
        yield* attacker.open()
        yield* attacker.click("sign-in")
        yield* attacker.see("authorize")
        // The attacker's browser does not open the callback.
        const page = site.files.get("/")!
        site.files.delete("/")
        yield* attacker.click("authorize")
        yield* Effect.promise(() => attacker.page.waitForURL(/code=/))
        site.files.set("/", page)
        const victim = yield* makeTab(site)
        yield* victim.open(attacker.callbacks[0])
        yield* victim.see("notice")
        assert.match(yield* victim.text("notice"), /does not belong to a login of this browser/)
        assert.strictEqual((yield* counts(site)).exchanges, 0)
        assert.deepStrictEqual((yield* victim.kept).session, {})
        assert.strictEqual(yield* victim.url, `${site.origin}/`)
      }))

    it.effect("after Cancel the page shows a message, a URL without parameters and the sign-in button", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.open()
        yield* tab.click("sign-in")
        yield* tab.click("cancel")
        yield* tab.see("signed-out")
        assert.match(yield* tab.text("notice"), /did not give consent/)
        assert.strictEqual(yield* tab.url, `${site.origin}/`)
        assert.deepStrictEqual((yield* tab.kept).session, {})
        assert.strictEqual((yield* counts(site)).exchanges, 0)
      }))

    it.effect("F44: a full storage shows a message, and the browser does not leave the page", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        const tab = yield* makeTab(site)
        yield* tab.open()
        yield* tab.see("signed-out")
        yield* Effect.promise(() =>
          tab.page.evaluate(() => {
            for (let size = 2 ** 23; size >= 1; size /= 2) {
              try {
                sessionStorage.setItem(`filler-${size}`, "x".repeat(size))
              } catch {
                // The next chunk is half as large.
              }
            }
          })
        )
        yield* tab.click("sign-in")
        yield* tab.see("notice")
        assert.match(yield* tab.text("notice"), /^The token store failed at start/)
        assert.strictEqual(yield* tab.url, `${site.origin}/`)
        yield* Effect.promise(() => tab.page.evaluate(() => sessionStorage.clear()))
        yield* tab.signIn
      }))

    it.effect("the name of a server is shown as text", () =>
      Effect.gen(function*() {
        const site = yield* makeSite
        yield* site.simulator.addGuild({ name: "<img src=x onerror=alert(1)>" })
        const tab = yield* makeTab(site)
        yield* tab.signIn
        assert.include(yield* tab.text("guilds"), "<img src=x onerror=alert(1)>")
        assert.strictEqual(yield* Effect.promise(() => tab.page.locator("#guilds img").count()), 0)
        assert.deepStrictEqual(tab.complaints, [])
      }))
  })

if (isSkipped) {
  describe("examples/browser in Chromium", () => {
    it.skip(`skipped: there is no Chromium at ${executablePath}; install one or set CHROMIUM_PATH`, () => {})
  })
} else {
  suite()
}
