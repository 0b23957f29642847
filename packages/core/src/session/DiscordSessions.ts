/**
 * The signed-in users of one application.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { DiscordClient } from "../api/DiscordClient.ts"
import { DiscordConfig } from "../api/DiscordConfig.ts"
import * as DiscordError from "../errors/DiscordError.ts"
import type { AccessToken } from "../models/AccessToken.ts"
import type { OAuth2Scope } from "../models/OAuth2Scope.ts"
import type { UserId } from "../models/Snowflake.ts"
import { type HttpFailure, OAuth2Client } from "../oauth2/OAuth2Client.ts"
import { AccessTokenStore } from "../tokens/AccessTokenStore.ts"
import type { TokenRefresh } from "../tokens/TokenRefresh.ts"
import type { DiscordSession } from "./DiscordSession.ts"
import { makeFactory } from "./internal/makeFactory.ts"

/**
 * Signs users in, and returns the sessions of users who are signed in.
 *
 * **Example** (The first session from a token, all others from the user's id)
 *
 * ```ts
 * import { type AccessToken, DiscordSessions, type Snowflake, User } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const signIn = Effect.fn(function*(token: AccessToken.AccessToken) {
 *   const sessions = yield* DiscordSessions.DiscordSessions
 *   const session = yield* sessions.open(token)
 *   return session.userId
 * })
 *
 * const nameOf = Effect.fn(function*(userId: Snowflake.UserId) {
 *   const sessions = yield* DiscordSessions.DiscordSessions
 *   const session = yield* sessions.get(userId)
 *   return User.displayName(yield* session.getCurrentUser())
 * }, Effect.catchTag("NotSignedIn", () => Effect.succeed("someone")))
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class DiscordSessions extends Context.Service<DiscordSessions, {
  /**
   * Signs a user in: asks Discord whose token it is, and stores it for that user. It replaces an earlier token.
   *
   * **Gotchas**
   *
   * Discord says whose token it is only with the scope `identify`. Without it, the call fails with `MissingScope`. A token
   * that was issued to another application fails with `InvalidAccessToken`, because anyone may own one.
   */
  readonly open: <Scopes extends OAuth2Scope>(token: AccessToken<Scopes>) => Effect.Effect<
    DiscordSession<Scopes>,
    | HttpFailure
    | DiscordError.AccessTokenExpired
    | DiscordError.InvalidAccessToken
    | DiscordError.MissingScope
    | DiscordError.AccessTokenStoreError
  >

  /** Returns the session of a user who has signed in, in this process or in another process with the same store. */
  readonly get: (
    userId: UserId
  ) => Effect.Effect<DiscordSession, DiscordError.NotSignedIn | DiscordError.AccessTokenStoreError>
}>()("@discord-oauth2/core/session/DiscordSessions") {}

/**
 * Creates the sessions over the current store.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<
  DiscordSessions,
  never,
  AccessTokenStore | DiscordClient | DiscordConfig | OAuth2Client | TokenRefresh
> = Layer.effect(
  DiscordSessions,
  Effect.gen(function*() {
    const { clientId } = yield* DiscordConfig
    const store = yield* AccessTokenStore
    const client = yield* OAuth2Client
    const makeSession = yield* makeFactory
    return DiscordSessions.of({
      open: Effect.fn("DiscordSessions.open")(function*<Scopes extends OAuth2Scope>(token: AccessToken<Scopes>) {
        const { application, user } = yield* client.getCurrentAuthorizationInformation(token)
        if (application.id !== clientId) {
          return yield* new DiscordError.InvalidAccessToken({ reason: "another-application" })
        }
        if (user === undefined) {
          return yield* new DiscordError.MissingScope({ required: ["identify"], granted: token.scopes })
        }
        const key = { clientId, userId: user.id }
        return makeSession(key, yield* store.put(key, token))
      }),
      get: Effect.fn("DiscordSessions.get")(function*(userId: UserId) {
        const key = { clientId, userId }
        const stored = yield* store.get(key)
        return Option.isNone(stored)
          ? yield* new DiscordError.NotSignedIn({ userId })
          : makeSession(key, stored.value)
      })
    })
  })
)
