import {
  type AccessTokenStore,
  DiscordApplications,
  DiscordConfig,
  DiscordError,
  DiscordSessions,
  type Snowflake
} from "@discord-oauth2/core"
import * as Context from "effect/Context"
import type { Digest } from "effect/crypto/Digest"
import type { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import type * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { describe, expect, test } from "tstyche"

declare const clientId: Snowflake.ApplicationId
declare const userId: Snowflake.UserId

type Shared = AccessTokenStore.AccessTokenStore | HttpClient | SecureRandom | Digest

class Secrets extends Context.Service<Secrets, { readonly secret: Redacted.Redacted }>()("Secrets") {}

test("the layer requires the services that all applications share and cannot fail", () => {
  expect(DiscordApplications.layer({ config: () => Effect.succeed({}) })).type.toBe<
    Layer.Layer<DiscordApplications.DiscordApplications, never, Shared>
  >()
})

test("the layer requires the services that the options require", () => {
  expect(DiscordApplications.layer({ config: () => Effect.map(Secrets, ({ secret }) => ({ clientSecret: secret })) }))
    .type.toBe<Layer.Layer<DiscordApplications.DiscordApplications, never, Shared | Secrets>>()
})

describe("the option config", () => {
  test("may fail only with UnknownClient or DiscordConfigurationError", () => {
    expect(DiscordApplications.layer).type.toBeCallableWith({
      config: (id: Snowflake.ApplicationId) => Effect.fail(new DiscordError.UnknownClient({ clientId: id }))
    })
    expect(DiscordApplications.layer).type.toBeCallableWith({
      config: () => Effect.fail(new DiscordError.DiscordConfigurationError({ description: "down" }))
    })
    expect(DiscordApplications.layer).type.not.toBeCallableWith({ config: () => Effect.fail(new Error("down")) })
  })

  test("accepts only a redacted client secret", () => {
    expect(DiscordApplications.layer).type.not.toBeCallableWith({
      config: () => Effect.succeed({ clientSecret: "plain" })
    })
  })
})

test("get returns the services of Discord.layer with the configuration, and fails if there is no application", () => {
  expect(DiscordApplications.get(clientId)).type.toBe<
    Layer.Layer<
      DiscordApplications.Services,
      DiscordError.DiscordConfigurationError | DiscordError.UnknownClient,
      DiscordApplications.DiscordApplications
    >
  >()
  const provided = Effect.provide(
    Effect.all([DiscordSessions.DiscordSessions, DiscordConfig.DiscordConfig], { discard: true }),
    DiscordApplications.get(clientId)
  )
  expect(provided).type.toBe<
    Effect.Effect<
      void,
      DiscordError.DiscordConfigurationError | DiscordError.UnknownClient,
      DiscordApplications.DiscordApplications
    >
  >()
})

test("get accepts only an application's id", () => {
  expect(DiscordApplications.get).type.not.toBeCallableWith(userId)
  expect(DiscordApplications.get).type.not.toBeCallableWith("157730590492196864")
})
