/**
 * Runs the login routes against an independent authorization server, `oidc-provider`, over real sockets. It requires
 * PKCE, sends its issuer in each callback (RFC 9207) and revokes a grant whose code is sent twice.
 *
 * The provider implements the authorization, token and revocation endpoints under Discord's paths. `Oidc.ts` adds
 * Discord's resources about the user of a token (`/oauth2/@me`, `/users/@me`) and a user who decides without a page.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Oidc from "../stress/Oidc.ts"
import { clientId, clientSecret } from "../stress/StrictDiscord.ts"
import * as Browser from "../support/Browser.ts"
import * as NodeApp from "../support/NodeApp.ts"

const user = "80351110224678912"

const start = Effect.gen(function*() {
  const place = yield* NodeApp.listen
  const oidc = yield* Effect.acquireRelease(
    Effect.promise(() => Oidc.start({ redirectUri: place.redirectUri })),
    ({ close }) => Effect.promise(close)
  )
  const discord = {
    clientId,
    clientSecret: Redacted.make(clientSecret),
    apiUrl: oidc.apiUrl,
    authorizeUrl: oidc.authorizeUrl,
    issuer: oidc.issuer
  }
  const { open } = yield* NodeApp.serve(place, discord)

  /** Follows the provider's redirects and returns the URL of the callback. */
  const authorize = Effect.fnUntraced(function*(url: string | null) {
    const browser = Browser.make((request) => fetch(request), oidc.issuer)
    let at = url ?? ""
    for (let steps = 0; steps < 6 && !at.startsWith(place.redirectUri); steps++) {
      const { body, location, status } = yield* browser.get(at)
      at = location ?? assert.fail(`${status} ${body}`)
    }
    return at
  })

  return {
    ...oidc,
    discord,
    place,
    open,
    authorize,
    begin: (browser: Browser.Browser) =>
      Effect.map(browser.get("/auth/discord/login?returnTo=/me"), ({ location }) => location),
    exchanges: () => oidc.requests.filter(({ path }) => path === "/api/v10/oauth2/token").map(({ status }) => status)
  }
})

const with_ = (url: string, changes: Record<string, string | undefined>) => {
  const changed = new URL(url)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) changed.searchParams.delete(name)
    else changed.searchParams.set(name, value)
  }
  return changed.href
}

const parameter = (url: string, name: string) => new URL(url).searchParams.get(name)

