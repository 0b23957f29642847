import { ApplicationCommand } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Commands from "../../../../packages/core/src/testing/internal/commands.ts"
import * as Worlds from "../../../../packages/core/src/testing/internal/world.ts"

const applicationId = Worlds.applicationId("1")
const everywhere: Commands.Place = { applicationId, guildId: undefined }
const inGuild: Commands.Place = { applicationId, guildId: Worlds.guildId("2") }

const { ChatInput, Message, PrimaryEntryPoint, User } = ApplicationCommand.CommandType

const times = (type: number, count: number) => Array.from({ length: count }, () => type)

describe("the limits of commands", () => {
  it.effect("allow 100 chat commands, 15 of each menu and one entry point", () =>
    Commands.checkLimits(everywhere, [
      ...times(ChatInput, 100),
      ...times(User, 15),
      ...times(Message, 15),
      PrimaryEntryPoint
    ]))

  for (const [type, limit] of [[ChatInput, 100], [User, 15], [Message, 15], [PrimaryEntryPoint, 1]] as const) {
    it.effect(`reject more than ${limit} commands of type ${type} with code 30032`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Commands.checkLimits(everywhere, times(type, limit + 1)))
        assert.deepInclude(error, { code: 30032 })
        assert.include(error.message, `(${limit})`)
      }))
  }

  for (
    const [name, place, type] of [["an entry point in a guild", inGuild, PrimaryEntryPoint], [
      "an unknown type",
      everywhere,
      99
    ]] as const
  ) {
    it.effect(`reject ${name}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Commands.checkLimits(place, [type]))
        assert.deepInclude(error, { status: 400, code: 50035 })
      }))
  }
})

describe("stored commands", () => {
  it("are separate for each application and guild", () => {
    const world = Worlds.make()
    assert.strictEqual(Commands.at(world, everywhere), Commands.at(world, everywhere))
    assert.notStrictEqual(Commands.at(world, everywhere), Commands.at(world, inGuild))
  })

  it.effect("a global command can be used in DMs; a guild's command belongs to the guild", () =>
    Effect.gen(function*() {
      const world = Worlds.make()
      const global = yield* Commands.make(world, everywhere, { name: "ping", description: "Pings" })
      const local = yield* Commands.make(world, inGuild, { name: "ping", description: "Pings" })
      assert.deepInclude(global, { type: ChatInput, dm_permission: true, contexts: null, description: "Pings" })
      assert.notProperty(global, "guild_id")
      assert.strictEqual(local.guild_id, inGuild.guildId)
      assert.notProperty(local, "dm_permission")
    }))

  it.effect("an edit changes the members that it has, and the version", () =>
    Effect.gen(function*() {
      const world = Worlds.make()
      const before = yield* Commands.make(world, everywhere, { name: "ping", description: "Pings", nsfw: true })
      const after = yield* Commands.edit(world, before, { description: "Pongs" })
      assert.deepStrictEqual({ ...after, version: before.version }, { ...before, description: "Pongs" })
      assert.notStrictEqual(after.version, before.version)
    }))

  it.effect("are found by name and type", () =>
    Effect.gen(function*() {
      const world = Worlds.make()
      const command = yield* Commands.make(world, everywhere, { name: "ping", description: "Pings" })
      const commands = new Map([[command.id, command]])
      assert.strictEqual(Commands.find(commands, { name: "ping", type: ChatInput }), command)
      assert.isUndefined(Commands.find(commands, { name: "ping", type: User }))
    }))
})

it("localize replaces the translations with the text in the reader's language, also in options", () => {
  const command = {
    name: "ping",
    name_localizations: { de: "pingen" },
    options: [{ name: "who", description_localizations: { fr: "qui" } }]
  }
  assert.deepStrictEqual(Commands.localize(command, "de"), {
    name: "ping",
    name_localized: "pingen",
    options: [{ name: "who" }]
  })
  assert.deepStrictEqual(Commands.localize(command, undefined), { name: "ping", options: [{ name: "who" }] })
})
