import { DiscordConfig } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const clientId = "157730590492196864"

const read = (env: Readonly<Record<string, string>>) =>
  Effect.provide(DiscordConfig.DiscordConfig, DiscordConfig.layerConfig()).pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
  )

describe("DiscordConfig", () => {
  it.effect("without anything but a client id it is Discord's own addresses and 30 seconds", () =>
    Effect.gen(function*() {
      const config = yield* DiscordConfig.make({ clientId })
      assert.deepStrictEqual({ ...config }, {
        clientId: config.clientId,
        clientSecret: undefined,
        apiUrl: "https://discord.com/api/v10",
        authorizeUrl: "https://discord.com/oauth2/authorize",
        issuer: "https://discord.com",
        userAgent: config.userAgent,
        timeout: Duration.seconds(30),
        bodyTimeout: Duration.seconds(10),
        maxBodyBytes: 10_485_760
      })
      assert.match(config.userAgent, /^DiscordBot \(/)
    }))

  it.effect("reads the environment, and the secret is redacted from the moment it arrives", () =>
    Effect.gen(function*() {
      const config = yield* read({
        DISCORD_CLIENT_ID: clientId,
        DISCORD_CLIENT_SECRET: "planted",
        DISCORD_API_URL: "http://127.0.0.1:4001/api/v10/"
      })
      assert.strictEqual(config.clientSecret && Redacted.value(config.clientSecret), "planted")
      assert.strictEqual(config.apiUrl, "http://127.0.0.1:4001/api/v10")
      assert.notInclude(`${JSON.stringify(config)}${String(config.clientSecret)}`, "planted")
    }))

  it.effect("without a client id it is a ConfigError that names DISCORD_CLIENT_ID", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(read({ DISCORD_CLIENT_SECRET: "planted" }))
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(error.message, "DISCORD_CLIENT_ID")
      assert.notInclude(error.message, "planted")
    }))

  for (const maxBodyBytes of [0, -1, Number.NaN]) {
    it.effect(`${maxBodyBytes} bytes at most is a DiscordConfigurationError`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(DiscordConfig.make({ clientId, maxBodyBytes }))
        assert.strictEqual(error._tag, "DiscordConfigurationError")
        assert.include(error.message, "maxBodyBytes")
      }))
  }

  for (const id of ["", "abc", "1e5", "-1", " 157730590492196864", "99999999999999999999999"]) {
    it.effect(`the client id ${JSON.stringify(id)} is a DiscordConfigurationError that says what it must be`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(DiscordConfig.make({ clientId: id }))
        assert.strictEqual(error._tag, "DiscordConfigurationError")
        assert.include(error.message, "Application ID")
      }))
  }

  for (
    const url of [
      "http://discord.com/api/v10",
      "http://127.0.0.1.evil.example/",
      "http://localhost.evil.example/",
      "ftp://localhost/",
      "https://user:password@discord.com/",
      "https://discord.com/?a=b",
      "discord.com",
      ""
    ]
  ) {
    it.effect(`S25: ${JSON.stringify(url)} is refused as an address`, () =>
      Effect.gen(function*() {
        for (const name of ["apiUrl", "authorizeUrl", "issuer"] as const) {
          const error = yield* Effect.flip(DiscordConfig.make({ clientId, [name]: url }))
          assert.strictEqual(error._tag, "DiscordConfigurationError")
          assert.include(error.message, name)
          assert.notInclude(error.message, "password")
        }
      }))
  }

  for (
    const url of ["http://localhost:4001/api", "http://127.0.0.1:1/", "http://[::1]:4001", "https://discord.example"]
  ) {
    it.effect(`S25: ${url} is accepted as an address`, () => DiscordConfig.make({ clientId, apiUrl: url }))
  }

  it.effect("an application names its own variables", () =>
    Effect.gen(function*() {
      const config = yield* DiscordConfig.DiscordConfig
      assert.strictEqual(config.clientId, clientId)
    }).pipe(
      Effect.provide(
        DiscordConfig.layerConfig({ clientId: Config.String("MY_ID"), timeout: Config.succeed("1 second") })
      ),
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { MY_ID: clientId } }))
    ))
})
