/** Discord's documented token responses. */
import { AccessToken } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { decode, encode } from "../../fixtures/laws.ts"
import * as oauth2 from "../../fixtures/oauth2.ts"

describe("the documented token responses", () => {
  const documented = {
    "authorization code": oauth2.accessToken,
    "client credentials": oauth2.clientCredentials,
    "extended bot authorization": oauth2.extendedBotAuthorization,
    "webhook": oauth2.webhookAuthorization,
    "device": oauth2.socialLayer,
    "child application": oauth2.childApplication,
    "openid": { ...oauth2.accessToken, scope: "identify openid", id_token: "eyJhbGciOiJSUzI1NiJ9.e30.c2ln" }
  }

  for (const [name, answer] of Object.entries(documented)) {
    const secrets = [
      answer.access_token,
      ..."refresh_token" in answer ? [answer.refresh_token] : [],
      ..."id_token" in answer ? [answer.id_token] : [],
      ..."webhook" in answer ? [answer.webhook.token, answer.webhook.url] : []
    ]

    it(`S33: ${name}: decoded, no secret shows`, () => {
      const decoded = decode(AccessToken.AccessTokenResponse, answer)
      const shown = `${JSON.stringify(decoded)} ${String(decoded)}`
      for (const secret of secrets) assert.notInclude(shown, secret)
    })

    it.effect(`S33: ${name}: the token carries all of it, is stored and read back the same, and shows no secret`, () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.UTC(2021, 0, 16))
        const token = yield* AccessToken.fromResponse(decode(AccessToken.AccessTokenResponse, answer))
        const stored = encode(AccessToken.AccessToken, token)
        const { expires_in: _lifetime, scope, token_type: _type, ...rest } = answer
        assert.deepStrictEqual(stored, {
          ...rest,
          scopes: scope.split(" "),
          expires_at: "2021-01-23T00:00:00.000Z"
        })
        const read = decode(AccessToken.AccessToken, stored)
        assert.isTrue(Equal.equals(read, token))
        assert.strictEqual(Redacted.value(read.access_token), answer.access_token)
        assert.isTrue(DateTime.Equivalence(read.expires_at, DateTime.makeUnsafe("2021-01-23T00:00:00Z")))
        const shown = `${JSON.stringify(token)} ${String(token)}`
        for (const secret of secrets) assert.notInclude(shown, secret)
      }))
  }

  it.effect("a token with the application's own data is stored and read back the same", () =>
    Effect.gen(function*() {
      const response = decode(AccessToken.AccessTokenResponse, oauth2.webhookAuthorization)
      const token = AccessToken.withData(yield* AccessToken.fromResponse(response), {
        theme: "dark",
        visits: [1, null]
      })
      const back = decode(AccessToken.AccessToken, encode(AccessToken.AccessToken, token))
      assert.isTrue(Equal.equals(back, token))
    }))
})
