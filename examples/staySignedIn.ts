// Users stay signed in after a restart: the tokens are in a SQLite file, and each record is encrypted. The program also
// prints each refresh.

import { AccessTokenStore, Discord, DiscordSessions, TokenRefresh, User } from "@discord-oauth2/core"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { NodeRecordStore } from "@discord-oauth2/platform-node"
import { NodeCrypto } from "@effect/platform-node"
import { Console, Effect, Layer, Redacted, Stream } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"

const folder = mkdtempSync(`${tmpdir()}/example-`)
const store = AccessTokenStore.layerEncrypted({
  keys: [{ id: "2026-11", secret: Redacted.make("in production: openssl rand -base64 32") }]
}).pipe(Layer.provide(NodeRecordStore.layerSqlite({ filename: `${folder}/tokens.db` })))

/** The layers of one process. A second process has the same layers and the same file. */
const application = Discord.layer().pipe(
  Layer.provideMerge(store),
  Layer.provideMerge(Layer.mergeAll(NodeCrypto.layer, DiscordSimulator.layerHttpClient, DiscordSimulator.layerConfig)),
  Layer.fresh
)

const signIn = Effect.gen(function*() {
  const discord = yield* DiscordSimulator.DiscordSimulator
  const sessions = yield* DiscordSessions.DiscordSessions
  return yield* sessions.open(yield* discord.issueToken({ scopes: ["identify"] }))
})

const program = Effect.gen(function*() {
  const { userId } = yield* Effect.provide(signIn, application)
  yield* (yield* DiscordSimulator.DiscordSimulator).expireAccessTokens(userId)
  yield* Effect.provide(
    Effect.gen(function*() {
      const { events } = yield* TokenRefresh.TokenRefresh
      yield* Effect.forkScoped(Stream.runForEach(events, ({ _tag }) => Console.log(`the token: ${_tag}`)))
      const session = yield* (yield* DiscordSessions.DiscordSessions).get(userId)
      yield* Console.log(`after a restart: ${User.displayName(yield* session.getCurrentUser())}`)
    }).pipe(Effect.scoped),
    application
  )
})

await Effect.runPromise(Effect.provide(program, DiscordSimulator.layer()))
rmSync(folder, { recursive: true })
