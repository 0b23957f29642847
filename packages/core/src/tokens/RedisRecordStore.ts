/**
 * Stores records in Redis, for applications of several processes.
 *
 * **Details**
 *
 * It uses the `Redis` service of `effect/persistence`. `NodeRedis.layer` of `@effect/platform-node` provides one, with
 * the package `redis`. A record is a hash with a generation and a text. Two sorted sets index the records by application
 * and by user. Every write is one Lua script, which Redis runs atomically.
 *
 * A user's lock is a lease: a key that expires unless its holder renews it. The lock of a killed process expires after
 * `lease`. A process that was paused for longer may not notice that it lost its lock. The store rejects its write if the
 * record has a newer generation.
 *
 * @since 0.1.0
 */
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { AccessTokenStoreError } from "../errors/DiscordError.ts"
import * as Lease from "./internal/lease.ts"
import { toStoreError } from "./internal/redisFailure.ts"
import * as RedisIndex from "./internal/redisIndex.ts"
import * as Scripts from "./internal/redisScripts.ts"
import * as RecordStore from "./RecordStore.ts"

/**
 * Options of a record store in Redis.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * The prefix of all keys. It must contain a hash tag in braces if Redis is a cluster, because all keys of a store must
   * be in the same slot.
   *
   * @default "{discord-oauth2}"
   */
  readonly prefix?: string | undefined

  /**
   * How long a user's lock lasts after its process has ended. A running process renews it three times in that time.
   *
   * @default 10 seconds
   */
  readonly lease?: Duration.Input | undefined

  /**
   * How long after sending a refresh token a process whose lock has expired may still write the response. The next holder
   * of the lock waits until then for the new record before it sends the same token. A longer time tolerates a slower
   * process. If the process was killed, the user waits that long.
   *
   * @default 15 seconds
   */
  readonly grace?: Duration.Input | undefined

  /**
   * How long Redis may take to respond. Then the call fails with the reason `unavailable`, and may have been executed.
   *
   * @default 10 seconds
   */
  readonly timeout?: Duration.Input | undefined
}

