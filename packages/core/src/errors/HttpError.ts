/**
 * Errors that an HTTP status names, and those of Discord's limits.
 *
 * **Example** (The time until a rate limit ends)
 *
 * ```ts
 * import { DiscordError } from "@discord-oauth2/core"
 * import { Duration } from "effect"
 *
 * const limited = new DiscordError.RateLimited({ retryAfter: Duration.seconds(2), global: false, scope: "user" })
 *
 * DiscordError.isHttpError(limited) // => true
 * Duration.toSeconds(limited.retryAfter) // => 2
 * ```
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { isOneOf } from "./internal/isOneOf.ts"

const fields = {
  /** The HTTP status. */
  status: Schema.Number,
  /** Discord's JSON error code, and 0 when the body has none. */
  code: Schema.Number,
  message: Schema.String,
  /** Discord's nested `errors` object of code 50035, as sent. */
  errors: Schema.optionalKey(Schema.Unknown)
}

/**
 * 400: the request is wrong. At the token endpoint, code 0 means an outage of Discord.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordBadRequest
  extends Schema.TaggedError<DiscordBadRequest>("@discord-oauth2/core/errors/DiscordBadRequest")(
    "DiscordBadRequest",
    fields
  )
{}

/**
 * 403: the user or the bot may not do this.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordForbidden
  extends Schema.TaggedError<DiscordForbidden>("@discord-oauth2/core/errors/DiscordForbidden")(
    "DiscordForbidden",
    fields
  )
{}

/**
 * 404: the resource does not exist, or this token gives no access to it.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordNotFound
  extends Schema.TaggedError<DiscordNotFound>("@discord-oauth2/core/errors/DiscordNotFound")("DiscordNotFound", fields)
{}

/**
 * 5xx: Discord has a problem, which usually ends after a while.
 *
 * @category errors
 * @since 0.1.0
 */
export class DiscordServerError
  extends Schema.TaggedError<DiscordServerError>("@discord-oauth2/core/errors/DiscordServerError")(
    "DiscordServerError",
    fields
  )
{}

/**
 * A status that the call does not declare, such as a redirect (which is never followed) or a 401 of the token endpoint
 * that is not `invalid_client`.
 *
 * @category errors
 * @since 0.1.0
 */
export class UnexpectedStatus
  extends Schema.TaggedError<UnexpectedStatus>("@discord-oauth2/core/errors/UnexpectedStatus")(
    "UnexpectedStatus",
    fields
  )
{}

/**
 * 429 with a body of Discord's: wait for `retryAfter`.
 *
 * @see https://discord.com/developers/docs/topics/rate-limits
 * @category errors
 * @since 0.1.0
 */
export class RateLimited
  extends Schema.TaggedError<RateLimited>("@discord-oauth2/core/errors/RateLimited")("RateLimited", {
    retryAfter: Schema.Duration,
    global: Schema.Boolean,
    /** `user`, `shared` or `global`, from `X-RateLimit-Scope`. */
    scope: Schema.String
  })
{
  override get message() {
    return `Discord's rate limit is reached (${this.scope}): call again in ${Duration.format(this.retryAfter)}.`
  }
}

/**
 * Cloudflare responded instead of Discord: this IP address is blocked. Stop all calls for a while.
 *
 * @category errors
 * @since 0.1.0
 */
export class CloudflareBlocked
  extends Schema.TaggedError<CloudflareBlocked>("@discord-oauth2/core/errors/CloudflareBlocked")("CloudflareBlocked", {
    status: Schema.Number,
    retryAfter: Schema.optionalKey(Schema.Duration)
  })
{
  override get message() {
    return "Cloudflare blocks this IP address, usually after too many rejected requests: stop all calls for a while."
  }
}

/**
 * Too many responses to this IP address were 401, 403 or 429. Nothing was sent, and nothing is sent until `retryAfter`
 * has passed.
 *
 * **Details**
 *
 * Discord blocks an IP address after 10,000 such responses within ten minutes.
 *
 * @see https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
 * @category errors
 * @since 0.1.0
 */
export class InvalidRequestLimit
  extends Schema.TaggedError<InvalidRequestLimit>("@discord-oauth2/core/errors/InvalidRequestLimit")(
    "InvalidRequestLimit",
    { retryAfter: Schema.Duration }
  )
{
  override get message() {
    return `Too many requests were rejected, and Discord would block this IP address: nothing is sent for ${
      Duration.format(this.retryAfter)
    }. Find out which calls are rejected.`
  }
}

const classes = [
  DiscordBadRequest,
  DiscordForbidden,
  DiscordNotFound,
  DiscordServerError,
  UnexpectedStatus,
  RateLimited,
  InvalidRequestLimit,
  CloudflareBlocked
]

/**
 * Every error that an HTTP status names.
 *
 * @category errors
 * @since 0.1.0
 */
export type HttpError = InstanceType<typeof classes[number]>

/**
 * Returns whether a value is an `HttpError`.
 *
 * @category guards
 * @since 0.1.0
 */
export const isHttpError: (u: unknown) => u is HttpError = isOneOf<HttpError>(classes)
