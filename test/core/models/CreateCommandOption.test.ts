import { Locale } from "@discord-oauth2/core"
import { CreateCommandOption } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { blep, options, permissions } from "../../fixtures/applicationCommand.ts"
import { decode, encode, laws, refuses } from "../../fixtures/laws.ts"

const [text, integer, number, boolean, user, role, mentionable, channel, file] = options.map((
  { description_localized: _, name_localized: __, choices, ...option }
) => ({
  ...option,
  ...(choices === undefined ? {} : { choices: choices.map(({ name, value }) => ({ name, value })) })
}))
const [group] = permissions.options
const required = ["type", "name", "description"]
const schema = CreateCommandOption.CreateCommandOption
const list = CreateCommandOption.CreateCommandOptions
const named = (name: string, members: object = {}) => ({ type: 3, name, description: "d", ...members })
const failure = (target: Schema.Codec<unknown, unknown>, json: unknown): string => {
  const exit = Schema.decodeUnknownExit(Schema.toCodecJson(target))(json)
  return Exit.isFailure(exit) ? String(exit.cause) : ""
}
const accepts = (json: object) => assert.isFalse(refuses(schema, json), JSON.stringify(json))
const rejects = (json: object, path: string) =>
  assert.include(failure(schema, json), `["${path}"]`, JSON.stringify(json))

laws("CreateStringOption", CreateCommandOption.CreateStringOption, { examples: { "a text": text ?? {} }, required })
laws("CreateIntegerOption", CreateCommandOption.CreateIntegerOption, {
  examples: { "an integer": integer ?? {} },
  required
})
laws("CreateNumberOption", CreateCommandOption.CreateNumberOption, { examples: { "a number": number ?? {} }, required })
laws("CreatePlainOption", CreateCommandOption.CreatePlainOption, {
  examples: {
    "a truth value": boolean ?? {},
    "a user": user ?? {},
    "a role": role ?? {},
    "a mentionable": mentionable ?? {}
  },
  required
})
laws("CreateChannelOption", CreateCommandOption.CreateChannelOption, {
  examples: { "a channel": channel ?? {} },
  required
})
laws("CreateAttachmentOption", CreateCommandOption.CreateAttachmentOption, {
  examples: { "a file": file ?? {} },
  required
})
laws("CreateSubcommandOption", CreateCommandOption.CreateSubcommandOption, {
  examples: { "a documented subcommand": group?.options[0] ?? {} },
  required
})
laws("CreateSubcommandGroupOption", CreateCommandOption.CreateSubcommandGroupOption, {
  examples: { "a documented group": group ?? {} },
  required
})

