/** Errors of the simulator: mistakes of a test. */
import { OAuth2Client, type Snowflake } from "@discord-oauth2/core"
import { DiscordSimulator, SimulatorError } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { authorizeUrl, simulator } from "./raw.ts"

const fresh = DiscordSimulator.layerTest()

const start = (options: Partial<OAuth2Client.AuthorizeOptions<string>> = {}) =>
  Effect.gen(function*() {
    const discord = yield* simulator
    const oauth = yield* OAuth2Client.OAuth2Client
    const started = yield* oauth.authorize({
      scopes: ["identify"],
      redirectUri: discord.application.redirectUris[0]!,
      ...options
    })
    return { discord, oauth, started }
  })

describe("authorization requests that get an error page instead of a redirect (S14)", () => {
  const refused = (parameters: Readonly<Record<string, string>>, word: string) =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const error = yield* Effect.flip(discord.authorize(authorizeUrl(discord.application, parameters)))
      assert.instanceOf(error, SimulatorError.SimulatorError)
      assert.include(error.message, word)
    })

  it.effect("an unknown application", () => refused({ client_id: "1" }, "client_id").pipe(Effect.provide(fresh)))

  it.effect("a redirect URI that differs from the registered one in any byte", () =>
    Effect.gen(function*() {
      for (
        const uri of ["https://evil.example", "http://127.0.0.1:3000/callback/", "http://127.0.0.1:3000/callback?x"]
      ) {
        yield* refused({ redirect_uri: uri }, "redirect_uri")
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("S5: a repeated parameter", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      const url = `${authorizeUrl(discord.application, {})}&scope=guilds`
      assert.include((yield* Effect.flip(discord.authorize(url))).message, "scope")
    }).pipe(Effect.provide(fresh)))

  it.effect("a URL that is not the consent page", () =>
    Effect.gen(function*() {
      const discord = yield* simulator
      for (const url of ["https://discord.com/login", "nonsense"]) {
        assert.include((yield* Effect.flip(discord.authorize(url))).message, "consent page")
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("a user that does not exist", () =>
    Effect.gen(function*() {
      const { discord, started } = yield* start()
      const exit = yield* Effect.exit(
        discord.authorize(started.url, { userId: (yield* discord.guilds)[0]!.id as never })
      )
      assert.strictEqual(exit._tag, "Failure")
    }).pipe(Effect.provide(fresh)))
})

it.effect("dies with SimulatorError when a test names something that does not exist", () =>
  Effect.gen(function*() {
    const discord = yield* simulator
    const [guild] = yield* discord.guilds
    const [user] = yield* discord.users
    const nobody = "1" as Snowflake.UserId
    const nowhere = "1" as Snowflake.GuildId
    for (
      const mistake of [
        discord.addMember(nowhere, user!),
        discord.addMember(guild!, nobody),
        discord.addConnection(nobody),
        discord.addGuild({ owner_id: nobody }),
        discord.issueToken({ userId: nobody, scopes: ["identify"] }),
        discord.updateUser(nobody, {}),
        discord.addBot(nowhere),
        discord.ban(nowhere, user!),
        discord.grantScopes(nobody, [])
      ]
    ) {
      const exit = yield* Effect.exit(mistake)
      assert.isTrue(Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof SimulatorError.SimulatorError)
    }
  }).pipe(Effect.provide(fresh)))
