import { ApplicationCommand, CommandOption, CreateCommandOption } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Fixtures from "../../fixtures/applicationCommand.ts"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"

const { answered, birthday, blep, entryPoint, fullCommand, localized, messageCommand, permissions, userCommand } =
  Fixtures
const answer = ApplicationCommand.ApplicationCommand
const create = ApplicationCommand.CreateApplicationCommand
const edit = ApplicationCommand.UpdateApplicationCommand
const overwrite = ApplicationCommand.CreateOrUpdateApplicationCommand
const bulk = ApplicationCommand.UpdateApplicationCommands

const failure = (schema: Schema.Codec<unknown, unknown>, json: unknown): string => {
  const exit = Schema.decodeUnknownExit(Schema.toCodecJson(schema))(json)
  return Exit.isFailure(exit) ? String(exit.cause) : ""
}

const bodies = {
  "the documented slash command": blep,
  "the documented user command": userCommand,
  "the documented message command": messageCommand,
  "the documented entry point": entryPoint,
  "the documented command for administrators": Fixtures.permissionsTest,
  "the documented localized command": birthday,
  "the documented command with groups": permissions,
  "a command with everything": {
    ...permissions,
    name_localizations: null,
    description_localizations: null,
    default_member_permissions: "18014398509481983",
    dm_permission: null,
    contexts: [0, 1, 2],
    integration_types: [0, 1],
    nsfw: true,
    handler: null,
    type: null
  }
}

laws("ApplicationCommand", answer, {
  examples: {
    "the documented command, answered": answered,
    "the documented command in the language of the request": localized,
    "a command with everything": fullCommand,
    "a command without contexts": { ...answered, contexts: null, name_localizations: null }
  },
  required: ["id", "application_id", "version", "default_member_permissions", "type", "name", "description"]
})

for (
  const [name, schema, examples] of [
    ["CreateApplicationCommand", create, bodies],
    ["CreateOrUpdateApplicationCommand", overwrite, {
      ...bodies,
      "a command with its id": { id: "816437322781949972", ...blep }
    }]
  ] as const
) {
  describe(`${name}: laws of every model`, () => {
    for (const [title, json] of Object.entries(examples)) {
      it(`${title} is sent without loss`, () => {
        assert.deepStrictEqual(encode(schema, decode(schema, json)), json)
      })
    }

    const slashCommand = Schema.Struct({
      ...schema.fields,
      type: Schema.optionalKey(Schema.NullOr(Schema.Literal(1))),
      name: CreateCommandOption.CreatePlainOption.fields.name,
      name_localizations: CreateCommandOption.CreatePlainOption.fields.name_localizations,
      description: CreateCommandOption.CreatePlainOption.fields.description
    })
    const contextMenuCommand = Schema.Struct({
      ...schema.fields,
      type: Schema.Literals([2, 3]),
      description: Schema.optionalKey(Schema.NullOr(Schema.Literal(""))),
      options: Schema.optionalKey(Schema.Null)
    })
    const otherCommand = Schema.Struct({ ...schema.fields, type: Schema.Literals([4, 5]) })

    for (
      const [kind, generated] of [
        ["slash command", slashCommand],
        ["command in a context menu", contextMenuCommand],
        ["other command", otherCommand]
      ] as const
    ) {
      it.prop(`whatever ${kind} is written as JSON and read back the same`, [generated], ([value]) => {
        assert.isTrue(Equal.equals(decode(schema, encode(schema, value)), value))
      })
    }

    it("has the members of Discord's OpenAPI document and nsfw, which the page documents", () => {
      const documented = [
        "contexts",
        "default_member_permissions",
        "description",
        "description_localizations",
        "dm_permission",
        "handler",
        "integration_types",
        "name",
        "name_localizations",
        "nsfw",
        "options",
        "type"
      ]
      assert.deepStrictEqual(Object.keys(schema.fields).filter((member) => member !== "id").sort(), documented)
    })

    it("name must be there, and of a slash command the description; every other member is optional", () => {
      assert.isFalse(refuses(schema, { name: "blep", description: "d" }))
      assert.isFalse(refuses(schema, { name: "blep", type: 4 }))
      assert.isTrue(refuses(schema, { description: "d" }))
      assert.isTrue(refuses(schema, { name: "blep" }))
    })
  })
}

