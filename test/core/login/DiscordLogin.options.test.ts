import { DiscordError, DiscordLogin } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Aead from "effect/crypto/Aead"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as LoginApp from "../../support/LoginApp.ts"
import * as Stub from "../../support/StubDiscord.ts"

const layerCrypto = Layer.mergeAll(
  Kdf.layerWebCrypto,
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto))
)

const build = (options: Partial<DiscordLogin.Options>) =>
  DiscordLogin.DiscordLogin.pipe(
    Effect.provide(
      DiscordLogin.layer({ ...LoginApp.options, ...options }).pipe(
        Layer.provide(Stub.layer([], LoginApp.discord)),
        Layer.provide(layerCrypto)
      )
    )
  )

describe("DiscordLogin options", () => {
  it.effect("rejects unsafe and impossible options when the layer is built, and says what to set", () =>
    Effect.gen(function*() {
      const table: ReadonlyArray<readonly [Partial<DiscordLogin.Options>, string]> = [
        [{ redirectUri: "http://app.example/auth/discord/callback" }, "https"],
        [{ redirectUri: "http://localhost.evil.example/auth/discord/callback" }, "https"],
        [{ redirectUri: "/auth/discord/callback" }, "https"],
        [{ redirectUri: "https://app.example/callback" }, "basePath"],
        [{ redirectUri: "https://app.example/login/callback", basePath: "/auth" }, "/auth/callback"],
        [{ basePath: "/auth/discord/" }, "basePath"],
        [{ scopes: ["guilds"] }, "identify"],
        [{ defaultReturnTo: "//evil.example" }, "defaultReturnTo"],
        [{ defaultReturnTo: "https://evil.example" }, "defaultReturnTo"],
        [{ keys: [Redacted.make("planted-short-key")] }, "openssl rand -base64 32"],
        [{ keys: [] }, "key"]
      ]
      for (const [options, named] of table) {
        const error = yield* Effect.flip(build(options))
        assert.instanceOf(error, DiscordError.DiscordConfigurationError)
        assert.include(error.message, named)
        assert.notInclude(error.message, "planted")
      }
    }))

  it.effect("S19, S25: on a loopback host without HTTPS the cookies have no prefix and are not Secure", () =>
    Effect.gen(function*() {
      for (const origin of ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"]) {
        const { browser } = yield* LoginApp.start({
          origin,
          options: { redirectUri: `${origin}/auth/discord/callback` }
        })
        const { location, set } = yield* browser.get("/auth/discord/login")
        assert.match(set[0]?.name ?? "", /^discord-login-/)
        assert.isFalse(set[0]?.attributes.has("secure"))
        assert.isTrue(set[0]?.attributes.has("httponly"))
        assert.strictEqual((yield* browser.get(LoginApp.consent(location))).status, 303)
        assert.deepStrictEqual(browser.cookieNames(), ["discord-session"])
        assert.strictEqual((yield* browser.get("/me")).body, Stub.userId)
      }
    }))

  it.effect("basePath moves the routes, and links keep the prefix of a proxy", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({
        options: { basePath: "/d", redirectUri: "https://app.example/prefix/d/callback", defaultReturnTo: "/prefix/" }
      })
      const { body } = yield* browser.get("/d/callback")
      assert.include(body, "href=\"/prefix/d/login\"")
      assert.include(body, "href=\"/prefix/\"")
      const { location } = yield* browser.get("/d/login?returnTo=/prefix/d/login")
      const callback = LoginApp.consent(location).replace("/prefix", "")
      assert.strictEqual((yield* browser.get(callback)).location, "/prefix/")
      assert.strictEqual((yield* browser.get("/auth/discord/login")).status, 404)
    }))

  it.effect("loginTimeout is the lifetime of the login's cookie", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({ options: { loginTimeout: "1 minute" } })
      const { set } = yield* browser.get("/auth/discord/login")
      assert.strictEqual(set[0]?.attributes.get("max-age"), "60")
    }))

  it.effect("a scope that excludes PKCE is requested without PKCE, and fails with pkce: true", () =>
    Effect.gen(function*() {
      const scopes = ["identify", "role_connections.write"] as const
      const { browser } = yield* LoginApp.start({ options: { scopes } })
      const { location } = yield* browser.get("/auth/discord/login")
      assert.isFalse(new URL(location ?? "").searchParams.has("code_challenge"))
      const { browser: other } = yield* LoginApp.start({ options: { scopes, pkce: true } })
      const { body, status } = yield* other.get("/auth/discord/login")
      assert.strictEqual(status, 500)
      assert.include(body, "InvalidScope")
    }))

  it.effect("S30: requests only identify unless scopes names more", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start()
      const { location } = yield* browser.get(`/auth/discord/login?scope=guilds&scopes=guilds&permissions=8`)
      const parameters = new URL(location ?? "").searchParams
      assert.deepStrictEqual(parameters.getAll("scope"), ["identify"])
      assert.isFalse(parameters.has("permissions"))
      assert.isFalse(parameters.has("guild_id"))
    }))

  it.effect("S30: requests exactly the scopes of the option", () =>
    Effect.gen(function*() {
      const { browser } = yield* LoginApp.start({ options: { scopes: ["identify", "guilds.join"] } })
      const { location } = yield* browser.get("/auth/discord/login")
      assert.deepStrictEqual(new URL(location ?? "").searchParams.getAll("scope"), ["identify guilds.join"])
    }))
})
