/**
 * A denylist in Redis, for applications with several servers.
 *
 * **Details**
 *
 * Each id is a key that expires, and its value is the instant at which the id was added. `SET … PX … GET`, which needs
 * Redis 6.2 or later, adds the id and returns in the same step whether it was added before.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { DenylistError } from "../errors/DiscordError.ts"
import * as Denylist from "./Denylist.ts"
import { clockSkew } from "./internal/clockSkew.ts"

/**
 * Configures the keys and the timeout.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * The prefix of all keys. Applications that share a Redis need a prefix each.
   *
   * @default "discord-oauth2:denylist"
   */
  readonly prefix?: string | undefined

  /**
   * How long to wait for Redis. After this time the call fails, and the id may have been added or not.
   *
   * @default 5 seconds
   */
  readonly timeout?: Duration.Input | undefined
}

/** The instant at which an id was added, or `null` for an unknown id. */
const decodeReply = Schema.decodeUnknownOption(Schema.NullOr(
  Schema.String.check(Schema.isPattern(/^\d{1,15}$/)).pipe(
    Schema.decodeTo(Schema.Int, SchemaTransformation.numberFromString)
  )
))

/**
 * Creates the denylist from the current `Redis`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options?: Options
): Effect.fn.Return<Denylist.Denylist["Service"], never, Redis.Redis> {
  const redis = yield* Redis.Redis
  const prefix = options?.prefix ?? "discord-oauth2:denylist"
  const timeout = Duration.fromInputUnsafe(options?.timeout ?? "5 seconds")

  /** Some clients attach the command, and so the id, to their error: the client's error is dropped. */
  const call = (operation: DenylistError["operation"], command: string, ...args: ReadonlyArray<string>) => {
    const failed = (what: string) => new DenylistError({ operation, cause: new Error(what) })
    return redis.send<unknown>(command, ...args).pipe(
      Effect.mapError(() => failed("Redis failed")),
      // A client waits for a silent server. A callback cannot be interrupted, and would wait with it.
      Effect.interruptible,
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => Effect.fail(failed(`Redis did not respond within ${Duration.format(timeout)}`))
      }),
      Effect.flatMap((reply) =>
        Option.match(decodeReply(reply), {
          onNone: () => Effect.fail(failed("Redis sent an unexpected reply")),
          onSome: Effect.succeed
        })
      )
    )
  }

  return Denylist.Denylist.of({
    add: Effect.fnUntraced(function*(id, until) {
      const now = yield* Clock.currentTimeMillis
      const millis = Math.max(until.epochMilliseconds - now, 0) + clockSkew
      return (yield* call("add", "SET", `${prefix}:${id}`, `${now}`, "PX", `${millis}`, "GET")) === null
    }),
    addedAt: (id) =>
      Effect.map(
        call("addedAt", "GET", `${prefix}:${id}`),
        (at) => at === null ? Option.none() : Option.some(DateTime.makeUnsafe(at))
      )
  })
})

/**
 * Creates the layer of a denylist in the `Redis` that is provided.
 *
 * **Gotchas**
 *
 * Redis must not evict a key before it expires: set `maxmemory-policy noeviction`. A failover that loses the last writes
 * can let a code be sent twice; Discord then rejects the second request, because the code is used.
 *
 * **Example** (With `NodeRedis`)
 *
 * ```ts
 * import { RedisDenylist } from "@discord-oauth2/core"
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer } from "effect"
 *
 * const layer = RedisDenylist.layer({ prefix: "tea-shop:denylist" }).pipe(
 *   Layer.provide(NodeRedis.layer({ url: "redis://127.0.0.1:6379" }))
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<Denylist.Denylist, never, Redis.Redis> =>
  Layer.effect(Denylist.Denylist, make(options))
