/**
 * The middleware of every request by default: Discord's rate limits, and its limit of invalid requests.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { compose, RequestMiddleware } from "../api/RequestMiddleware.ts"
import * as InvalidRequestLimiter from "./InvalidRequestLimiter.ts"
import * as LimitStore from "./LimitStore.ts"
import * as RateLimiter from "./RateLimiter.ts"

/**
 * Options of both limiters.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly rateLimit?: RateLimiter.Options | undefined
  readonly invalidRequests?: InvalidRequestLimiter.Options | undefined
}

/**
 * Creates a layer with both limiters over a store.
 *
 * **Example** (Several servers with one IP address)
 *
 * ```ts
 * import { Discord, RedisLimitStore, Limits } from "@discord-oauth2/core"
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer } from "effect"
 *
 * const middleware = Limits.layer().pipe(
 *   Layer.provide(RedisLimitStore.layer()),
 *   Layer.provide(NodeRedis.layer({ url: "redis://127.0.0.1:6379" }))
 * )
 *
 * const layer = Discord.layer({ middleware })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options?: Options
): Layer.Layer<RequestMiddleware, never, LimitStore.LimitStore> =>
  Layer.effect(
    RequestMiddleware,
    Effect.map(
      Effect.all([RateLimiter.make(options?.rateLimit), InvalidRequestLimiter.make(options?.invalidRequests)]),
      // The limit of invalid requests is checked last, right before the request is sent.
      (limiters) => compose(...limiters)
    )
  )

/**
 * Creates a layer with both limiters that counts in the memory of this process.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory = (
  options?: Options & LimitStore.Options
): Layer.Layer<RequestMiddleware> => Layer.provide(layer(options), LimitStore.layerMemory(options))
