import { Guild, Permissions } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { authorizedGuild } from "../../fixtures/oauth2.ts"
import { partialGuild } from "../../fixtures/user.ts"

const cdn = "https://cdn.discordapp.com"
const krew = decode(Guild.PartialGuild, partialGuild)
const make = (members: Partial<typeof Guild.PartialGuild.Encoded>) =>
  decode(Guild.PartialGuild, { ...partialGuild, ...members })

const { approximate_member_count: _members, approximate_presence_count: _presences, ...withoutCounts } = partialGuild

laws("PartialGuild", Guild.PartialGuild, {
  examples: {
    "the documented partial guild": partialGuild,
    "a guild without counts": withoutCounts,
    "a guild with nulls": { ...partialGuild, icon: null, banner: null, approximate_member_count: null }
  },
  required: ["id", "name", "icon", "banner", "owner", "permissions", "features"]
})

laws("AuthorizedGuild", Guild.AuthorizedGuild, {
  examples: { "the guild of the documented token answer": authorizedGuild },
  required: ["id", "name"]
})

describe("Guild", () => {
  ignoresUnknownMembers("PartialGuild", Guild.PartialGuild, partialGuild)

  it("keeps unknown features and permissions", () => {
    const future = { ...partialGuild, features: ["FEATURE_OF_2030", "NEWS"], permissions: String(2n ** 80n) }
    assert.deepStrictEqual(encode(Guild.PartialGuild, decode(Guild.PartialGuild, future)), future)
  })

  it("rejects a member of the wrong type", () => {
    const wrong = [{ id: "guild" }, { permissions: 36953089 }, { features: "NEWS" }, { features: [1] }, { owner: 1 }]
    for (const members of wrong) {
      assert.isTrue(refuses(Guild.PartialGuild, { ...partialGuild, ...members }), JSON.stringify(members))
    }
  })

  it("an authorized guild keeps all other members, at any depth", () => {
    const future = { ...authorizedGuild, a_member_of_2030: { deep: [1, null, { deeper: true }] } }
    const decoded = decode(Guild.AuthorizedGuild, future)
    assert.deepStrictEqual(encode(Guild.AuthorizedGuild, decoded), future)
    assert.deepStrictEqual(decoded.a_member_of_2030, future.a_member_of_2030)
    assert.strictEqual(decoded.owner_id, "53908232999183680")
  })

  it("iconUrl returns the URL of the icon of a partial or authorized guild", () => {
    assert.deepStrictEqual(
      Guild.iconUrl(krew, { size: 32 }),
      Option.some(`${cdn}/icons/80351110224678912/8342729096ea3675442027381ff50dfe.webp?size=32`)
    )
    assert.deepStrictEqual(Guild.iconUrl(make({ icon: null })), Option.none())
    assert.deepStrictEqual(Guild.iconUrl(decode(Guild.AuthorizedGuild, authorizedGuild)), Option.none())
    assert.deepStrictEqual(
      Guild.iconUrl(decode(Guild.AuthorizedGuild, { ...authorizedGuild, icon: "a_1" })),
      Option.some(`${cdn}/icons/2909267986347357250/a_1.gif`)
    )
  })

  it("isIconAnimated checks the hash of the icon", () => {
    assert.isTrue(Guild.isIconAnimated(make({ icon: "a_1" })))
    assert.isFalse(Guild.isIconAnimated(krew))
    assert.isFalse(Guild.isIconAnimated(make({ icon: null })))
  })

  it("bannerUrl returns the URL of the banner of a guild that has one", () => {
    assert.deepStrictEqual(
      Guild.bannerUrl(krew, { format: "jpeg" }),
      Option.some(`${cdn}/banners/80351110224678912/bb42bdc37653b7cf58c4c8cc622e76cb.jpeg`)
    )
    assert.deepStrictEqual(Guild.bannerUrl(make({ banner: null })), Option.none())
  })

  it("acronym is what Discord shows for a guild without an icon", () => {
    const acronym = (name: string) => Guild.acronym({ name })
    assert.strictEqual(acronym("1337 Krew"), "1K")
    assert.strictEqual(acronym("Discord Testers"), "DT")
    assert.strictEqual(acronym("Nelly's server"), "Ns")
    assert.strictEqual(acronym("  the   quick-brown fox "), "tq-bf")
    assert.strictEqual(acronym("Übersicht Ärzte"), "ÜÄ")
    assert.strictEqual(acronym("日本 鯖"), "日鯖")
    assert.strictEqual(acronym("Cafe\u0301s ouverts"), "Co")
    assert.strictEqual(acronym("हिन्दी भाषा"), "हभ")
    assert.strictEqual(acronym(""), "")
  })

  it.prop("an acronym has no spaces and is never longer than the name", [Guild.PartialGuild], ([any]) => {
    const acronym = Guild.acronym(any)
    assert.notMatch(acronym, /\s/u)
    assert.isAtMost(acronym.length, any.name.length)
  })

  it("createdAt reads the id", () => {
    assert.strictEqual(DateTime.formatIso(Guild.createdAt(krew)), "2015-08-10T17:26:37.529Z")
  })

  it("can considers the owner, administrators and permissions", () => {
    const member = (owner: boolean, ...names: ReadonlyArray<Permissions.Name>) =>
      make({ owner, permissions: Permissions.fromNames(names) })
    assert.isTrue(Guild.can(member(true), "MANAGE_GUILD"))
    assert.isTrue(Guild.can(member(false, "ADMINISTRATOR"), "MANAGE_GUILD"))
    assert.isTrue(Guild.can(member(false, "MANAGE_GUILD"), "MANAGE_GUILD"))
    assert.isFalse(Guild.can(member(false, "MANAGE_ROLES"), "MANAGE_GUILD"))
    assert.deepStrictEqual([member(false), member(true)].filter(Guild.can("KICK_MEMBERS")), [member(true)])
  })

  it("decodes 200 guilds, the most that Discord sends", () => {
    const ids = Array.from({ length: 200 }, (_, index) => String(80351110224678912n + BigInt(index)))
    const decoded = ids.map((id) => make({ id }))
    assert.deepStrictEqual(decoded.map((guild) => guild.id), ids)
  })
})
