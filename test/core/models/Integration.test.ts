import { Integration } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { connectionWithIntegration, integration } from "../../fixtures/user.ts"

const [partial] = connectionWithIntegration.integrations

laws("Integration", Integration.Integration, {
  examples: {
    "an integration with everything": integration,
    "the partial integration of a connection": partial ?? {},
    "an integration with nulls": { ...integration, name: null, role_id: null, account: { id: "1", name: null } }
  },
  required: ["id", "type", "account"]
})

describe("Integration", () => {
  ignoresUnknownMembers("Integration", Integration.Integration, integration)

  it("keeps unknown types, behaviours and scopes", () => {
    const future = { ...integration, type: "kick", expire_behavior: 5, scopes: ["scope.of.2030"] }
    assert.deepStrictEqual(encode(Integration.Integration, decode(Integration.Integration, future)), future)
  })

  it("accepts an id that is not a snowflake, as other services have their own ids", () => {
    const other = { ...integration, id: "twitch-partner", account: { id: "a/b", name: "x" } }
    assert.deepStrictEqual(encode(Integration.Integration, decode(Integration.Integration, other)), other)
  })

  it("rejects a member of the wrong type", () => {
    const wrong = [{ account: null }, { account: { name: "x" } }, { synced_at: "now" }, { role_id: "x" }, { user: {} }]
    for (const members of wrong) {
      assert.isTrue(refuses(Integration.Integration, { ...integration, ...members }), JSON.stringify(members))
    }
  })

  it("names what happens to expired subscribers", () => {
    assert.deepStrictEqual(Integration.ExpireBehavior, { RemoveRole: 0, Kick: 1 })
  })
})
