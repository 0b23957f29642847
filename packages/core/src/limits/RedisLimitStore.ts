/**
 * How much of Discord's limits is used, counted in Redis for all servers together.
 *
 * **Details**
 *
 * It runs on the `Redis` service of `effect/persistence`; `NodeRedis.layer` of `@effect/platform-node` gives one. Every
 * operation is one Lua script on the time of Redis. A key ends by itself when its window or pause does, so nothing is kept
 * of users who are gone, and no key holds a secret.
 *
 * **Gotchas**
 *
 * Limits that cannot be counted must keep nobody from signing in: while Redis cannot be reached, or is slower than
 * `timeout`, each server counts in its own memory, and asks Redis again after five seconds. A warning says so once in
 * a while.
 *
 * **Example** (One Redis for the limits of all servers)
 *
 * ```ts
 * import { RedisLimitStore, Limits } from "@discord-oauth2/core"
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer } from "effect"
 *
 * const guard = Limits.layer().pipe(
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
import { monotonicMillis } from "../internal/monotonicMillis.ts"
import { LimitStore, makeMemory, type Observed, type Place } from "./LimitStore.ts"

/**
 * How limits are counted in Redis.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * What the names of all keys begin with. All keys must lie in one slot of a cluster, which what stands in braces decides.
   *
   * @default "{discord-oauth2}"
   */
  readonly prefix?: string | undefined

  /**
   * How long Redis may take to answer, before a server counts by itself.
   *
   * @default 500 milliseconds
   */
  readonly timeout?: Duration.Input | undefined
}

/** The bucket of `LimitStore.makeMemory`, in Lua: a limit of 0 is none, and such a key has pauses alone. */
const bucket = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function load(key, limit, window)
  local fields = redis.call('HMGET', key, 'taken', 'reset', 'paused')
  local taken, reset, paused = tonumber(fields[1]) or 0, tonumber(fields[2]) or 0, tonumber(fields[3]) or 0
  if limit > 0 and now >= reset then
    local passed = reset == 0 and 0 or 1 + math.floor((now - reset) / window)
    taken = math.max(0, taken - passed * limit)
    if taken == 0 then reset = now + window else reset = reset + passed * window end
  end
  return { taken = taken, reset = reset, paused = paused }
end
local function wait(bucket, limit, window)
  local turn = 0
  if limit > 0 then
    local full = math.floor(bucket.taken / limit)
    if full > 0 then turn = bucket.reset - now + (full - 1) * window end
  end
  return math.max(0, turn, bucket.paused - now)
end
local function save(key, bucket, limit, window)
  local over = bucket.paused
  if limit > 0 then
    over = math.max(over, bucket.reset + math.floor(math.max(0, bucket.taken - 1) / limit) * window)
  end
  redis.call('HSET', key, 'taken', bucket.taken, 'reset', string.format('%.0f', bucket.reset),
    'paused', string.format('%.0f', bucket.paused))
  redis.call('PEXPIRE', key, math.max(1, math.ceil(over - now)))
end
`

const reserveScript = Redis.script(
  (places: ReadonlyArray<Place>, atMost: number) => [
    ...places.map(({ key }) => key),
    String(Math.min(atMost, 1e12)),
    ...places.flatMap(limitOf)
  ],
  {
    numberOfKeys: (places) => places.length,
    lua: `${bucket}
local longest, at, buckets = 0, 0, {}
for index, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * index]), tonumber(ARGV[2 * index + 1])
  buckets[index] = load(key, limit, window)
  local one = wait(buckets[index], limit, window)
  if one > longest then longest, at = one, index end
end
if longest <= tonumber(ARGV[1]) then
  for index, key in ipairs(KEYS) do
    local limit, window = tonumber(ARGV[2 * index]), tonumber(ARGV[2 * index + 1])
    if limit > 0 then
      buckets[index].taken = buckets[index].taken + 1
      save(key, buckets[index], limit, window)
    end
  end
end
return { math.ceil(longest), at }`
  }
).withReturnType<unknown>()

const giveBackScript = Redis.script(
  (places: ReadonlyArray<Place>) => [...places.map(({ key }) => key), ...places.flatMap(limitOf)],
  {
    numberOfKeys: (places) => places.length,
    lua: `${bucket}
for index, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * index - 1]), tonumber(ARGV[2 * index])
  if limit > 0 and redis.call('EXISTS', key) == 1 then
    local bucket = load(key, limit, window)
    bucket.taken = math.max(0, bucket.taken - 1)
    save(key, bucket, limit, window)
  end
end
return 0`
  }
).withReturnType<unknown>()

const observeScript = Redis.script(
  (place: Place, { limit, remaining, resetAfter }: Observed) => [
    place.key,
    ...limitOf(place),
    String(limit - remaining),
    String(Math.ceil(resetAfter)),
    String(remaining)
  ],
  {
    numberOfKeys: 1,
    lua: `${bucket}
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = load(KEYS[1], limit, window)
bucket.taken = math.max(bucket.taken, tonumber(ARGV[3]))
bucket.reset = now + tonumber(ARGV[4])
if tonumber(ARGV[5]) == 0 then bucket.paused = math.max(bucket.paused, bucket.reset) end
save(KEYS[1], bucket, limit, window)
return 0`
  }
).withReturnType<unknown>()

const pauseScript = Redis.script(
  (place: Place, millis: number) => [place.key, ...limitOf(place), String(Math.ceil(millis))],
  {
    numberOfKeys: 1,
    lua: `${bucket}
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = load(KEYS[1], limit, window)
bucket.paused = math.max(bucket.paused, now + tonumber(ARGV[3]))
if limit > 0 then
  bucket.taken = math.max(bucket.taken, limit)
  bucket.reset = bucket.paused
