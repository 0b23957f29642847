import { Snowflake } from "@discord-oauth2/core"
import { Channel } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as Fixtures from "../../fixtures/channel.ts"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"

const { announcementChannel, category, forum, groupChannel, joinedThread, privateChannel, textChannel, thread } =
  Fixtures
const stage = {
  id: "881",
  type: 17,
  guild_id: "41771983423143937",
  name: "arena",
  rules: { teams: [1, null, { deep: true }] }
}
const any = (json: object) => decode(Channel.Channel, json)

laws("GuildChannel", Channel.GuildChannel, {
  examples: {
    "the documented text channel": textChannel,
    "the documented announcement channel": announcementChannel,
    "the documented voice channel": Fixtures.voiceChannel,
    "the documented category": category,
    "a forum with everything": forum,
    "a forum with nulls": {
      ...forum,
      default_reaction_emoji: null,
      default_sort_order: null,
      default_tag_setting: null
    }
  },
  required: ["id", "type", "guild_id", "name", "position"]
})

laws("Thread", Channel.Thread, {
  examples: { "the documented thread": thread, "a thread with everything": joinedThread },
  required: [
    "id",
    "type",
    "guild_id",
    "name",
    "owner_id",
    "thread_metadata",
    "message_count",
    "member_count",
    "total_message_sent"
  ]
})

laws("ThreadMetadata", Channel.ThreadMetadata, {
  examples: { "of the documented thread": thread.thread_metadata, "with everything": joinedThread.thread_metadata },
  required: ["archived", "archive_timestamp", "auto_archive_duration", "locked"]
})

laws("ThreadMember", Channel.ThreadMember, {
  examples: { "with everything": joinedThread.member },
  required: ["id", "user_id", "join_timestamp", "flags"]
})

laws("PrivateChannel", Channel.PrivateChannel, {
  examples: { "the documented one": privateChannel, "without messages": { ...privateChannel, last_message_id: null } },
  required: ["id", "type", "recipients"]
})

laws("PrivateGroupChannel", Channel.PrivateGroupChannel, {
  examples: {
    "the documented one": groupChannel,
    "one of an application": { ...groupChannel, name: null, managed: true, application_id: "172150183260323840" }
  },
  required: ["id", "type", "recipients", "name", "icon", "owner_id"]
})

laws("PermissionOverwrite", Channel.PermissionOverwrite, {
  examples: { "of a role": forum.permission_overwrites[0] ?? {}, "of a member": forum.permission_overwrites[1] ?? {} },
  required: ["id", "type", "allow", "deny"]
})

laws("ForumTag", Channel.ForumTag, {
  examples: {
    "with a Unicode emoji": forum.available_tags[0] ?? {},
    "with a custom one": forum.available_tags[1] ?? {}
  },
  required: ["id", "name", "moderated", "emoji_id", "emoji_name"]
})

laws("UnknownChannel", Channel.UnknownChannel, {
  examples: { "a channel of the future": stage },
  required: ["id", "type"]
})

