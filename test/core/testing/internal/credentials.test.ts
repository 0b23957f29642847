import { DiscordSecurity } from "@discord-oauth2/core/api"
import { assert, describe, it } from "@effect/vitest"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Authorizations from "../../../../packages/core/src/testing/internal/authorizations.ts"
import * as Credentials from "../../../../packages/core/src/testing/internal/credentials.ts"
import * as Faults from "../../../../packages/core/src/testing/internal/faults.ts"
import * as RateLimit from "../../../../packages/core/src/testing/internal/rateLimit.ts"
import type { Simulation } from "../../../../packages/core/src/testing/internal/simulation.ts"
import * as Worlds from "../../../../packages/core/src/testing/internal/world.ts"
import { refusal } from "../context.ts"

/** A simulation with a user, an application and an access token for the scope `guilds.join`. */
const prepare = Effect.gen(function*() {
  const world = Worlds.make()
  const user = Worlds.addUser(world)
  const application = Worlds.addApplication(world, { ownerId: user.id })
  const authorizations = yield* Authorizations.make(world)
  const simulation: Simulation = {
    world,
    authorizations,
    faults: Faults.make(),
    limiter: RateLimit.make({ limit: 1, windowMillis: 1 }),
    issuer: "https://discord.com",
    guildLimit: 100,
    missingScope: 403
  }
  const { access_token } = yield* Authorizations.issue(authorizations, {
    clientId: application.clientId,
    userId: user.id,
    scopes: ["guilds.join"],
    refreshable: false
  })
  return { simulation, user, application, accessToken: access_token }
}).pipe(Effect.provide([SecureRandom.layerWebCrypto, Digest.layerWebCrypto]))

const sentWith = (token: Redacted.Redacted) => Effect.provideService(DiscordSecurity.Credential, token)

describe("the access token of a request", () => {
  it.effect("names its user and application", () =>
    Effect.gen(function*() {
      const { accessToken, application, simulation, user } = yield* prepare
      const found = yield* sentWith(accessToken)(Credentials.currentUser(simulation))
      assert.strictEqual(found.user, user)
      assert.strictEqual(found.issued.clientId, application.clientId)
    }))

  it.effect("is rejected when it is unknown, has expired, or its user does not exist", () =>
    Effect.gen(function*() {
      const { accessToken, simulation, user } = yield* prepare
      const expired = ["AccessTokenExpired"]
      assert.deepStrictEqual(yield* refusal(sentWith(Redacted.make("?"))(Credentials.current(simulation))), expired)
      simulation.world.users.delete(user.id)
      assert.deepStrictEqual(yield* refusal(sentWith(accessToken)(Credentials.currentUser(simulation))), expired)
      simulation.world.users.set(user.id, user)
      yield* sentWith(accessToken)(Credentials.current(simulation))
      yield* TestClock.adjust("7 days")
      assert.deepStrictEqual(yield* refusal(sentWith(accessToken)(Credentials.current(simulation))), expired)
    }))

  it.effect("is rejected on the path of another application with 403 code 20012", () =>
    Effect.gen(function*() {
      const { accessToken, application, simulation } = yield* prepare
      const currentOf = (id: string) => sentWith(accessToken)(Credentials.currentOf(simulation, id))
      yield* currentOf(application.clientId)
      assert.deepStrictEqual(yield* refusal(currentOf("404")), ["DiscordForbidden", 403, 20012])
    }))
})

it.effect("a bot's token names its application, and another token is InvalidBotToken", () =>
  Effect.gen(function*() {
    const { application, simulation } = yield* prepare
    assert.strictEqual(
      yield* sentWith(application.botToken)(Credentials.botApplication(simulation)),
      application
    )
    const error = yield* Effect.flip(sentWith(Redacted.make("?"))(Credentials.botApplication(simulation)))
    assert.strictEqual(error._tag, "InvalidBotToken")
  }))

describe("the access token in a bot's request", () => {
  it.effect("is accepted when it is the user's and the application's, and has the scope", () =>
    Effect.gen(function*() {
      const { accessToken, application, simulation, user } = yield* prepare
      const asked = { application, accessToken, userId: user.id, scope: "guilds.join" } as const
      yield* Credentials.joining(simulation, asked)
      const other = Worlds.addApplication(simulation.world, { ownerId: user.id })
      for (
        const [change, tag] of [
          [{ userId: "404" }, "InvalidAccessToken"],
          [{ application: other }, "InvalidAccessToken"],
          [{ accessToken: Redacted.make("?") }, "InvalidAccessToken"],
          [{ scope: "gdm.join" }, "MissingScope"]
        ] as const
      ) {
        const error = yield* Effect.flip(Credentials.joining(simulation, { ...asked, ...change }))
        assert.strictEqual(error._tag, tag)
      }
    }))
})