laws("UpdateApplicationCommand", edit, {
  examples: {
    "nothing to change": {},
    "a new description": { description: "new" },
    "all that can be cleared": {
      name_localizations: null,
      description_localizations: null,
      options: null,
      default_member_permissions: null,
      contexts: null,
      integration_types: null
    }
  },
  required: []
})

describe("ApplicationCommand", () => {
  ignoresUnknownMembers("ApplicationCommand", answer, fullCommand)

  it("keeps unknown types, contexts, handlers and options", () => {
    const future = {
      ...fullCommand,
      type: 99,
      contexts: [0, 99],
      integration_types: [99],
      handler: 99,
      name_localizations: { tlh: "pong" },
      options: [{ type: 99, name: "x", description: "y", more: [1] }]
    }
    const decoded = decode(answer, future)
    assert.deepStrictEqual(encode(answer, decoded), future)
    assert.deepStrictEqual(ApplicationCommand.typeName(decoded), Option.none())
  })

  it("decodes a response that exceeds the limits of a request", () => {
    const long = { ...fullCommand, name: "Any Name", description: "x".repeat(200), contexts: [] }
    assert.deepStrictEqual(encode(answer, decode(answer, long)), long)
  })

  it("rejects a member of the wrong type", () => {
    const wrong = [{ id: "me" }, { default_member_permissions: 32 }, { type: null }, { options: [1] }, { contexts: 0 }]
    for (const members of wrong) {
      assert.isTrue(refuses(answer, { ...fullCommand, ...members }), JSON.stringify(members))
    }
  })

  it("typeName returns the names of the documented types", () => {
    const names = [1, 2, 3, 4].map((type) => Option.getOrNull(ApplicationCommand.typeName({ type })))
    assert.deepStrictEqual(names, ["ChatInput", "User", "Message", "PrimaryEntryPoint"])
  })

  it("mention returns the text for a message, with subcommands", () => {
    const command = decode(answer, { ...answered, name: "airhorn" })
    assert.strictEqual(ApplicationCommand.mention(command), "</airhorn:816437322781949972>")
    assert.strictEqual(
      ApplicationCommand.mention(decode(answer, { ...answered, name: "permissions" }), "user", "get"),
      "</permissions user get:816437322781949972>"
    )
  })

  it("isGuildCommand for a command of one guild", () => {
    assert.isTrue(ApplicationCommand.isGuildCommand(decode(answer, fullCommand)))
    assert.isFalse(ApplicationCommand.isGuildCommand(decode(answer, answered)))
  })

  it("createdAt reads the id", () => {
    const command = decode(answer, answered)
    assert.strictEqual(DateTime.formatIso(ApplicationCommand.createdAt(command)), "2021-03-02T22:30:26.423Z")
  })

  it("has the values of contexts and handlers", () => {
    assert.deepStrictEqual(ApplicationCommand.InteractionContext, { Guild: 0, BotDm: 1, PrivateChannel: 2 })
    assert.deepStrictEqual(ApplicationCommand.Handler, { AppHandler: 1, DiscordLaunchActivity: 2 })
  })
})