const isCount = Schema.is(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
const isMembers = Schema.is(Schema.Array(Schema.String))
const isFields = Schema.is(Schema.Tuple([Schema.NullOr(Schema.String), Schema.NullOr(Schema.String)]))
const decodeGeneration = Schema.decodeUnknownOption(
  Schema.String.check(Schema.isPattern(/^[1-9][0-9]{0,15}$/)).pipe(
    Schema.decodeTo(Schema.Int, SchemaTransformation.numberFromString)
  )
)

const unexpected = (operation: string) =>
  Effect.fail(new AccessTokenStoreError({ operation, cause: new Error("Redis returned an unexpected response") }))

const isCorrupt = (operation: string) => Effect.fail(new AccessTokenStoreError({ operation, reason: "corrupt" }))

/** Builds the names of the keys of a store. */
const makeNames = (prefix: string) => {
  const sets = { byApplication: `${prefix}:by-application`, byUser: `${prefix}:by-user` }
  return {
    sets,
    ofRecord: (key: RecordStore.Key): Scripts.Names => ({
      ...sets,
      record: `${prefix}:token:${RecordStore.keyToString(key)}`,
      inByApplication: RedisIndex.member(key.clientId, key.userId),
      inByUser: RedisIndex.member(key.userId, key.clientId)
    }),
    ofLock: (key: RecordStore.Key) => `${prefix}:lock:${RecordStore.keyToString(key)}`
  }
}

type Names = ReturnType<typeof makeNames>

/** Runs a command or a script for at most `timeout`. If it `writes`, its errors do not quote the record. */
type Call = <A>(
  operation: string,
  effect: Effect.Effect<A, Redis.RedisError>,
  writes?: boolean
) => Effect.Effect<A, AccessTokenStoreError>

const makeCall = (timeout: Duration.Duration): Call => (operation, effect, writes = false) =>
  // A client waits for a server that does not respond, and an uninterruptible caller would wait with it.
  Effect.timeoutOrElse(Effect.interruptible(Effect.mapError(effect, toStoreError(operation, writes))), {
    duration: timeout,
    orElse: () =>
      Effect.fail(
        new AccessTokenStoreError({
          operation,
          cause: new Error(`Redis did not respond within ${Duration.format(timeout)}`)
        })
      )
  })

/** The operations on one record. */
const onRecord = (redis: Redis.Redis["Service"], call: Call, names: Names, firstGeneration: Effect.Effect<number>) => ({
  get: Effect.fnUntraced(function*(key: RecordStore.Key) {
    const found = yield* call("get", redis.send<unknown>("HMGET", names.ofRecord(key).record, "generation", "value"))
    if (!isFields(found)) return yield* unexpected("get")
    const [generation, value] = found
    if (generation === null && value === null) return Option.none()
    const decoded = decodeGeneration(generation)
    return Option.isNone(decoded) || value === null
      ? yield* isCorrupt("get")
      : Option.some({ generation: decoded.value, value })
  }),
  put: Effect.fnUntraced(function*(key: RecordStore.Key, value: string) {
    const put = redis.eval(Scripts.put)(names.ofRecord(key), yield* firstGeneration, value)
    const written = decodeGeneration(yield* call("put", put, true))
    return Option.isSome(written) ? written.value : yield* unexpected("put")
  }),
  replace: Effect.fnUntraced(function*(key: RecordStore.Key, generation: number, value: string) {
    const replace = redis.eval(Scripts.replace)(names.ofRecord(key).record, generation, value)
    const result = yield* call("replace", replace, true)
    if (result === Scripts.corrupt) return yield* isCorrupt("replace")
    if (result === Scripts.absent) return Option.none()
    const written = decodeGeneration(result)
    return Option.isSome(written) ? written : yield* unexpected("replace")
  }),
  removeGeneration: Effect.fnUntraced(function*(key: RecordStore.Key, generation: number) {
    const remove = redis.eval(Scripts.removeGeneration)(names.ofRecord(key), generation)
    const result = yield* call("removeGeneration", remove)
    if (result === Scripts.corrupt) return yield* isCorrupt("removeGeneration")
    if (result === Scripts.absent) return false
    return result === 1 || (yield* unexpected("removeGeneration"))
  })
})

/** How many records one call removes. */
const pageSize = 500

/** The operations on all records of a filter, and the removal of records by their keys. */
const onRecords = (redis: Redis.Redis["Service"], call: Call, names: Names) => {
  const setOf = ({ isByUser }: RedisIndex.Search) => isByUser ? names.sets.byUser : names.sets.byApplication

  const list = Effect.fnUntraced(function*(
    operation: string,
    filter: RecordStore.Filter,
    { after, limit }: RecordStore.Page
  ) {
    const search = RedisIndex.searchAfter(filter, after)
    const { from, isByUser, to } = search
    const found = yield* call(
      operation,
      redis.send<unknown>("ZRANGEBYLEX", setOf(search), from, to, "LIMIT", "0", String(limit))
    )
    return isMembers(found)
      ? found.flatMap((text) => Option.toArray(RedisIndex.keyOf(text, isByUser)))
      : yield* unexpected(operation)
  })

  const removeThese = Effect.fnUntraced(function*(operation: string, keys: ReadonlyArray<RecordStore.Key>) {
    const removed = yield* call(operation, redis.eval(Scripts.remove)(keys.map(names.ofRecord), names.sets))
    return isCount(removed) ? removed : yield* unexpected(operation)
  })

  const removePages: (
    filter: RecordStore.Filter,
    after?: RecordStore.Key
  ) => Effect.Effect<number, AccessTokenStoreError> = Effect.fnUntraced(function*(filter, after) {
    const page = yield* list("removeAll", filter, { after, limit: pageSize })
    const removed = page.length === 0 ? 0 : yield* removeThese("removeAll", page)
    return page.length < pageSize ? removed : removed + (yield* removePages(filter, page.at(-1)))
  })

  return {
    list: (filter: RecordStore.Filter, page: RecordStore.Page) => list("list", filter, page),
    count: Effect.fnUntraced(function*(filter: RecordStore.Filter) {
      const search = RedisIndex.searchOf(filter)
      const count = yield* call("count", redis.send<unknown>("ZLEXCOUNT", setOf(search), search.from, search.to))
      return isCount(count) ? count : yield* unexpected("count")
    }),
    remove: (key: RecordStore.Key) => Effect.asVoid(removeThese("remove", [key])),
    removeAll: (filter: RecordStore.Filter) => removePages(filter)
  }
}

/** Takes a user's lock, with a new holder each time. */
const makeLock = (redis: Redis.Redis["Service"], call: Call, names: Names, lease: Duration.Duration) => {
  const millis = Math.max(1, Math.ceil(Duration.toMillis(lease)))
  return (key: RecordStore.Key) =>
    Effect.suspend(() => {
      const name = names.ofLock(key)
      const holder = SecureRandom.uuidV4Unsafe()
      return Lease.hold({
        acquire: Effect.map(
          call("lock", redis.send<unknown>("SET", name, holder, "NX", "PX", String(millis))),
          (result) => result === "OK"
        ),
        renew: call("lock", redis.eval(Scripts.renew)(name, holder, millis)),
        release: call("lock", redis.eval(Scripts.release)(name, holder))
      }, lease)
    })
}

/**
 * Makes a record store in the current `Redis`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options?: Options
): Effect.fn.Return<RecordStore.RecordStore["Service"], never, Redis.Redis> {
  const redis = yield* Redis.Redis
  const firstGeneration = yield* RecordStore.makeFirstGeneration
  const names = makeNames(options?.prefix ?? "{discord-oauth2}")
  const call = makeCall(Duration.fromInputUnsafe(options?.timeout ?? "10 seconds"))
  return RecordStore.RecordStore.of({
    ...onRecord(redis, call, names, firstGeneration),
    ...onRecords(redis, call, names),
    lock: makeLock(redis, call, names, Duration.fromInputUnsafe(options?.lease ?? "10 seconds")),
    grace: Duration.fromInputUnsafe(options?.grace ?? "15 seconds")
  })
})

/**
 * Creates a layer that stores records in the current `Redis`.
 *
 * **Gotchas**
 *
 * If Redis loses a token, the user has to sign in again. Check its settings:
 *
 * - Set `appendonly yes`. With `appendfsync everysec` a power failure loses the writes of the last second, with `always`
 *   it loses none.
 * - Set `maxmemory-policy noeviction`. Any other policy can remove records. When memory is full, writes fail with the
 *   reason `full`.
 * - Replication is asynchronous. A failover can lose the last writes, and can give a user's lock to two processes. The
 *   store then rejects the write of one of them, but both may have sent the same refresh token, which works only once.
 *
 * All keys of a store are in one slot of a cluster, so on one node. To distribute users over nodes, use several stores
 * with different prefixes.
 *
 * **Example** (Tokens in Redis)
 *
 * ```ts
 * import { AccessTokenStore, RedisRecordStore } from "@discord-oauth2/core"
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer } from "effect"
 *
 * const layer = AccessTokenStore.layer.pipe(
 *   Layer.provide(RedisRecordStore.layer()),
 *   Layer.provide(NodeRedis.layer({ url: "redis://127.0.0.1:6379" }))
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<RecordStore.RecordStore, never, Redis.Redis> =>
  Layer.effect(RecordStore.RecordStore, make(options))
