/** A user with a token in the store, and a Discord that rotates refresh tokens: for the tests of `TokenRefresh`. */
import { type AccessToken, AccessTokenStore, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stub from "./StubDiscord.ts"

/** The user's key in the store. */
export const key = {
  clientId: Snowflake.ApplicationId.make(Stub.clientId),
  userId: Snowflake.UserId.make(Stub.userId)
}

/** The requests to the token endpoint. */
export const tokenCalls = (calls: ReadonlyArray<Stub.Call>) => calls.filter(({ path }) => path === "/oauth2/token")

/** Accepts the current access token, rejects every other with a 401, and rotates at the token endpoint. */
export const discord = (
  options?: { readonly onToken?: (form: URLSearchParams) => Effect.Effect<Stub.Answer, Stub.Drop> }
) => {
  const rotate = Stub.rotating()
  let accepted = "access-none"
  return (call: Stub.Call) =>
    Effect.gen(function*() {
      if (call.path === "/oauth2/token") {
        if (options?.onToken !== undefined) return yield* options.onToken(call.form)
        const answer = rotate(call.form)
        if (answer.status === undefined) accepted = `access-${(call.form.get("refresh_token") ?? "").slice(8)}`
        if (answer.status === undefined) accepted = `access-${Number(accepted.slice(7)) + 1}`
        return answer
      }
      if (call.path === "/oauth2/token/revoke") return {}
      return call.authorization === `Bearer ${accepted}` ? { body: Stub.user } : Stub.unauthorized
    })
}

/** The session of a user with this token in the store. */
export const sessionOf = (token: AccessToken.AccessToken) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, token)
    const sessions = yield* DiscordSessions.DiscordSessions
    return yield* sessions.get(key.userId)
  })

/** The user's record. */
export const storedToken = Effect.flatMap(AccessTokenStore.AccessTokenStore, (store) => store.get(key))

/** The refresh token of the record. */
export const refreshTokenOf = (stored: Option.Option<AccessTokenStore.StoredToken>) =>
  Option.map(stored, ({ token }) => token.refresh_token === undefined ? "none" : Redacted.value(token.refresh_token))

/** The access token of the record. */
export const storedAccess = (stored: Option.Option<AccessTokenStore.StoredToken>) =>
  Option.map(stored, ({ token }) => Redacted.value(token.access_token))

/** The response to a refresh token that no longer works. */
export const dead = { status: 400, body: { error: "invalid_grant" } }
