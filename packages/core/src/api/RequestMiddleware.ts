/**
 * A function around every request to Discord, which keeps Discord's limits. It may delay a request, reject it before it
 * is sent, and read its response.
 *
 * **Details**
 *
 * `RateLimiter` and `InvalidRequestLimiter` are middleware. `Limits` is both of them, and the default. `compose` makes one
 * middleware out of several.
 *
 * **Example** (An application that counts its requests, without limits)
 *
 * ```ts
 * import { Discord } from "@discord-oauth2/core"
 * import { RequestMiddleware } from "@discord-oauth2/core/api"
 * import { Effect, Layer, Metric } from "effect"
 *
 * const requests = Metric.counter("app.discord_requests")
 *
 * const counting: RequestMiddleware.Service = (call, send) =>
 *   Effect.andThen(Metric.update(Metric.withAttributes(requests, { endpoint: call.endpoint }), 1), send)
 *
 * const layer = Discord.layer({ middleware: Layer.succeed(RequestMiddleware.RequestMiddleware, counting) })
 * ```
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Headers } from "effect/http/Headers"
import type { CloudflareBlocked, InvalidRequestLimit, RateLimited } from "../errors/DiscordError.ts"
import type { UserId } from "../models/Snowflake.ts"

/**
 * One request that is about to be sent.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call {
  /** The identifier of the operation, such as `getCurrentUserGuilds`. */
  readonly endpoint: string

  /** The client id of the application. */
  readonly clientId: string

  /**
   * Whose limit Discord counts the request against:
   *
   * - `user:` and the user's id,
   * - `token:` and a hash of the access token, when the user is not known,
   * - `bot:` and a hash of the bot's token,
   * - `client` for the application's own id and secret,
   * - `address` for the IP address, when the request has no credential.
   */
  readonly subject: string

  /** The ids of the guild, channel or webhook in the path, which Discord counts separately. */
  readonly majorParameters: string
}

/**
 * The response to a request, and the error that it means.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  /** The error of a response outside 2xx, and `undefined` for any other. */
  readonly error: unknown
}

/**
 * The errors that a middleware may reject a request with.
 *
 * @category errors
 * @since 0.1.0
 */
export type Rejection = RateLimited | InvalidRequestLimit | CloudflareBlocked

/**
 * One middleware: it returns `send`, with something before or after it, or a `Rejection` instead.
 *
 * @category models
 * @since 0.1.0
 */
export type Service = <A extends Reply, E>(call: Call, send: Effect.Effect<A, E>) => Effect.Effect<A, E | Rejection>

/**
 * The middleware of an application. It has no default: `Limits.layerMemory` is the usual one.
 *
 * @category services
 * @since 0.1.0
 */
export class RequestMiddleware
  extends Context.Service<RequestMiddleware, Service>()("@discord-oauth2/core/api/RequestMiddleware")
{}

/**
 * Makes one middleware out of several. The first is the outermost: it sees the request first and the response last.
 *
 * @category combinators
 * @since 0.1.0
 */
export const compose =
  (...middleware: ReadonlyArray<Service>): Service => <A extends Reply, E>(call: Call, send: Effect.Effect<A, E>) =>
    middleware.reduceRight<Effect.Effect<A, E | Rejection>>((inner, outer) => outer(call, inner), send)

/**
 * The user whose token the calls use, so that their rate limits continue when the token is refreshed.
 *
 * **When to use**
 *
 * With `DiscordClient` and a token at hand. A `DiscordSession` sets it.
 *
 * **Example** (One user, two tokens, one limit)
 *
 * ```ts
 * import { type AccessToken, DiscordClient, type Snowflake } from "@discord-oauth2/core"
 * import { RequestMiddleware } from "@discord-oauth2/core/api"
 * import { Effect } from "effect"
 *
 * const guilds = Effect.fn(function*(userId: Snowflake.UserId, accessToken: AccessToken.AccessToken) {
 *   const discord = yield* DiscordClient.DiscordClient
 *   return yield* discord.getCurrentUserGuilds({ accessToken }).pipe(
 *     Effect.provideService(RequestMiddleware.CurrentUserId, userId)
 *   )
 * })
 * ```
 *
 * @category references
 * @since 0.1.0
 */
export const CurrentUserId = Context.Reference<UserId | undefined>(
  "@discord-oauth2/core/api/RequestMiddleware/CurrentUserId",
  { defaultValue: () => undefined }
)
