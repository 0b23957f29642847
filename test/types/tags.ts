/**
 * The tags that calls have in common, each written once. They are values, so that `Effect.catchTag` takes them.
 */
import type { DiscordError } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"

/** What every answer of Discord's may be, and what the way there adds. */
export const everyCall = [
  "DiscordBadRequest",
  "DiscordForbidden",
  "DiscordNotFound",
  "RateLimited",
  "DiscordServerError",
  "UnexpectedStatus",
  "CloudflareBlocked",
  "InvalidRequestLimit",
  "DiscordTransportError",
  "MalformedResponse"
] as const

/** A call with a user's token. */
export const bearer = [...everyCall, "AccessTokenExpired", "MissingScope"] as const

/** A refresh: an answer that cannot be read may have spent the refresh token, so it is `RefreshOutcomeUnknown`. */
export const refresh = [
  "DiscordBadRequest",
  "DiscordForbidden",
  "DiscordNotFound",
  "RateLimited",
  "DiscordServerError",
  "UnexpectedStatus",
  "CloudflareBlocked",
  "InvalidRequestLimit",
  "DiscordTransportError",
  "InvalidClient",
  "InvalidScope",
  "InvalidOAuth2Request",
  "UnsupportedGrantType",
  "InvalidRefreshToken",
  "RefreshOutcomeUnknown",
  "AccessTokenNotRefreshable"
] as const

const store = ["NotSignedIn", "TokenNotPersisted", "AccessTokenStoreError"] as const

/** A refresh with its store. */
export const storedRefresh = [...refresh, ...store] as const

/** A token that is wanted, refreshed or not. */
export const usable = [
  "DiscordBadRequest",
  "DiscordForbidden",
  "DiscordNotFound",
  "RateLimited",
  "DiscordServerError",
  "UnexpectedStatus",
  "CloudflareBlocked",
  "InvalidRequestLimit",
  "DiscordTransportError",
  "InvalidClient",
  "InvalidScope",
  "InvalidOAuth2Request",
  "UnsupportedGrantType",
  "InvalidRefreshToken",
  "RefreshOutcomeUnknown",
  ...store,
  "AccessTokenExpired",
  "InvalidAccessToken"
] as const

/** What keeps a session's token fresh. */
export const token = [...usable, "AccessTokenNotRefreshable"] as const

/** A call of a session. */
export const session = [...token, "MalformedResponse", "MissingScope"] as const

/** A grant at the token endpoint. */
export const grant = [
  ...everyCall,
  "InvalidClient",
  "InvalidScope",
  "InvalidOAuth2Request",
  "UnsupportedGrantType"
] as const

/** A callback. */
export const callback = ["AuthorizationDenied", "StateMismatch", "IssuerMismatch", "InvalidCallback"] as const

type Tag = DiscordError.DiscordError["_tag"]

/** A call that answers with `A` and fails with the errors of a list of tags, and of its own. */
export type Call<A, List extends ReadonlyArray<Tag>, Own extends Tag = never> = Effect.Effect<
  A,
  Extract<DiscordError.DiscordError, { readonly _tag: List[number] | Own }>
>

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false

/** The members of two tables that differ, to read before the whole of both. */
export type Unlike<Actual, Expected> = {
  readonly [K in keyof Actual | keyof Expected]: K extends keyof Actual & keyof Expected
    ? Same<Actual[K], Expected[K]> extends true ? never : K
    : K
}[keyof Actual | keyof Expected]

/** The tags of an effect's errors. */
export type TagsOf<E> = E extends Effect.Effect<infer _A, infer Error, infer _R>
  ? Error extends { readonly _tag: infer Tag } ? Tag : Error
  : never

/** The members of a list. */
export type In<List extends ReadonlyArray<unknown>> = List[number]

export interface Recovered {
  readonly recovered: true
}

/** A handler that leaves no error. */
export const recover = (_error: unknown): Effect.Effect<Recovered> => Effect.succeed({ recovered: true })
