import { UserInfo } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { userInfo } from "../../fixtures/openid.ts"

const make = (members: object) => decode(UserInfo.UserInfo, { sub: userInfo.sub, ...members })

laws("UserInfo", UserInfo.UserInfo, {
  examples: {
    "userinfo with every claim": userInfo,
    "userinfo of the openid scope alone": { sub: userInfo.sub },
    "a user without an email and a display name": { ...userInfo, email: null, nickname: null }
  },
  required: ["sub"]
})

describe("UserInfo", () => {
  ignoresUnknownMembers("UserInfo", UserInfo.UserInfo, userInfo)

  it("keeps an unknown locale", () => {
    const future = { ...userInfo, locale: "tlh" }
    assert.deepStrictEqual(encode(UserInfo.UserInfo, decode(UserInfo.UserInfo, future)), future)
  })

  it("rejects a sub that is not a user id", () => {
    for (const sub of [null, 80351110224678912, "", "nelly"]) {
      assert.isTrue(refuses(UserInfo.UserInfo, { ...userInfo, sub }), String(sub))
    }
  })

  it("displayName is the display name, else the username", () => {
    assert.deepStrictEqual(UserInfo.displayName(make(userInfo)), Option.some("Nelly"))
    assert.deepStrictEqual(UserInfo.displayName(make({ ...userInfo, nickname: null })), Option.some("nelly"))
    assert.deepStrictEqual(UserInfo.displayName(make({})), Option.none())
  })

  it("verifiedEmail does not return an unverified email", () => {
    const email = "nelly@discord.com"
    assert.deepStrictEqual(UserInfo.verifiedEmail(make({ email, email_verified: true })), Option.some(email))
    assert.deepStrictEqual(UserInfo.verifiedEmail(make({ email, email_verified: false })), Option.none())
    assert.deepStrictEqual(UserInfo.verifiedEmail(make({ email })), Option.none())
    assert.deepStrictEqual(UserInfo.verifiedEmail(make({ email: null, email_verified: true })), Option.none())
  })
})
