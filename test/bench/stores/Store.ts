/** The stores that are measured, as an application has them; each is loaded by its own process alone. */
import { type AccessTokenStore, layer, layerEncrypted, layerMemory } from "@discord-oauth2/core/tokens/AccessTokenStore"
import * as KeyValueRecordStore from "@discord-oauth2/core/tokens/KeyValueRecordStore"
import * as RecordStore from "@discord-oauth2/core/tokens/RecordStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerFileSystem } from "effect/persistence/KeyValueStore"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Place } from "../../support/databases.ts"
import type { Server } from "../../support/reachable.ts"

export interface Store {
  readonly layer: Layer.Layer<AccessTokenStore>
  /** Bytes that it takes outside of the process. */
  readonly outside?: Effect.Effect<number, unknown>
}

interface Entry {
  /** What must be there. */
  readonly server?: Server
  /** A place of its own, which goes with the scope. */
  readonly make: () => Effect.Effect<Store, unknown, Scope.Scope>
}

const plain = <E>(records: Layer.Layer<RecordStore.RecordStore, E>) => Layer.orDie(Layer.provide(layer, records))

const sealed = <E>(records: Layer.Layer<RecordStore.RecordStore, E>) =>
  Effect.map(
    Effect.promise(() => import("@effect/platform-node/NodeCrypto")),
    (NodeCrypto) =>
      Layer.orDie(Layer.provide(layerEncrypted({ keys: [{ id: "a", secret: Redacted.make("b".repeat(32)) }] }), [
        records,
        NodeCrypto.layer
      ]))
  )

const databases = Effect.promise(() => import("../../support/databases.ts"))

const bytesIn = (folder: string) =>
  Effect.sync(() => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0))

const sqlite = Effect.gen(function*() {
  const { folder } = yield* databases
  const { layerSqlite } = yield* Effect.promise(() => import("@discord-oauth2/platform-node/NodeRecordStore"))
  const path = yield* folder
  return { records: layerSqlite({ filename: join(path, "tokens.db") }), outside: bytesIn(path) }
})

/** A table of its own in a database, and how its size is asked for. */
const served = Effect.fnUntraced(function*(name: "inPostgresql" | "inMysql", sizeOf: (table: string) => string) {
  const module = yield* databases
  const place: Place = yield* module[name]
  const sql = yield* module.clientOf(place)
  return {
    layer: plain(module.recordsOf(place)),
    outside: Effect.map(sql.unsafe<{ size: unknown }>(sizeOf(place.table)), ([row]) => Number(row?.size))
  }
})

const redis = Effect.gen(function*() {
  const NodeRedis = yield* Effect.promise(() => import("@effect/platform-node/NodeRedis"))
  const RedisRecordStore = yield* Effect.promise(() => import("@discord-oauth2/core/tokens/RedisRecordStore"))
  const { urlOf } = yield* Effect.promise(() => import("../../support/reachable.ts"))
  const client = NodeRedis.layer({ url: urlOf("Redis").href })
  const records = Layer.provide(RedisRecordStore.layer({ prefix: `{bench-${process.pid}}` }), client)
  yield* Effect.addFinalizer(() =>
    Effect.orDie(Effect.provide(Effect.flatMap(RecordStore.RecordStore, ({ removeAll }) => removeAll({})), records))
  )
  const outside = Effect.map(
    Effect.provide(Effect.flatMap(NodeRedis.NodeRedis, ({ use }) => use((client) => client.info("memory"))), client),
    (info) => Number(/used_memory:(\d+)/.exec(info)?.[1])
  )
  return { layer: plain(records), outside }
})

const files = Effect.gen(function*() {
  const { folder } = yield* databases
  const path = yield* folder
  const [NodeFileSystem, NodePath] = yield* Effect.promise(() =>
    Promise.all([import("@effect/platform-node/NodeFileSystem"), import("@effect/platform-node/NodePath")])
  )
  const records = KeyValueRecordStore.layer().pipe(
    Layer.provide(layerFileSystem(path)),
    Layer.provide([NodeFileSystem.layer, NodePath.layer])
  )
  return { layer: plain(records), outside: bytesIn(path) }
})

/** The rows of the tables in their order, the reference first. */
export const stores: Readonly<Record<string, Entry>> = {
  "memory": { make: () => Effect.succeed({ layer: layerMemory }) },
  "memory, sealed": { make: () => Effect.map(sealed(RecordStore.layerMemory), (layer) => ({ layer })) },
  "files": { make: () => files },
  "SQLite": { make: () => Effect.map(sqlite, ({ outside, records }) => ({ layer: plain(records), outside })) },
  "SQLite, sealed": {
    make: () =>
      Effect.flatMap(sqlite, ({ outside, records }) => Effect.map(sealed(records), (layer) => ({ layer, outside })))
  },
  "PostgreSQL": {
    server: "PostgreSQL",
    make: () => served("inPostgresql", (table) => `SELECT pg_total_relation_size('${table}') AS size`)
  },
  "MySQL": {
    server: "MySQL",
    make: () =>
      served(
        "inMysql",
        (table) =>
          `SELECT data_length + index_length AS size FROM information_schema.tables WHERE table_name = '${table}'`
      )
  },
  "Redis": { server: "Redis", make: () => redis }
}
