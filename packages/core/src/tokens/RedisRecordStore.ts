/**
 * Records in Redis, for applications of several processes.
 *
 * **Details**
 *
 * It runs on the `Redis` service of `effect/persistence`; `NodeRedis.layer` of `@effect/platform-node` gives one, over
 * the package `redis`. A record is one hash with a generation and a text, and two sorted sets find the records of an
 * application and of a user. Every write is one Lua script, which Redis runs as a whole.
 *
 * A user's lock is a lease: a key with an end, renewed as long as its holder lives. A process that is killed keeps it no
 * longer than the lease. A process that stood still for longer than its lease may believe that it still holds it: what
 * it then writes is refused, for the record has another generation.
 *
 * @since 0.1.0
 */
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { AccessTokenStoreError } from "../errors/DiscordError.ts"
import * as Lease from "./internal/lease.ts"
import { decodeKey } from "./internal/recordKey.ts"
import * as RecordStore from "./RecordStore.ts"

/**
 * How records are kept in Redis.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * What the names of all keys begin with. What stands in braces decides in which slot of a cluster a key lies: all keys
   * of one store must lie in one.
   *
   * @default "{discord-oauth2}"
   */
  readonly prefix?: string | undefined

  /**
   * How long a process that was killed keeps a user's lock. It is renewed three times as often.
   *
   * @default 10 seconds
   */
  readonly lease?: Duration.Input | undefined

  /**
   * How long after it has sent a refresh token a process may still write the answer, although its lock has ended. Whoever
   * takes the lock then reads again until that time is over, before it sends the same token: it covers a process that is
   * slow, and costs a user whose process was killed that wait.
   *
   * @default 15 seconds
   */
  readonly grace?: Duration.Input | undefined

  /**
   * How long Redis may take to answer; then the call fails as `unavailable`, and may have happened or not.
   *
   * @default 10 seconds
   */
  readonly timeout?: Duration.Input | undefined
}

/** The generation of a record, as text; "none" where there is no record, and "corrupt" where it is something else. */
const readGeneration = `
local function read(key)
  local kind = redis.call('TYPE', key).ok
  if kind == 'none' then return 'none' end
  if kind ~= 'hash' then return 'corrupt' end
  local generation = redis.call('HGET', key, 'generation')
  if not generation or #generation > 16 or not string.match(generation, '^[1-9]%d*$')
    or tonumber(generation) >= ${Number.MAX_SAFE_INTEGER} or redis.call('HEXISTS', key, 'value') == 0
    then return 'corrupt' end
  return generation
end
`

/** Lua would write a great number with an exponent, and clients read the greatest integers inexactly: so it is text. */
const writeNext = `
local function write(key, generation, value)
  local next = string.format('%.0f', tonumber(generation) + 1)
  redis.call('HSET', key, 'generation', next, 'value', value)
  return next
end
`

/** What a script answers where a record cannot be read, and where its generation is another. */
const corrupt = "corrupt"
const absent = "absent"

/** The keys of one record: its own, and those of the two sorted sets. */
interface Names {
  readonly record: string
  readonly byApplication: string
  readonly byUser: string
  readonly inByApplication: string
  readonly inByUser: string
}

const put = Redis.script(
  (names: Names, first: number, value: string) => [
    names.record,
    names.byApplication,
    names.byUser,
    String(first - 1),
    value,
    names.inByApplication,
    names.inByUser
  ],
  {
    numberOfKeys: 3,
    lua: `${readGeneration}${writeNext}
local generation = read(KEYS[1])
if generation == 'corrupt' then redis.call('DEL', KEYS[1]) end
if generation == 'corrupt' or generation == 'none' then generation = ARGV[1] end
redis.call('ZADD', KEYS[2], 0, ARGV[3])
redis.call('ZADD', KEYS[3], 0, ARGV[4])
return write(KEYS[1], generation, ARGV[2])`
  }
).withReturnType<unknown>()

