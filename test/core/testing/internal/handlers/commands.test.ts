/**
 * Application commands in the simulator (interactions/application-commands.mdx).
 */
import type { Snowflake } from "@discord-oauth2/core"
import { Permissions } from "@discord-oauth2/core"
import type { ApplicationCommand } from "@discord-oauth2/core/models"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { refusal, withToken } from "../../context.ts"
import { send } from "../../raw.ts"

const fresh = DiscordSimulator.layerTest()
const scopes = ["applications.commands.update", "applications.commands.permissions.update"]

const prepare = Effect.gen(function*() {
  const context = yield* withToken(scopes)
  const [guild, other] = yield* context.discord.guilds
  const application = { accessToken: context.accessToken, application_id: context.discord.application.clientId }
  return { ...context, application, inGuild: { ...application, guild_id: guild!.id }, guild: guild!, other: other! }
})

const blep = { name: "blep", description: "Send a random animal" }
const named = (commands: ReadonlyArray<ApplicationCommand.ApplicationCommand>) => commands.map(({ name }) => name)
const nowhere = "9" as Snowflake.CommandId

describe.each(["global", "guild"] as const)("%s commands", (where) => {
  /** The five calls of a place under the same names. */
  const commands = Effect.map(prepare, ({ api, application, guild, inGuild, ...context }) =>
    where === "global"
      ? {
        ...context,
        place: { application_id: application.application_id },
        list: (query: { with_localizations?: boolean } = {}) =>
          api.getGlobalApplicationCommands({ ...application, ...query }),
        create: (body: ApplicationCommand.CreateApplicationCommand) =>
          api.createGlobalApplicationCommand({ ...application, ...body }),
        status: (body: ApplicationCommand.CreateApplicationCommand) =>
          Effect.map(
            api.createGlobalApplicationCommand({ ...application, ...body, responseMode: "response-only" }),
            (response) => response.status
          ),
        get: (command_id: Snowflake.CommandId) => api.getGlobalApplicationCommand({ ...application, command_id }),
        edit: (command_id: Snowflake.CommandId, body: ApplicationCommand.UpdateApplicationCommand) =>
          api.editGlobalApplicationCommand({ ...application, command_id, ...body }),
        remove: (command_id: Snowflake.CommandId) => api.deleteGlobalApplicationCommand({ ...application, command_id }),
        overwrite: (payload: ReadonlyArray<ApplicationCommand.CreateOrUpdateApplicationCommand>) =>
          api.bulkOverwriteGlobalApplicationCommands({ ...application, payload })
      }
      : {
        ...context,
        place: { application_id: application.application_id, guild_id: guild.id },
        list: (query: { with_localizations?: boolean } = {}) =>
          api.getGuildApplicationCommands({ ...inGuild, ...query }),
        create: (body: ApplicationCommand.CreateApplicationCommand) =>
          api.createGuildApplicationCommand({ ...inGuild, ...body }),
        status: (body: ApplicationCommand.CreateApplicationCommand) =>
          Effect.map(
            api.createGuildApplicationCommand({ ...inGuild, ...body, responseMode: "response-only" }),
            (response) => response.status
          ),
        get: (command_id: Snowflake.CommandId) => api.getGuildApplicationCommand({ ...inGuild, command_id }),
        edit: (command_id: Snowflake.CommandId, body: ApplicationCommand.UpdateApplicationCommand) =>
          api.editGuildApplicationCommand({ ...inGuild, command_id, ...body }),
        remove: (command_id: Snowflake.CommandId) => api.deleteGuildApplicationCommand({ ...inGuild, command_id }),
        overwrite: (payload: ReadonlyArray<ApplicationCommand.CreateOrUpdateApplicationCommand>) =>
          api.bulkOverwriteGuildApplicationCommands({ ...inGuild, payload })
      })

  it.effect("can be created, read, listed, edited and deleted", () =>
    Effect.gen(function*() {
      const { create, edit, get, list, place, remove } = yield* commands
      assert.deepStrictEqual(yield* list(), [])
      const made = yield* create(blep)
      assert.deepInclude(made, { ...blep, ...place, type: 1, default_member_permissions: null, nsfw: false })
      assert.deepStrictEqual(yield* get(made.id), made)
      assert.deepStrictEqual(named(yield* list()), ["blep"])
      const edited = yield* edit(made.id, {
        description: "Another",
        nsfw: true,
        default_member_permissions: Permissions.fromNames(["MANAGE_GUILD"])
      })
      assert.deepInclude(edited, { id: made.id, name: "blep", description: "Another", nsfw: true })
      assert.strictEqual(edited.default_member_permissions, "32")
      assert.notStrictEqual(edited.version, made.version)
      assert.deepStrictEqual(yield* get(made.id), edited)
      yield* remove(made.id)
      assert.deepStrictEqual(yield* list(), [])
    }).pipe(Effect.provide(fresh)))

  it.effect("that do not exist get 404 code 10063", () =>
    Effect.gen(function*() {
      const { edit, get, overwrite, remove } = yield* commands
      const unknown = ["UnknownApplicationCommand"]
      assert.deepStrictEqual(yield* refusal(get(nowhere)), unknown)
      assert.deepStrictEqual(yield* refusal(edit(nowhere, {})), unknown)
      assert.deepStrictEqual(yield* refusal(remove(nowhere)), unknown)
      assert.deepStrictEqual(yield* refusal(overwrite([{ ...blep, id: nowhere }])), unknown)
    }).pipe(Effect.provide(fresh)))

  it.effect("get 201 when new, and 200 when they replace one with the same name and type", () =>
    Effect.gen(function*() {
      const { create, list, status } = yield* commands
      assert.strictEqual(yield* status(blep), 201)
      const [first] = yield* list()
      assert.strictEqual(yield* status({ ...blep, description: "Another" }), 200)
      assert.strictEqual(yield* status({ name: "blep", type: 2 }), 201)
      const [again, userCommand] = yield* list()
      assert.deepInclude(again, { id: first!.id, description: "Another" })
      assert.deepInclude(userCommand, { name: "blep", type: 2, description: "" })
      assert.strictEqual((yield* create(blep)).id, first!.id)
    }).pipe(Effect.provide(fresh)))

  it.effect("get 400 code 40041 when renamed to an existing name", () =>
    Effect.gen(function*() {
      const { create, edit } = yield* commands
      yield* create(blep)
      const { id } = yield* create({ ...blep, name: "blub" })
      assert.deepStrictEqual(yield* refusal(edit(id, { name: "blep" })), ["DiscordBadRequest", 400, 40041])
      assert.strictEqual((yield* edit(id, { name: "blub" })).name, "blub")
    }).pipe(Effect.provide(fresh)))

  it.effect("get 400 code 50035 for an edit that does not fit their type, and do not change", () =>
    Effect.gen(function*() {
      const { create, edit, get } = yield* commands
      const slash = yield* create(blep)
      const menu = yield* create({ name: "Blep This", type: 3 })
      const option = { type: 5, name: "loud", description: "Whether it is loud" } as const
      for (
        const [{ id }, change] of [
          [slash, { name: "Blep This" }],
          [slash, { name_localizations: { de: "Blep Das" } }],
          [slash, { description: null }],
          [menu, { description: "x" }],
          [menu, { options: [option] }]
        ] as const
      ) {
        assert.deepStrictEqual(yield* refusal(edit(id, change)), ["InvalidFormBody"])
      }
      assert.deepStrictEqual([yield* get(slash.id), yield* get(menu.id)], [slash, menu])
      assert.strictEqual((yield* edit(menu.id, { name: "Blep That" })).name, "Blep That")
      assert.deepStrictEqual((yield* edit(slash.id, { options: [option] })).options, [option])
    }).pipe(Effect.provide(fresh)))

  it.effect("get 400 code 30032 above 100 slash commands or 15 of a context menu type", () =>
    Effect.gen(function*() {
      const { create, list, overwrite } = yield* commands
      const many = (count: number, type: number, description = "") =>
        Array.from({ length: count }, (_, index) => ({ name: `c${index}`, type, description }))
      yield* overwrite([...many(100, 1, "x"), ...many(15, 2), ...many(15, 3)])
      assert.lengthOf(yield* list(), 130)
      const limit = ["MaximumApplicationCommands"]
      assert.deepStrictEqual(yield* refusal(create(blep)), limit)
      assert.deepStrictEqual(yield* refusal(create({ name: "one more", type: 2 })), limit)
      assert.strictEqual((yield* create({ name: "c99", description: "y" })).description, "y", "an old one is replaced")
      assert.deepStrictEqual(yield* refusal(overwrite(many(101, 1, "x"))), limit)
      assert.deepStrictEqual(yield* refusal(overwrite(many(16, 3))), limit)
    }).pipe(Effect.provide(fresh)))

  it.effect("are replaced by an overwrite; commands with the same name keep their ids", () =>
    Effect.gen(function*() {
      const { create, get, list, overwrite } = yield* commands
      const kept = yield* create(blep)
      const renamed = yield* create({ ...blep, name: "old" })
      const dropped = yield* create({ ...blep, name: "dropped" })
      const made = yield* overwrite([
        { ...blep, description: "kept" },
        { ...blep, id: renamed.id, name: "new" },
        { name: "Blub", type: 3 }
      ])
      assert.deepStrictEqual(made.map(({ id, name }) => [id, name]), [
        [kept.id, "blep"],
        [renamed.id, "new"],
        [made[2]!.id, "Blub"]
      ])
      assert.deepStrictEqual(named(yield* list()), ["blep", "new", "Blub"])
      assert.deepStrictEqual(yield* refusal(get(dropped.id)), ["UnknownApplicationCommand"])
      assert.deepStrictEqual(yield* overwrite([]), [])
      assert.deepStrictEqual(yield* list(), [])
    }).pipe(Effect.provide(fresh)))

  it.effect("get 400 code 50035 for a duplicate name in an overwrite, and do not change", () =>
    Effect.gen(function*() {
      const { create, list, overwrite } = yield* commands
      yield* create(blep)
      assert.deepStrictEqual(
        yield* refusal(overwrite([{ ...blep, name: "a" }, { ...blep, name: "a" }])),
        ["InvalidFormBody"]
      )
      assert.deepStrictEqual(named(yield* list()), ["blep"])
      assert.lengthOf(yield* overwrite([{ ...blep, name: "a" }, { name: "a", type: 2 }]), 2)
    }).pipe(Effect.provide(fresh)))

  it.effect("keep their options, without members that are null", () =>
    Effect.gen(function*() {
      const { create, edit, get } = yield* commands
      const option = {
        type: 3,
        name: "animal",
        description: "Which",
        choices: [{ name: "Dog", value: "dog" }]
      } as const
      const { id, options } = yield* create({
        ...blep,
        options: [{ ...option, required: true, min_length: null, name_localizations: null }]
      })
      assert.deepStrictEqual(options, [{ ...option, required: true }])
      assert.deepStrictEqual((yield* edit(id, { description: "x" })).options, options)
      assert.deepStrictEqual((yield* edit(id, { options: null })).options, [])
      assert.deepStrictEqual((yield* get(id)).options, [])
    }).pipe(Effect.provide(fresh)))

  it.effect("are listed in the requested language, or with all translations", () =>
    Effect.gen(function*() {
      const { bearer, create, discord, get, list, place, user } = yield* commands
      const localizations = { "zh-CN": "生日", de: "geburtstag" }
      const { id } = yield* create({
        ...blep,
        name_localizations: localizations,
        options: [{ type: 4, name: "age", description: "Your age", description_localizations: { de: "Dein Alter" } }]
      })
      assert.deepStrictEqual((yield* get(id)).name_localizations, localizations)
      const [full] = yield* list({ with_localizations: true })
      assert.deepStrictEqual(full!.name_localizations, localizations)
      assert.notProperty(full, "name_localized")
      const [english] = yield* list()
      assert.notProperty(english, "name_localizations")
      assert.notProperty(english, "name_localized")
      assert.notProperty(english!.options![0], "description_localizations")
      yield* discord.updateUser(user, { locale: "de" })
      const [german] = yield* list({ with_localizations: false })
      assert.deepInclude(german, { name: "blep", name_localized: "geburtstag" })
      assert.deepInclude(german!.options![0], { description: "Your age", description_localized: "Dein Alter" })
      const read = (headers: Readonly<Record<string, string>>) =>
        Effect.map(
          send(
            "GET",
            `/api/v10/applications/${place.application_id}${
              "guild_id" in place ? `/guilds/${place.guild_id}` : ""
            }/commands`,
            { headers: { ...bearer.headers, ...headers } }
          ),
          ({ json }) => (json as ReadonlyArray<{ readonly name_localized?: string }>)[0]!.name_localized
        )
      assert.strictEqual(yield* read({ "accept-language": "zh-CN,en;q=0.9" }), "生日")
      assert.strictEqual(yield* read({ "accept-language": "zh-CN", "x-discord-locale": "de" }), "geburtstag")
      assert.isUndefined(yield* read({ "x-discord-locale": "fr" }))
    }).pipe(Effect.provide(fresh)))
})

