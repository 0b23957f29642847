import { Message } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { allowedMentions, fullBody, helloWorld, lobbyMessage } from "../../fixtures/message.ts"

const { CreateLobbyMessage, LobbyMessage } = Message
const failure = (schema: Schema.Codec<unknown, unknown>, json: unknown): string => {
  const exit = Schema.decodeUnknownExit(Schema.toCodecJson(schema))(json)
  return Exit.isFailure(exit) ? String(exit.cause) : ""
}
const accepts = (members: object) =>
  assert.strictEqual(failure(CreateLobbyMessage, { ...fullBody, ...members }), "", JSON.stringify(members).slice(0, 80))
const rejects = (members: object, path: string) =>
  assert.include(failure(CreateLobbyMessage, { ...fullBody, ...members }), path, JSON.stringify(members).slice(0, 80))
const times = <A>(count: number, make: (index: number) => A): Array<A> =>
  Array.from({ length: count }, (_, index) => make(index))

laws("LobbyMessage", LobbyMessage, {
  examples: {
    "a message with everything": lobbyMessage,
    "a message whose metadata is null": { ...lobbyMessage, metadata: null, moderation_metadata: null }
  },
  required: ["id", "type", "content", "lobby_id", "channel_id", "author", "flags"]
})

laws("CreateLobbyMessage", CreateLobbyMessage, {
  examples: {
    "the documented body": helloWorld,
    "a body with everything": fullBody,
    "a body with nulls": Object.fromEntries(Object.keys(fullBody).map((member) => [member, null]))
  },
  required: []
})

laws("AllowedMentions", Message.AllowedMentions, {
  examples: Object.fromEntries(allowedMentions.map((each) => [JSON.stringify(each), each])),
  required: []
})

laws("MessageReference", Message.MessageReference, {
  examples: { "a reference with everything": fullBody.message_reference },
  required: ["message_id"]
})

laws("MessageAttachment", Message.MessageAttachment, {
  examples: { "an attachment with everything": fullBody.attachments[0] ?? {} },
  required: ["id"]
})

laws("SharedClientTheme", Message.SharedClientTheme, {
  examples: { "a theme with everything": fullBody.shared_client_theme },
  required: ["colors", "gradient_angle", "base_mix"]
})

describe("LobbyMessage", () => {
  ignoresUnknownMembers("LobbyMessage", LobbyMessage, lobbyMessage)

  it("keeps unknown types and flags", () => {
    const future = { ...lobbyMessage, type: 999, flags: 2 ** 40 + 1 }
    const decoded = decode(LobbyMessage, future)
    assert.deepStrictEqual(encode(LobbyMessage, decoded), future)
    assert.deepStrictEqual(Message.typeName(decoded), Option.none())
    assert.deepStrictEqual(Message.flags(decoded), ["CROSSPOSTED"])
  })

  it("rejects a member of the wrong type", () => {
    for (
      const members of [{ content: null }, { author: null }, { lobby_id: "x" }, { metadata: { a: 1 } }, { flags: "0" }]
    ) {
      assert.isTrue(refuses(LobbyMessage, { ...lobbyMessage, ...members }), JSON.stringify(members))
    }
  })

  it("authorName is the name in the lobby, else the user's", () => {
    const { lobby_member: _, ...without } = lobbyMessage
    assert.strictEqual(Message.authorName(decode(LobbyMessage, lobbyMessage)), "Twindly Shimmerleaf")
    assert.strictEqual(Message.authorName(decode(LobbyMessage, without)), "Nelly")
  })

  it("typeName returns the name of every documented type", () => {
    const numbers = Object.values(Message.MessageType)
    assert.strictEqual(new Set(numbers).size, 38)
    assert.deepStrictEqual<ReadonlyArray<string | null>>(
      numbers.map((type) => Option.getOrNull(Message.typeName({ type }))),
      Object.keys(Message.MessageType)
    )
    assert.deepStrictEqual(Message.typeName({ type: 19 }), Option.some("Reply"))
    assert.deepStrictEqual(Message.typeName({ type: 13 }), Option.none())
  })

  it("flags returns the names of the documented bits, from the lowest bit to the highest", () => {
    assert.deepStrictEqual<ReadonlyArray<string>>(Message.flags({ flags: 0xffff }), Object.keys(Message.Flag))
    assert.deepStrictEqual(Message.flags({ flags: 4096 }), ["SUPPRESS_NOTIFICATIONS"])
    assert.deepStrictEqual(Message.flags({}), [])
  })

  it("createdAt reads the id", () => {
    assert.strictEqual(
      DateTime.formatIso(Message.createdAt(decode(LobbyMessage, lobbyMessage))),
      "2017-07-11T17:27:24.250Z"
    )
  })
})

