/**
 * Spent ids in Redis, where all servers of an application see them.
 *
 * **Details**
 *
 * An id is a key with an end, whose value is the moment at which it was spent. `SET … PX … GET`, which needs Redis 6.2 or
 * later, spends it and says in the same step whether it was spent before.
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
 * How ids are kept in Redis.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * What the names of all keys begin with. Applications that share a Redis need one each.
   *
   * @default "discord-oauth2:spent"
   */
  readonly prefix?: string | undefined

  /**
   * How long Redis may take to answer. Then the call fails, and the id may be spent or not.
   *
   * @default 5 seconds
   */
  readonly timeout?: Duration.Input | undefined
}

const decodeAnswer = Schema.decodeUnknownOption(Schema.NullOr(
  Schema.String.check(Schema.isPattern(/^\d{1,15}$/)).pipe(
    Schema.decodeTo(Schema.Int, SchemaTransformation.numberFromString)
  )
))

/**
 * Makes the store from the current `Redis`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options?: Options
): Effect.fn.Return<Denylist.Denylist["Service"], never, Redis.Redis> {
  const redis = yield* Redis.Redis
  const prefix = options?.prefix ?? "discord-oauth2:spent"
  const timeout = Duration.fromInputUnsafe(options?.timeout ?? "5 seconds")

  /** When the id was spent before, as Redis answers it. A client may hang the command on its error: that goes no further. */
  const call = (operation: DenylistError["operation"], command: string, ...args: ReadonlyArray<string>) => {
    const failed = (what: string) => new DenylistError({ operation, cause: new Error(what) })
    return redis.send<unknown>(command, ...args).pipe(
      Effect.mapError(() => failed("Redis failed")),
      // A client waits for a server that went silent, and a callback that cannot be interrupted would wait with it.
      Effect.interruptible,
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => Effect.fail(failed(`Redis has not answered within ${Duration.format(timeout)}`))
      }),
      Effect.flatMap((answer) =>
        Option.match(decodeAnswer(answer), {
          onNone: () => Effect.fail(failed("Redis has answered something unexpected")),
          onSome: Effect.succeed
        })
      )
    )
  }

  return Denylist.Denylist.of({
    spend: Effect.fnUntraced(function*(id, until) {
      const now = yield* Clock.currentTimeMillis
      const millis = Math.max(until.epochMilliseconds - now, 0) + clockSkew
      return (yield* call("spend", "SET", `${prefix}:${id}`, `${now}`, "PX", `${millis}`, "GET")) === null
    }),
    spentAt: (id) =>
      Effect.map(
        call("spentAt", "GET", `${prefix}:${id}`),
        (at) => at === null ? Option.none() : Option.some(DateTime.makeUnsafe(at))
      )
  })
})

/**
 * Spent ids in the `Redis` that is provided.
 *
 * **Gotchas**
 *
 * Redis must not forget an id before its time: `maxmemory-policy noeviction`. A failover that loses the last writes can
 * let a login be exchanged twice; Discord then refuses the second, as it knows the code.
 *
 * **Example** (Through `NodeRedis`)
 *
 * ```ts
 * import { RedisDenylist } from "@discord-oauth2/core"
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer } from "effect"
 *
 * const layer = RedisDenylist.layer({ prefix: "tea-shop:spent" }).pipe(
 *   Layer.provide(NodeRedis.layer({ url: "redis://127.0.0.1:6379" }))
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<Denylist.Denylist, never, Redis.Redis> =>
  Layer.effect(Denylist.Denylist, make(options))
