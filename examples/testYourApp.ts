// The tests of an application, on a Discord that can be told to fail. Any test runner does; this one comes with Node.

import { DiscordSessions, Snowflake, User } from "@discord-oauth2/core"
import { DiscordSimulator, Fault } from "@discord-oauth2/core/testing"
import { Effect, type Layer } from "effect"
import { strictEqual } from "node:assert"
import { test } from "node:test"

/** The application: how a page greets. */
const greeting = Effect.fn(function*(userId: Snowflake.UserId) {
  const sessions = yield* DiscordSessions.DiscordSessions
  const session = yield* sessions.get(userId)
  return `Hello, ${User.displayName(yield* session.getCurrentUser())}`
}, Effect.catchTag("NotSignedIn", () => Effect.succeed("Hello, stranger")))

const Discord = DiscordSimulator.layerTest()

const it = (name: string, body: () => Effect.Effect<void, unknown, Layer.Success<typeof Discord>>) =>
  test(name, () => Effect.runPromise(Effect.provide(body(), Discord)))

/** Signed in past the consent page. */
const signIn = Effect.gen(function*() {
  const sessions = yield* DiscordSessions.DiscordSessions
  const discord = yield* DiscordSimulator.DiscordSimulator
  const session = yield* sessions.open(yield* discord.issueToken({ scopes: ["identify"] }))
  return { discord, userId: session.userId }
})

it("greets whom it knows", () =>
  Effect.gen(function*() {
    const { discord, userId } = yield* signIn
    yield* discord.updateUser(userId, { global_name: "Wumpus" })
    strictEqual(yield* greeting(userId), "Hello, Wumpus")
    strictEqual(yield* greeting(Snowflake.UserId.make("80351110224678912")), "Hello, stranger")
  }))

it("waits for a rate limit, and gives up on a dead grant", () =>
  Effect.gen(function*() {
    const { discord, userId } = yield* signIn
    yield* discord.fail(Fault.RateLimit({ retryAfter: "10 millis", match: { endpoint: "getCurrentUser" } }))
    strictEqual(yield* greeting(userId), "Hello, Nelly")
    yield* discord.revokeAuthorizations(userId)
    strictEqual((yield* Effect.flip(greeting(userId)))._tag, "InvalidRefreshToken")
  }))
