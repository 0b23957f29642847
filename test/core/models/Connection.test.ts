import { Connection } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { connection, connectionWithIntegration } from "../../fixtures/user.ts"

const url = (type: string, id: string, name: string | null) =>
  Option.getOrNull(Connection.profileUrl({ type, id, name }))

laws("Connection", Connection.Connection, {
  examples: {
    "a connection": connection,
    "a connection with an integration": connectionWithIntegration,
    "a connection without a name": { ...connection, name: null, integrations: [] }
  },
  required: ["id", "name", "type", "verified", "friend_sync", "show_activity", "two_way_link", "visibility"]
})

describe("Connection", () => {
  ignoresUnknownMembers("Connection", Connection.Connection, connection)

  it("keeps an unknown service or visibility", () => {
    const future = { ...connection, type: "myspace", visibility: 7 }
    const decoded = decode(Connection.Connection, future)
    assert.deepStrictEqual(encode(Connection.Connection, decoded), future)
    assert.strictEqual(Connection.serviceName(decoded), "myspace")
    assert.isFalse(Connection.isVisible(decoded))
    assert.deepStrictEqual(Connection.profileUrl(decoded), Option.none())
  })

  it("rejects a member of the wrong type", () => {
    for (const members of [{ id: 1 }, { verified: 1 }, { visibility: "1" }, { integrations: {} }]) {
      assert.isTrue(refuses(Connection.Connection, { ...connection, ...members }), JSON.stringify(members))
    }
  })

  it("knows every service of Discord's table and of its OpenAPI document", () => {
    const documented =
      "amazon-music battlenet bungie bluesky crunchyroll domain ebay epicgames facebook github instagram mastodon paypal "
      + "playstation reddit roblox spotify skype steam tiktok twitch twitter xbox youtube leagueoflegends riotgames"
    assert.deepStrictEqual([...Connection.knownServices], documented.split(" ").sort())
  })

  it("names a service", () => {
    assert.strictEqual(Connection.serviceName({ type: "battlenet" }), "Battle.net")
    assert.strictEqual(Connection.serviceName({ type: "twitter" }), "X (Twitter)")
    assert.strictEqual(Connection.serviceName({ type: "toString" }), "toString")
  })

  it("says which services can no longer be added", () => {
    const closed = Connection.knownServices.filter((service) => !Connection.services[service].addable)
    assert.deepStrictEqual(closed, ["instagram", "skype"])
  })

  it("isVisible is true for everyone only", () => {
    assert.isTrue(Connection.isVisible({ visibility: Connection.Visibility.Everyone }))
    assert.isFalse(Connection.isVisible({ visibility: Connection.Visibility.None }))
  })

  it("profileUrl returns the URL of the account at each service with public profiles", () => {
    const found = Object.fromEntries(
      Connection.knownServices.map((service) => [service, url(service, "42", "nelly")])
    )
    assert.deepStrictEqual(found, {
      "amazon-music": null,
      "battlenet": null,
      "bluesky": "https://bsky.app/profile/nelly",
      "bungie": "https://www.bungie.net/7/en/User/Profile/254/42",
      "crunchyroll": null,
      "domain": null,
      "ebay": "https://www.ebay.com/usr/nelly",
      "epicgames": null,
      "facebook": null,
      "github": "https://github.com/nelly",
      "instagram": "https://www.instagram.com/nelly/",
      "leagueoflegends": null,
      "mastodon": null,
      "paypal": "https://www.paypal.com/paypalme/nelly",
      "playstation": null,
      "reddit": "https://www.reddit.com/user/nelly",
      "riotgames": null,
      "roblox": "https://www.roblox.com/users/42/profile",
      "skype": null,
      "spotify": "https://open.spotify.com/user/42",
      "steam": "https://steamcommunity.com/profiles/42",
      "tiktok": "https://www.tiktok.com/@nelly",
      "twitch": "https://www.twitch.tv/nelly",
      "twitter": "https://x.com/nelly",
      "xbox": "https://www.xbox.com/play/user/nelly",
      "youtube": "https://www.youtube.com/channel/42"
    })
  })

  it("a domain's page is the domain, if it is one", () => {
    assert.strictEqual(url("domain", "example.com", "example.com"), "https://example.com")
    assert.strictEqual(url("domain", "x", "sub.bücher.example"), "https://sub.bücher.example")
    for (const name of ["localhost", "example.com/path", "user@example.com", "exa mple.com", "-a.com", "a..com", ""]) {
      assert.isNull(url("domain", "x", name), name)
    }
  })

  it("a Mastodon account's page is at its own server", () => {
    assert.strictEqual(url("mastodon", "x", "nelly@mastodon.social"), "https://mastodon.social/@nelly")
    assert.strictEqual(url("mastodon", "x", "@nelly@mastodon.social"), "https://mastodon.social/@nelly")
    for (const name of ["nelly", "@nelly", "nelly@", "@mastodon.social", "nelly@evil.com/x", "nelly@local"]) {
      assert.isNull(url("mastodon", "x", name), name)
    }
  })

  it("a service whose pages go by id needs no name, the others do", () => {
    assert.strictEqual(url("steam", "42", null), "https://steamcommunity.com/profiles/42")
    assert.isNull(url("github", "42", null))
    assert.isNull(url("steam", "", "nelly"))
  })

  it("a name cannot leave its place in the URL", () => {
    assert.strictEqual(url("github", "1", "../evil?x#y"), "https://github.com/..%2Fevil%3Fx%23y")
    assert.strictEqual(url("twitch", "1", "javascript:alert(1)"), "https://www.twitch.tv/javascript%3Aalert(1)")
    assert.strictEqual(url("reddit", "1", "\ud800"), "https://www.reddit.com/user/%EF%BF%BD")
  })

  it.prop(
    "whatever the account is called, the address is https at a host without credentials",
    [Schema.Literals(Connection.knownServices), Schema.String, Schema.NullOr(Schema.String)],
    ([type, id, name]) => {
      const found = Connection.profileUrl({ type, id, name })
      if (Option.isNone(found)) return
      const parsed = new URL(found.value)
      assert.strictEqual(parsed.protocol, "https:")
      assert.strictEqual(parsed.username + parsed.password + parsed.search + parsed.hash, "")
      assert.notInclude(found.value, "\"")
      assert.notInclude(found.value, "<")
    }
  )

  it("profileUrl takes a whole connection", () => {
    assert.deepStrictEqual(
      Connection.profileUrl(decode(Connection.Connection, connectionWithIntegration)),
      Option.some("https://www.twitch.tv/nellystreams")
    )
  })
})
