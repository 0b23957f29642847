/** Signs the stub's user in, past the consent page: puts a token into the store and returns the session. */
import { AccessTokenStore, DiscordSessions, Snowflake } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import * as Stub from "./StubDiscord.ts"

export const userId = Snowflake.UserId.make(Stub.userId)

export const key = { clientId: Snowflake.ApplicationId.make(Stub.clientId), userId }

export const signedIn = (token = Stub.token()) =>
  Effect.gen(function*() {
    const store = yield* AccessTokenStore.AccessTokenStore
    yield* store.put(key, token)
    const sessions = yield* DiscordSessions.DiscordSessions
    return yield* sessions.get(userId)
  })

/** The method and path of each request. */
export const paths = (calls: ReadonlyArray<Stub.Call>) => calls.map(({ method, path }) => `${method} ${path}`)
