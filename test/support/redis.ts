/** The Redis server of the tests, with a prefix for each test, and a fake server that a test controls. */
import { NodeRedis } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { randomUUID } from "node:crypto"
import { urlOf } from "./reachable.ts"

export const connection = NodeRedis.layer({ url: urlOf("Redis").href })

/** A prefix that no other test has. Its keys are deleted when the scope closes. */
export const makePrefix = Effect.acquireRelease(
  Effect.sync(() => `{test-${randomUUID()}}`),
  (prefix) =>
    Effect.gen(function*() {
      const redis = yield* Redis.Redis
      for (const key of yield* keysOf(prefix)) yield* redis.send("DEL", key)
    }).pipe(Effect.provide(connection, { local: true }), Effect.orDie)
)

export const keysOf = Effect.fnUntraced(function*(prefix: string) {
  const redis = yield* Redis.Redis
  const found: Array<string> = []
  let cursor = "0"
  do {
    const [next, keys] = yield* redis.send<[string, Array<string>]>(
      "SCAN",
      cursor,
      "MATCH",
      `${prefix}*`,
      "COUNT",
      "1000"
    )
    found.push(...keys)
    cursor = next
  } while (cursor !== "0")
  return found.toSorted()
})

/** A server whose response to each command the test defines. */
export const stub = (send: Redis.Redis["Service"]["send"]) =>
  Layer.effect(
    Redis.Redis,
    Redis.make({ send, connect: Effect.die("unused"), subscribe: () => Effect.die("unused") })
  )