const replace = Redis.script(
  (record: string, generation: number, value: string) => [record, String(generation), value],
  {
    numberOfKeys: 1,
    lua: `${readGeneration}${writeNext}
local generation = read(KEYS[1])
if generation == 'corrupt' then return '${corrupt}' end
if generation ~= ARGV[1] then return '${absent}' end
return write(KEYS[1], generation, ARGV[2])`
  }
).withReturnType<unknown>()

const removeGeneration = Redis.script(
  (names: Names, generation: number) => [
    names.record,
    names.byApplication,
    names.byUser,
    String(generation),
    names.inByApplication,
    names.inByUser
  ],
  {
    numberOfKeys: 3,
    lua: `${readGeneration}
local generation = read(KEYS[1])
if generation == 'corrupt' then return '${corrupt}' end
if generation ~= ARGV[1] then return '${absent}' end
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[3])
return redis.call('DEL', KEYS[1])`
  }
).withReturnType<unknown>()

const remove = Redis.script(
  (all: ReadonlyArray<Names>, { byApplication, byUser }: Pick<Names, "byApplication" | "byUser">) => [
    byApplication,
    byUser,
    ...all.map(({ record }) => record),
    ...all.flatMap(({ inByApplication, inByUser }) => [inByApplication, inByUser])
  ],
  {
    numberOfKeys: (all) => 2 + all.length,
    lua: `
local removed = 0
for index = 1, #KEYS - 2 do
  redis.call('ZREM', KEYS[1], ARGV[2 * index - 1])
  redis.call('ZREM', KEYS[2], ARGV[2 * index])
  removed = removed + redis.call('DEL', KEYS[2 + index])
end
return removed`
  }
).withReturnType<unknown>()

const renew = Redis.script(
  (lock: string, holder: string, millis: number) => [lock, holder, String(millis)],
  {
    numberOfKeys: 1,
    lua: `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`
  }
)

const release = Redis.script(
  (lock: string, holder: string) => [lock, holder],
  {
    numberOfKeys: 1,
    lua: `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`
  }
)

/** A slash comes before all digits: so members are in the order of the first id, and then of the second, as text. */
const member = (first: string, second: string) => `${first}/${second}`

/** Everything that begins with an id and a slash: zero is what comes after the slash. */
const rangeOf = (id: string) => [`[${id}/`, `(${id}0`] as const

