import { DiscordError } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import { allErrors, lookAlikes, tagsOf } from "../../support/allErrors.ts"

describe("DiscordError", () => {
  for (const [tag, error] of Object.entries(allErrors)) {
    it(`${tag} has its tag, its name and a message that shows no secret`, () => {
      assert.strictEqual(error._tag, tag)
      assert.strictEqual(error.name, `@discord-oauth2/core/errors/${tag}`)
      assert.isAbove(error.message.length, 10)
      assert.notInclude(`${error.message}${JSON.stringify(error)}${String(error)}`, "planted")
    })
  }

  it("isDiscordError accepts an error of each class, and rejects a value that only looks like one", () => {
    assert.deepStrictEqual(tagsOf(DiscordError.isDiscordError), Object.keys(allErrors).toSorted())
    assert.isFalse(lookAlikes.some(DiscordError.isDiscordError))
  })

  it("each error is in one of the groups OAuth2Error, HttpError and JsonError, except those of the call and of the stores", () => {
    const { isHttpError, isJsonError, isOAuth2Error } = DiscordError
    assert.deepStrictEqual(
      tagsOf((u) => [isHttpError, isJsonError, isOAuth2Error].filter((guard) => guard(u)).length !== 1),
      [
        "AccessTokenStoreError",
        "DenylistError",
        "DiscordConfigurationError",
        "DiscordTransportError",
        "InvalidCallArgument",
        "MalformedResponse",
        "UnknownClient"
      ]
    )
  })

  it("isTransient accepts the errors that may end without a change of the call", () => {
    assert.deepStrictEqual(tagsOf(DiscordError.isTransient), [
      "CloudflareBlocked",
      "DiscordServerError",
      "DiscordTransportError",
      "InvalidRequestLimit",
      "RateLimited"
    ])
  })
})
