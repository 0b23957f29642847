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
import { connect, createServer, type Socket } from "node:net"
import { urlOf } from "../../support/reachable.ts"
import { connection, keysOf, makePrefix, stub } from "../../support/redis.ts"
import { describeServer } from "../../support/servers.ts"
import { access, keyOf, nelly, plainAndSealed, wholeToken } from "../../support/storeContract.ts"
import * as Stub from "../../support/StubDiscord.ts"

/** Records under a prefix of their own, and the server as it is. */
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
    return yield* body(yield* RedisRecordStore.make({ prefix, ...options }), redis, prefix)
  })).pipe(Effect.provide(connection, { local: true }))

const withStub = (
  send: Redis.Redis["Service"]["send"],
  options?: RedisRecordStore.Options
) =>
<A, E>(body: (records: RecordStore.RecordStore["Service"]) => Effect.Effect<A, E>) =>
  Effect.provide(Effect.flatMap(RedisRecordStore.make(options), body), stub(send), { local: true })

const operations = (records: RecordStore.RecordStore["Service"]) => ({
  get: Effect.asVoid(records.get(nelly)),
  put: Effect.asVoid(records.put(nelly, "planted")),
  replace: Effect.asVoid(records.replace(nelly, 1, "planted")),
  remove: records.remove(nelly),
  removeGeneration: Effect.asVoid(records.removeGeneration(nelly, 1)),
  list: Effect.asVoid(records.list({}, { limit: 1 })),
  count: Effect.asVoid(records.count({})),
  removeAll: Effect.asVoid(records.removeAll({})),
  lock: Effect.scoped(records.lock(nelly))
})

