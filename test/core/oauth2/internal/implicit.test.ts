/** `OAuth2Client.acceptImplicit`. */
import { OAuth2Client } from "@discord-oauth2/core"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { issuer, type Login, redirectUri, responding, scopes, tagOf } from "../../../support/oauth2.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const fragment = (login: Login, parameters: Readonly<Record<string, string>> = {}) =>
  `${redirectUri}#${new URLSearchParams({
    token_type: "Bearer",
    access_token: "RTfP0OK99U3kbRtHOoKLmJbOn45PjL",
    expires_in: "604800",
    scope: "identify",
    state: Redacted.value(login.state),
    iss: issuer,
    ...parameters
  })}`

it.effect("S36: a fragment with the right state and issuer is a token, which cannot be refreshed", () =>
  Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const login = yield* oauth.authorizeImplicit({ scopes, redirectUri })
    const token = yield* oauth.acceptImplicit(login, fragment(login))
    assert.strictEqual(Redacted.value(token.access_token), "RTfP0OK99U3kbRtHOoKLmJbOn45PjL")
    assert.deepStrictEqual(token.scopes, ["identify"])
    assert.isUndefined(token.refresh_token)
    assert.strictEqual(token.expires_at.epochMilliseconds, 604_800_000)
  }).pipe(Effect.provide(Stub.layer([], responding({})))))

for (
  const [name, tag, change] of [
    ["F38: the state of another login", "StateMismatch", { state: "x" }],
    ["F38: another issuer", "IssuerMismatch", { iss: "https://e" }],
    ["another token type", "InvalidCallback", { token_type: "mac" }],
    ["an empty token", "InvalidCallback", { access_token: "" }]
  ] as const
) {
  it.effect(`${name} is ${tag}`, () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorizeImplicit({ scopes, redirectUri })
      assert.strictEqual(yield* tagOf(oauth.acceptImplicit(login, fragment(login, change))), tag)
    }).pipe(Effect.provide(Stub.layer([], responding({})))))
}

it.effect("S36: a token in the query is never read", () =>
  Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const login = yield* oauth.authorizeImplicit({ scopes, redirectUri })
    assert.strictEqual(yield* tagOf(oauth.acceptImplicit(login, fragment(login).replace("#", "?"))), "StateMismatch")
  }).pipe(Effect.provide(Stub.layer([], responding({})))))

it.effect("a token for a login of the authorization code grant is rejected", () =>
  Effect.gen(function*() {
    const oauth = yield* OAuth2Client.OAuth2Client
    const login = yield* oauth.authorize({ scopes: ["identify"], redirectUri })
    const error = yield* Effect.flip(oauth.acceptImplicit(login, fragment(login)))
    assert.strictEqual(error._tag === "InvalidCallback" ? error.reason : error._tag, "response-type")
  }).pipe(Effect.provide(Stub.layer([], responding({})))))
