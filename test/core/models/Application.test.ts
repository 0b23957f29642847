import { Application } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { application, fullApplication } from "../../fixtures/application.ts"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { authorizationInfo } from "../../fixtures/oauth2.ts"

const cdn = "https://cdn.discordapp.com"
const airhorn = decode(Application.Application, authorizationInfo.application)
const baba = decode(Application.Application, application)

laws("Application", Application.Application, {
  examples: {
    "the documented application": application,
    "the application of the documented authorization information": authorizationInfo.application,
    "an application with everything": fullApplication,
    "an application without a team": { ...application, team: null }
  },
  required: ["id", "name", "icon", "description", "verify_key"]
})

describe("Application", () => {
  ignoresUnknownMembers("Application", Application.Application, application)

  it("keeps unknown flags, scopes, contexts and roles", () => {
    const future = {
      ...fullApplication,
      flags: 2 ** 40,
      flags_new: String(2n ** 70n),
      integration_types_config: { "7": {} },
      eligible_oauth2_scopes: ["scope.of.2030"],
      team: { ...application.team, members: [{ ...application.team.members[0], membership_state: 9, role: "guru" }] }
    }
    assert.deepStrictEqual(encode(Application.Application, decode(Application.Application, future)), future)
  })

  it("rejects a member of the wrong type", () => {
    const wrong = [{ id: "app" }, { owner: null }, { flags: "8192" }, { install_params: {} }, { bot_public: null }]
    for (const members of wrong) {
      assert.isTrue(refuses(Application.Application, { ...application, ...members }), JSON.stringify(members))
    }
  })

  it("iconUrl and coverUrl return a URL when the application has the image", () => {
    assert.deepStrictEqual(
      Application.iconUrl(airhorn, { size: 256 }),
      Option.some(`${cdn}/app-icons/159799960412356608/f03590d3eb764081d154a66340ea7d6d.webp?size=256`)
    )
    assert.deepStrictEqual(Application.iconUrl(baba), Option.none())
    assert.deepStrictEqual(
      Application.coverUrl(baba, { format: "png" }),
      Option.some(`${cdn}/app-icons/172150183260323840/31deabb7e45b6c8ecfef77d2f99c81a5.png`)
    )
    assert.deepStrictEqual(Application.coverUrl(airhorn), Option.none())
  })

  it("flags returns the names of the documented bits", () => {
    assert.deepStrictEqual(Application.flags(baba), ["GATEWAY_PRESENCE_LIMITED"])
    assert.deepStrictEqual(Application.flags(airhorn), [])
    assert.strictEqual(new Set(Object.values(Application.Flag)).size, 10)
  })

  it("createdAt reads the id", () => {
    assert.strictEqual(DateTime.formatIso(Application.createdAt(baba)), "2016-04-20T01:03:22.085Z")
  })
})
