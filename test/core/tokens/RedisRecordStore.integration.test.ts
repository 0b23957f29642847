import { AccessTokenStore, RecordStore, RedisRecordStore } from "@discord-oauth2/core"
import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as Random from "effect/Random"
import { TestClock } from "effect/testing"
import { connect, createServer, type Socket } from "node:net"
import { urlOf } from "../../support/reachable.ts"
import { connection, keysOf, makePrefix } from "../../support/redis.ts"
import { operations } from "../../support/redisStoreOperations.ts"
import { describeServer } from "../../support/servers.ts"
import { access, keyOf, nelly, plainAndSealed, wholeToken } from "../../support/storeContract.ts"
import * as Stub from "../../support/StubDiscord.ts"

/** No machine is too slow for this timeout and this lease. */
const patient = { timeout: "10 minutes", lease: "10 minutes" } as const

/** Records under a prefix that no other test uses. */
const withRecords = <A, E>(
  body: (
    records: RecordStore.RecordStore["Service"],
    redis: Redis.Redis["Service"],
    prefix: string
  ) => Effect.Effect<A, E, Redis.Redis>,
  options?: RedisRecordStore.Options
) =>
  Effect.scoped(Effect.gen(function*() {
    const prefix = yield* makePrefix
    const redis = yield* Redis.Redis
    return yield* body(yield* RedisRecordStore.make({ ...patient, prefix, ...options }), redis, prefix)
  })).pipe(Effect.provide(connection, { local: true }))