describe("CreateCommandOption", () => {
  it("accepts the documented options", () => {
    for (const examples of [blep.options, permissions.options]) {
      assert.deepStrictEqual(encode(list, decode(list, examples)), examples)
    }
  })

  it("accepts null for optional members", () => {
    const nulls = { name_localizations: null, description_localizations: null, required: null }
    const choosing = { ...nulls, autocomplete: null, choices: null }
    for (
      const json of [
        { ...text, ...choosing, min_length: null, max_length: null },
        { ...integer, ...choosing, min_value: null, max_value: null },
        { ...number, ...choosing, min_value: null, max_value: null },
        { ...boolean, ...nulls },
        { ...channel, ...nulls, channel_types: null },
        { ...file, ...nulls, file_types: null },
        { ...group, ...nulls, options: null }
      ]
    ) {
      assert.deepStrictEqual(encode(schema, decode(schema, json)), json)
    }
  })

  it("a name has 1 to 32 lower-case letters, digits, - and _, in any script", () => {
    for (const name of ["a", "x".repeat(32), "only_smol", "top-10", "l'été", "岁数", "γενέθλια", "सेटिंग", "ตั้งค่า"]) {
      accepts(named(name))
    }
    for (const name of ["", "x".repeat(33), "Animal", "two words", "a/b", "a.b", "😀"]) {
      rejects(named(name), "name")
      rejects(named("a", { name_localizations: { de: name } }), "de")
    }
  })

  it("a description has 1 to 100 characters", () => {
    for (const description of ["d", "x".repeat(100), "😀".repeat(100)]) accepts(named("a", { description }))
    for (const description of ["", "x".repeat(101)]) {
      rejects(named("a", { description }), "description")
      rejects(named("a", { description_localizations: { de: description } }), "description_localizations")
    }
  })

  it("localizations are for the locales that Discord documents; the error names another one", () => {
    const all = Object.fromEntries(Locale.known.map((locale) => [locale, "name"]))
    accepts(named("a", { name_localizations: all, description_localizations: all }))
    rejects(named("a", { name_localizations: { tlh: "pong" } }), "tlh")
    rejects(named("a", { description_localizations: { en: "English" } }), "en")
  })

  it("lengths of a text lie in 0 to 6,000 and 1 to 6,000", () => {
    for (const members of [{ min_length: 0 }, { min_length: 6000 }, { max_length: 1 }, { max_length: 6000 }]) {
      accepts(named("a", members))
    }
    for (const min_length of [-1, 6001, 0.5]) rejects(named("a", { min_length }), "min_length")
    for (const max_length of [0, 6001, "9"]) rejects(named("a", { max_length }), "max_length")
  })

  it("at most 25 choices, with names of 1 to 100 and texts of at most 6,000 characters", () => {
    const choices = (count: number, name = "n", value: unknown = "v") => ({
      choices: Array.from({ length: count }, () => ({ name, value }))
    })
    accepts(named("a", choices(25, "x".repeat(100), "y".repeat(6000))))
    rejects(named("a", choices(26)), "choices")
    rejects(named("a", choices(1, "")), "choices")
    rejects(named("a", choices(1, "x".repeat(101))), "choices")
    rejects(named("a", choices(1, "n", "y".repeat(6001))), "choices")
    rejects(named("a", choices(1, "n", 1)), "choices")
    rejects({ ...integer, ...choices(1, "n", 0.5) }, "choices")
    rejects({ ...number, ...choices(1, "n", "0.5") }, "choices")
  })

  it("autocomplete and choices exclude each other", () => {
    for (const option of [text, integer, number]) {
      rejects({ ...option, autocomplete: true }, "autocomplete")
      accepts({ ...option, autocomplete: true, choices: [] })
      accepts({ ...option, autocomplete: true, choices: null })
    }
  })

  it("takes at most 10 types of files of 1 to 16 characters, and no type of channel twice", () => {
    accepts({ ...file, file_types: Array.from({ length: 10 }, (_, index) => `.${index}`) })
    rejects({ ...file, file_types: Array.from({ length: 11 }, (_, index) => `.${index}`) }, "file_types")
    accepts({ ...file, file_types: [".", `.${"x".repeat(15)}`] })
    for (const type of ["", `.${"x".repeat(16)}`]) rejects({ ...file, file_types: [type] }, "file_types")
    rejects({ ...channel, channel_types: [0, 0] }, "channel_types")
  })

  it("an option of a type that is not known cannot be sent", () => {
    assert.isTrue(refuses(schema, { type: 12, name: "dice", description: "d" }))
  })

  it("a group holds subcommands, a subcommand parameters, and nothing else", () => {
    accepts({ ...group, options: [] })
    rejects({ ...group, options: [group] }, "options")
    rejects({ ...group, options: [text] }, "options")
    rejects({ ...group?.options[0], options: [group] }, "options")
  })
})

describe("CreateCommandOptions", () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => named(`option_${index}`))

  it("holds at most 25 options, at every depth", () => {
    assert.isFalse(refuses(list, numbered(25)))
    assert.isTrue(refuses(list, numbered(26)))
    accepts({ type: 1, name: "a", description: "d", options: numbered(25) })
    rejects({ type: 1, name: "a", description: "d", options: numbered(26) }, "options")
  })

  it("no two options have the same name, and the error names the second", () => {
    assert.include(failure(list, [named("a"), named("b"), named("a")]), "[2][\"name\"]")
    assert.include(
      failure(list, [{ type: 1, name: "s", description: "d", options: [named("a"), named("a")] }]),
      "[0][\"options\"][1][\"name\"]"
    )
  })

  it("required options come first, and the error names the one that does not", () => {
    const needed = named("needed", { required: true })
    const free = named("free")
    assert.isFalse(refuses(list, [needed, free]))
    assert.isFalse(refuses(list, [needed, named("also_needed", { required: true })]))
    assert.isFalse(refuses(list, [free, named("other", { required: false })]))
    assert.include(failure(list, [free, needed]), "[1][\"required\"]")
    assert.include(failure(list, [named("a", { required: null }), named("b"), needed]), "[2][\"required\"]")
  })
})
