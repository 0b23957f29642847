import { AccessToken } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import { isSameToken } from "../../../../packages/core/src/tokens/internal/isSameToken.ts"
import * as Stub from "../../../support/StubDiscord.ts"

const token = Stub.token({ access: "access-0", refresh: "refresh-0" })

describe("isSameToken", () => {
  it("ignores the application's data, the scopes and the expiry", () => {
    const other = {
      ...AccessToken.withData(token, { plan: "gold" }),
      expires_at: Stub.token({ seconds: 1 }).expires_at
    }
    assert.isTrue(isSameToken(token, { ...other, scopes: ["email"] }))
  })

  for (
    const [name, other] of [
      ["another access token", Stub.token({ access: "access-1", refresh: "refresh-0" })],
      ["another refresh token", Stub.token({ access: "access-0", refresh: "refresh-1" })],
      ["no refresh token", Stub.token({ access: "access-0", refresh: undefined })]
    ] as const
  ) {
    it(`tells a token with ${name} apart`, () => {
      assert.isFalse(isSameToken(token, other))
      assert.isFalse(isSameToken(other, token))
    })
  }
})
