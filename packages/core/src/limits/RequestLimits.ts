/**
 * The guard that applications have unless they choose another: rate limits, and the limit of invalid requests.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { compose, RequestGuard } from "../api/RequestGuard.ts"
import * as InvalidRequestLimit from "./InvalidRequestLimit.ts"
import * as RateLimit from "./RateLimit.ts"
import * as RequestLimitStore from "./RequestLimitStore.ts"

/**
 * How limits are kept.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly rateLimit?: RateLimit.Options | undefined
  readonly invalidRequests?: InvalidRequestLimit.Options | undefined
}

/**
 * Both limits over a store.
 *
 * **Example** (Several servers behind one address)
 *
 * ```ts
 * import { Discord, RedisRequestLimitStore, RequestLimits } from "@discord-oauth2/core"
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer } from "effect"
 *
 * const guard = RequestLimits.layer().pipe(
 *   Layer.provide(RedisRequestLimitStore.layer()),
 *   Layer.provide(NodeRedis.layer({ url: "redis://127.0.0.1:6379" }))
 * )
 *
 * const layer = Discord.layer({ guard })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options?: Options
): Layer.Layer<RequestGuard, never, RequestLimitStore.RequestLimitStore> =>
  Layer.effect(
    RequestGuard,
    Effect.map(
      Effect.all([RateLimit.make(options?.rateLimit), InvalidRequestLimit.make(options?.invalidRequests)]),
      // The second is asked last, right before the request goes.
      (guards) => compose(...guards)
    )
  )

/**
 * Both limits in the memory of this process.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory = (
  options?: Options & RequestLimitStore.Options
): Layer.Layer<RequestGuard> => Layer.provide(layer(options), RequestLimitStore.layerMemory(options))
