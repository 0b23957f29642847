/** The token that a session calls with, and how it is replaced when it expires or is rejected. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Deadline from "../../api/Deadline.ts"
import * as DiscordError from "../../errors/DiscordError.ts"
import { type Key, keyToString, type StoredToken } from "../../tokens/AccessTokenStore.ts"
import type * as TokenRefresh from "../../tokens/TokenRefresh.ts"
import type { TokenFailure } from "../DiscordSession.ts"
import type { RejectedTokens } from "./rejectedTokens.ts"

/** What the sessions of an application share to keep their tokens fresh. */
export interface Services {
  readonly tokens: TokenRefresh.TokenRefresh["Service"]
  readonly rejected: RejectedTokens
}

export interface CurrentToken {
  readonly services: Services
  readonly key: Key
  /** Replaced by each refresh. */
  stored: StoredToken
}

/** The reasons for which there is no usable token. */
export type Failure = Exclude<TokenFailure, DiscordError.AccessTokenNotRefreshable>

/** Replaces the token of the session, and of every session that shares it. */
export const adopt = (self: CurrentToken) => (fresh: StoredToken): Effect.Effect<void> =>
  Effect.sync(() => {
    self.stored = fresh
  })

/**
 * Refreshes, unless the store already has a newer token than `rejected`. A caller whose `Deadline` comes first fails, and
 * the refresh continues for the next caller.
 */
export const refreshFrom = (
  self: CurrentToken,
  rejected: StoredToken
): Effect.Effect<StoredToken, TokenRefresh.Failure> =>
  Deadline.enforce(Effect.tap(self.services.tokens.refresh(self.key, rejected), adopt(self)))

/** Returns a token that has not expired. One that is about to expire is returned, and refreshed in the background. */
export const usable = (self: CurrentToken): Effect.Effect<StoredToken, Failure> =>
  Effect.flatMap(Clock.currentTimeMillis, (now): Effect.Effect<StoredToken, Failure> => {
    const { key, services, stored } = self
    if (services.rejected.has(keyToString(key), stored, now)) {
      return Effect.fail(new DiscordError.InvalidAccessToken({ reason: "rejected" }))
    }
    if (stored.token.expires_at.epochMilliseconds > now) {
      return Effect.as(services.tokens.refreshEarly(key, stored, adopt(self)), stored)
    }
    return Effect.catchTag(
      refreshFrom(self, stored),
      "AccessTokenNotRefreshable",
      () => Effect.fail(new DiscordError.AccessTokenExpired({ refreshable: false }))
    )
  })

/** Fails with `InvalidAccessToken`, and so do the user's calls with this token for the next minute (F23). */
export const reject = (self: CurrentToken, token: StoredToken): Effect.Effect<never, DiscordError.InvalidAccessToken> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    self.services.rejected.add(keyToString(self.key), token, now)
    return Effect.fail(new DiscordError.InvalidAccessToken({ reason: "rejected" }))
  })