end
save(KEYS[1], bucket, limit, window)
return 0`
  }
).withReturnType<unknown>()

const pausedForScript = Redis.script(
  (keys: ReadonlyArray<string>) => keys,
  {
    numberOfKeys: (keys) => keys.length,
    lua: `${bucket}
local longest = 0
for _, key in ipairs(KEYS) do longest = math.max(longest, wait(load(key, 0, 1), 0, 1)) end
return math.ceil(longest)`
  }
).withReturnType<unknown>()

const countScript = Redis.script(
  (key: string, window: number) => [key, String(Math.ceil(window))],
  {
    numberOfKeys: 1,
    lua: `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, math.max(0, redis.call('PTTL', KEYS[1])) }`
  }
).withReturnType<unknown>()

/** A limit and a window as arguments. */
const limitOf = ({ limit, window }: Place): readonly [string, string] => [
  Number.isFinite(limit) ? String(Math.max(1, Math.floor(limit))) : "0",
  String(Math.max(1, Math.ceil(window)))
]

const isNumber = Schema.is(Schema.Number)
const isPair = Schema.is(Schema.Tuple([Schema.Number, Schema.Number]))

/** How long a server counts by itself, before it asks Redis again. */
const retryAfter = 5000

/** How often the log says that it does. */
const warnEvery = 60_000

/**
 * Counts in the `Redis` that is provided.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(
  options?: Options
): Effect.fn.Return<LimitStore["Service"], never, Redis.Redis> {
  const redis = yield* Redis.Redis
  const prefix = options?.prefix ?? "{discord-oauth2}"
  const timeout = Duration.fromInputUnsafe(options?.timeout ?? "500 millis")
  const memory = makeMemory()

  const named = (key: string) => `${prefix}:limit:${key}`
  const placed = (place: Place): Place => ({ ...place, key: named(place.key) })

  let askAt = 0
  let warnAt = 0

  const warn = (now: number, why: string) => {
    askAt = now + retryAfter
    if (warnAt > now) return Effect.void
    warnAt = now + warnEvery
    return Effect.logWarning(`Limits of Discord are counted by this server alone: Redis ${why}.`)
  }

  /** What Redis answers, or else what the memory does. */
  const either = <A>(
    asked: Effect.Effect<unknown, Redis.RedisError>,
    is: (u: unknown) => u is A,
    otherwise: Effect.Effect<A>
  ): Effect.Effect<A> =>
    Effect.flatMap(monotonicMillis, (now) => {
      if (askAt > now) return otherwise
      return asked.pipe(
        Effect.interruptible,
        Effect.timeoutOption(timeout),
        Effect.matchEffect({
          onFailure: () => Effect.andThen(warn(now, "failed"), otherwise),
          onSuccess: (answer) =>
            answer._tag === "Some" && is(answer.value)
              ? Effect.succeed(answer.value)
              : Effect.andThen(
                warn(now, answer._tag === "None" ? "is too slow" : "answered something unexpected"),
                otherwise
              )
        })
      )
    })

  const isAnswer = (_: unknown): _ is void => true

  return LimitStore.of({
    reserve: (places, atMost) =>
      Effect.map(
        either(
          redis.eval(reserveScript)(places.map(placed), atMost),
          isPair,
          Effect.map(memory.reserve(places, atMost), ({ key, wait }) =>
            [wait, places.findIndex((place) => place.key === key) + 1] as const)
        ),
        ([wait, index]) => ({ wait, key: places[index - 1]?.key })
      ),
    giveBack: (places) => either(redis.eval(giveBackScript)(places.map(placed)), isAnswer, memory.giveBack(places)),
    observe: (place, observed) =>
      either(redis.eval(observeScript)(placed(place), observed), isAnswer, memory.observe(place, observed)),
    pause: (place, millis) =>
      either(redis.eval(pauseScript)(placed(place), millis), isAnswer, memory.pause(place, millis)),
    pausedFor: (keys) => either(redis.eval(pausedForScript)(keys.map(named)), isNumber, memory.pausedFor(keys)),
    count: (key, window) =>
      Effect.map(
        either(
          redis.eval(countScript)(`${named(key)}:count`, window),
          isPair,
          Effect.map(memory.count(key, window), ({ count, resetAfter }) => [count, resetAfter] as const)
        ),
        ([count, resetAfter]) => ({ count, resetAfter })
      )
  })
})

/**
 * Counts in the `Redis` that is provided: `Limits` has an example.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<LimitStore, never, Redis.Redis> =>
  Layer.effect(LimitStore, make(options))
