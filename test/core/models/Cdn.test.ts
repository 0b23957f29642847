import { Cdn, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"

const userId = Snowflake.UserId.make("80351110224678912")
const guildId = Snowflake.GuildId.make("197038439483310086")
const roleId = Snowflake.RoleId.make("652148171775148032")
const applicationId = Snowflake.ApplicationId.make("172150183260323840")
const teamId = Snowflake.TeamId.make("531992624043786253")
const still = "8342729096ea3675442027381ff50dfe"
const animated = "a_1269e74af4df7417b13759eae50c83dc"

describe("Cdn", () => {
  it("has the path of each documented endpoint", () => {
    const base = "https://cdn.discordapp.com"
    const found = {
      userAvatar: Cdn.userAvatar(userId, still),
      userBanner: Cdn.userBanner(userId, still),
      avatarDecoration: Cdn.avatarDecoration(animated),
      guildMemberAvatar: Cdn.guildMemberAvatar(guildId, userId, still),
      guildMemberBanner: Cdn.guildMemberBanner(guildId, userId, still),
      guildIcon: Cdn.guildIcon(guildId, still),
      guildSplash: Cdn.guildSplash(guildId, still),
      guildDiscoverySplash: Cdn.guildDiscoverySplash(guildId, still),
      guildBanner: Cdn.guildBanner(guildId, still),
      guildTagBadge: Cdn.guildTagBadge(guildId, still),
      roleIcon: Cdn.roleIcon(roleId, still),
      applicationIcon: Cdn.applicationIcon(applicationId, still),
      applicationCover: Cdn.applicationCover(applicationId, still),
      teamIcon: Cdn.teamIcon(teamId, still)
    }
    assert.deepStrictEqual(found, {
      userAvatar: `${base}/avatars/80351110224678912/${still}.webp`,
      userBanner: `${base}/banners/80351110224678912/${still}.webp`,
      avatarDecoration: `${base}/avatar-decoration-presets/${animated}.png`,
      guildMemberAvatar: `${base}/guilds/197038439483310086/users/80351110224678912/avatars/${still}.webp`,
      guildMemberBanner: `${base}/guilds/197038439483310086/users/80351110224678912/banners/${still}.webp`,
      guildIcon: `${base}/icons/197038439483310086/${still}.webp`,
      guildSplash: `${base}/splashes/197038439483310086/${still}.webp`,
      guildDiscoverySplash: `${base}/discovery-splashes/197038439483310086/${still}.webp`,
      guildBanner: `${base}/banners/197038439483310086/${still}.webp`,
      guildTagBadge: `${base}/guild-tag-badges/197038439483310086/${still}.webp`,
      roleIcon: `${base}/role-icons/652148171775148032/${still}.webp`,
      applicationIcon: `${base}/app-icons/172150183260323840/${still}.webp`,
      applicationCover: `${base}/app-icons/172150183260323840/${still}.webp`,
      teamIcon: `${base}/team-icons/531992624043786253/${still}.webp`
    })
  })

  it("uses GIF for an animated image and WebP for another image by default", () => {
    assert.match(Cdn.userAvatar(userId, animated), /\/a_1269e74af4df7417b13759eae50c83dc\.gif$/)
    assert.match(Cdn.userAvatar(userId, still), /\.webp$/)
    assert.match(Cdn.userAvatar(userId, animated, { format: "png" }), /\.png$/)
    assert.match(Cdn.userAvatar(userId, still, { format: "jpeg" }), /\.jpeg$/)
  })

  it("requests the animated WebP of an animated image", () => {
    assert.match(Cdn.guildIcon(guildId, animated, { format: "webp" }), /\.webp\?animated=true$/)
    assert.match(Cdn.guildIcon(guildId, animated, { format: "webp", size: 64 }), /\.webp\?size=64&animated=true$/)
    assert.match(Cdn.guildIcon(guildId, still, { format: "webp" }), /\.webp$/)
  })

  it("requests a size", () => {
    assert.match(Cdn.userBanner(userId, still, { size: 4096 }), /\.webp\?size=4096$/)
    assert.match(Cdn.applicationIcon(applicationId, still, { size: 16, format: "png" }), /\.png\?size=16$/)
    assert.match(Cdn.avatarDecoration(animated, { size: 128 }), /\.png\?size=128$/)
  })

  it("uses another base URL", () => {
    const options = { baseUrl: "http://127.0.0.1:4000/cdn" }
    assert.strictEqual(Cdn.teamIcon(teamId, still, options), `${options.baseUrl}/team-icons/${teamId}/${still}.webp`)
    assert.strictEqual(Cdn.defaultAvatar({ id: userId }, options), `${options.baseUrl}/embed/avatars/5.png`)
  })

  it("chooses the default avatar by discriminator, or by id without a discriminator", () => {
    const index = (id: string, discriminator?: string) =>
      Cdn.defaultAvatar({ id: Snowflake.UserId.make(id), discriminator }).replace(/^.*\/|\.png$/g, "")
    assert.strictEqual(index("80351110224678912", "1337"), "2")
    assert.strictEqual(index("80351110224678912", "0005"), "0")
    assert.strictEqual(index("80351110224678912", "0"), String((80351110224678912n >> 22n) % 6n))
    assert.strictEqual(index("80351110224678912", "0000"), String((80351110224678912n >> 22n) % 6n))
    assert.strictEqual(index("80351110224678912"), String((80351110224678912n >> 22n) % 6n))
    assert.strictEqual(index("0", "0"), "0")
    for (const odd of ["Infinity", "1.5", "-3", "0x1", "none", ""]) {
      assert.strictEqual(index("80351110224678912", odd), "5", odd)
    }
  })

  it.prop("chooses one of six default avatars for any id and discriminator", [
    Snowflake.UserId,
    Schema.String
  ], ([id, discriminator]) => {
    assert.match(
      Cdn.defaultAvatar({ id, discriminator }),
      /^https:\/\/cdn\.discordapp\.com\/embed\/avatars\/[0-5]\.png$/
    )
  })

  it.prop("encodes any hash as one segment of the path", [Schema.String], ([hash]) => {
    const url = new URL(Cdn.guildMemberAvatar(guildId, userId, hash, { size: 16 }))
    assert.strictEqual(url.origin, "https://cdn.discordapp.com")
    assert.strictEqual(url.pathname.split("/").length, 7)
    assert.strictEqual(url.searchParams.get("size"), "16")
    assert.strictEqual(url.hash, "")
  })

  it("knows an animated hash by its prefix", () => {
    assert.isTrue(Cdn.isAnimated(animated))
    assert.isFalse(Cdn.isAnimated(still))
    assert.isFalse(Cdn.isAnimated("A_1269"))
  })

  it("takes only sizes and formats that Discord serves", () => {
    const urls = [
      // @ts-expect-error 100 is not a power of two
      Cdn.userAvatar(userId, still, { size: 100 }),
      // @ts-expect-error a splash never moves
      Cdn.guildSplash(guildId, still, { format: "gif" }),
      // @ts-expect-error a guild id is not a user id
      Cdn.userAvatar(guildId, still)
    ]
    assert.strictEqual(urls.length, 3)
  })
})
