import { Snowflake } from "@discord-oauth2/core"
import { Lobby } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { createOrJoin, linkedLobby, lobby } from "../../fixtures/lobby.ts"

const linked = decode(Lobby.Lobby, linkedLobby)
const host = Snowflake.UserId.make("41771983429993000")
const guest = Snowflake.UserId.make("80351110224678912")
const stranger = Snowflake.UserId.make("1")
const body = (members: object) => ({ ...createOrJoin, ...members })
const entries = (count: number, value = "1") =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key ${index}`, value]))

laws("Lobby", Lobby.Lobby, {
  examples: {
    "the documented lobby": lobby,
    "a lobby with everything": linkedLobby,
    "a lobby without metadata": { ...linkedLobby, metadata: null, override_event_webhooks_url: "https://game.example" }
  },
  required: ["id", "application_id", "metadata", "members"]
})

laws("LobbyMember", Lobby.LobbyMember, {
  examples: Object.fromEntries(linkedLobby.members.map((each) => [`member ${each.id}`, each])),
  required: ["id", "metadata", "flags"]
})

laws("CreateOrJoinLobby", Lobby.CreateOrJoinLobby, {
  examples: {
    "a body with everything": createOrJoin,
    "a body with nulls": {
      secret: "s",
      idle_timeout_seconds: null,
      lobby_metadata: null,
      member_metadata: {},
      flags: null
    }
  },
  required: ["secret"]
})

laws("UpdateLinkedChannel", Lobby.UpdateLinkedChannel, {
  examples: {
    "a channel": { channel_id: "41771983423143937" },
    "none, in one way": { channel_id: null },
    "none, in the other": {}
  },
  required: []
})

laws("LobbyInvite", Lobby.LobbyInvite, { examples: { "an invite": { code: "discord-api" } }, required: ["code"] })

describe("Lobby", () => {
  ignoresUnknownMembers("Lobby", Lobby.Lobby, linkedLobby)
  ignoresUnknownMembers("LobbyInvite", Lobby.LobbyInvite, { code: "discord-api" })

  it("keeps unknown flags and a linked channel of an unknown type", () => {
    const future = {
      ...linkedLobby,
      flags: 2 ** 32 - 1,
      members: [{ id: "1", metadata: null, flags: 2 ** 40 + 1 }],
      linked_channel: { id: "2", type: 99, what: { ever: [1] } }
    }
    const decoded = decode(Lobby.Lobby, future)
    assert.deepStrictEqual(encode(Lobby.Lobby, decoded), future)
    assert.deepStrictEqual(decoded.members.map(Lobby.memberFlags), [["CAN_LINK_LOBBY"]])
  })

  it("rejects a member of the wrong type", () => {
    const wrong = [{ members: null }, { metadata: { a: 1 } }, { members: [{ id: "me", metadata: null, flags: 0 }] }, {
      linked_channel: null
    }]
    for (const members of wrong) {
      assert.isTrue(refuses(Lobby.Lobby, { ...linkedLobby, ...members }), JSON.stringify(members))
    }
  })

  it("member finds the user", () => {
    assert.deepStrictEqual(Lobby.member(linked, guest), Option.fromUndefinedOr(linked.members[1]))
    assert.isTrue(Option.isSome(Lobby.member(linked, guest)))
    assert.deepStrictEqual(Lobby.member(stranger)(linked), Option.none())
  })

  it("canLinkChannel is true for a member with the flag", () => {
    assert.isTrue(Lobby.canLinkChannel(linked, host))
    assert.isFalse(Lobby.canLinkChannel(linked, guest))
    assert.isFalse(Lobby.canLinkChannel(linked, stranger))
    assert.isTrue(Lobby.canLinkChannel(host)(linked))
  })

  it("inviteUrl returns a URL for any code", () => {
    assert.strictEqual(Lobby.inviteUrl({ code: "discord-api" }), "https://discord.gg/discord-api")
    assert.strictEqual(Lobby.inviteUrl({ code: "../a?b#c" }), "https://discord.gg/..%2Fa%3Fb%23c")
  })

  it("createdAt reads the id", () => {
    assert.strictEqual(DateTime.formatIso(Lobby.createdAt(linked)), "2015-09-22T22:24:45.279Z")
  })
})

describe("CreateOrJoinLobby", () => {
  const schema = Lobby.CreateOrJoinLobby
  const failure = (value: typeof schema.Type): string => {
    const exit = Schema.encodeExit(Schema.toCodecJson(schema))(value)
    return Exit.isFailure(exit) ? String(exit.cause) : ""
  }

  it("the idle timeout is 5 to 604,800 seconds", () => {
    for (const idle_timeout_seconds of [5, 604_800, null]) {
      assert.isFalse(refuses(schema, body({ idle_timeout_seconds })), String(idle_timeout_seconds))
    }
    for (const idle_timeout_seconds of [4, 604_801, 5.5, "60"]) {
      assert.isTrue(refuses(schema, body({ idle_timeout_seconds })), String(idle_timeout_seconds))
    }
  })

  it("metadata has at most 25 entries of at most 1,024 characters", () => {
    for (const member of ["lobby_metadata", "member_metadata"]) {
      assert.isFalse(refuses(schema, body({ [member]: entries(25, "x".repeat(1024)) })))
      assert.isFalse(refuses(schema, body({ [member]: entries(1, "😀".repeat(1024)) })))
      assert.isTrue(refuses(schema, body({ [member]: entries(26) })))
      assert.isTrue(refuses(schema, body({ [member]: entries(1, "x".repeat(1025)) })))
      assert.isTrue(refuses(schema, body({ [member]: { a: 1 } })))
    }
  })

  it("the secret has at most 250 characters", () => {
    assert.isFalse(refuses(schema, body({ secret: "x".repeat(250) })))
    assert.isTrue(refuses(schema, body({ secret: "x".repeat(251) })))
  })

  it("an error names the field", () => {
    const secret = Redacted.make("s")
    assert.include(failure({ secret, idle_timeout_seconds: 1 }), "idle_timeout_seconds")
    assert.include(failure({ secret, lobby_metadata: entries(26) }), "lobby_metadata")
    assert.include(failure({ secret, member_metadata: { long: "x".repeat(1025) } }), "[\"member_metadata\"][\"long\"]")
  })

  it("S33: the secret shows neither in the value nor in an error", () => {
    const secret = "a secret of the game".padEnd(251, "!")
    const shown = failure({ secret: Redacted.make(secret) })
    assert.include(shown, "secret")
    assert.notInclude(shown, "of the game")
    assert.notInclude(JSON.stringify(decode(schema, createOrJoin)), "of the game")
  })
})
