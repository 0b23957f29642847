import { Embed } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { decode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { embed, helloWorld } from "../../fixtures/message.ts"

const failure = (json: unknown): string => {
  const exit = Schema.decodeUnknownExit(Schema.toCodecJson(Embed.Embed))(json)
  return Exit.isFailure(exit) ? String(exit.cause) : ""
}
const characters = (json: object): number => Embed.characters(decode(Embed.Embed, json))

laws("Embed", Embed.Embed, {
  examples: {
    "an embed with everything": embed,
    "the documented embed": helloWorld.embeds[0] ?? {},
    "an embed with nulls": Object.fromEntries(Object.keys(embed).map((member) => [member, null]))
  },
  required: []
})
laws("EmbedAuthor", Embed.EmbedAuthor, { examples: { "an author": embed.author }, required: [] })
laws("EmbedMedia", Embed.EmbedMedia, {
  examples: { "an image": embed.image, "a thumbnail": embed.thumbnail },
  required: []
})
laws("EmbedFooter", Embed.EmbedFooter, { examples: { "a footer": embed.footer }, required: [] })
laws("EmbedProvider", Embed.EmbedProvider, { examples: { "a provider": embed.provider }, required: [] })
laws("EmbedField", Embed.EmbedField, {
  examples: { "a field": embed.fields[0] ?? {}, "a field in a line": { name: "n", value: "v", inline: null } },
  required: ["name", "value"]
})

describe("Embed", () => {
  ignoresUnknownMembers("Embed", Embed.Embed, embed)

  it("limits the length of each text, and the error names the member", () => {
    const texts: ReadonlyArray<readonly [string, number, (text: string) => object]> = [
      ["[\"title\"]", 256, (title) => ({ title })],
      ["[\"description\"]", 4096, (description) => ({ description })],
      ["[\"url\"]", 2048, (url) => ({ url })],
      ["[\"author\"][\"name\"]", 256, (name) => ({ author: { name } })],
      ["[\"author\"][\"icon_url\"]", 2048, (icon_url) => ({ author: { icon_url } })],
      ["[\"footer\"][\"text\"]", 2048, (text) => ({ footer: { text } })],
      ["[\"provider\"][\"name\"]", 256, (name) => ({ provider: { name } })],
      ["[\"image\"][\"description\"]", 4096, (description) => ({ image: { description } })],
      ["[\"thumbnail\"][\"placeholder\"]", 64, (placeholder) => ({ thumbnail: { placeholder } })],
      ["[\"fields\"][0][\"name\"]", 256, (name) => ({ fields: [{ name, value: "v" }] })],
      ["[\"fields\"][0][\"value\"]", 1024, (value) => ({ fields: [{ name: "n", value }] })]
    ]
    for (const [path, most, make] of texts) {
      assert.strictEqual(failure(make("😀".repeat(most))), "", path)
      assert.include(failure(make("x".repeat(most + 1))), path)
    }
  })

  it("a color is 0 to 0xffffff", () => {
    for (const color of [0, 0xffffff]) assert.isFalse(refuses(Embed.Embed, { color }))
    for (const color of [-1, 0x1000000, 0.5, "#ff0000"]) assert.include(failure({ color }), "[\"color\"]")
  })

  it("at most 25 fields", () => {
    const fields = (count: number) => ({ fields: Array.from({ length: count }, () => ({ name: "n", value: "v" })) })
    assert.isFalse(refuses(Embed.Embed, fields(25)))
    assert.include(failure(fields(26)), "[\"fields\"]")
  })

  it("a timestamp is ISO 8601", () => {
    assert.include(failure({ timestamp: "yesterday" }), "[\"timestamp\"]")
  })

  it("characters counts the six texts that Discord counts, trimmed", () => {
    assert.strictEqual(characters(embed), "TitleDescriptionNameValueFooterAuthor".length)
    assert.strictEqual(characters({ title: "  😀😀 \n" }), 2)
    assert.strictEqual(characters({ provider: { name: "free" }, image: { description: "free" }, url: "free" }), 0)
    assert.strictEqual(characters({ title: null, fields: null, footer: null, author: { name: null } }), 0)
  })
})

describe("Embeds", () => {
  const embeds = (count: number, length: number) => Array.from({ length: count }, () => ({ title: "x".repeat(length) }))

  it("at most 10", () => {
    assert.isFalse(refuses(Embed.Embeds, embeds(10, 1)))
    assert.isTrue(refuses(Embed.Embeds, embeds(11, 1)))
  })

  it("at most 6,000 characters together", () => {
    const long = { description: "x".repeat(4096) }
    assert.isFalse(refuses(Embed.Embeds, [long, { description: "x".repeat(6000 - 4096) }]))
    assert.isTrue(refuses(Embed.Embeds, [long, { description: "x".repeat(6001 - 4096) }]))
    assert.isTrue(refuses(Embed.Embeds, [long, long]))
  })
})
