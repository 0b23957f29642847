import { Snowflake, User } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { authorizationInfo } from "../../fixtures/oauth2.ts"
import { bareUser, user } from "../../fixtures/user.ts"
import { application, incoming } from "../../fixtures/webhook.ts"

const cdn = "https://cdn.discordapp.com"
const nelly = decode(User.User, user)
const discord = decode(User.User, bareUser)
const make = (members: Partial<typeof User.User.Encoded>) => decode(User.User, { ...bareUser, ...members })

laws("User", User.User, {
  examples: {
    "the documented user": user,
    "a user with nulls": bareUser,
    "the user of the documented authorization information": authorizationInfo.user
  },
  required: ["id", "username", "discriminator", "global_name", "avatar"]
})

laws("PartialUser", User.PartialUser, {
  examples: { "the maker of the documented webhook": incoming.user, "a whole user": user },
  required: ["id", "username"]
})

describe("User", () => {
  ignoresUnknownMembers("User", User.User, user)

  it("keeps unknown flags, premium types, locales and palettes", () => {
    const future = {
      ...user,
      flags: Number.MAX_SAFE_INTEGER,
      public_flags: 2 ** 40,
      premium_type: 9,
      locale: "tlh",
      collectibles: { nameplate: { ...user.collectibles.nameplate, palette: "ultraviolet" } }
    }
    const decoded = decode(User.User, future)
    assert.deepStrictEqual(encode(User.User, decoded), future)
    assert.deepStrictEqual(User.publicFlags(decoded), [])
    assert.deepStrictEqual(User.premiumTypeName(decoded), Option.none())
  })

  it("rejects a member of the wrong type", () => {
    const wrong: ReadonlyArray<object> = [
      { id: 80351110224678912 },
      { id: "me" },
      { username: null },
      { avatar: 1 },
      { flags: "64" },
      { flags: 0.5 },
      { verified: "true" },
      { primary_guild: { ...user.primary_guild, identity_guild_id: "none" } }
    ]
    for (const members of wrong) {
      assert.isTrue(refuses(User.User, { ...user, ...members }), JSON.stringify(members))
    }
  })

  it("every User is a PartialUser", () => {
    const partial: User.PartialUser = nelly
    assert.strictEqual(User.displayName(partial), "Nelly")
  })

  it("displayName is the display name, else the username", () => {
    assert.strictEqual(User.displayName(nelly), "Nelly")
    assert.strictEqual(User.displayName(discord), "Discord")
    assert.strictEqual(User.displayName(decode(User.PartialUser, { id: "1", username: "someone" })), "someone")
  })

  it("tag has a discriminator only where the account still has one", () => {
    assert.strictEqual(User.tag(nelly), "Nelly#1337")
    assert.strictEqual(User.tag(discord), "discord")
    assert.strictEqual(User.tag(make({ discriminator: "0000" })), "discord")
    assert.strictEqual(User.tag(make({ discriminator: "0001" })), "discord#0001")
    assert.strictEqual(User.tag(decode(User.PartialUser, { id: "1", username: "someone" })), "someone")
  })

  it("mention returns the text for a message", () => {
    assert.strictEqual(User.mention(nelly), "<@80351110224678912>")
  })

  it("createdAt reads the id", () => {
    assert.strictEqual(DateTime.formatIso(User.createdAt(nelly)), "2015-08-10T17:26:37.529Z")
    assert.deepStrictEqual(User.createdAt(nelly), Snowflake.timestamp(nelly.id))
  })

  it("avatarUrl is the avatar, else the default one", () => {
    assert.strictEqual(User.avatarUrl(nelly), `${cdn}/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.webp`)
    assert.strictEqual(
      User.avatarUrl(nelly, { size: 128, format: "png" }),
      `${cdn}/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.png?size=128`
    )
    assert.strictEqual(User.avatarUrl(discord), User.defaultAvatarUrl(discord))
    assert.strictEqual(User.avatarUrl(make({ avatar: "a_1" })), `${cdn}/avatars/268473310986240001/a_1.gif`)
  })

  it("defaultAvatarUrl follows the id, or the discriminator of an old account", () => {
    assert.strictEqual(User.defaultAvatarUrl(nelly), `${cdn}/embed/avatars/${1337 % 5}.png`)
    assert.strictEqual(
      User.defaultAvatarUrl(discord),
      `${cdn}/embed/avatars/${(268473310986240001n >> 22n) % 6n}.png`
    )
    assert.strictEqual(User.defaultAvatarUrl(discord, { baseUrl: "http://cdn" }), "http://cdn/embed/avatars/4.png")
  })

  it("bannerUrl returns the URL of the banner of a user that has one", () => {
    assert.deepStrictEqual(
      User.bannerUrl(nelly, { size: 512 }),
      Option.some(`${cdn}/banners/80351110224678912/06c16474723fe537c283b8efa61a30c8.webp?size=512`)
    )
    assert.deepStrictEqual(User.bannerUrl(discord), Option.none())
    assert.deepStrictEqual(User.bannerUrl(decode(User.PartialUser, incoming.user)), Option.none())
  })

  it("isAvatarAnimated and isBannerAnimated check the hashes", () => {
    const moving = make({ avatar: "a_1", banner: "a_2" })
    assert.deepStrictEqual([User.isAvatarAnimated(moving), User.isBannerAnimated(moving)], [true, true])
    assert.deepStrictEqual([User.isAvatarAnimated(nelly), User.isBannerAnimated(nelly)], [false, false])
    assert.deepStrictEqual([User.isAvatarAnimated(discord), User.isBannerAnimated(discord)], [false, false])
  })

  it("decorationUrl returns the URL of the decoration of a user that has one", () => {
    assert.deepStrictEqual(
      User.decorationUrl(nelly, { size: 64 }),
      Option.some(`${cdn}/avatar-decoration-presets/a_fed43ab12698df65902ba06727e20c0e.png?size=64`)
    )
    assert.deepStrictEqual(User.decorationUrl(discord), Option.none())
  })

  it("tagBadgeUrl returns the URL of the badge of a user who shows a tag", () => {
    assert.deepStrictEqual(
      User.tagBadgeUrl(nelly),
      Option.some(`${cdn}/guild-tag-badges/1234647491267808778/7d1734ae5a615e82bc7a4033b98fade8.webp`)
    )
    assert.deepStrictEqual(User.tagBadgeUrl(discord), Option.none())
    for (const hidden of [{ identity_enabled: false }, { identity_enabled: null }, { badge: null }]) {
      assert.deepStrictEqual(
        User.tagBadgeUrl(make({ primary_guild: { ...user.primary_guild, ...hidden } })),
        Option.none()
      )
    }
  })

  it("accentColorHex writes six digits", () => {
    assert.deepStrictEqual(User.accentColorHex(nelly), Option.some("#ff0000"))
    assert.deepStrictEqual(User.accentColorHex(make({ accent_color: 0 })), Option.some("#000000"))
    assert.deepStrictEqual(User.accentColorHex(make({ accent_color: 255 })), Option.some("#0000ff"))
    assert.deepStrictEqual(User.accentColorHex(discord), Option.none())
  })

  it.prop("accentColorHex is a color for any number", [User.User], ([any]) => {
    if (typeof any.accent_color !== "number") return
    assert.match(Option.getOrElse(User.accentColorHex(any), () => ""), /^#[0-9a-f]{6}$/)
  })

  it("premiumTypeName names the documented subscriptions", () => {
    const names = [0, 1, 2, 3].map((premium_type) => Option.getOrNull(User.premiumTypeName(make({ premium_type }))))
    assert.deepStrictEqual(names, ["None", "Nitro Classic", "Nitro", "Nitro Basic"])
    assert.deepStrictEqual(User.premiumTypeName(discord), Option.none())
    assert.strictEqual(User.PremiumType.NitroBasic, 3)
  })

  it("flags and publicFlags name the documented bits by rising bit", () => {
    assert.deepStrictEqual(User.publicFlags(nelly), ["HYPESQUAD_ONLINE_HOUSE_1"])
    assert.deepStrictEqual(User.flags(make({ flags: (1 << 22) | (1 << 17) | 1 })), ["STAFF", "VERIFIED_DEVELOPER"])
    assert.deepStrictEqual(User.publicFlags(decode(User.User, authorizationInfo.user)), ["VERIFIED_DEVELOPER"])
    assert.deepStrictEqual(User.publicFlags(decode(User.PartialUser, incoming.user)), [
      "HYPESQUAD_ONLINE_HOUSE_3",
      "VERIFIED_DEVELOPER"
    ])
    assert.deepStrictEqual(User.flags(decode(User.PartialUser, { id: application.id, username: "x" })), [])
  })

  it("flags beyond 32 bits do not hide the ones below", () => {
    assert.deepStrictEqual(User.flags(make({ flags: 2 ** 45 + 2 ** 19 + 2 })), ["PARTNER", "BOT_HTTP_INTERACTIONS"])
  })

  it("no flag's bit is used twice", () => {
    assert.strictEqual(new Set(Object.values(User.Flag)).size, 14)
  })

  it.prop("no function throws for any user", [User.User], ([any]) => {
    const urls = [User.avatarUrl(any), User.defaultAvatarUrl(any)]
    for (const option of [User.bannerUrl(any), User.decorationUrl(any), User.tagBadgeUrl(any)]) {
      if (Option.isSome(option)) urls.push(option.value)
    }
    for (const url of urls) assert.strictEqual(new URL(url).origin, cdn)
    assert.isTrue(User.tag(any).startsWith(any.username))
    assert.isTrue(User.flags(any).length <= 14)
  })
})
