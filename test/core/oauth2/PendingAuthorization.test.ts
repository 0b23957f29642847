import { OAuth2Client, PendingAuthorization } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { redirectUri, responding, scopes } from "../../support/oauth2.ts"
import * as Stub from "../../support/StubDiscord.ts"

const codec = Schema.fromJsonString(PendingAuthorization.PendingAuthorization)

const written = {
  response_type: "code",
  state: "15773059ghq9183habn",
  redirect_uri: redirectUri,
  scopes: ["identify"],
  expires_at: "2026-11-28T00:10:00.000Z"
}

describe("PendingAuthorization", () => {
  it.effect("is the same login after it was stored as JSON", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const { url: _, ...login } = yield* oauth.authorize({ scopes, redirectUri, nonce: true, returnTo: "/guilds" })
      const json = yield* Schema.encodeEffect(codec)(login)
      assert.include(json, Redacted.value(login.state))
      assert.deepStrictEqual(yield* Schema.decodeEffect(codec)(json), login)
    }).pipe(Effect.provide(Stub.layer([], responding({})))))

  for (
    const [name, value] of Object.entries({
      "an empty state": { ...written, state: "" },
      "no state": { ...written, state: undefined },
      "an empty code_verifier": { ...written, code_verifier: "" },
      "an unknown response_type": { ...written, response_type: "id_token" },
      "an expiry that is not a time": { ...written, expires_at: "soon" },
      "scopes that are text": { ...written, scopes: "identify" }
    })
  ) {
    it.effect(`${name} does not decode`, () =>
      Effect.gen(function*() {
        yield* Schema.decodeEffect(codec)(JSON.stringify(written))
        const error = yield* Effect.flip(Schema.decodeEffect(codec)(JSON.stringify(value)))
        assert.notInclude(error.message, written.state)
      }))
  }

  it("expires at its expiry, and not before", () => {
    const start = DateTime.makeUnsafe("2026-11-28T00:00:00Z")
    const login = PendingAuthorization.PendingAuthorization.make({
      response_type: "code",
      state: Redacted.make("15773059ghq9183habn"),
      redirect_uri: redirectUri,
      scopes: ["identify"],
      expires_at: DateTime.addDuration(start, PendingAuthorization.defaultLifetime)
    })
    assert.strictEqual(Duration.toMinutes(PendingAuthorization.defaultLifetime), 10)
    const after = (millis: number) => PendingAuthorization.isExpired(login, DateTime.addDuration(start, millis))
    assert.deepStrictEqual([after(0), after(599_999), after(600_000), after(600_001)], [false, false, true, true])
  })
})
