import { type Denylist, RedisDenylist } from "@discord-oauth2/core"
import { NodeRedis } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { randomUUID } from "node:crypto"
import { contract, inMinutes } from "../../support/denylistContract.ts"
import { urlOf } from "../../support/reachable.ts"
import { describeServer } from "../../support/servers.ts"

/** Only a server that hangs reaches it. */
const timeout = "10 minutes"

const connection = Layer.orDie(NodeRedis.layer({ url: urlOf("Redis").href }))

await describeServer("Redis", "RedisDenylist", () => {
  const prefix = `test-${randomUUID()}`

  /** Two connections, as two servers have them. The keys of a test expire after some minutes. */
  const twoServers = <A, E>(
    body: (
      here: Denylist.Denylist["Service"],
      there: Denylist.Denylist["Service"],
      redis: Redis.Redis["Service"]
    ) => Effect.Effect<A, E>
  ) =>
    Effect.gen(function*() {
      const here = yield* RedisDenylist.make({ prefix, timeout })
      const redis = yield* Redis.Redis
      return yield* Effect.flatMap(RedisDenylist.make({ prefix, timeout }), (there) => body(here, there, redis)).pipe(
        Effect.provide(connection, { local: true })
      )
    }).pipe(Effect.provide(connection, { local: true }))

  contract(twoServers)

  it.live("a key expires a minute after its id's time, because the clocks of servers may differ", () =>
    twoServers((here, _, redis) =>
      Effect.gen(function*() {
        const id = randomUUID()
        yield* here.add(id, yield* inMinutes(10))
        const left = yield* redis.send<number>("PTTL", `${prefix}:${id}`)
        assert.isAbove(left, 655_000)
        assert.isAtMost(left, 660_000)
        yield* here.add(`${id}-late`, yield* inMinutes(-10))
        assert.isAtMost(yield* redis.send<number>("PTTL", `${prefix}:${id}-late`), 60_000)
        assert.isFalse(yield* here.add(`${id}-late`, yield* inMinutes(10)))
      })
    ))

  it.live("applications with different prefixes do not share ids", () =>
    Effect.gen(function*() {
      const until = yield* inMinutes(1)
      const one = yield* RedisDenylist.make({ prefix: `${prefix}-one`, timeout })
      const two = yield* RedisDenylist.make({ prefix: `${prefix}-two`, timeout })
      const answers = yield* Effect.all([one.add("a", until), two.add("a", until), one.add("a", until)])
      assert.deepStrictEqual(answers, [true, true, false])
    }).pipe(Effect.provide(connection, { local: true })))
})
