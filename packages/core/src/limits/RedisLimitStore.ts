/**
 * Stores rate limit counters in Redis, so that several servers share them.
 *
 * **Details**
 *
 * The store uses the `Redis` service of `effect/persistence`, which `NodeRedis.layer` of `@effect/platform-node`
 * provides. Every operation is one Lua script on the time of Redis. Every key expires with its window or pause. No key
 * contains a secret.
 *
 * **Gotchas**
 *
 * A failure of Redis does not prevent a sign-in. When Redis fails, or takes longer than `timeout`, the server counts in
 * its own memory and tries Redis again after five seconds. It logs a warning at most once a minute.
 *
 * **Example** (Share the limits of all servers)
 *
 * ```ts
 * import { RedisLimitStore, Limits } from "@discord-oauth2/core"
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer } from "effect"
 *
 * const middleware = Limits.layer().pipe(
 *   Layer.provide(RedisLimitStore.layer({ prefix: "{my-app}" })),
 *   Layer.provide(NodeRedis.layer({ url: "redis://127.0.0.1:6379" }))
 * )
 * ```
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as Schema from "effect/Schema"
import * as RedisFallback from "./internal/redisFallback.ts"
import * as scripts from "./internal/redisScripts.ts"
import { type Bucket, LimitStore, makeMemory } from "./LimitStore.ts"

/**
 * Options of the store in Redis.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * The prefix of all keys. In a cluster all keys must be in one slot, which the part in braces chooses.
   *
   * @default "{discord-oauth2}"
   */
  readonly prefix?: string | undefined

  /**
   * How long an operation of Redis may take before the server counts in its own memory.
   *
   * @default 500 milliseconds
   */
  readonly timeout?: Duration.Input | undefined
}

const isNumber = Schema.is(Schema.Number)
const isPair = Schema.is(Schema.Tuple([Schema.Number, Schema.Number]))
const isIgnored = (_: unknown): _ is void => true

/**
 * Makes a store in the `Redis` service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options?: Options
): Effect.fn.Return<LimitStore["Service"], never, Redis.Redis> {
  const redis = yield* Redis.Redis
  const prefix = options?.prefix ?? "{discord-oauth2}"
  const memory = makeMemory()
  const fallback = RedisFallback.make(Duration.fromInputUnsafe(options?.timeout ?? "500 millis"))

  const named = (key: string) => `${prefix}:limit:${key}`
  const inRedis = (bucket: Bucket): Bucket => ({ ...bucket, key: named(bucket.key) })

  return LimitStore.of({
    reserve: (buckets, maxWait) =>
      Effect.map(
        fallback(
          redis.eval(scripts.reserve)(buckets.map(inRedis), maxWait),
          isPair,
          Effect.map(memory.reserve(buckets, maxWait), ({ key, wait }) =>
            [wait, buckets.findIndex((bucket) => bucket.key === key) + 1] as const)
        ),
        ([wait, index]) => ({ wait, key: buckets[index - 1]?.key })
      ),
    release: (buckets) =>
      fallback(redis.eval(scripts.release)(buckets.map(inRedis)), isIgnored, memory.release(buckets)),
    observe: (bucket, observation) =>
      fallback(
        redis.eval(scripts.observe)(inRedis(bucket), observation),
        isIgnored,
        memory.observe(bucket, observation)
      ),
    pause: (bucket, millis) =>
      fallback(redis.eval(scripts.pause)(inRedis(bucket), millis), isIgnored, memory.pause(bucket, millis)),
    pausedFor: (keys) => fallback(redis.eval(scripts.pausedFor)(keys.map(named)), isNumber, memory.pausedFor(keys)),
    count: (key, window) =>
      Effect.map(
        fallback(
          redis.eval(scripts.count)(`${named(key)}:count`, window),
          isPair,
          Effect.map(memory.count(key, window), ({ count, resetAfter }) => [count, resetAfter] as const)
        ),
        ([count, resetAfter]) => ({ count, resetAfter })
      )
  })
})

/**
 * Creates a layer that stores the counters in the `Redis` service.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<LimitStore, never, Redis.Redis> =>
  Layer.effect(LimitStore, make(options))
