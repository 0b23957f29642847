/** Where a test keeps its records, as data that another process can be told. */
import type * as RecordStore from "@discord-oauth2/core/tokens/RecordStore"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export type Place =
  & (
    | { readonly kind: "SQLite"; readonly filename: string }
    | { readonly kind: "PostgreSQL" | "MySQL"; readonly url: string; readonly table: string }
    | { readonly kind: "Redis"; readonly url: string; readonly prefix: string }
    | { readonly kind: "files"; readonly directory: string }
  )
  & {
    /** How long a lock outlives its process, in milliseconds. */
    readonly lease?: number
    /** How long the response to that process's request is then waited for, in milliseconds; by default the lease. */
    readonly grace?: number
    /** How long an operation of the store may take, in milliseconds. */
    readonly timeout?: number
  }

export type Records = Layer.Layer<RecordStore.RecordStore, unknown>

/** Loads only the driver that the place needs. */
const load = async (place: Place): Promise<Records> => {
  const options = {
    ...(place.lease !== undefined && { lease: place.lease, grace: place.grace ?? place.lease }),
    ...(place.timeout !== undefined && { timeout: place.timeout })
  }
  switch (place.kind) {
    case "SQLite": {
      const NodeRecordStore = await import("@discord-oauth2/platform-node/NodeRecordStore")
      return NodeRecordStore.layerSqlite({ filename: place.filename, ...options })
    }
    case "PostgreSQL": {
      const [SqlRecordStore, PgClient] = await Promise.all([
        import("@discord-oauth2/core/tokens/SqlRecordStore"),
        import("@effect/sql-pg/PgClient")
      ])
      return Layer.provide(
        SqlRecordStore.layer({ table: place.table, ...options }),
        PgClient.layer({ url: Redacted.make(place.url) })
      )
    }
    case "MySQL": {
      const [SqlRecordStore, MysqlClient] = await Promise.all([
        import("@discord-oauth2/core/tokens/SqlRecordStore"),
        import("../support/MysqlClient.ts")
      ])
      return Layer.provide(
        SqlRecordStore.layer({ table: place.table, ...options }),
        MysqlClient.layer(new URL(place.url))
      )
    }
    case "Redis": {
      const [RedisRecordStore, NodeRedis] = await Promise.all([
        import("@discord-oauth2/core/tokens/RedisRecordStore"),
        import("@effect/platform-node/NodeRedis")
      ])
      return Layer.provide(
        RedisRecordStore.layer({ prefix: place.prefix, ...options }),
        NodeRedis.layer({ url: place.url })
      )
    }
    case "files": {
      const [KeyValueRecordStore, KeyValueStore, NodeFileSystem, NodePath] = await Promise.all([
        import("@discord-oauth2/core/tokens/KeyValueRecordStore"),
        import("effect/persistence/KeyValueStore"),
        import("@effect/platform-node/NodeFileSystem"),
        import("@effect/platform-node/NodePath")
      ])
      return KeyValueRecordStore.layer().pipe(
        Layer.provide(KeyValueStore.layerFileSystem(place.directory)),
        Layer.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))
      )
    }
  }
}

export const records = (place: Place): Records => Layer.unwrap(Effect.promise(() => load(place)))