describe("the place of commands", () => {
  it.effect("global commands and those of each guild are separate", () =>
    Effect.gen(function*() {
      const { api, application, inGuild, other } = yield* prepare
      yield* api.createGlobalApplicationCommand({ ...application, ...blep, name: "everywhere" })
      const made = yield* api.createGuildApplicationCommand({ ...inGuild, ...blep, name: "here" })
      assert.deepStrictEqual(named(yield* api.getGlobalApplicationCommands(application)), ["everywhere"])
      assert.deepStrictEqual(named(yield* api.getGuildApplicationCommands(inGuild)), ["here"])
      const elsewhere = { ...application, guild_id: other.id }
      assert.deepStrictEqual(yield* api.getGuildApplicationCommands(elsewhere), [])
      const missing = ["UnknownApplicationCommand"]
      const command_id = made.id
      assert.deepStrictEqual(yield* refusal(api.getGlobalApplicationCommand({ ...application, command_id })), missing)
      assert.deepStrictEqual(yield* refusal(api.getGuildApplicationCommand({ ...elsewhere, command_id })), missing)
    }).pipe(Effect.provide(fresh)))

  it.effect("commands of another application get 403 code 20012", () =>
    Effect.gen(function*() {
      const { api, discord, inGuild } = yield* prepare
      const { clientId } = yield* discord.addApplication()
      const theirs = { ...inGuild, application_id: clientId }
      const refused = ["DiscordForbidden", 403, 20012]
      assert.deepStrictEqual(yield* refusal(api.getGlobalApplicationCommands(theirs)), refused)
      assert.deepStrictEqual(yield* refusal(api.createGuildApplicationCommand({ ...theirs, ...blep })), refused)
    }).pipe(Effect.provide(fresh)))

  it.effect("an unknown guild gets 404 code 10004; a guild without the user and the bot gets 403 code 50001", () =>
    Effect.gen(function*() {
      const { api, discord, inGuild } = yield* prepare
      const stranger = yield* discord.addUser()
      const guild = yield* discord.addGuild({ owner_id: stranger.id })
      const list = (guild_id: Snowflake.GuildId) => api.getGuildApplicationCommands({ ...inGuild, guild_id })
      assert.deepStrictEqual(yield* refusal(list("9" as Snowflake.GuildId)), ["UnknownGuild"])
      assert.deepStrictEqual(yield* refusal(list(guild.id)), ["DiscordForbidden", 403, 50001])
      yield* discord.addBot(guild)
      assert.deepStrictEqual(yield* list(guild.id), [])
    }).pipe(Effect.provide(fresh)))

  it.effect("one global entry point is allowed, and none in a guild", () =>
    Effect.gen(function*() {
      const { api, application, inGuild } = yield* prepare
      const launch = { name: "launch", description: "Launch", type: 4 }
      assert.strictEqual((yield* api.createGlobalApplicationCommand({ ...application, ...launch })).handler, 1)
      assert.deepStrictEqual(
        yield* refusal(api.createGlobalApplicationCommand({ ...application, ...launch, name: "again" })),
        ["MaximumApplicationCommands"]
      )
      assert.deepInclude(
        yield* api.createGlobalApplicationCommand({ ...application, ...launch, handler: 2 }),
        { handler: 2 }
      )
      for (const type of [4, 99]) {
        assert.deepStrictEqual(
          yield* refusal(api.createGuildApplicationCommand({ ...inGuild, ...launch, type })),
          ["InvalidFormBody"]
        )
      }
    }).pipe(Effect.provide(fresh)))

  it.effect("a client credentials token can manage commands", () =>
    Effect.gen(function*() {
      const { api, application, discord } = yield* prepare
      const { clientId, clientSecret } = discord.application
      const answer = yield* send("POST", "/api/v10/oauth2/token", {
        headers: { authorization: `Basic ${btoa(`${clientId}:${encodeURIComponent(Redacted.value(clientSecret))}`)}` },
        body: "grant_type=client_credentials&scope=applications.commands.update",
        contentType: "application/x-www-form-urlencoded"
      })
      const accessToken = Redacted.make((answer.json as { readonly access_token: string }).access_token)
      yield* api.createGlobalApplicationCommand({ ...application, accessToken, ...blep })
      assert.deepStrictEqual(named(yield* api.getGlobalApplicationCommands(application)), ["blep"])
    }).pipe(Effect.provide(fresh)))

  it.effect("deleting a command deletes its permissions", () =>
    Effect.gen(function*() {
      const { api, application, guild, inGuild } = yield* prepare
      const permissions = [{ id: guild.id, type: 1, permission: false }]
      const first = yield* api.createGlobalApplicationCommand({ ...application, ...blep })
      const second = yield* api.createGlobalApplicationCommand({ ...application, ...blep, name: "blub" })
      for (const { id } of [first, second]) {
        yield* api.editApplicationCommandPermissions({ ...inGuild, command_id: id, permissions })
      }
      yield* api.deleteGlobalApplicationCommand({ ...application, command_id: first.id })
      const left = yield* api.getGuildApplicationCommandPermissions(inGuild)
      assert.deepStrictEqual(left.map(({ id }) => id), [second.id])
      yield* api.bulkOverwriteGlobalApplicationCommands({ ...application, payload: [blep] })
      assert.deepStrictEqual(yield* api.getGuildApplicationCommandPermissions(inGuild), [])
    }).pipe(Effect.provide(fresh)))

  it.effect("a duplicate name in an overwrite gets Discord's error", () =>
    Effect.gen(function*() {
      const { bearer, discord } = yield* prepare
      const { json, status } = yield* send("PUT", `/api/v10/applications/${discord.application.clientId}/commands`, {
        ...bearer,
        body: JSON.stringify([blep, blep])
      })
      assert.strictEqual(status, 400)
      assert.deepStrictEqual(json, {
        code: 50035,
        message: "Invalid Form Body",
        errors: {
          1: {
            name: {
              _errors: [{
                code: "APPLICATION_COMMANDS_DUPLICATE_NAME",
                message: "Application command names must be unique"
              }]
            }
          }
        }
      })
    }).pipe(Effect.provide(fresh)))
})