await describeServer("Redis", "RedisRecordStore", () => {
  const layer = (prefix: string) => Layer.provide(RedisRecordStore.layer({ ...patient, prefix }), connection)

  plainAndSealed({
    layer: () => Layer.unwrap(Effect.map(makePrefix, layer)),
    sharing: Effect.map(makePrefix, layer)
  })

  describe("keys", () => {
    it.live("are all in one slot of a cluster, and those of removed records are removed", () =>
      withRecords((records, _redis, prefix) =>
        Effect.gen(function*() {
          yield* records.put(nelly, "one")
          yield* records.put(keyOf("1"), "two")
          const keys = yield* Effect.scoped(Effect.andThen(records.lock(nelly), keysOf(prefix)))
          const id = RecordStore.keyToString(nelly)
          assert.deepStrictEqual(keys, [
            `${prefix}:by-application`,
            `${prefix}:by-user`,
            `${prefix}:lock:${id}`,
            `${prefix}:token:${RecordStore.keyToString(keyOf("1"))}`,
            `${prefix}:token:${id}`
          ])
          yield* records.remove(nelly)
          const generation = Option.getOrThrow(yield* records.get(keyOf("1"))).generation
          assert.isTrue(yield* records.removeGeneration(keyOf("1"), generation))
          assert.deepStrictEqual(yield* keysOf(prefix), [])
        })
      ))

    it.live("of stores with different prefixes are separate", () =>
      withRecords((records, _redis, prefix) =>
        Effect.gen(function*() {
          const other = yield* RedisRecordStore.make({ ...patient, prefix: `${prefix}:other` })
          yield* records.put(nelly, "one")
          yield* other.put(nelly, "other")
          assert.strictEqual(yield* records.removeAll({}), 1)
          assert.strictEqual(Option.getOrThrow(yield* other.get(nelly)).value, "other")
        })
      ))

    it.live("of 1,201 records are listed and removed", () =>
      withRecords((records, _redis, prefix) =>
        Effect.gen(function*() {
          const keys = Array.from({ length: 1201 }, (_, n) => keyOf(`${n + 1}`))
          yield* Effect.forEach(keys, (key) => records.put(key, "any"), { concurrency: 50, discard: true })
          assert.strictEqual(yield* records.count({}), 1201)
          assert.strictEqual(yield* records.removeAll({ clientId: nelly.clientId }), 1201)
          assert.deepStrictEqual(yield* keysOf(prefix), [])
        })
      ))

    it.live("are listed after a key that the filter does not match", () =>
      withRecords((records) =>
        Effect.gen(function*() {
          const keys = ["1", "10", "2"].flatMap((client) => ["1", "10", "2"].map((user) => keyOf(user, client)))
          for (const key of keys) yield* records.put(key, "any")
          const filters = [
            {},
            { clientId: keyOf("1", "10").clientId },
            { userId: keyOf("10").userId },
            keyOf("2", "10")
          ]
          for (const filter of filters) {
            for (const after of [...keys, keyOf("0", "0"), keyOf("15", "10"), keyOf("3", "15"), keyOf("9", "9")]) {
              assert.deepStrictEqual(
                yield* records.list(filter, { after, limit: 4 }),
                RecordStore.pageOf(keys, filter, { after, limit: 4 }),
                `${JSON.stringify(filter)} after ${RecordStore.keyToString(after)}`
              )
            }
          }
        })
      ))
  })

  describe("generations", () => {
    for (const start of [2 ** 43 - 1, 2 ** 43, 99_999_999_999_999, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER - 3]) {
      it.live(`${start} and the next ones are exact`, () =>
        withRecords((records, redis, prefix) =>
          Effect.gen(function*() {
            yield* records.put(nelly, "first")
            const record = `${prefix}:token:${RecordStore.keyToString(nelly)}`
            yield* redis.send("HSET", record, "generation", String(start))
            assert.strictEqual(Option.getOrThrow(yield* records.get(nelly)).generation, start)
            assert.deepStrictEqual(yield* records.replace(nelly, start, "second"), Option.some(start + 1))
            assert.deepStrictEqual(yield* redis.send("HGET", record, "generation"), String(start + 1))
            assert.strictEqual(yield* records.put(nelly, "third"), start + 2)
            assert.isTrue(yield* records.removeGeneration(nelly, start + 2))
          })
        ))
    }
  })

  describe("F43: in place of a record", () => {
    const things: Readonly<Record<string, ReadonlyArray<ReadonlyArray<string>>>> = {
      "a string": [["SET", "planted"]],
      "a list": [["RPUSH", "planted"]],
      "a hash without a generation": [["HSET", "value", "planted"]],
      "a hash without a value": [["HSET", "generation", "7"]],
      "a hash with a generation that is no number": [["HSET", "generation", "planted", "value", "planted"]],
      "a hash with a generation that is not whole": [["HSET", "generation", "1e3", "value", "planted"]],
      "a hash with a generation beyond what is exact": [["HSET", "generation", "9".repeat(16), "value", "planted"]]
    }
    for (const [name, commands] of Object.entries(things)) {
      it.live(`${name} is \`corrupt\` and stays; a sign-in replaces it, and a sign-out removes it`, () =>
        withRecords((records, redis, prefix) =>
          Effect.gen(function*() {
            const record = `${prefix}:token:${RecordStore.keyToString(nelly)}`
            const plant = Effect.gen(function*() {
              yield* redis.send("DEL", record)
              for (const [command, ...args] of commands) yield* redis.send(command!, record, ...args)
            })
            yield* plant
            const before = yield* redis.send("DUMP", record)
            const { get, removeGeneration, replace } = operations(records)
            for (const [operation, effect] of Object.entries({ get, replace, removeGeneration })) {
              const error = yield* Effect.flip(effect)
              assert.deepStrictEqual([error.reason, error.operation], ["corrupt", operation])
              assert.notMatch(`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`, /planted/)
            }
            assert.deepStrictEqual(yield* redis.send("DUMP", record), before)
            yield* records.put(nelly, "again")
            assert.strictEqual(Option.getOrThrow(yield* records.get(nelly)).value, "again")
            yield* plant
            yield* records.remove(nelly)
            assert.isTrue(Option.isNone(yield* records.get(nelly)))
          })
        ))
    }
  })

  describe("F42: the lease", () => {
    const lockOf = (prefix: string) => `${prefix}:lock:${RecordStore.keyToString(nelly)}`

    it.live("of a process that has vanished ends, and the next process gets it", () =>
      withRecords((records, redis, prefix) =>
        Effect.gen(function*() {
          yield* redis.send("SET", lockOf(prefix), "vanished", "PX", "600000")
          const waiting = yield* Effect.forkChild(
            Effect.scoped(Effect.andThen(records.lock(nelly), redis.send<string>("GET", lockOf(prefix))))
          )
          yield* Effect.sleep("50 millis")
          assert.isUndefined(waiting.pollUnsafe())
          yield* redis.send("PEXPIRE", lockOf(prefix), "1")
          const holder = yield* Fiber.join(waiting)
          assert.match(holder, /^[0-9a-f-]{36}$/)
          assert.isNull(yield* redis.send("GET", lockOf(prefix)))
        })
      ))

    it.effect("of a live process is renewed every third of its length", () =>
      withRecords((records, redis, prefix) =>
        Effect.gen(function*() {
          yield* Effect.scoped(Effect.gen(function*() {
            yield* records.lock(nelly)
            const holder = yield* redis.send("GET", lockOf(prefix))
            const left = redis.send<number>("PTTL", lockOf(prefix))
            for (const _ of [1, 2, 3, 4]) {
              yield* redis.send("PEXPIRE", lockOf(prefix), "300000")
              yield* TestClock.adjust("200 seconds")
              while ((yield* left) <= 300_000) yield* TestClock.withLive(Effect.sleep("5 millis"))
              assert.isAtMost(yield* left, 600_000)
            }
            assert.strictEqual(yield* redis.send("GET", lockOf(prefix)), holder)
          }))
          assert.isNull(yield* redis.send("GET", lockOf(prefix)))
        }), { timeout: "Infinity" }))

    it.effect("that another process has is neither renewed nor released, and the late process's write is rejected", () =>
      withRecords((records, redis, prefix) =>
        Effect.gen(function*() {
          const generation = yield* records.put(nelly, "old")
          yield* Effect.scoped(Effect.gen(function*() {
            yield* records.lock(nelly)
            // Another process has got the lock meanwhile, and has written.
            yield* redis.send("SET", lockOf(prefix), "another", "PX", "3600000")
            yield* records.replace(nelly, generation, "another's")
            assert.isTrue(Option.isNone(yield* records.replace(nelly, generation, "late")))
            yield* TestClock.adjust("30 minutes")
            yield* TestClock.withLive(Effect.sleep("50 millis"))
            assert.isAbove(yield* redis.send<number>("PTTL", lockOf(prefix)), 600_000)
          }))
          assert.strictEqual(yield* redis.send("GET", lockOf(prefix)), "another")
          assert.strictEqual(Option.getOrThrow(yield* records.get(nelly)).value, "another's")
        }), { timeout: "Infinity" }))

    it.live("has another holder each time, even with the same random numbers", () =>
      withRecords((records, redis, prefix) =>
        Effect.gen(function*() {
          const holder = Effect.scoped(Effect.andThen(records.lock(nelly), redis.send("GET", lockOf(prefix))))
          const seeded = Random.withSeed(holder, "seed")
          assert.notStrictEqual(yield* seeded, yield* seeded)
        })
      ))
  })

  describe("a server that comes and goes", () => {
    /** A proxy to the server whose connections can be stopped and broken. */
    const makeWay = Effect.acquireRelease(
      Effect.callback<{ port: number; sockets: Set<Socket>; close: () => void }>((resume) => {
        const sockets = new Set<Socket>()
        const { hostname, port } = urlOf("Redis")
        const server = createServer((inner) => {
          const outer = connect(Number(port), hostname)
          for (const socket of [inner, outer]) {
            sockets.add(socket)
            socket.on("error", () => {}).on("close", () => {
              sockets.delete(socket)
              inner.destroy()
              outer.destroy()
            })
          }
          inner.pipe(outer)
          outer.pipe(inner)
        })
        server.listen(0, "127.0.0.1", () => {
          const address = server.address()
          const port = typeof address === "object" ? address!.port : 0
          resume(Effect.succeed({ port, sockets, close: () => void server.close() }))
        })
      }),
      ({ close, sockets }) =>
        Effect.sync(() => {
          close()
          for (const socket of sockets) socket.destroy()
        })
    )

    it.live("F39: one that stops responding is `unavailable` after the timeout, also for callers that cannot be interrupted", () =>
      Effect.scoped(Effect.gen(function*() {
        const prefix = yield* makePrefix
        const { port, sockets } = yield* makeWay
        const context = yield* Layer.build(NodeRedis.layer({ url: `redis://127.0.0.1:${port}` }))
        const records = yield* Effect.provide(RedisRecordStore.make({ prefix, timeout: "100 millis" }), context)
        const slow = yield* Effect.provide(RedisRecordStore.make({ ...patient, prefix }), context)
        yield* slow.put(nelly, "old")
        for (const socket of sockets) socket.pause()
        for (const [operation, effect] of Object.entries(operations(records))) {
          const error = yield* Effect.flip(Effect.uninterruptible(effect))
          assert.deepStrictEqual([error.reason, error.operation], ["unavailable", operation])
          assert.match(String(error.cause), /did not respond within 100ms/)
        }
        for (const socket of sockets) socket.resume()
      })))

    it.live("F39: one that breaks the connection is `unavailable`, and works again after that", () =>
      Effect.scoped(Effect.gen(function*() {
        const prefix = yield* makePrefix
        const { port, sockets } = yield* makeWay
        const context = yield* Layer.build(NodeRedis.layer({ url: `redis://127.0.0.1:${port}` }))
        const records = yield* Effect.provide(RedisRecordStore.make({ ...patient, prefix }), context)
        const generation = yield* records.put(nelly, "old")
        for (const socket of sockets) socket.pause()
        const reading = yield* Effect.forkChild(Effect.flip(records.get(nelly)), { startImmediately: true })
        yield* Effect.yieldNow
        for (const socket of sockets) socket.destroy()
        const error = yield* Fiber.join(reading)
        assert.strictEqual(error.reason, "unavailable")
        assert.match(String(error.cause), /Socket closed|ECONNRESET/)
        assert.deepStrictEqual(yield* records.replace(nelly, generation, "new"), Option.some(generation + 1))
      })))
  })

  it.live("a server that has forgotten the scripts receives them again", () =>
    withRecords((records) =>
      Effect.gen(function*() {
        const { client } = yield* NodeRedis.NodeRedis
        const generation = yield* records.put(nelly, "one")
        yield* Effect.promise(() => client.sendCommand(["SCRIPT", "FLUSH"]))
        assert.isTrue(Option.isSome(yield* records.replace(nelly, generation, "two")))
      }).pipe(Effect.provide(connection, { local: true }))
    ))

  it.live("keeps every property of a token", () =>
    Effect.scoped(Effect.gen(function*() {
      const prefix = yield* makePrefix
      const context = yield* Layer.build(
        Layer.provide(AccessTokenStore.layer, Layer.provide(RedisRecordStore.layer({ ...patient, prefix }), connection))
      )
      const store = Context.get(context, AccessTokenStore.AccessTokenStore)
      const { generation } = yield* store.put(nelly, wholeToken)
      yield* store.replace(nelly, generation, { token: Stub.token({ access: "second" }) })
      assert.strictEqual(access(yield* store.get(nelly)), "second")
    })))
})