describe("CreateApplicationCommand", () => {
  const accepts = (json: object) => assert.strictEqual(failure(create, json), "", JSON.stringify(json))
  const rejects = (json: object, path: string) =>
    assert.include(failure(create, json), `["${path}"]`, JSON.stringify(json))

  it("a slash command is one by its type, by null and by default", () => {
    for (const type of [{ type: 1 }, { type: null }, {}]) {
      accepts({ name: "blep", description: "d", ...type })
      rejects({ name: "View Stats", description: "d", ...type }, "name")
      rejects({ name: "blep", ...type }, "description")
      rejects({ name: "blep", description: "", ...type }, "description")
      rejects({ name: "blep", description: null, ...type }, "description")
    }
  })

  it("a name has 1 to 32 characters, whatever the type", () => {
    for (const type of [1, 2, 3, 4, 9]) {
      for (const name of ["", "x".repeat(33), 1, null]) rejects({ name, description: "d", type }, "name")
    }
    accepts({ name: "😀".repeat(32), type: 2 })
    rejects({ name: "😀".repeat(33), type: 2 }, "name")
  })

  it("the localized names of a slash command follow the same rule, and the error names the locale", () => {
    accepts({ ...birthday, name_localizations: { de: "geburtstag" } })
    rejects({ ...birthday, name_localizations: { de: "Geburtstag" } }, "de")
    accepts({ name: "Stats", type: 2, name_localizations: { de: "Werte Zeigen" } })
    rejects({ name: "Stats", type: 2, name_localizations: { tlh: "pong" } }, "tlh")
  })

  it("a context menu command may have upper-case letters and spaces, and has no description and no options", () => {
    for (const type of [2, 3]) {
      accepts({ name: "View Stats", type, description: "", options: [] })
      accepts({ name: "View Stats", type, description: null, options: null })
      rejects({ name: "View Stats", type, description: "d" }, "description")
      rejects({ name: "View Stats", type, options: blep.options }, "options")
    }
  })

  it("accepts an unknown type", () => {
    accepts({ name: "What Ever", type: 5, description: "d", options: blep.options })
  })

  it("a description has at most 100 characters", () => {
    accepts({ ...blep, description: "x".repeat(100) })
    rejects({ ...blep, description: "x".repeat(101) }, "description")
    rejects({ ...blep, description_localizations: { de: "x".repeat(101) } }, "description_localizations")
  })

  it("contexts and installation contexts are not empty and have distinct elements", () => {
    for (const member of ["contexts", "integration_types"]) {
      accepts({ ...blep, [member]: [0, 1, 99] })
      rejects({ ...blep, [member]: [] }, member)
      rejects({ ...blep, [member]: [0, 0] }, member)
    }
  })

  it("permissions are a decimal string, as in a response", () => {
    accepts({ ...blep, default_member_permissions: String(2n ** 60n) })
    for (const default_member_permissions of [32, "MANAGE_GUILD", "-1"]) {
      rejects({ ...blep, default_member_permissions }, "default_member_permissions")
    }
  })

  it("an error deep in the options names its path", () => {
    const [group] = permissions.options
    const broken = { ...group?.options[0], name: "Get" }
    assert.include(
      failure(create, { ...permissions, options: [{ ...group, options: [broken] }] }),
      "[\"options\"][0][\"options\"][0][\"name\"]"
    )
  })

  it("is written with the types that the compiler checks", () => {
    const command: ApplicationCommand.CreateApplicationCommand = {
      name: "blep",
      description: "Send a random adorable animal photo",
      options: [{
        type: CommandOption.OptionType.String,
        name: "animal",
        description: "The type of animal",
        choices: [{ name: "Dog", value: "animal_dog" }]
      }]
    }
    assert.deepStrictEqual(encode(create, command), { ...command })
  })
})

describe("UpdateApplicationCommand", () => {
  it("checks the members that are present", () => {
    const name = "View Stats"
    assert.isFalse(refuses(edit, { name }))
    for (
      const [json, path] of [
        [{ name: "" }, "name"],
        [{ description: "x".repeat(101) }, "description"],
        [{ contexts: [] }, "contexts"],
        [{ options: [{ type: 3, name: "A", description: "d" }] }, "options"]
      ] as const
    ) {
      assert.include(failure(edit, json), `["${path}"]`)
    }
  })
})

describe("UpdateApplicationCommands", () => {
  const commands = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `command_${index}`, description: "d" }))

  it("accepts the documented commands, with and without ids", () => {
    const json = [{ id: "816437322781949972", ...blep }, { id: null, ...userCommand }, birthday]
    assert.deepStrictEqual(encode(bulk, decode(bulk, json)), json)
    assert.deepStrictEqual(encode(bulk, decode(bulk, [])), [])
  })

  it("accepts at most 130 commands", () => {
    assert.isFalse(refuses(bulk, commands(130)))
    assert.isTrue(refuses(bulk, commands(131)))
  })

  it("an error names the command and the field", () => {
    assert.include(failure(bulk, [...commands(2), { name: "Nope", description: "d" }]), "[2][\"name\"]")
    assert.include(failure(bulk, [{ id: "me", ...blep }]), "[0][\"id\"]")
  })

  it("rejects an invalid command as CreateApplicationCommand does", () => {
    assert.isTrue(refuses(overwrite, { name: "blep" }))
    assert.isFalse(refuses(overwrite, { name: "blep", type: 2 }))
  })
})