describe("CreateLobbyMessage", () => {
  it("content has at most 4,000 characters", () => {
    accepts({ content: "😀".repeat(4000) })
    rejects({ content: "x".repeat(4001) }, "[\"content\"]")
  })

  it("at most 10 embeds, with at most 6,000 characters together", () => {
    const embeds = (count: number, characters: number) => ({
      embeds: times(count, () => ({ description: "x".repeat(characters) }))
    })
    accepts(embeds(10, 600))
    rejects(embeds(11, 1), "[\"embeds\"]")
    rejects(embeds(10, 601), "[\"embeds\"]")
  })

  it("at most 3 stickers, 40 components and 10 attachments", () => {
    const lists: ReadonlyArray<readonly [string, number, (index: number) => unknown]> = [
      ["sticker_ids", 3, String],
      ["components", 40, () => ({ type: 10 })],
      ["attachments", 10, (index) => ({ id: String(index) })]
    ]
    for (const [member, most, make] of lists) {
      accepts({ [member]: times(most, make) })
      rejects({ [member]: times(most + 1, make) }, `["${member}"]`)
    }
  })

  it("components are any JSON objects, sent as they are", () => {
    const components = [{ type: 99, deep: { er: [null, 1.5, "x", { y: [] }] } }, {}]
    assert.deepStrictEqual(encode(CreateLobbyMessage, decode(CreateLobbyMessage, { components })), { components })
    for (const wrong of ["text", 1, [], null]) rejects({ components: [wrong] }, "[\"components\"][0]")
  })

  it("a nonce is an integer or has at most 25 characters", () => {
    for (const nonce of [0, -1, 2 ** 53 - 1, "", "x".repeat(25)]) accepts({ nonce })
    for (const nonce of ["x".repeat(26), 0.5, true]) rejects({ nonce }, "[\"nonce\"]")
  })

  it("at most 100 users and roles may be mentioned, none twice", () => {
    for (const member of ["users", "roles"]) {
      accepts({ allowed_mentions: { [member]: times(100, String) } })
      rejects({ allowed_mentions: { [member]: times(101, String) } }, `["allowed_mentions"]["${member}"]`)
      rejects({ allowed_mentions: { [member]: ["1", "1"] } }, `["allowed_mentions"]["${member}"]`)
    }
    accepts({ allowed_mentions: { parse: ["users", "roles", "everyone", "kind of 2030"] } })
    rejects({ allowed_mentions: { parse: ["users", "users"] } }, "[\"allowed_mentions\"][\"parse\"]")
  })

  it("texts of attachments hold their limits", () => {
    const attachment = (members: object) => ({ attachments: [{ id: "0", ...members }] })
    for (
      const [member, most] of [["filename", 1024], ["description", 1024], ["title", 1024], ["waveform", 400]] as const
    ) {
      accepts(attachment({ [member]: "x".repeat(most) }))
      rejects(attachment({ [member]: "x".repeat(most + 1) }), `["attachments"][0]["${member}"]`)
    }
    rejects(attachment({ filename: "" }), "[\"filename\"]")
    for (const duration_secs of [-1, 2 ** 31]) rejects(attachment({ duration_secs }), "[\"duration_secs\"]")
    accepts(attachment({ duration_secs: 2 ** 31 - 1 }))
  })

  it("a shared theme holds 1 to 5 colors, an angle and a percentage", () => {
    const theme = (members: object) => ({ shared_client_theme: { ...fullBody.shared_client_theme, ...members } })
    accepts(theme({ colors: times(5, () => "abcdef"), gradient_angle: 360, base_mix: 0 }))
    for (const colors of [[], times(6, () => "abcdef"), ["#ffffff"], ["red"]]) {
      rejects(theme({ colors }), "[\"colors\"]")
    }
    for (const gradient_angle of [-1, 361]) rejects(theme({ gradient_angle }), "[\"gradient_angle\"]")
    for (const base_mix of [-1, 101, 0.5]) rejects(theme({ base_mix }), "[\"base_mix\"]")
  })

  it("an invalid id fails, and the error names it", () => {
    rejects({ message_reference: { message_id: "last" } }, "[\"message_reference\"][\"message_id\"]")
    rejects({ sticker_ids: ["wave"] }, "[\"sticker_ids\"][0]")
  })
})
