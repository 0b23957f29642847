/** The error tags that several calls share, as values that `Effect.catchTag` accepts, and types that compare errors. */
import type { DiscordError } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"

/** Every call: the errors of a response, of the transport and of the limits. */
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

/** A refresh. It has no `MalformedResponse`: after an unreadable response the error is `RefreshOutcomeUnknown`. */
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

/** A refresh of a stored token. */
export const storedRefresh = [...refresh, ...store] as const

/** Getting an access token, with a refresh where it is needed and possible. */
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

/** Getting an access token from a session with a required refresh. */
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

/** The validation of a callback. */
export const callback = ["AuthorizationDenied", "StateMismatch", "IssuerMismatch", "InvalidCallback"] as const

type Tag = DiscordError.DiscordError["_tag"]

/** A call that succeeds with `A` and fails with the errors whose tags are in `List` or `Own`. */
export type Call<A, List extends ReadonlyArray<Tag>, Own extends Tag = never> = Effect.Effect<
  A,
  Extract<DiscordError.DiscordError, { readonly _tag: List[number] | Own }>
>

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false

/** The names of the members in which two types differ. A failing test shows them before the whole types. */
export type Unlike<Actual, Expected> = {
  readonly [K in keyof Actual | keyof Expected]: K extends keyof Actual & keyof Expected
    ? Same<Actual[K], Expected[K]> extends true ? never : K
    : K
}[keyof Actual | keyof Expected]

/** The tags of the errors of an effect. */
export type TagsOf<E> = E extends Effect.Effect<infer _A, infer Error, infer _R>
  ? Error extends { readonly _tag: infer Tag } ? Tag : Error
  : never

/** The union of the elements of a tuple. */
export type In<List extends ReadonlyArray<unknown>> = List[number]

export interface Recovered {
  readonly recovered: true
}

/** A handler that recovers from every error. */
export const recover = (_error: unknown): Effect.Effect<Recovered> => Effect.succeed({ recovered: true })
