/** Classifies the failures of a refresh: what they say about the refresh token, and what follows from that. */
import * as DiscordError from "../../errors/DiscordError.ts"
import type { RefreshFailure } from "../../oauth2/OAuth2Client.ts"

/** What a refresh may fail with. */
export type Failure =
  | RefreshFailure
  | DiscordError.NotSignedIn
  | DiscordError.TokenNotPersisted
  | DiscordError.AccessTokenStoreError

/** Failures that prove that the refresh token is unused. After any other failure Discord may have replaced it. */
const unused: ReadonlySet<Failure["_tag"]> = new Set<Failure["_tag"]>([
  "DiscordTransportError",
  "RateLimited",
  "CloudflareBlocked",
  "InvalidRequestLimit",
  "InvalidClient",
  "InvalidOAuth2Request",
  "InvalidScope",
  "UnsupportedGrantType",
  "DiscordForbidden",
  "DiscordNotFound"
])

/** Returns whether the refresh token is certainly unused. */
export const leavesTokenUnused = ({ _tag }: Failure): boolean => unused.has(_tag)

/** Returns whether a later refresh may succeed. Then the outcome is kept for `cooldown`. */
export const isTemporary = (error: Failure): boolean =>
  DiscordError.isHttpError(error) || error._tag === "DiscordTransportError" || error._tag === "AccessTokenStoreError" ||
  error._tag === "InvalidClient" || error._tag === "RefreshOutcomeUnknown"

/** A failure that the event `Transient` reports. */
export type Transient = Exclude<Failure, { _tag: "NotSignedIn" | "TokenNotPersisted" }>

/** Returns whether the event `Transient` reports the failure; `RefreshOutcomeUnknown` has an event of its own. */
export const isTransient = (error: Failure): error is Transient =>
  error._tag !== "RefreshOutcomeUnknown" && isTemporary(error)

/** Returns whether the record needs no other mark: it holds the new token, is about to, or is removed. */
export const settlesMark = ({ _tag }: Failure): boolean =>
  _tag === "TokenNotPersisted" || _tag === "InvalidRefreshToken" || _tag === "NotSignedIn"
