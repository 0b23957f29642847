import { Permissions, Snowflake } from "@discord-oauth2/core"
import { AuthorizationRequest } from "@discord-oauth2/core/oauth2"
import { assert, describe, it } from "@effect/vitest"

const authorizeUrl = "https://discord.com/oauth2/authorize"
const clientId = "157730590492196864"

describe("AuthorizationRequest.toUrl", () => {
  it("writes every parameter as in Discord's documentation, with %20 between scopes", () => {
    assert.strictEqual(
      AuthorizationRequest.toUrl(authorizeUrl, {
        clientId,
        responseType: "code",
        scopes: ["identify", "guilds.join"],
        redirectUri: "https://nicememe.website",
        state: "15773059ghq9183habn",
        prompt: "consent",
        integrationType: "USER_INSTALL",
        permissions: Permissions.fromNames(["CREATE_INSTANT_INVITE"]),
        guildId: Snowflake.GuildId.make("290926792226357250"),
        disableGuildSelect: true,
        codeChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        nonce: "n"
      }),
      "https://discord.com/oauth2/authorize?response_type=code&client_id=157730590492196864"
        + "&scope=identify%20guilds.join&redirect_uri=https%3A%2F%2Fnicememe.website&state=15773059ghq9183habn"
        + "&prompt=consent&integration_type=1&permissions=1&guild_id=290926792226357250&disable_guild_select=true"
        + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&nonce=n"
    )
  })

  it("leaves out every parameter that is not set, and disable_guild_select if it is false", () => {
    assert.strictEqual(
      AuthorizationRequest.toUrl(authorizeUrl, { clientId, scopes: [], disableGuildSelect: false }),
      `${authorizeUrl}?client_id=${clientId}`
    )
  })

  for (const [integrationType, value] of [["GUILD_INSTALL", "0"], ["USER_INSTALL", "1"]] as const) {
    it(`writes ${integrationType} as ${value}`, () => {
      const url = AuthorizationRequest.toUrl(authorizeUrl, { clientId, scopes: [], integrationType })
      assert.strictEqual(new URL(url).searchParams.get("integration_type"), value)
    })
  }

  for (const codeChallenge of ["x", "plain", undefined]) {
    it(`S10: with the challenge ${codeChallenge} the method is S256 or missing, and never plain`, () => {
      const url = AuthorizationRequest.toUrl(authorizeUrl, { clientId, scopes: ["identify"], codeChallenge })
      assert.strictEqual(
        new URL(url).searchParams.get("code_challenge_method"),
        codeChallenge === undefined ? null : "S256"
      )
    })
  }

  it("replaces a lone surrogate, which cannot be encoded", () => {
    assert.include(AuthorizationRequest.toUrl(authorizeUrl, { clientId, scopes: ["\udc00"] }), "scope=%EF%BF%BD")
  })
})
