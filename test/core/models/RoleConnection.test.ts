import { RoleConnection } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { roleConnection } from "../../fixtures/user.ts"

const update = RoleConnection.UpdateRoleConnection
const entries = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key_${index}`, "1"]))

laws("RoleConnection", RoleConnection.RoleConnection, {
  examples: {
    "a role connection": roleConnection,
    "a role connection that was never written": { platform_name: null, platform_username: null, metadata: {} },
    "an empty one": {}
  },
  required: []
})

laws("UpdateRoleConnection", update, {
  examples: { "a role connection": roleConnection, "one that clears all": { platform_name: null, metadata: null } },
  required: []
})

describe("RoleConnection", () => {
  ignoresUnknownMembers("RoleConnection", RoleConnection.RoleConnection, roleConnection)

  it("decodes a response that exceeds the limits of a request", () => {
    const long = { platform_name: "x".repeat(200), metadata: { "Any Key": "y".repeat(200), empty: "" } }
    assert.deepStrictEqual(encode(RoleConnection.RoleConnection, decode(RoleConnection.RoleConnection, long)), long)
  })

  it("metadata maps strings to strings", () => {
    for (const metadata of [{ level: 1 }, { premium: true }, { none: null }, []]) {
      assert.isTrue(refuses(RoleConnection.RoleConnection, { metadata }), JSON.stringify(metadata))
    }
  })

  it("checks Discord's limits: names of 50 and 100 characters", () => {
    for (const [member, most] of [["platform_name", 50], ["platform_username", 100]] as const) {
      assert.isFalse(refuses(update, { [member]: "x".repeat(most) }))
      assert.isTrue(refuses(update, { [member]: "x".repeat(most + 1) }))
      assert.isFalse(refuses(update, { [member]: "" }))
      assert.isFalse(refuses(update, { [member]: null }))
    }
  })

  it("counts characters as Discord does, not UTF-16 units", () => {
    assert.isFalse(refuses(update, { platform_name: "😀".repeat(50) }))
    assert.isTrue(refuses(update, { platform_name: "😀".repeat(51) }))
    assert.isTrue(refuses(update, { platform_name: "😀".repeat(25) + "x".repeat(26) }))
  })

  it("checks Discord's limits: 5 entries of metadata", () => {
    assert.isFalse(refuses(update, { metadata: entries(5) }))
    assert.isTrue(refuses(update, { metadata: entries(6) }))
  })

  it("checks Discord's limits: keys of a-z, 0-9 and _, values of 1 to 100 characters", () => {
    for (const key of ["a", "cookies_eaten_2", "x".repeat(50)]) {
      assert.isFalse(refuses(update, { metadata: { [key]: "1" } }), key)
    }
    for (const value of ["1", "x".repeat(100), "2003-12-20"]) {
      assert.isFalse(refuses(update, { metadata: { key: value } }), value)
    }
    for (const value of ["", "x".repeat(101), 1, true, null]) {
      assert.isTrue(refuses(update, { metadata: { key: value } }), String(value))
    }
  })

  it.prop(
    "metadata within the limits comes back as it was",
    [Schema.Record(
      Schema.String.check(Schema.isPattern(/^[a-z0-9_]{1,50}$/)),
      Schema.Literals(["1", "x".repeat(100)])
    )],
    ([metadata]) => {
      const json = { metadata: Object.fromEntries(Object.entries(metadata).slice(0, 5)) }
      assert.deepStrictEqual(encode(update, decode(update, json)), json)
    }
  )

  it("rejects a key that Discord would reject before the request is sent", () => {
    for (const key of ["", "Key", "a b", "a-b", "é", "x".repeat(51)]) {
      assert.isTrue(refuses(update, { metadata: { [key]: "1" } }), key)
    }
  })
})
