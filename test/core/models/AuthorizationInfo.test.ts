import { AuthorizationInfo } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { authorizationInfo } from "../../fixtures/oauth2.ts"

const info = decode(AuthorizationInfo.AuthorizationInfo, authorizationInfo)
const { user: _user, ...userless } = authorizationInfo

laws("AuthorizationInfo", AuthorizationInfo.AuthorizationInfo, {
  examples: { "the documented answer": authorizationInfo, "an answer without identify": userless },
  required: ["application", "scopes", "expires"]
})

describe("AuthorizationInfo", () => {
  ignoresUnknownMembers("AuthorizationInfo", AuthorizationInfo.AuthorizationInfo, authorizationInfo)

  it("keeps unknown scopes", () => {
    const future = { ...authorizationInfo, scopes: ["identify", "scope.of.2030"] }
    const schema = AuthorizationInfo.AuthorizationInfo
    assert.deepStrictEqual(encode(schema, decode(schema, future)), future)
  })

  it("rejects a member of the wrong type", () => {
    for (const members of [{ expires: 1611369197 }, { scopes: "identify" }, { user: {} }, { application: null }]) {
      const json = { ...authorizationInfo, ...members }
      assert.isTrue(refuses(AuthorizationInfo.AuthorizationInfo, json), JSON.stringify(members))
    }
  })

  it("expiresAt is an instant, and encoding keeps the microseconds", () => {
    assert.strictEqual(DateTime.formatIso(AuthorizationInfo.expiresAt(info)), "2021-01-23T02:33:17.017Z")
    assert.strictEqual(info.expires, "2021-01-23T02:33:17.017000+00:00")
  })

  it("isExpired is true from the instant of expiry on", () => {
    const at = (text: string) => AuthorizationInfo.isExpired(info, DateTime.makeUnsafe(text))
    assert.isFalse(at("2021-01-23T02:33:17.016Z"))
    assert.isTrue(at("2021-01-23T02:33:17.017Z"))
    assert.isTrue(AuthorizationInfo.isExpired(DateTime.makeUnsafe("2030-01-01T00:00:00Z"))(info))
  })

  it("hasScope checks the granted scopes", () => {
    assert.isTrue(AuthorizationInfo.hasScope(info, "guilds.join"))
    assert.isFalse(AuthorizationInfo.hasScope(info, "guilds"))
    assert.isTrue(AuthorizationInfo.hasScope("identify")(info))
  })
})
