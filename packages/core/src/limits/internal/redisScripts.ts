/** The operations of `RedisLimitStore`, each as one Lua script on the time of Redis. */
import * as Redis from "effect/persistence/Redis"
import type { Bucket, Observation } from "../LimitStore.ts"

/** The limit and the window of a bucket, as arguments. */
const limitOf = ({ limit, window }: Bucket): readonly [string, string] => [
  Number.isFinite(limit) ? String(Math.max(1, Math.floor(limit))) : "0",
  String(Math.max(1, Math.ceil(window)))
]

/** The functions of bucketState.ts in Lua. A bucket with the limit 0 has no limit: it can only be paused. */
const functions = `
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

export const reserve = Redis.script(
  (buckets: ReadonlyArray<Bucket>, maxWait: number) => [
    ...buckets.map(({ key }) => key),
    String(Math.min(maxWait, 1e12)),
    ...buckets.flatMap(limitOf)
  ],
  {
    numberOfKeys: (buckets) => buckets.length,
    lua: `${functions}
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

export const release = Redis.script(
  (buckets: ReadonlyArray<Bucket>) => [...buckets.map(({ key }) => key), ...buckets.flatMap(limitOf)],
  {
    numberOfKeys: (buckets) => buckets.length,
    lua: `${functions}
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

export const observe = Redis.script(
  (bucket: Bucket, { limit, remaining, resetAfter }: Observation) => [
    bucket.key,
    ...limitOf(bucket),
    String(limit - remaining),
    String(Math.ceil(resetAfter)),
    String(remaining)
  ],
  {
    numberOfKeys: 1,
    lua: `${functions}
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = load(KEYS[1], limit, window)
bucket.taken = math.max(bucket.taken, tonumber(ARGV[3]))
bucket.reset = now + tonumber(ARGV[4])
if tonumber(ARGV[5]) == 0 then bucket.paused = math.max(bucket.paused, bucket.reset) end
save(KEYS[1], bucket, limit, window)
return 0`
  }
).withReturnType<unknown>()

export const pause = Redis.script(
  (bucket: Bucket, millis: number) => [bucket.key, ...limitOf(bucket), String(Math.ceil(millis))],
  {
    numberOfKeys: 1,
    lua: `${functions}
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

export const pausedFor = Redis.script(
  (keys: ReadonlyArray<string>) => keys,
  {
    numberOfKeys: (keys) => keys.length,
    lua: `${functions}
local longest = 0
for _, key in ipairs(KEYS) do longest = math.max(longest, wait(load(key, 0, 1), 0, 1)) end
return math.ceil(longest)`
  }
).withReturnType<unknown>()

export const count = Redis.script(
  (key: string, window: number) => [key, String(Math.ceil(window))],
  {
    numberOfKeys: 1,
    lua: `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, math.max(0, redis.call('PTTL', KEYS[1])) }`
  }
).withReturnType<unknown>()
