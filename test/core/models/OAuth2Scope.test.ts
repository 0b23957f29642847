import { OAuth2Scope } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { decode, encode, refuses } from "../../fixtures/laws.ts"

const token = Schema.Union([
  Schema.Literals(OAuth2Scope.known),
  Schema.String.check(Schema.isPattern(/^[a-z_.]{1,20}$/))
])

describe("OAuth2Scope", () => {
  it("knows the scopes of Discord's OAuth2 page and of the Social SDK", () => {
    const documented = [
      "activities.read",
      "activities.write",
      "applications.builds.read",
      "applications.builds.upload",
      "applications.commands",
      "applications.commands.update",
      "applications.commands.permissions.update",
      "applications.entitlements",
      "applications.store.update",
      "bot",
      "connections",
      "dm_channels.read",
      "email",
      "gdm.join",
      "guilds",
      "guilds.join",
      "guilds.members.read",
      "identify",
      "identify.premium",
      "messages.read",
      "relationships.read",
      "role_connections.write",
      "rpc",
      "rpc.activities.write",
      "rpc.notifications.read",
      "rpc.voice.read",
      "rpc.voice.write",
      "voice",
      "webhook.incoming",
      "openid",
      "sdk.social_layer",
      "sdk.social_layer_presence"
    ]
    for (const scope of documented) assert.isTrue(OAuth2Scope.isKnown(scope), scope)
  })

  it("a name that every object inherits is not a known scope", () => {
    for (const name of ["toString", "constructor", "__proto__", ""]) assert.isFalse(OAuth2Scope.isKnown(name), name)
  })

  it("decodes known and unknown scopes and keeps their values", () => {
    for (const scope of ["identify", "scope.of.2030", ""]) {
      assert.strictEqual(encode(OAuth2Scope.OAuth2Scope, decode(OAuth2Scope.OAuth2Scope, scope)), scope)
    }
    for (const other of [1, null, ["identify"]]) assert.isTrue(refuses(OAuth2Scope.OAuth2Scope, other))
  })

  it("lists the grants of a scope, and whether it works with PKCE", () => {
    assert.deepStrictEqual(OAuth2Scope.info["applications.commands.update"].grants, ["client_credentials"])
    assert.deepStrictEqual(OAuth2Scope.info["role_connections.write"].grants, ["authorization_code"])
    assert.deepStrictEqual(OAuth2Scope.info["webhook.incoming"].grants, ["authorization_code"])
    assert.deepStrictEqual(
      OAuth2Scope.known.filter((scope) => !OAuth2Scope.info[scope].pkce),
      ["role_connections.write"]
    )
    assert.includeMembers([...OAuth2Scope.info.identify.grants], ["authorization_code", "implicit"])
  })

  it("says which scopes only approved partners get", () => {
    const open: ReadonlyArray<OAuth2Scope.Known> = ["identify", "email", "guilds", "guilds.join", "connections", "bot"]
    for (const scope of open) assert.isFalse(OAuth2Scope.info[scope].requiresApproval, scope)
    const partner: ReadonlyArray<OAuth2Scope.Known> = [
      "identify.premium",
      "rpc",
      "rpc.voice.read",
      "voice",
      "dm_channels.read",
      "relationships.read",
      "applications.builds.upload"
    ]
    for (const scope of partner) assert.isTrue(OAuth2Scope.info[scope].requiresApproval, scope)
  })

  it("describes every scope in a sentence", () => {
    for (const scope of OAuth2Scope.known) assert.match(OAuth2Scope.info[scope].description, /^[A-Z].*\.$/, scope)
  })

  it("lists the known scopes in alphabetical order", () => {
    assert.deepStrictEqual([...OAuth2Scope.known], [...OAuth2Scope.known].sort())
  })

  it("fromString splits scopes with any spaces and repetitions", () => {
    assert.deepStrictEqual(OAuth2Scope.fromString("identify guilds"), ["identify", "guilds"])
    assert.deepStrictEqual(OAuth2Scope.fromString("  identify   guilds identify "), ["identify", "guilds"])
    assert.deepStrictEqual(OAuth2Scope.fromString(""), [])
    assert.deepStrictEqual(OAuth2Scope.fromString("new.scope"), ["new.scope"])
  })

  it("toString joins distinct scopes with single spaces", () => {
    assert.strictEqual(OAuth2Scope.toString(["identify", "guilds", "identify"]), "identify guilds")
    assert.strictEqual(OAuth2Scope.toString(new Set<OAuth2Scope.OAuth2Scope>(["bot"])), "bot")
    assert.strictEqual(OAuth2Scope.toString([]), "")
  })

  it("the wire form of a list is one string", () => {
    assert.deepStrictEqual(decode(OAuth2Scope.OAuth2Scopes, "identify connections"), ["identify", "connections"])
    assert.strictEqual(encode(OAuth2Scope.OAuth2Scopes, ["identify", "connections"]), "identify connections")
    assert.isTrue(refuses(OAuth2Scope.OAuth2Scopes, ["identify"]))
  })

  it.prop("a list of scopes decodes from its encoded form", [Schema.Array(token)], ([scopes]) => {
    const back = decode(OAuth2Scope.OAuth2Scopes, encode(OAuth2Scope.OAuth2Scopes, scopes))
    assert.deepStrictEqual(back, [...new Set(scopes)])
    assert.isTrue(OAuth2Scope.equals(back, scopes))
  })

  it("includes compares whole names, data-first and data-last", () => {
    assert.isTrue(OAuth2Scope.includes(["identify", "guilds"], "guilds"))
    assert.isFalse(OAuth2Scope.includes(["identify.premium"], "identify"))
    assert.isFalse(OAuth2Scope.includes([], "identify"))
    assert.isTrue(OAuth2Scope.includes("email")(["email"]))
  })

  it("S28: difference returns the scopes that were requested and not granted", () => {
    assert.deepStrictEqual(OAuth2Scope.difference(["identify", "email", "email"], ["identify"]), ["email"])
    assert.deepStrictEqual(OAuth2Scope.difference(["identify"], ["guilds", "identify"]), [])
    assert.deepStrictEqual(OAuth2Scope.difference(["identify"])(["email"]), ["email"])
  })

  it("S28: equals compares as sets", () => {
    assert.isTrue(OAuth2Scope.equals(["identify", "guilds"], ["guilds", "identify", "identify"]))
    assert.isFalse(OAuth2Scope.equals(["identify"], ["identify", "guilds"]))
    assert.isFalse(OAuth2Scope.equals(["identify", "guilds"], ["identify", "email"]))
    assert.isTrue(OAuth2Scope.equals([])([]))
  })

  it.prop(
    "difference and equals agree with the algebra of sets",
    [Schema.Array(token), Schema.Array(token)],
    ([left, right]) => {
      const missing = OAuth2Scope.difference(left, right)
      for (const scope of missing) {
        assert.isTrue(OAuth2Scope.includes(left, scope))
        assert.isFalse(OAuth2Scope.includes(right, scope))
      }
      assert.strictEqual(
        OAuth2Scope.equals(left, right),
        missing.length === 0 && OAuth2Scope.difference(right, left).length === 0
      )
    }
  )

  it("completes the known scopes and admits others", () => {
    const known: OAuth2Scope.OAuth2Scope = "identify"
    const future: OAuth2Scope.OAuth2Scope = "scope.of.2030"
    // @ts-expect-error a scope that is not documented is not a known one
    const notKnown: OAuth2Scope.Known = "scope.of.2030"
    assert.deepStrictEqual([known, future, notKnown], ["identify", "scope.of.2030", "scope.of.2030"])
  })

  it("rejected returns the scopes that the grant, PKCE or a team's application excludes, and no unknown scope", () => {
    const scopes = ["identify", "guilds", "applications.commands.update", "role_connections.write", "new.scope"]
    const code = { grant: "authorization_code", pkce: false } as const
    assert.deepStrictEqual(OAuth2Scope.rejected(scopes, code), ["applications.commands.update"])
    assert.deepStrictEqual(OAuth2Scope.rejected(scopes, { ...code, pkce: true }), [
      "applications.commands.update",
      "role_connections.write"
    ])
    assert.deepStrictEqual(
      OAuth2Scope.rejected(scopes, { grant: "client_credentials", pkce: false, team: true }),
      ["guilds", "role_connections.write", "new.scope"]
    )
  })
})