await describeServer("Redis", "a server", () => {
  const layer = (prefix: string) => Layer.provide(RedisRecordStore.layer({ prefix }), connection)

  plainAndSealed({
    layer: () => Layer.unwrap(Effect.map(makePrefix, layer)),
    sharing: Effect.map(makePrefix, layer)
  })

  describe("keys", () => {
    it.live("all lie in one slot of a cluster, and none is left of what was removed", () =>
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

    it.live("stores with another prefix are apart", () =>
      withRecords((records, _redis, prefix) =>
        Effect.gen(function*() {
          const other = yield* RedisRecordStore.make({ prefix: `${prefix}:other` })
          yield* records.put(nelly, "one")
          yield* other.put(nelly, "other")
          assert.strictEqual(yield* records.removeAll({}), 1)
          assert.strictEqual(Option.getOrThrow(yield* other.get(nelly)).value, "other")
        })
      ))

    it.live("1,201 records are listed and removed, in as many calls as it takes", () =>
      withRecords((records, _redis, prefix) =>
        Effect.gen(function*() {
          const keys = Array.from({ length: 1201 }, (_, n) => keyOf(`${n + 1}`))
          yield* Effect.forEach(keys, (key) => records.put(key, "any"), { concurrency: 50, discard: true })
          assert.strictEqual(yield* records.count({}), 1201)
          assert.strictEqual(yield* records.removeAll({ clientId: nelly.clientId }), 1201)
          assert.deepStrictEqual(yield* keysOf(prefix), [])
        })
      ))

    it.live("the page after a key that the filter does not name", () =>
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

  describe("F43: what lies where a record should be", () => {
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
      it.live(`${name} is \`corrupt\` and stays; a sign-in mends it, and a sign-out removes it`, () =>
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

    it.live("of a holder that has vanished ends, and the next one has it", () =>
      withRecords((records, redis, prefix) =>
        Effect.gen(function*() {
          yield* redis.send("SET", lockOf(prefix), "vanished", "PX", "300")
          const waiting = yield* Effect.forkChild(
            Effect.scoped(Effect.andThen(records.lock(nelly), redis.send<string>("GET", lockOf(prefix))))
          )
          yield* Effect.sleep("50 millis")
          assert.isUndefined(waiting.pollUnsafe())
          const holder = yield* Fiber.join(waiting)
          assert.match(holder, /^[0-9a-f-]{36}$/)
          assert.isNull(yield* redis.send("GET", lockOf(prefix)))
        })
      ))

    it.live("of a holder that lives is renewed, for longer than it is", () =>
      withRecords((records, redis, prefix) =>
        Effect.gen(function*() {
          yield* Effect.scoped(Effect.gen(function*() {
            yield* records.lock(nelly)
            const holder = yield* redis.send("GET", lockOf(prefix))
            yield* Effect.sleep("700 millis")
            assert.strictEqual(yield* redis.send("GET", lockOf(prefix)), holder)
            const left = yield* redis.send<number>("PTTL", lockOf(prefix))
            assert.isTrue(left > 0 && left <= 300, `${left}`)
          }))
          assert.isNull(yield* redis.send("GET", lockOf(prefix)))
        }), { lease: "300 millis" }))

    it.live("that another has meanwhile is neither renewed nor given back, and the late holder's write is refused", () =>
      withRecords((records, redis, prefix) =>
        Effect.gen(function*() {
          const generation = yield* records.put(nelly, "old")
          yield* Effect.scoped(Effect.gen(function*() {
            yield* records.lock(nelly)
            // It stood still for so long that another has the lock, and has written.
            yield* redis.send("SET", lockOf(prefix), "another", "PX", "60000")
            yield* records.replace(nelly, generation, "another's")
            assert.isTrue(Option.isNone(yield* records.replace(nelly, generation, "late")))
            yield* Effect.sleep("250 millis")
            assert.isAbove(yield* redis.send<number>("PTTL", lockOf(prefix)), 1000)
          }))
          assert.strictEqual(yield* redis.send("GET", lockOf(prefix)), "another")
          assert.strictEqual(Option.getOrThrow(yield* records.get(nelly)).value, "another's")
        }), { lease: "300 millis" }))

    it.live("is another's for each holder, though their random numbers are the same", () =>
      withRecords((records, redis, prefix) =>
        Effect.gen(function*() {
          const holder = Effect.scoped(Effect.andThen(records.lock(nelly), redis.send("GET", lockOf(prefix))))
          const seeded = Random.withSeed(holder, "seed")
          assert.notStrictEqual(yield* seeded, yield* seeded)
        })
      ))
  })

  describe("a server that comes and goes", () => {
    /** A way to the server that can be stopped and broken. */
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

    it.live("F39: one that goes silent is `unavailable` within the timeout, even for who cannot be interrupted", () =>
      Effect.scoped(Effect.gen(function*() {
        const prefix = yield* makePrefix
        const { port, sockets } = yield* makeWay
        const context = yield* Layer.build(NodeRedis.layer({ url: `redis://127.0.0.1:${port}` }))
        const records = yield* Effect.provide(RedisRecordStore.make({ prefix, timeout: "100 millis" }), context)
        yield* records.put(nelly, "old")
        for (const socket of sockets) socket.pause()
        for (const [operation, effect] of Object.entries(operations(records))) {
          const error = yield* Effect.flip(Effect.uninterruptible(effect))
          assert.deepStrictEqual([error.reason, error.operation], ["unavailable", operation])
          assert.match(String(error.cause), /not answered within 100ms/)
        }
        for (const socket of sockets) socket.resume()
      })))

    it.live("F39: one that breaks the connection is `unavailable`, and there again when it is", () =>
      Effect.scoped(Effect.gen(function*() {
        const prefix = yield* makePrefix
        const { port, sockets } = yield* makeWay
        const context = yield* Layer.build(NodeRedis.layer({ url: `redis://127.0.0.1:${port}` }))
        const records = yield* Effect.provide(RedisRecordStore.make({ prefix }), context)
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

  it.live("a server that has forgotten the scripts is told them again", () =>
    withRecords((records) =>
      Effect.gen(function*() {
        const { client } = yield* NodeRedis.NodeRedis
        const generation = yield* records.put(nelly, "one")
        yield* Effect.promise(() => client.sendCommand(["SCRIPT", "FLUSH"]))
        assert.isTrue(Option.isSome(yield* records.replace(nelly, generation, "two")))
      }).pipe(Effect.provide(connection, { local: true }))
    ))

  it.live("tokens over it keep all that they have", () =>
    Effect.scoped(Effect.gen(function*() {
      const prefix = yield* makePrefix
      const context = yield* Layer.build(
        Layer.provide(AccessTokenStore.layer, Layer.provide(RedisRecordStore.layer({ prefix }), connection))
      )
      const store = Context.get(context, AccessTokenStore.AccessTokenStore)
      const { generation } = yield* store.put(nelly, wholeToken)
      yield* store.replace(nelly, generation, { token: Stub.token({ access: "second" }) })
      assert.strictEqual(access(yield* store.get(nelly)), "second")
    })))
})

describe("errors", () => {
  const failing = (cause: unknown) => withStub(() => Effect.fail(new Redis.RedisError({ cause })))

  for (
    const [name, reason, cause] of [
      ["no memory left", "full", new Error("OOM command not allowed when used memory > 'maxmemory'.")],
      [
        "no memory left, in a script of an older server",
        "full",
        new Error("ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed when used memory")
      ],
      ["another type", "corrupt", new Error("WRONGTYPE Operation against a key holding the wrong kind of value")],
      ["a replica", "unavailable", new Error("READONLY You can't write against a read only replica.")],
      ["a connection that is closed", "unavailable", new Error("The client is closed")],
      ["something that is no error", "unavailable", "planted"]
    ] as const
  ) {
    it.effect(`${name} is \`${reason}\``, () =>
      failing(cause)((records) =>
        Effect.gen(function*() {
          for (const [operation, effect] of Object.entries(operations(records))) {
            const error = yield* Effect.flip(effect)
            assert.deepStrictEqual([error._tag, error.reason, error.operation], [
              "AccessTokenStoreError",
              reason,
              operation
            ])
            assert.instanceOf(error.cause, Error)
          }
        })
      ))
  }

  it.effect("nothing of a record is told, whatever the client and the server quote", () =>
    Effect.forEach([
      Object.assign(new Error("ERR unknown command 'EVALSHA', with args beginning with: 'planted'"), {
        command: { name: "evalsha", args: ["planted"] }
      }),
      Object.assign(new Error("planted"), { code: "ECONNRESET" }),
      new Error("PLANTED-IN-CAPITALS planted")
    ], (cause) =>
      failing(cause)((records) =>
        Effect.gen(function*() {
          const { put, replace } = operations(records)
          for (const effect of [put, replace]) {
            const error = yield* Effect.flip(effect)
            const told = `${error.message} ${String(error.cause)} ${JSON.stringify(error)} ${
              JSON.stringify(Object.entries(error.cause ?? {}))
            }`
            assert.notMatch(told, /planted/i)
            assert.match(told, /ERR|ECONNRESET|Error/)
          }
        })
      ), { discard: true }))

  it.effect("an answer that makes no sense is `unavailable`", () =>
    withStub(() => Effect.succeed<never>("nonsense" as never))((records) =>
      Effect.gen(function*() {
        const { lock: _, ...others } = operations(records)
        for (const [operation, effect] of Object.entries(others)) {
          const error = yield* Effect.flip(effect)
          assert.deepStrictEqual([error.reason, error.operation], ["unavailable", operation])
        }
      })
    ))
})