describe("the login routes with oidc-provider", () => {
  it.live("S7, S9, S14, S17: a sign-in, a call with the token, and a sign-out that revokes it at the provider", () =>
    Effect.gen(function*() {
      const { authorize, begin, errors, exchanges, issuer, open, requests } = yield* start
      const browser = open()
      const callback = yield* authorize(yield* begin(browser))
      assert.strictEqual(parameter(callback, "iss"), issuer)
      const { location, status } = yield* browser.get(callback)
      assert.deepStrictEqual([status, location], [303, "/me"])
      assert.strictEqual((yield* browser.get("/me")).body, user)
      assert.deepStrictEqual(exchanges(), [200])
      assert.strictEqual((yield* browser.post("/auth/discord/logout")).status, 303)
      assert.deepStrictEqual(
        requests.filter(({ path }) => path.endsWith("/revoke")).map(({ status }) => status),
        [200]
      )
      assert.strictEqual((yield* browser.get("/me")).body, "nobody")
      assert.deepStrictEqual(errors, [])
    }))

  it.live("S9: the provider rejects a login without PKCE, and the routes use PKCE by default", () =>
    Effect.gen(function*() {
      const { authorize, begin, open } = yield* start
      const browser = open()
      const url = (yield* begin(browser)) ?? ""
      const refused = yield* authorize(with_(url, { code_challenge: undefined, code_challenge_method: undefined }))
      assert.strictEqual(parameter(refused, "error"), "invalid_request")
      const { body, status } = yield* browser.get(refused)
      assert.strictEqual(status, 500)
      assert.include(body, "<code>AuthorizationDenied</code>")
    }))

  it.live("S8: a denial shows the page of a cancelled sign-in, and no code is exchanged", () =>
    Effect.gen(function*() {
      const { authorize, begin, decide, exchanges, open } = yield* start
      decide("deny")
      const browser = open()
      const callback = yield* authorize(yield* begin(browser))
      assert.strictEqual(parameter(callback, "error"), "access_denied")
      const { body, status } = yield* browser.get(callback)
      assert.strictEqual(status, 200)
      assert.include(body, "You are not signed in")
      assert.lengthOf(browser.cookieNames(), 0)
      assert.deepStrictEqual(exchanges(), [])
    }))

  it.live("F27, S15: a replayed callback sends no code, so the provider does not revoke the grant", () =>
    Effect.gen(function*() {
      const { authorize, begin, exchanges, open, revoked } = yield* start
      const browser = open()
      const url = yield* begin(browser)
      const cookie = browser.cookies()
      const callback = yield* authorize(url)
      yield* browser.get(callback)
      const replayed = yield* browser.get(callback, { cookie })
      assert.strictEqual(replayed.status, 303)
      assert.isFalse(replayed.set.some(({ name }) => name.includes("session")))
      const again = yield* browser.get(callback)
      assert.deepStrictEqual([again.status, again.location], [303, "/"])
      assert.deepStrictEqual([exchanges(), revoked], [[200], []])
      assert.strictEqual((yield* browser.get("/me")).body, user)
    }))

  it.live("F53: the provider rejects a used code, and the page offers to start again", () =>
    Effect.gen(function*() {
      const { authorize, begin, discord, errors, exchanges, open, place, revoked } = yield* start
      // A second server without the first one's `Denylist` cannot know that the login was used.
      const other = yield* NodeApp.listen
      const { open: openOther } = yield* NodeApp.serve(other, discord, { redirectUri: place.redirectUri })
      const browser = open()
      const url = yield* begin(browser)
      const cookie = browser.cookies()
      const callback = yield* authorize(url)
      yield* browser.get(callback)
      assert.strictEqual((yield* browser.get("/me")).body, user)
      const { body, set, status } = yield* openOther().get(callback.replace(place.origin, other.origin), { cookie })
      assert.strictEqual(status, 400)
      assert.include(body, "<code>InvalidAuthorizationCode</code>")
      assert.isFalse(set.some(({ name }) => name.includes("session")))
      assert.deepStrictEqual([exchanges(), revoked.length], [[200, 400], 1])
      assert.deepStrictEqual(errors, ["invalid_grant: authorization code already consumed"])
    }))

  it.live("S9, S12: the provider rejects the code of another login because the verifier does not match", () =>
    Effect.gen(function*() {
      const { authorize, begin, decide, errors, exchanges, open } = yield* start
      const attacker = open()
      decide({ user: "80351110224678913" })
      const stolen = parameter(yield* authorize(yield* begin(attacker)), "code") ?? ""
      decide({ user })
      const victim = open()
      const callback = yield* authorize(yield* begin(victim))
      const { body, set, status } = yield* victim.get(with_(callback, { code: stolen }))
      assert.strictEqual(status, 400)
      assert.include(body, "<code>InvalidAuthorizationCode</code>")
      assert.isFalse(set.some(({ name }) => name.includes("session")))
      assert.deepStrictEqual(exchanges(), [400])
      assert.deepStrictEqual(errors, ["invalid_grant: code_verifier does not match code_challenge"])
      assert.strictEqual((yield* victim.get("/me")).body, "nobody")
    }))

  it.live("S7, F30: a callback with another issuer or without one sends no code", () =>
    Effect.gen(function*() {
      const { authorize, begin, exchanges, open } = yield* start
      for (const iss of ["https://evil.example", undefined]) {
        const browser = open()
        const callback = yield* authorize(yield* begin(browser))
        const { body, status } = yield* browser.get(with_(callback, { iss }))
        assert.strictEqual(status, 400)
        assert.include(body, "<code>IssuerMismatch</code>")
      }
      assert.deepStrictEqual(exchanges(), [])
    }))

  it.live("F35: an attacker's callback does not sign in the victim's browser", () =>
    Effect.gen(function*() {
      const { authorize, begin, exchanges, open } = yield* start
      const callback = yield* authorize(yield* begin(open()))
      const victim = open()
      yield* begin(victim)
      const { body, status } = yield* victim.get(callback)
      assert.strictEqual(status, 400)
      assert.include(body, "<code>StateMismatch</code>")
      assert.deepStrictEqual(exchanges(), [])
      assert.strictEqual((yield* victim.get("/me")).body, "nobody")
    }))
})
