/**
 * What stands before every request to Discord and sees every answer, so that limits are kept and blocks are not made
 * worse.
 *
 * **Details**
 *
 * A guard is a function around one request. It may wait, refuse the request before it is sent, and learn from the answer.
 * `RateLimiter` and `InvalidRequestLimiter` make one each; `Limits` is both, and what applications have unless they
 * choose another. `compose` joins guards, the first outermost.
 *
 * **Example** (A guard of the application's own, and no other)
 *
 * ```ts
 * import { Discord } from "@discord-oauth2/core"
 * import { RequestMiddleware } from "@discord-oauth2/core/api"
 * import { Effect, Layer, Metric } from "effect"
 *
 * const requests = Metric.counter("app.discord_requests")
 *
 * const counting: RequestMiddleware.Guard = (call, send) =>
 *   Effect.andThen(Metric.update(Metric.withAttributes(requests, { endpoint: call.endpoint }), 1), send)
 *
 * const layer = Discord.layer({ guard: Layer.succeed(RequestMiddleware.RequestMiddleware, counting) })
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
  /** The identifier of the endpoint in the declaration, such as `getCurrentUserGuilds`. */
  readonly endpoint: string

  /** The application. */
  readonly clientId: string

  /**
   * Whom Discord counts the request for: `user:` and an id, `bot:`, `token:` where it is not known whose it is, `client`
   * with the application's own credentials, and `address` without any.
   */
  readonly subject: string

  /** The ids in the path that Discord counts by themselves: of a guild, a channel or a webhook. */
  readonly majorParameters: string
}

/**
 * What came back.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** What an answer outside of 2xx means. */
  readonly error: unknown
}

/**
 * What a guard may refuse a request with.
 *
 * @category errors
 * @since 0.1.0
 */
export type Refused = RateLimited | InvalidRequestLimit | CloudflareBlocked

/**
 * Something around one request.
 *
 * @category models
 * @since 0.1.0
 */
export type Guard = <A extends Answer, E>(call: Call, send: Effect.Effect<A, E>) => Effect.Effect<A, E | Refused>

/**
 * The guard of an application. A layer that gives none has none: `Limits.layerMemory` is what an application wants.
 *
 * @category services
 * @since 0.1.0
 */
export class RequestMiddleware
  extends Context.Service<RequestMiddleware, Guard>()("@discord-oauth2/core/api/RequestMiddleware")
{}

/**
 * Several guards as one: the first is asked first, and hears of the answer last.
 *
 * @category combinators
 * @since 0.1.0
 */
export const compose =
  (...guards: ReadonlyArray<Guard>): Guard => <A extends Answer, E>(call: Call, send: Effect.Effect<A, E>) =>
    guards.reduceRight<Effect.Effect<A, E | Refused>>((inner, guard) => guard(call, inner), send)

/**
 * Whose requests these are, where it is known: a user's limits then outlive the token.
 *
 * **When to use**
 *
 * With `DiscordClient` and a token at hand. A `DiscordSession` knows its user.
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
  {
    defaultValue: () => undefined
  }
)