const isCount = Schema.is(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
const isMembers = Schema.is(Schema.Array(Schema.String))
const isFields = Schema.is(Schema.Tuple([Schema.NullOr(Schema.String), Schema.NullOr(Schema.String)]))
const decodeGeneration = Schema.decodeUnknownOption(
  Schema.String.check(Schema.isPattern(/^[1-9][0-9]{0,15}$/)).pipe(
    Schema.decodeTo(Schema.Int, SchemaTransformation.numberFromString)
  )
)

/** What an error is, without what it says: a code of Redis or of a socket, or the name of its class. */
const nameOf = (cause: Error): string => {
  const code = /^[A-Z]{3,}(?= )/.exec(cause.message)?.[0]
  return code ?? (Predicate.hasProperty(cause, "code") && typeof cause.code === "string"
    ? cause.code
    : cause.constructor.name)
}

/**
 * A client may hang the command with all its arguments on its error, and Redis quotes them in some of its answers. So
 * the cause is another error: for a write it has the name alone, for anything else the message.
 */
const storeError = (operation: string, writes: boolean) => ({ cause }: Redis.RedisError) => {
  const message = cause instanceof Error ? cause.message : ""
  const told = cause instanceof Error ? (writes ? nameOf(cause) : cause.message) : "for no reason that it names"
  return new AccessTokenStoreError({
    operation,
    reason: message.includes("WRONGTYPE")
      ? "corrupt"
      : message.includes("OOM command not allowed")
      ? "full"
      : "unavailable",
    cause: new Error(`Redis failed: ${told}`)
  })
}

/** As many as one call removes. */
const pageSize = 500

/**
 * Records in Redis.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options?: Options
): Effect.fn.Return<RecordStore.RecordStore["Service"], never, Redis.Redis> {
  const redis = yield* Redis.Redis
  const firstGeneration = yield* RecordStore.makeFirstGeneration
  const prefix = options?.prefix ?? "{discord-oauth2}"
  const lease = Duration.fromInputUnsafe(options?.lease ?? "10 seconds")
  const leaseMillis = Math.max(1, Math.ceil(Duration.toMillis(lease)))
  const timeout = Duration.fromInputUnsafe(options?.timeout ?? "10 seconds")

  const indexes = { byApplication: `${prefix}:by-application`, byUser: `${prefix}:by-user` }
  const namesOf = (key: RecordStore.Key): Names => ({
    ...indexes,
    record: `${prefix}:token:${RecordStore.keyToString(key)}`,
    inByApplication: member(key.clientId, key.userId),
    inByUser: member(key.userId, key.clientId)
  })

  const call = <A>(operation: string, effect: Effect.Effect<A, Redis.RedisError>, writes = false) =>
    // A client waits for a server that went silent, and a caller that cannot be interrupted would wait with it.
    Effect.timeoutOrElse(Effect.interruptible(Effect.mapError(effect, storeError(operation, writes))), {
      duration: timeout,
      orElse: () =>
        Effect.fail(
          new AccessTokenStoreError({
            operation,
            cause: new Error(`Redis has not answered within ${Duration.format(timeout)}`)
          })
        )
    })
  const unexpected = (operation: string) =>
    Effect.fail(new AccessTokenStoreError({ operation, cause: new Error("Redis has answered something unexpected") }))
  const isCorrupt = (operation: string) => Effect.fail(new AccessTokenStoreError({ operation, reason: "corrupt" }))

  /** What finds the records of a filter: which set, and from where to where. */
  const searchOf = (filter: RecordStore.Filter): readonly [set: string, from: string, to: string] =>
    filter.userId === undefined
      ? [indexes.byApplication, ...(filter.clientId === undefined ? ["-", "+"] as const : rangeOf(filter.clientId))]
      : filter.clientId === undefined
      ? [indexes.byUser, ...rangeOf(filter.userId)]
      : [
        indexes.byApplication,
        `[${member(filter.clientId, filter.userId)}`,
        `[${member(filter.clientId, filter.userId)}`
      ]

  /** Where the page begins that comes after a key, which need not be one that the filter names. */
  const fromAfter = (filter: RecordStore.Filter, after: RecordStore.Key, from: string): string => {
    if (filter.userId !== undefined && filter.clientId === undefined) {
      return `${after.userId < filter.userId ? "[" : "("}${member(filter.userId, after.clientId)}`
    }
    const last = member(after.clientId, after.userId)
    return from === "-" || last >= from.slice(1) ? `(${last}` : from
  }

  const keyOf = (text: string, isByUser: boolean) => {
    const [first, second] = text.split("/")
    return Option.toArray(
      decodeKey(isByUser ? { clientId: second, userId: first } : { clientId: first, userId: second })
    )
  }

  const list = Effect.fnUntraced(function*(
    operation: string,
    filter: RecordStore.Filter,
    { after, limit }: RecordStore.Page
  ) {
    const [set, from, to] = searchOf(filter)
    const start = after === undefined ? from : fromAfter(filter, after, from)
    const found = yield* call(
      operation,
      redis.send<unknown>("ZRANGEBYLEX", set, start, to, "LIMIT", "0", String(limit))
    )
    return isMembers(found)
      ? found.flatMap((text) => keyOf(text, set === indexes.byUser))
      : yield* unexpected(operation)
  })

  const removeThese = Effect.fnUntraced(function*(operation: string, keys: ReadonlyArray<RecordStore.Key>) {
    const removed = yield* call(operation, redis.eval(remove)(keys.map(namesOf), indexes))
    return isCount(removed) ? removed : yield* unexpected(operation)
  })

  return RecordStore.RecordStore.of({
    get: Effect.fnUntraced(function*(key) {
      const found = yield* call("get", redis.send<unknown>("HMGET", namesOf(key).record, "generation", "value"))
      if (!isFields(found)) return yield* unexpected("get")
      const [generation, value] = found
      if (generation === null && value === null) return Option.none()
      const decoded = decodeGeneration(generation)
      return Option.isNone(decoded) || value === null
        ? yield* isCorrupt("get")
        : Option.some({ generation: decoded.value, value })
    }),
    put: Effect.fnUntraced(function*(key, value) {
      const first = yield* firstGeneration
      const written = decodeGeneration(yield* call("put", redis.eval(put)(namesOf(key), first, value), true))
      return Option.isSome(written) ? written.value : yield* unexpected("put")
    }),
    replace: Effect.fnUntraced(function*(key, generation, value) {
      const answer = yield* call("replace", redis.eval(replace)(namesOf(key).record, generation, value), true)
      if (answer === corrupt) return yield* isCorrupt("replace")
      if (answer === absent) return Option.none()
      const written = decodeGeneration(answer)
      return Option.isSome(written) ? written : yield* unexpected("replace")
    }),
    remove: (key) => Effect.asVoid(removeThese("remove", [key])),
    removeGeneration: Effect.fnUntraced(function*(key, generation) {
      const answer = yield* call("removeGeneration", redis.eval(removeGeneration)(namesOf(key), generation))
      if (answer === corrupt) return yield* isCorrupt("removeGeneration")
      if (answer === absent) return false
      return answer === 1 || (yield* unexpected("removeGeneration"))
    }),
    list: (filter, page) => list("list", filter, page),
    count: Effect.fnUntraced(function*(filter) {
      const count = yield* call("count", redis.send<unknown>("ZLEXCOUNT", ...searchOf(filter)))
      return isCount(count) ? count : yield* unexpected("count")
    }),
    removeAll: Effect.fnUntraced(function*(filter) {
      let removed = 0
      let after: RecordStore.Key | undefined
      do {
        const page: ReadonlyArray<RecordStore.Key> = yield* list("removeAll", filter, { after, limit: pageSize })
        if (page.length > 0) removed += yield* removeThese("removeAll", page)
        after = page.length < pageSize ? undefined : page.at(-1)
      } while (after !== undefined)
      return removed
    }),
    lock: (key) =>
      Effect.suspend(() => {
        const name = `${prefix}:lock:${RecordStore.keyToString(key)}`
        const holder = SecureRandom.uuidV4Unsafe()
        return Lease.hold({
          acquire: Effect.map(
            call("lock", redis.send<unknown>("SET", name, holder, "NX", "PX", String(leaseMillis))),
            (answer) => answer === "OK"
          ),
          renew: call("lock", redis.eval(renew)(name, holder, leaseMillis)),
          release: call("lock", redis.eval(release)(name, holder))
        }, lease)
      }),
    grace: Duration.fromInputUnsafe(options?.grace ?? "15 seconds")
  })
})

/**
 * Records in the `Redis` that is provided.
 *
 * **Gotchas**
 *
 * Redis is a memory before it is a database. A token that it loses is a user who has to sign in again, so look at its
 * settings:
 *
 * - `appendonly yes`; with `appendfsync everysec` a failure of the power costs the last second, with `always` nothing.
 * - `maxmemory-policy noeviction`: any other one may remove a record. When memory is used up, writes fail as `full`.
 * - Replicas follow late. A failover can lose the last writes, and can give a user's lock to two processes: what one of
 *   them writes is then refused, but both may have sent the same refresh token, and Discord takes it once.
 *
 * All keys of a store have the braces of `prefix` in common and lie in one slot of a cluster, on one of its nodes. To
 * spread users over nodes, use several stores with prefixes of their own.
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
