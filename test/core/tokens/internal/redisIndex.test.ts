import { type RecordStore, Snowflake } from "@discord-oauth2/core"
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as RedisIndex from "../../../../packages/core/src/tokens/internal/redisIndex.ts"

const clientIdOf = (id: string) => Snowflake.ApplicationId.make(id)
const userIdOf = (id: string) => Snowflake.UserId.make(id)
const keyOf = (client: string, user: string): RecordStore.Key => ({
  clientId: clientIdOf(client),
  userId: userIdOf(user)
})

const [clientId, userId] = [clientIdOf("10"), userIdOf("5")]
const filters: ReadonlyArray<RecordStore.Filter> = [
  {},
  { clientId },
  { userId },
  { clientId, userId },
  { clientId: clientIdOf("1") },
  { userId: userIdOf("55") }
]
const ids = ["1", "10", "100", "5", "55", "9"]
const keys = ids.flatMap((client) => ids.map((user) => keyOf(client, user)))

/** What `ZRANGEBYLEX` returns for a search. */
const found = ({ from, isByUser, to }: RedisIndex.Search) =>
  keys
    .map(({ clientId, userId }) => isByUser ? RedisIndex.member(userId, clientId) : RedisIndex.member(clientId, userId))
    .toSorted((a, b) => a < b ? -1 : 1)
    .filter((member) =>
      (from === "-" || (from.startsWith("[") ? member >= from.slice(1) : member > from.slice(1))) &&
      (to === "+" || (to.startsWith("[") ? member <= to.slice(1) : member < to.slice(1)))
    )
    .flatMap((member) => Option.toArray(RedisIndex.keyOf(member, isByUser)))

const compare = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0
const expected = (filter: RecordStore.Filter, after?: RecordStore.Key) =>
  keys.filter((key) =>
    (filter.clientId === undefined || filter.clientId === key.clientId) &&
    (filter.userId === undefined || filter.userId === key.userId) &&
    (after === undefined ||
      (compare(key.clientId, after.clientId) || compare(key.userId, after.userId)) > 0)
  ).toSorted((a, b) => compare(a.clientId, b.clientId) || compare(a.userId, b.userId))

describe("redisIndex", () => {
  for (const filter of filters) {
    it(`finds the records of ${JSON.stringify(filter)}, in order`, () => {
      assert.deepStrictEqual(found(RedisIndex.searchOf(filter)), expected(filter))
      assert.deepStrictEqual(found(RedisIndex.searchAfter(filter, undefined)), expected(filter))
    })

    it(`finds the records of ${JSON.stringify(filter)} that come after any key`, () => {
      for (const after of keys) {
        assert.deepStrictEqual(found(RedisIndex.searchAfter(filter, after)), expected(filter, after))
      }
    })
  }

  it("reads no key from a member that is not one of ours", () => {
    for (const text of ["", "1", "a/b", "1/", "/1"]) assert.isTrue(Option.isNone(RedisIndex.keyOf(text, false)))
  })
})
