import { PublicKeys } from "@discord-oauth2/core/models"
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import { decode, encode, ignoresUnknownMembers, laws, refuses } from "../../fixtures/laws.ts"
import { publicKey, publicKeys } from "../../fixtures/openid.ts"

laws("PublicKeys", PublicKeys.PublicKeys, {
  examples: { "a set of two keys": publicKeys, "an empty set": { keys: [] } },
  required: ["keys"]
})

laws("PublicKey", PublicKeys.PublicKey, {
  examples: { "the key of RFC 7517": publicKey },
  required: ["kty", "use", "kid", "n", "e", "alg"]
})

describe("PublicKeys", () => {
  ignoresUnknownMembers("PublicKeys", PublicKeys.PublicKeys, publicKeys)
  ignoresUnknownMembers("PublicKey", PublicKeys.PublicKey, publicKey)

  it("keeps a key of another type", () => {
    const future = { keys: [{ ...publicKey, kty: "OKP", use: "enc", alg: "EdDSA" }, publicKey] }
    assert.deepStrictEqual(encode(PublicKeys.PublicKeys, decode(PublicKeys.PublicKeys, future)), future)
  })

  it("rejects a key without a kid", () => {
    assert.isTrue(refuses(PublicKeys.PublicKeys, { keys: [{ ...publicKey, kid: null }] }))
  })

  it("signingKey returns the key with that kid", () => {
    const keys = decode(PublicKeys.PublicKeys, publicKeys)
    assert.deepStrictEqual(PublicKeys.signingKey(keys, "2011-04-29"), Option.some(publicKey))
    assert.deepStrictEqual(PublicKeys.signingKey("2011-04-29")(keys), Option.some(publicKey))
    assert.deepStrictEqual(PublicKeys.signingKey(keys, "2012-01-01"), Option.none())
  })

  it("signingKey returns no key that may not verify RS256 signatures (S42)", () => {
    for (const other of [{ kty: "oct" }, { use: "enc" }, { alg: "HS256" }, { alg: "none" }]) {
      const keys = decode(PublicKeys.PublicKeys, { keys: [{ ...publicKey, ...other }] })
      assert.deepStrictEqual(PublicKeys.signingKey(keys, publicKey.kid), Option.none(), JSON.stringify(other))
    }
  })
})