describe("Channel", () => {
  for (const [name, json] of Object.entries(Fixtures)) {
    it(`${name} decodes and encodes without loss`, () => {
      assert.deepStrictEqual(encode(Channel.Channel, any(json)), json)
    })
  }

  it.prop("decodes what it encodes", [Channel.Channel], ([channel]) => {
    assert.isTrue(Equal.equals(decode(Channel.Channel, encode(Channel.Channel, channel)), channel))
  })

  ignoresUnknownMembers("GuildChannel", Channel.GuildChannel, forum)
  ignoresUnknownMembers("Thread", Channel.Thread, joinedThread)

  it("a channel of an unknown type keeps all its members", () => {
    assert.deepStrictEqual(encode(Channel.Channel, any(stage)), stage)
    assert.deepStrictEqual(Channel.name(any(stage)), Option.some("arena"))
    assert.deepStrictEqual(Channel.typeName(any(stage)), Option.none())
    assert.isFalse(Channel.isThread(any(stage)))
  })

  it("rejects a channel of a known type without a required member", () => {
    for (const type of Object.values(Channel.ChannelType)) {
      assert.isTrue(refuses(Channel.Channel, { id: "1", type }), String(type))
    }
    assert.isTrue(refuses(Channel.Channel, { type: 17 }))
    assert.isTrue(refuses(Channel.Channel, { id: "1", type: "17" }))
  })

  it("keeps unknown flags, layouts, settings and overwrites", () => {
    const future = {
      ...forum,
      flags: 2 ** 40 + 2,
      default_forum_layout: 9,
      default_sort_order: 9,
      default_tag_setting: "match_none",
      video_quality_mode: 9,
      default_auto_archive_duration: 7,
      permission_overwrites: [{ id: "1", type: 9, allow: String(2n ** 80n), deny: "0" }]
    }
    assert.deepStrictEqual(encode(Channel.Channel, any(future)), future)
    assert.deepStrictEqual(Channel.flags(any(future)), ["PINNED"])
  })

  it("the guards narrow: the compiler knows the members of each kind", () => {
    const describe = (channel: Channel.Channel): string | number => {
      if (Channel.isGuildChannel(channel)) return channel.position
      if (Channel.isPrivateGroupChannel(channel)) return channel.owner_id
      if (Channel.isPrivateChannel(channel)) return channel.recipients.length
      if (Channel.isThread(channel)) return channel.thread_metadata.auto_archive_duration
      return `unknown ${channel.type}`
    }
    assert.deepStrictEqual(
      [forum, groupChannel, privateChannel, thread, category, stage].map((json) => describe(any(json))),
      [3, "82198810841029460", 1, 1440, 0, "unknown 17"]
    )
  })

  it("exactly one guard accepts each known type, and none accepts an unknown type", () => {
    const guards = [Channel.isGuildChannel, Channel.isThread, Channel.isPrivateChannel, Channel.isPrivateGroupChannel]
    const matching = (json: object) => guards.filter((guard) => guard(any(json)))
    for (const type of [0, 2, 4, 5, 13, 14, 15, 16]) {
      assert.deepStrictEqual(matching({ ...forum, type }), [Channel.isGuildChannel], String(type))
    }
    for (const type of [10, 11, 12]) assert.deepStrictEqual(matching({ ...thread, type }), [Channel.isThread])
    assert.deepStrictEqual(matching(privateChannel), [Channel.isPrivateChannel])
    assert.deepStrictEqual(matching(groupChannel), [Channel.isPrivateGroupChannel])
    assert.deepStrictEqual(matching(stage), [])
  })

  it("name returns the name of a channel that has one", () => {
    assert.deepStrictEqual(Channel.name(any(textChannel)), Option.some("general"))
    assert.deepStrictEqual(Channel.name(any(privateChannel)), Option.none())
    assert.deepStrictEqual(Channel.name(any({ ...groupChannel, name: null })), Option.none())
    assert.deepStrictEqual(Channel.name(any({ ...stage, name: 1 })), Option.none())
  })

  it("typeName returns the names of the thirteen documented types", () => {
    const names: ReadonlyArray<string | null> = [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16]
      .map((type) => Option.getOrNull(Channel.typeName({ type })))
    assert.deepStrictEqual<ReadonlyArray<string | null>>(names, Object.keys(Channel.ChannelType))
  })

  it("flags returns the names of the documented bits, from the lowest bit to the highest", () => {
    const flags = (1 << 1) | (1 << 4) | (1 << 15) | (1 << 21)
    assert.deepStrictEqual<ReadonlyArray<string>>(Channel.flags({ flags }), Object.keys(Channel.Flag))
    assert.deepStrictEqual(Channel.flags(any(textChannel)), [])
  })

  it("mention returns the text for a message, createdAt comes from the id", () => {
    const id = Snowflake.ChannelId.make("103735883630395392")
    assert.strictEqual(Channel.mention({ id }), "<#103735883630395392>")
    assert.strictEqual(DateTime.formatIso(Channel.createdAt(any(textChannel))), "2015-04-26T06:26:56.934Z")
  })
})
