import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { createHash } from "node:crypto"
import { assertHidden } from "../../../support/assertHidden.ts"
import * as LoginApp from "../../../support/LoginApp.ts"
import type * as Stub from "../../../support/StubDiscord.ts"

describe("a failed login", () => {
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
})
