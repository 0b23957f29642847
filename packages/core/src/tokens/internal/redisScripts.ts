/** The Lua scripts of `RedisRecordStore`. Redis runs each as a whole. */
import * as Redis from "effect/persistence/Redis"

/** Lua: returns the generation of a record as text, `none` when there is no record, and `corrupt` for anything else. */
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

/** Lua: writes the next generation. It is text, because Lua writes large numbers with an exponent and clients round them. */
const writeNext = `
local function write(key, generation, value)
  local next = string.format('%.0f', tonumber(generation) + 1)
  redis.call('HSET', key, 'generation', next, 'value', value)
  return next
end
`

/** The result of a script when the record cannot be read. */
export const corrupt = "corrupt"

/** The result of a script when the record has another generation, or is gone. */
export const absent = "absent"

/** The keys of one record: its own and those of the two sorted sets, and its members in the sets. */
export interface Names {
  readonly record: string
  readonly byApplication: string
  readonly byUser: string
  readonly inByApplication: string
  readonly inByUser: string
}

/** Writes over any record, and returns the new generation: `first` when there was no record. */
export const put = Redis.script(
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

/** Writes over one generation, and returns the new one. */
export const replace = Redis.script(
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

/** Removes one generation, and returns 1. */
export const removeGeneration = Redis.script(
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

/** Removes records, and returns how many there were. */
export const remove = Redis.script(
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

/** Renews the lease of its holder. */
export const renew = Redis.script(
  (lock: string, holder: string, millis: number) => [lock, holder, String(millis)],
  {
    numberOfKeys: 1,
    lua: `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`
  }
)

/** Ends the lease of its holder. */
export const release = Redis.script(
  (lock: string, holder: string) => [lock, holder],
  {
    numberOfKeys: 1,
    lua: `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`
  }
)
