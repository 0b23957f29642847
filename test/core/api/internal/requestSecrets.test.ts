import { assert, describe, it } from "@effect/vitest"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import { withoutSecrets } from "../../../../packages/core/src/api/internal/requestSecrets.ts"

const request = HttpClientRequest.post("https://discord.com/api/v10/oauth2/token")

describe("withoutSecrets", () => {
  it("S33: removes the token of the header", () => {
    const sent = HttpClientRequest.setHeader(request, "authorization", "Bearer planted-token")
    assert.strictEqual(withoutSecrets("no planted-token, planted-token", sent), "no <redacted>, <redacted>")
  })

  it("S33: removes the client secret of Basic authentication, encoded or not", () => {
    const basic = btoa("157730590492196864:planted-secret")
    const sent = HttpClientRequest.setHeader(request, "authorization", `Basic ${basic}`)
    assert.strictEqual(withoutSecrets(`${basic} planted-secret`, sent), "<redacted> <redacted>")
  })

  it("S33: removes the secrets of a form, and keeps its other members", () => {
    const sent = HttpClientRequest.bodyUrlParams(request, {
      grant_type: "authorization_code",
      code: "planted-code",
      code_verifier: "planted-verifier"
    })
    assert.strictEqual(
      withoutSecrets("authorization_code planted-code planted-verifier", sent),
      "authorization_code <redacted> <redacted>"
    )
  })

  it("S33: removes the secrets of a JSON body", () => {
    const sent = HttpClientRequest.bodyJsonUnsafe(request, { access_token: "planted-token", nick: "planted-nick" })
    assert.strictEqual(withoutSecrets("planted-token planted-nick", sent), "<redacted> planted-nick")
  })

  it("keeps a text of fewer than 8 characters, which could be part of any word", () => {
    const sent = HttpClientRequest.bodyUrlParams(request, { code: "invalid" })
    assert.strictEqual(withoutSecrets("invalid_grant", sent), "invalid_grant")
  })
})
