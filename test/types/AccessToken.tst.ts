import type { AccessToken, OAuth2Scope } from "@discord-oauth2/core"
import type * as DateTime from "effect/DateTime"
import type * as Redacted from "effect/Redacted"
import { expect, test } from "tstyche"

declare const accessToken: AccessToken.AccessToken
declare const narrow: AccessToken.AccessToken<"identify">
declare const tokens: typeof AccessToken

test("secrets are redacted and the expiry is an instant", () => {
  expect(accessToken.access_token).type.toBe<Redacted.Redacted>()
  expect(accessToken.refresh_token).type.toBe<Redacted.Redacted | undefined>()
  expect(accessToken.id_token).type.toBe<Redacted.Redacted | undefined>()
  expect(accessToken.expires_at).type.toBe<DateTime.Utc>()
})

test("a token with known scopes is assignable to a token with any scopes, and the reverse is not", () => {
  expect(narrow.scopes).type.toBe<ReadonlyArray<"identify">>()
  expect(accessToken.scopes).type.toBe<ReadonlyArray<OAuth2Scope.OAuth2Scope>>()
  expect(narrow).type.toBeAssignableTo<AccessToken.AccessToken>()
  expect(accessToken).type.not.toBeAssignableTo<AccessToken.AccessToken<"identify">>()
  expect(narrow).type.not.toBeAssignableTo<AccessToken.AccessToken<"guilds">>()
})

test("hasScope narrows the type of the token", () => {
  if (tokens.hasScope("guilds")(accessToken)) {
    expect(accessToken).type.toBe<AccessToken.AccessToken<"guilds">>()
  }
})

test("withData keeps the scopes and accepts only JSON", () => {
  expect(tokens.withData(narrow, { theme: "dark" })).type.toBe<AccessToken.AccessToken<"identify">>()
  expect(tokens.withData).type.not.toBeCallableWith(narrow, { since: new Date(0) })
})
