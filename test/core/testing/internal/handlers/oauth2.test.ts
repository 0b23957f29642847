import { DiscordClient, User } from "@discord-oauth2/core"
import { PublicKeys } from "@discord-oauth2/core/models"
import { DiscordSimulator } from "@discord-oauth2/core/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { createPublicKey } from "node:crypto"
import { withToken } from "../../context.ts"
import { simulator } from "../../raw.ts"

const fresh = DiscordSimulator.layerTest()

describe("OpenID Connect", () => {
  it.effect("the user info has the id, and with their scopes the profile and the email address", () =>
    Effect.gen(function*() {
      const claims = (scopes: ReadonlyArray<string>) =>
        Effect.flatMap(withToken(scopes), ({ accessToken, api }) => api.getUserInfo({ accessToken }))
      const [user] = yield* (yield* simulator).users
      const profile = {
        preferred_username: "nelly",
        nickname: "Nelly",
        picture: User.avatarUrl(user!),
        locale: "en-US"
      }
      const address = { email: "nelly@example.com", email_verified: true }
      assert.deepStrictEqual(yield* claims(["openid"]), { sub: user!.id })
      assert.deepStrictEqual(yield* claims(["openid", "identify"]), { sub: user!.id, ...profile })
      assert.deepStrictEqual(yield* claims(["openid", "email"]), { sub: user!.id, ...address })
      assert.deepStrictEqual(yield* claims(["openid", "identify", "email"]), { sub: user!.id, ...profile, ...address })
    }).pipe(Effect.provide(fresh)))

  it.effect("the public keys are RSA keys for RS256, and need no token", () =>
    Effect.gen(function*() {
      const api = yield* DiscordClient.DiscordClient
      const { keys } = yield* api.getPublicKeys({})
      const [key] = keys
      assert.deepStrictEqual(PublicKeys.signingKey({ keys }, key!.kid), Option.some(key!))
      const { asymmetricKeyDetails } = createPublicKey({ key: { ...key! }, format: "jwk" })
      assert.deepStrictEqual(asymmetricKeyDetails, { modulusLength: 2048, publicExponent: 65537n })
      assert.deepStrictEqual(yield* api.getPublicKeys({}), { keys })
    }).pipe(Effect.provide(fresh)))
})
