/**
 * Checks and reads a callback: the parameters that Discord sends the browser back with.
 *
 * **Details**
 *
 * The checks, in this order: the length, repeated parameters (RFC 6749 section 3.1), `state`, its age, `iss` (RFC 9207)
 * and `error`. The code is read last. Unknown parameters are ignored. An error contains at most 200 characters of each of
 * `error` and `error_description`, without control characters, and no other part of the callback.
 *
 * @since 0.1.0
 */
import * as Mac from "effect/crypto/Mac"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import {
  AuthorizationDenied,
  type CallbackError,
  InvalidCallback,
  IssuerMismatch,
  StateMismatch
} from "../errors/DiscordError.ts"
import { sanitize } from "../internal/sanitize.ts"
import type { AccessTokenResponse } from "../models/AccessToken.ts"
import * as PendingAuthorization from "./PendingAuthorization.ts"

/**
 * A successful callback of the authorization code grant.
 *
 * @category models
 * @since 0.1.0
 */
export interface AuthorizationCode {
  readonly code: Redacted.Redacted
  /** With the scope `bot`, the guild that the bot was added to. It is not verified: any browser can change it. */
  readonly guild_id: string | undefined
  /** With the scope `bot`, the permissions that were granted. They are not verified either. */
  readonly permissions: string | undefined
}

/**
 * What a callback is compared with, besides its login.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The issuer that the callback must name. */
  readonly issuer: string

  /**
   * Whether a successful callback without `iss` fails.
   *
   * @default true
   */
  readonly requireIssuer?: boolean | undefined
}

/** The most characters of a callback: more than Discord sends, and few enough to read at no cost (F36). */
const maxLength = 8192

/** Parameters that must not be repeated (rule S5 of docs/checklist.md). */
const single = ["code", "state", "iss", "error", "error_description", "access_token", "token_type"]

const encoder = new TextEncoder()

/** Compares in constant time (S4). */
const equals = (a: string, b: string) => Mac.timingSafeEqual(encoder.encode(a), encoder.encode(b))

/** Reads the parameters of a query or a fragment. */
const parameters = (
  callback: string | URL | URLSearchParams,
  part: "search" | "hash"
): Effect.Effect<URLSearchParams, InvalidCallback> => {
  const text = callback.toString()
  if (text.length > maxLength) return Effect.fail(new InvalidCallback({ reason: "too-long" }))
  if (callback instanceof URLSearchParams) return Effect.succeed(callback)
  const url = URL.canParse(text, "http://localhost") ? new URL(text, "http://localhost") : undefined
  return url === undefined
    ? Effect.fail(new InvalidCallback({ reason: "not-a-url" }))
    : Effect.succeed(new URLSearchParams(part === "search" ? url.search : url.hash.slice(1)))
}

/** Makes the checks that both response types share. */
const check = Effect.fnUntraced(function*(
  params: URLSearchParams,
  pending: PendingAuthorization.PendingAuthorization,
  options: Options
): Effect.fn.Return<void, CallbackError> {
  for (const parameter of single) {
    if (params.getAll(parameter).length > 1) {
      return yield* new InvalidCallback({ reason: "repeated-parameter", parameter })
    }
  }
  const state = params.get("state")
  if (state === null || state === "") return yield* new StateMismatch({ reason: "missing" })
  if (!equals(state, Redacted.value(pending.state))) return yield* new StateMismatch({ reason: "different" })
  if (PendingAuthorization.isExpired(pending, yield* DateTime.now)) {
    return yield* new StateMismatch({ reason: "expired" })
  }
  const issuer = params.get("iss")
  const error = params.get("error")
  if (issuer === null) {
    if (error === null && options.requireIssuer !== false) {
      return yield* new IssuerMismatch({ expected: options.issuer, reason: "missing" })
    }
  } else if (issuer !== options.issuer) {
    return yield* new IssuerMismatch({ expected: options.issuer, reason: "different" })
  }
  if (error !== null) {
    if (params.has("code") || params.has("access_token")) {
      return yield* new InvalidCallback({ reason: "code-and-error" })
    }
    const description = params.get("error_description")
    return yield* new AuthorizationDenied({
      error: sanitize(error),
      ...(Predicate.isNotNull(description) && { description: sanitize(description) })
    })
  }
})

/**
 * Checks and reads a callback of the authorization code grant, which is a URL, its path and query, or its parameters.
 *
 * **Example** (A callback of another login)
 *
 * ```ts
 * import { DiscordError, PendingAuthorization } from "@discord-oauth2/core"
 * import { AuthorizationResponse } from "@discord-oauth2/core/oauth2"
 * import { DateTime, Effect, Redacted } from "effect"
 *
 * const pending = PendingAuthorization.PendingAuthorization.make({
 *   response_type: "code",
 *   state: Redacted.make("15773059ghq9183habn"),
 *   redirect_uri: "https://nicememe.website",
 *   scopes: ["identify"],
 *   expires_at: DateTime.makeUnsafe("2100-01-01T00:00:00Z")
 * })
 *
 * const parsed = AuthorizationResponse.parse(
 *   "https://nicememe.website/?code=NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee&state=another",
 *   pending,
 *   { issuer: "https://discord.com" }
 * )
 *
 * Effect.runPromise(Effect.flip(parsed)) // => new DiscordError.StateMismatch({ reason: "different" })
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const parse = Effect.fnUntraced(function*(
  callback: string | URL | URLSearchParams,
  pending: PendingAuthorization.PendingAuthorization,
  options: Options
): Effect.fn.Return<AuthorizationCode, CallbackError> {
  const params = yield* parameters(callback, "search")
  yield* check(params, pending, options)
  const code = params.get("code")
  if (code === null || code === "") return yield* new InvalidCallback({ reason: "no-code" })
  return {
    code: Redacted.make(code),
    guild_id: params.get("guild_id") ?? undefined,
    permissions: params.get("permissions") ?? undefined
  }
})

/**
 * Checks and reads a callback of the implicit grant, which has its parameters in the fragment.
 *
 * **Gotchas**
 *
 * A token in a fragment does not prove who the user is: Discord may have issued it to another application.
 *
 * @category conversions
 * @since 0.1.0
 */
export const parseImplicit = Effect.fnUntraced(function*(
  callback: string | URL | URLSearchParams,
  pending: PendingAuthorization.PendingAuthorization,
  options: Options
): Effect.fn.Return<AccessTokenResponse, CallbackError> {
  const params = yield* parameters(callback, "hash")
  yield* check(params, pending, options)
  const accessToken = params.get("access_token")
  if (accessToken === null || accessToken === "") return yield* new InvalidCallback({ reason: "no-code" })
  const expiresIn = params.get("expires_in")
  const scope = params.get("scope")
  return {
    access_token: Redacted.make(accessToken),
    token_type: params.get("token_type") ?? "",
    ...(expiresIn !== null && { expires_in: expiresIn }),
    ...(scope !== null && { scope })
  }
})
