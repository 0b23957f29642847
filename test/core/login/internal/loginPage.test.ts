import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { createHash } from "node:crypto"
import * as LoginPage from "../../../../packages/core/src/login/internal/loginPage.ts"

const status = (error: Parameters<typeof LoginPage.notice>[0]) => LoginPage.notice(error).status

describe("notice", () => {
  const denied = (error: string) => new DiscordError.AuthorizationDenied({ error })

  it("has status 200 after Cancel, and 503 or 500 after another error of the consent page", () => {
    assert.deepStrictEqual(
      ["access_denied", "temporarily_unavailable", "server_error", "invalid_scope", "anything"]
        .map((error) => status(denied(error))),
      [200, 503, 503, 500, 500]
    )
  })

  it("has status 400 for a callback that cannot be accepted", () => {
    for (
      const error of [
        new DiscordError.StateMismatch({ reason: "unknown" }),
        new DiscordError.InvalidCallback({ reason: "too-long" }),
        { _tag: "RequestTooLong" as const }
      ]
    ) assert.strictEqual(status(error), 400)
  })

  it("has status 403 for a request from another site", () => {
    assert.strictEqual(status({ _tag: "CrossSiteRequest" }), 403)
  })

  it("has status 503 if a store cannot be used", () => {
    assert.strictEqual(status(new DiscordError.DenylistError({ operation: "add" })), 503)
    assert.strictEqual(status(new DiscordError.AccessTokenStoreError({ operation: "put" })), 503)
  })
})

const render = (page: Partial<Parameters<Effect.Success<typeof LoginPage.make>>[0]>) =>
  Effect.map(LoginPage.make, (make) =>
    HttpServerResponse.toWeb(make({
      status: 400,
      title: "A title",
      text: "A text.",
      action: "Sign in again",
      reference: "StateMismatch",
      actionUrl: "/login",
      homeUrl: "/",
      ...page
    }))).pipe(Effect.provide(Digest.layerWebCrypto))

describe("make", () => {
  it.effect("F32: escapes every value", () =>
    Effect.gen(function*() {
      const planted = "\"><script>alert('planted')</script>"
      const response = yield* render({
        title: planted,
        text: planted,
        action: planted,
        reference: planted,
        actionUrl: planted
      })
      const body = yield* Effect.promise(() => response.text())
      assert.notInclude(body, "<script")
      assert.lengthOf(body.split("&quot;&gt;&lt;script&gt;alert(&#39;planted&#39;)"), 7)
    }))

  it.effect("F32: allows its own style sheet and nothing else", () =>
    Effect.gen(function*() {
      const response = yield* render({})
      const body = yield* Effect.promise(() => response.text())
      const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? ""
      assert.strictEqual(
        response.headers.get("content-security-policy"),
        `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; ` +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
      )
      assert.strictEqual(response.headers.get("x-content-type-options"), "nosniff")
    }))
})
