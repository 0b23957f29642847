// Tests of an application against a simulated Discord, which fails on command. Every test runner works. This one is part
// of Node.

import { DiscordSessions, Snowflake, User } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { Effect, type Layer } from "effect"
import { strictEqual } from "node:assert"
import { test } from "node:test"

/** The application: the greeting of a page. */
const greeting = Effect.fn(function*(userId: Snowflake.UserId) {
  const sessions = yield* DiscordSessions.DiscordSessions
  const session = yield* sessions.get(userId)
  return `Hello, ${User.displayName(yield* session.getCurrentUser())}`
}, Effect.catchTag("NotSignedIn", () => Effect.succeed("Hello, stranger")))

const Discord = DiscordSimulator.layerTest()

const it = (name: string, body: () => Effect.Effect<void, unknown, Layer.Success<typeof Discord>>) =>
  test(name, () => Effect.runPromise(Effect.provide(body(), Discord)))

/** Signs a user in without the consent page. */
const signIn = Effect.gen(function*() {
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator
  const session = yield* sessions.open(yield* discord.issueToken({ scopes: ["identify"] }))
  return { discord, userId: session.userId }
})

it("greets the user by name", () =>
  Effect.gen(function*() {
    const { discord, userId } = yield* signIn
    yield* discord.updateUser(userId, { global_name: "Wumpus" })
    strictEqual(yield* greeting(userId), "Hello, Wumpus")
    strictEqual(yield* greeting(Snowflake.UserId.make("80351110224678912")), "Hello, stranger")
  }))

it("waits for a rate limit, and fails after the authorization is revoked", () =>
  Effect.gen(function*() {
    const { discord, userId } = yield* signIn
    yield* discord.fail(Fault.RateLimit({ retryAfter: "10 millis", match: { endpoint: "getCurrentUser" } }))
    strictEqual(yield* greeting(userId), "Hello, Nelly")
    yield* discord.revokeAuthorizations(userId)
    strictEqual((yield* Effect.flip(greeting(userId)))._tag, "InvalidRefreshToken")
  }))
