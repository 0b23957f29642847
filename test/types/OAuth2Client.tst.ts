import type { AccessToken, OAuth2Client, PendingAuthorization } from "@discord-oauth2/core"
import type { AuthorizationInfo } from "@discord-oauth2/core/models"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { describe, expect, test } from "tstyche"
import { bearer, callback, everyCall, grant, type In, recover, type Recovered, refresh, type TagsOf } from "./tags.ts"

declare const oauth: OAuth2Client.OAuth2Client["Service"]
declare const login: PendingAuthorization.PendingAuthorization<"identify" | "guilds">
declare const accessToken: AccessToken.AccessToken<"identify">
declare const code: Redacted.Redacted

const redirectUri = "https://example.com/callback"

test("the service has exactly these methods", () => {
  expect<keyof OAuth2Client.Service>().type.toBe<
    | "authorize"
    | "authorizeImplicit"
    | "botAuthorizationUrl"
    | "exchange"
    | "exchangeCode"
    | "acceptImplicit"
    | "refresh"
    | "revoke"
    | "clientCredentials"
    | "getCurrentAuthorizationInformation"
  >()
})

describe("each method fails with exactly these errors, and Effect.catchTag accepts each tag", () => {
  test("authorize: sends no request and has no error of a response", () => {
    const tags = ["InvalidScope", "InvalidCallArgument"] as const
    const call = oauth.authorize({ scopes: ["identify"], redirectUri })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<
      Effect.Effect<OAuth2Client.StartedAuthorization<"identify"> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "InvalidScope", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "DiscordTransportError", recover)
  })

  test("authorizeImplicit", () => {
    const tags = ["InvalidScope", "InvalidCallArgument"] as const
    const call = oauth.authorizeImplicit({ scopes: ["identify"], redirectUri })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<
      Effect.Effect<OAuth2Client.StartedAuthorization<"identify"> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "InvalidCallArgument", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidClient", recover)
  })

  test("botAuthorizationUrl: returns a string", () => {
    expect(oauth.botAuthorizationUrl()).type.toBe<string>()
  })

  test("exchange: fails if the callback or the code is rejected, and never with InvalidGrant", () => {
    const tags = [...grant, ...callback, "InvalidAuthorizationCode"] as const
    const call = oauth.exchange(login, redirectUri)
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<
      Effect.Effect<AccessToken.AccessToken<"identify" | "guilds"> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "StateMismatch", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidGrant", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidCallArgument", recover)
  })

  test("exchangeCode: has no errors of a callback", () => {
    const tags = [...grant, "InvalidAuthorizationCode"] as const
    const call = oauth.exchangeCode({ code, redirectUri })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<AccessToken.AccessToken | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "InvalidAuthorizationCode", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "StateMismatch", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidGrant", recover)
  })

  test("acceptImplicit: sends no request", () => {
    const call = oauth.acceptImplicit(login, redirectUri)
    expect<TagsOf<typeof call>>().type.toBe<In<typeof callback>>()
    expect(Effect.catchTag(call, callback, recover)).type.toBe<
      Effect.Effect<AccessToken.AccessToken<"identify" | "guilds"> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "IssuerMismatch", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "MalformedResponse", recover)
  })

  test("refresh: never fails with InvalidGrant or MalformedResponse", () => {
    const call = oauth.refresh(accessToken)
    expect<TagsOf<typeof call>>().type.toBe<In<typeof refresh>>()
    expect(Effect.catchTag(call, refresh, recover)).type.toBe<
      Effect.Effect<AccessToken.AccessToken<"identify"> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "RefreshOutcomeUnknown", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "MalformedResponse", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidGrant", recover)
  })

  test("revoke", () => {
    const tags = [...everyCall, "InvalidClient", "InvalidOAuth2Request"] as const
    const call = oauth.revoke(accessToken)
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<Effect.Effect<void | Recovered>>()
    expect(Effect.catchTag).type.toBeCallableWith(call, "DiscordServerError", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidRefreshToken", recover)
  })

  test("clientCredentials: a public client fails with DiscordConfigurationError", () => {
    const tags = [...grant, "DiscordConfigurationError"] as const
    const call = oauth.clientCredentials({ scopes: ["identify", "connections"] })
    expect<TagsOf<typeof call>>().type.toBe<In<typeof tags>>()
    expect(Effect.catchTag(call, tags, recover)).type.toBe<
      Effect.Effect<AccessToken.AccessToken<"identify" | "connections"> | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "DiscordConfigurationError", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidGrant", recover)
  })

  test("getCurrentAuthorizationInformation", () => {
    const call = oauth.getCurrentAuthorizationInformation(accessToken)
    expect<TagsOf<typeof call>>().type.toBe<In<typeof bearer>>()
    expect(Effect.catchTag(call, bearer, recover)).type.toBe<
      Effect.Effect<AuthorizationInfo.AuthorizationInfo | Recovered>
    >()
    expect(Effect.catchTag).type.toBeCallableWith(call, "AccessTokenExpired", recover)
    expect(Effect.catchTag).type.not.toBeCallableWith(call, "InvalidCallArgument", recover)
  })
})

describe("arguments", () => {
  test("authorize requires the scopes and the redirect URI", () => {
    expect(oauth.authorize).type.not.toBeCallableWith({ scopes: ["identify"] })
    expect(oauth.authorize).type.not.toBeCallableWith({ redirectUri })
    expect(oauth.authorize).type.toBeCallableWith({ scopes: [], redirectUri })
  })

  test("authorize accepts an unknown scope and keeps it in the type", () => {
    const call = oauth.authorize({ scopes: ["identify", "new.scope"], redirectUri })
    expect<Effect.Success<typeof call>>().type.toBe<OAuth2Client.StartedAuthorization<"identify" | "new.scope">>()
  })

  test("authorizeImplicit has no option for PKCE", () => {
    expect(oauth.authorizeImplicit).type.not.toBeCallableWith({ scopes: ["identify"], redirectUri, pkce: true })
  })

  test("botAuthorizationUrl accepts only a bot's scopes", () => {
    expect(oauth.botAuthorizationUrl).type.toBeCallableWith({ scopes: ["bot", "applications.commands"] })
    expect(oauth.botAuthorizationUrl).type.not.toBeCallableWith({ scopes: ["identify"] })
    expect(oauth.botAuthorizationUrl).type.not.toBeCallableWith({ integrationType: 1 })
  })

  test("codes and tokens must be redacted", () => {
    expect(oauth.exchangeCode).type.not.toBeCallableWith({ code: "NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee", redirectUri })
    expect(oauth.refresh).type.not.toBeCallableWith("D43f5y0ahjqew82jZ4NViEr2YafMKhue")
    expect(oauth.revoke).type.not.toBeCallableWith("D43f5y0ahjqew82jZ4NViEr2YafMKhue")
  })
})
