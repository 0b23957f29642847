import { GuildMember, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { fullGuildMember, guildMember } from "../../fixtures/guild.ts"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { bareUser, user } from "../../fixtures/user.ts"

const cdn = "https://cdn.discordapp.com"
const guildId = Snowflake.GuildId.make("197038439483310086")
const full = decode(GuildMember.GuildMember, fullGuildMember)
const userless = decode(GuildMember.GuildMember, guildMember)
const make = (members: object) => decode(GuildMember.GuildMember, { ...fullGuildMember, ...members })
const iso = Option.map(DateTime.formatIso)

laws("GuildMember", GuildMember.GuildMember, {
  examples: {
    "the documented member": guildMember,
    "a member with everything": fullGuildMember,
    "a guest with nulls": { ...guildMember, joined_at: null, premium_since: null, communication_disabled_until: null }
  },
  required: ["roles", "joined_at", "deaf", "mute"]
})

describe("GuildMember", () => {
  ignoresUnknownMembers("GuildMember", GuildMember.GuildMember, fullGuildMember)

  it("encodes times byte by byte as they were", () => {
    const text = JSON.stringify(encode(GuildMember.GuildMember, full))
    for (const time of ["2015-04-26T06:26:56.936000+00:00", "2019-06-01T00:00:00+00:00"]) assert.include(text, time)
  })

  it("keeps unknown flags and permissions", () => {
    const future = { ...fullGuildMember, flags: 2 ** 40 + 1, permissions: String(2n ** 90n) }
    const decoded = decode(GuildMember.GuildMember, future)
    assert.deepStrictEqual(encode(GuildMember.GuildMember, decoded), future)
    assert.deepStrictEqual(GuildMember.flags(decoded), ["DID_REJOIN"])
  })

  it("rejects a member of the wrong type", () => {
    const wrong = [{ joined_at: "yesterday" }, { roles: ["admin"] }, { roles: null }, { user: {} }, { flags: null }]
    for (const members of wrong) {
      const json = { ...fullGuildMember, ...members }
      assert.isTrue(refuses(GuildMember.GuildMember, json), JSON.stringify(members))
    }
  })

  it("displayName is the nickname, else the user's", () => {
    assert.deepStrictEqual(GuildMember.displayName(make({ nick: "N" })), Option.some("N"))
    assert.deepStrictEqual(GuildMember.displayName(full), Option.some("Nelly"))
    assert.deepStrictEqual(GuildMember.displayName(make({ user: bareUser })), Option.some("Discord"))
    assert.deepStrictEqual(GuildMember.displayName(userless), Option.some("NOT API SUPPORT"))
    assert.deepStrictEqual(
      GuildMember.displayName(decode(GuildMember.GuildMember, { ...guildMember, nick: null })),
      Option.none()
    )
  })

  it("mention needs the user", () => {
    assert.deepStrictEqual(GuildMember.mention(full), Option.some("<@80351110224678912>"))
    assert.deepStrictEqual(GuildMember.mention(userless), Option.none())
  })

  it("avatarUrl prefers the guild's avatar, then the user's, then the default one", () => {
    const guildAvatar = `${cdn}/guilds/197038439483310086/users/80351110224678912/avatars/${fullGuildMember.avatar}.gif`
    assert.deepStrictEqual(GuildMember.avatarUrl(full, guildId), Option.some(guildAvatar))
    assert.deepStrictEqual(GuildMember.guildAvatarUrl(full, guildId), Option.some(guildAvatar))
    assert.deepStrictEqual(
      GuildMember.avatarUrl(make({ avatar: null }), guildId, { size: 64 }),
      Option.some(`${cdn}/avatars/80351110224678912/${user.avatar}.webp?size=64`)
    )
    assert.deepStrictEqual(
      GuildMember.avatarUrl(make({ avatar: null, user: bareUser }), guildId),
      Option.some(`${cdn}/embed/avatars/4.png`)
    )
    assert.deepStrictEqual(GuildMember.guildAvatarUrl(make({ avatar: null }), guildId), Option.none())
    assert.deepStrictEqual(GuildMember.avatarUrl(userless, guildId), Option.none())
  })

  it("bannerUrl prefers the guild's banner, then the user's", () => {
    assert.deepStrictEqual(
      GuildMember.bannerUrl(full, guildId),
      Option.some(`${cdn}/guilds/197038439483310086/users/80351110224678912/banners/${fullGuildMember.banner}.gif`)
    )
    assert.deepStrictEqual(
      GuildMember.bannerUrl(make({ banner: null }), guildId),
      Option.some(`${cdn}/banners/80351110224678912/${user.banner}.webp`)
    )
    assert.deepStrictEqual(GuildMember.bannerUrl(make({ banner: null, user: bareUser }), guildId), Option.none())
    assert.deepStrictEqual(GuildMember.bannerUrl(userless, guildId), Option.none())
  })

  it("flags returns the names of the documented bits, and no names when the member is absent", () => {
    assert.deepStrictEqual(GuildMember.flags(full), ["DID_REJOIN", "COMPLETED_ONBOARDING", "STARTED_ONBOARDING"])
    assert.deepStrictEqual(GuildMember.flags(userless), [])
    assert.strictEqual(new Set(Object.values(GuildMember.Flag)).size, 10)
  })

  it("joinedAt, premiumSince and timedOutUntil are instants", () => {
    assert.deepStrictEqual(iso(GuildMember.joinedAt(full)), Option.some("2015-04-26T06:26:56.936Z"))
    assert.deepStrictEqual(iso(GuildMember.premiumSince(full)), Option.some("2019-06-01T00:00:00.000Z"))
    assert.deepStrictEqual(iso(GuildMember.timedOutUntil(full)), Option.some("2022-01-25T03:08:13.441Z"))
    assert.deepStrictEqual(iso(GuildMember.joinedAt(make({ joined_at: null }))), Option.none())
    assert.deepStrictEqual(iso(GuildMember.premiumSince(userless)), Option.none())
    assert.deepStrictEqual(iso(GuildMember.timedOutUntil(userless)), Option.none())
  })

  it("isTimedOut is true until before the end of the timeout", () => {
    const at = (text: string) => GuildMember.isTimedOut(full, DateTime.makeUnsafe(text))
    assert.isTrue(at("2022-01-25T03:08:13.440Z"))
    assert.isFalse(at("2022-01-25T03:08:13.441Z"))
    assert.isFalse(at("2023-01-01T00:00:00Z"))
    assert.isFalse(GuildMember.isTimedOut(userless, DateTime.makeUnsafe(0)))
    assert.isFalse(
      GuildMember.isTimedOut(make({ communication_disabled_until: null }), DateTime.makeUnsafe(0))
    )
  })

  it.effect("isTimedOut follows the clock", () =>
    Effect.gen(function*() {
      const until = Option.getOrThrow(GuildMember.timedOutUntil(full))
      yield* TestClock.setTime(DateTime.toEpochMillis(until) - 1)
      assert.isTrue(GuildMember.isTimedOut(yield* DateTime.now)(full))
      yield* TestClock.adjust(Duration.millis(1))
      assert.isFalse(GuildMember.isTimedOut(yield* DateTime.now)(full))
    }))

  it.prop("no function throws for any member", [GuildMember.GuildMember], ([any]) => {
    const url = GuildMember.avatarUrl(any, guildId)
    assert.strictEqual(Option.isSome(url), any.user !== undefined)
    assert.strictEqual(Option.isSome(GuildMember.mention(any)), any.user !== undefined)
    assert.strictEqual(Option.isSome(GuildMember.joinedAt(any)), any.joined_at !== null)
    assert.isFalse(GuildMember.isTimedOut(any, DateTime.makeUnsafe(8_640_000_000_000_000)))
  })
})
