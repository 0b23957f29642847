import { AccessTokenStore, DiscordSessions, OAuth2Client, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { redirectUri, scopes, tagOf } from "../../support/oauth2.ts"
import * as Stub from "../../support/StubDiscord.ts"

const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId: Snowflake.UserId.make(Stub.userId) }

const stored = Effect.flatMap(AccessTokenStore.AccessTokenStore, (store) => store.get(key))

describe("DiscordSessions.open", () => {
  it.effect("S36: rejects a token of the implicit grant that Discord issued to another application", () =>
    Effect.gen(function*() {
      const oauth = yield* OAuth2Client.OAuth2Client
      const login = yield* oauth.authorizeImplicit({ scopes, redirectUri })
      const fragment = new URLSearchParams({
        access_token: "of-another-application",
        token_type: "Bearer",
        expires_in: "604800",
        scope: "identify",
        state: Redacted.value(login.state),
        iss: "https://discord.com"
      })
      const token = yield* oauth.acceptImplicit(login, `${redirectUri}#${fragment}`)
      const sessions = yield* DiscordSessions.DiscordSessions
      assert.strictEqual(yield* tagOf(sessions.open(token)), "InvalidAccessToken")
      assert.isTrue(Option.isNone(yield* stored))
    }).pipe(Effect.provide(Stub.layer([], () => {
      const { application, ...rest } = Stub.authorization(["identify"])
      return Effect.succeed({ body: { ...rest, application: { ...application, id: "310954232226357250" } } })
    }))))
})
