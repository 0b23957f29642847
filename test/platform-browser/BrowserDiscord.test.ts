import { AccessTokenStore, DiscordSessions, OAuth2Client, Snowflake } from "@discord-oauth2/core"
import { BrowserDiscord } from "@discord-oauth2/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { clientId, FakeDiscord, FakeTab, userId } from "./fakes.ts"
import { current, signedIn } from "./login.ts"

describe("BrowserDiscord", () => {
  it.effect("S24: drops a secret that untyped code passes", () =>
    Effect.gen(function*() {
      const options = { clientId, clientSecret: "planted-client-secret" }
      // @ts-expect-error -- the options have no secret
      const layer = () => BrowserDiscord.layerSessionStorage(options)
      const tab = yield* signedIn(new FakeTab(), layer)
      yield* TestClock.adjust("8 days")
      yield* Effect.flatMap(current, (session) => Option.getOrThrow(session).getCurrentUser()).pipe(tab.page())
      assert.isAbove(tab.discord.calls.length, 3)
      for (const { form, headers } of tab.discord.calls) {
        assert.notMatch(`${form} ${JSON.stringify([...headers])}`, /planted-client-secret|Basic/)
      }
    }))

  it.effect("S24: the client credentials grant, which needs a secret, fails without a request", () =>
    Effect.gen(function*() {
      const tab = new FakeTab()
      const error = yield* Effect.flatMap(
        OAuth2Client.OAuth2Client,
        (client) => Effect.flip(client.clientCredentials({ scopes: ["identify"] }))
      ).pipe(tab.page())
      assert.strictEqual(error._tag, "DiscordConfigurationError")
      assert.lengthOf(tab.discord.calls, 0)
    }))

  it.effect("S26: sends no header that a page must not set, no tracing header, and follows no redirect", () =>
    Effect.gen(function*() {
      const tab = yield* signedIn()
      assert.isAbove(tab.discord.calls.length, 1)
      for (const { headers, init } of tab.discord.calls) {
        assert.includeMembers(["accept", "authorization", "content-type"], [...headers.keys()])
        assert.strictEqual(init.redirect, "manual")
      }
    }))

  it.effect("S25: rejects a URL that is neither https: nor of a loopback host", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(
        Effect.provide(Effect.void, BrowserDiscord.layer({ clientId, apiUrl: "http://discord.com/api/v10" }))
      )
      assert.strictEqual(error._tag, "DiscordConfigurationError")
    }))

  it.effect("provides the store and the sessions that the login uses", () =>
    Effect.gen(function*() {
      const tab = yield* signedIn()
      const id = Snowflake.UserId.make(userId)
      yield* Effect.gen(function*() {
        const session = yield* Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.get(id))
        const store = yield* AccessTokenStore.AccessTokenStore
        yield* store.remove({ clientId: session.clientId, userId: id })
        assert.isTrue(Option.isNone(yield* current))
      }).pipe(tab.page())
    }))

  it.effect("works with the application's own store", () =>
    Effect.gen(function*() {
      const tab = new FakeTab(new FakeDiscord())
      const error = yield* Effect.flip(
        Effect.flatMap(DiscordSessions.DiscordSessions, (sessions) => sessions.get(Snowflake.UserId.make(userId))).pipe(
          Effect.provide(BrowserDiscord.layerWithStore({ clientId })),
          Effect.provide(AccessTokenStore.layerMemory)
        )
      )
      assert.strictEqual(error._tag, "NotSignedIn")
      assert.strictEqual(tab.storage.length, 0)
    }))
})
