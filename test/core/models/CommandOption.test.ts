import { CommandOption } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import { options, permissions } from "../../fixtures/applicationCommand.ts"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"

const [text, integer, number, boolean, user, role, mentionable, channel, file] = options
const [group] = permissions.options
const future = { type: 12, name: "dice", description: "dice", sides: { least: 6, faces: [1, null] } }
const any = (json: unknown) => decode(CommandOption.CommandOption, json)
const required = ["type", "name", "description"]

laws("StringOption", CommandOption.StringOption, { examples: { "a text": text ?? {} }, required })
laws("IntegerOption", CommandOption.IntegerOption, { examples: { "an integer": integer ?? {} }, required })
laws("NumberOption", CommandOption.NumberOption, { examples: { "a number": number ?? {} }, required })
laws("PlainOption", CommandOption.PlainOption, {
  examples: {
    "a truth value": boolean ?? {},
    "a user": user ?? {},
    "a role": role ?? {},
    "a mentionable": mentionable ?? {}
  },
  required
})
laws("ChannelOption", CommandOption.ChannelOption, { examples: { "a channel": channel ?? {} }, required })
laws("AttachmentOption", CommandOption.AttachmentOption, { examples: { "a file": file ?? {} }, required })
laws("UnknownOption", CommandOption.UnknownOption, {
  examples: { "an option of the future": future },
  required: ["type", "name"]
})
laws("SubcommandOption", CommandOption.SubcommandOption, {
  examples: { "a documented subcommand": group?.options[0] ?? {} },
  required
})
laws("SubcommandGroupOption", CommandOption.SubcommandGroupOption, {
  examples: { "a documented group": group ?? {} },
  required
})

for (
  const [name, schema, value] of [
    ["StringChoice", CommandOption.StringChoice, "1"],
    ["IntegerChoice", CommandOption.IntegerChoice, 1],
    ["NumberChoice", CommandOption.NumberChoice, 0.5]
  ] as const
) {
  laws(name, schema, {
    examples: {
      "a choice": { name: "One", value },
      "a localized choice": { name: "One", name_localized: "Eins", name_localizations: { de: "Eins" }, value },
      "a choice without localizations": { name: "One", name_localizations: null, value }
    },
    required: ["name", "value"]
  })
}

describe("CommandOption", () => {
  ignoresUnknownMembers("StringOption", CommandOption.StringOption, text ?? {})

  it("an option of each type decodes and encodes without loss", () => {
    for (const json of [...options, ...permissions.options]) {
      assert.deepStrictEqual(encode(CommandOption.CommandOption, any(json)), json, JSON.stringify(json))
    }
  })

  it.prop("decodes what it encodes", [CommandOption.CommandOption], ([option]) => {
    assert.isTrue(
      Equal.equals(decode(CommandOption.CommandOption, encode(CommandOption.CommandOption, option)), option)
    )
  })

  it("an option of an unknown type keeps all its members, also in a subcommand", () => {
    const subcommand = { type: 1, name: "roll", description: "roll", options: [future] }
    for (const json of [future, subcommand, { ...group, options: [subcommand] }]) {
      assert.deepStrictEqual(encode(CommandOption.CommandOption, any(json)), json)
    }
    assert.deepStrictEqual(CommandOption.typeName(any(future)), Option.none())
  })

  it("rejects an invalid option of a known type", () => {
    for (const json of [...options, ...permissions.options]) {
      assert.isTrue(refuses(CommandOption.CommandOption, { ...json, description: 1 }), json.name)
    }
    assert.isTrue(refuses(CommandOption.CommandOption, { ...text, choices: [{ name: "One", value: 1 }] }))
    assert.isTrue(refuses(CommandOption.CommandOption, { ...integer, choices: [{ name: "One", value: 1.5 }] }))
    assert.isTrue(refuses(CommandOption.CommandOption, { ...file, type: "11" }))
  })

  it("decodes a response that exceeds the limits of a request", () => {
    const long = { ...text, name: "Any Name", description: "x".repeat(200), max_length: 9999, autocomplete: true }
    assert.deepStrictEqual(encode(CommandOption.CommandOption, any(long)), long)
  })

  it("is narrows: the compiler knows the members of the type", () => {
    const { OptionType, is } = CommandOption
    const detail = (option: CommandOption.CommandOption): unknown => {
      if (is(option, OptionType.String)) return option.max_length
      if (is(option, OptionType.Number)) return option.min_value
      if (is(option, OptionType.Channel)) return option.channel_types
      if (is(option, OptionType.Role)) return option.type
      if (is(option, OptionType.SubcommandGroup)) return option.options?.map(({ name }) => name)
      return "other"
    }
    assert.deepStrictEqual(
      [text, number, channel, role, group, boolean, future].map((json) => detail(any(json))),
      [6000, -0.5, [0, 5], 8, ["get", "edit"], "other", "other"]
    )
    const files: ReadonlyArray<CommandOption.AttachmentOption> = options.map(any).filter(is(OptionType.Attachment))
    assert.deepStrictEqual(files.map(({ file_types }) => file_types), [["image", ".pdf"]])
  })

  it("typeName returns the names of the eleven documented types", () => {
    const names = Array.from({ length: 11 }, (_, index) => CommandOption.typeName({ type: index + 1 }))
    assert.deepStrictEqual<ReadonlyArray<string | null>>(
      names.map(Option.getOrNull),
      Object.keys(CommandOption.OptionType)
    )
  })
})
