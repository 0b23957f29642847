import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as LoginSite from "../../../../packages/core/src/login/internal/loginSite.ts"

const redirectUri = "https://app.example/auth/discord/callback"

const returnTo = (site: LoginSite.LoginSite, query: string) =>
  LoginSite.returnToOf(site, HttpServerRequest.fromWeb(new Request(`https://app.example/auth/discord/login${query}`)))

describe("LoginSite", () => {
  it.effect("reads the origin and the paths from redirectUri", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* LoginSite.make({ redirectUri }), {
        origin: "https://app.example",
        secure: true,
        basePath: "/auth/discord",
        publicPath: "/auth/discord",
        loginPath: "/auth/discord/login",
        home: "/"
      })
    }))

  it.effect("keeps the prefix of a proxy in the public paths only", () =>
    Effect.gen(function*() {
      const site = yield* LoginSite.make({
        redirectUri: "http://localhost:3000/prefix/d/callback",
        basePath: "/d",
        defaultReturnTo: "/prefix/home"
      })
      assert.deepStrictEqual(site, {
        origin: "http://localhost:3000",
        secure: false,
        basePath: "/d",
        publicPath: "/prefix/d",
        loginPath: "/prefix/d/login",
        home: "/prefix/home"
      })
    }))

  for (
    const [named, options] of [
      ["https:", { redirectUri: "http://app.example/auth/discord/callback" }],
      ["https:", { redirectUri: "/auth/discord/callback" }],
      ["basePath", { redirectUri: "https://app.example/callback" }],
      ["basePath", { redirectUri, basePath: "/auth/discord/" as const }],
      ["identify", { redirectUri, scopes: ["guilds"] as const }],
      ["defaultReturnTo", { redirectUri, defaultReturnTo: "//evil.example" }]
    ] as const
  ) {
    it.effect(`S25: rejects ${JSON.stringify(options)} and names ${named}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(LoginSite.make(options))
        assert.instanceOf(error, DiscordError.DiscordConfigurationError)
        assert.include(error.message, named)
      }))
  }

  it.effect("S16: returnTo is one path of the application and not a login route", () =>
    Effect.gen(function*() {
      const site = yield* LoginSite.make({ redirectUri, defaultReturnTo: "/home" })
      assert.strictEqual(returnTo(site, "?returnTo=/a"), "/a")
      assert.strictEqual(returnTo(site, "?returnTo=/auth/discordant"), "/auth/discordant")
      for (
        const query of [
          "",
          "?returnTo=",
          "?returnTo=/a&returnTo=/b",
          "?returnTo=/auth/discord",
          "?returnTo=/auth/discord/logout",
          "?returnTo=/x/../auth/discord/login",
          "?returnTo=//evil.example"
        ]
      ) assert.strictEqual(returnTo(site, query), "/home", query)
    }))

  it.effect("the URL of a login contains returnTo unless it is the default", () =>
    Effect.gen(function*() {
      const site = yield* LoginSite.make({ redirectUri })
      assert.strictEqual(LoginSite.loginUrl(site, "/"), "/auth/discord/login")
      assert.strictEqual(LoginSite.loginUrl(site, "/a?b=\"c"), "/auth/discord/login?returnTo=%2Fa%3Fb%3D%22c")
    }))
})
