/**
 * Stores records in one SQLite file on Node, without a server.
 *
 * @since 0.1.0
 */
import { AccessTokenStoreError, type DiscordConfigurationError } from "@discord-oauth2/core/errors/DiscordError"
import type { RecordStore } from "@discord-oauth2/core/tokens/RecordStore"
import * as SqlRecordStore from "@discord-oauth2/core/tokens/SqlRecordStore"
import * as Layer from "effect/Layer"
import * as NodeSqliteClient from "./NodeSqliteClient.ts"

/**
 * Options of a record store in a SQLite file.
 *
 * @category options
 * @since 0.1.0
 */
export interface SqliteOptions extends NodeSqliteClient.Options, SqlRecordStore.Options {}

/**
 * Creates a layer that stores records in one SQLite file, which any number of processes on one machine can share.
 *
 * **Details**
 *
 * It creates the file and its tables if they do not exist. The directory must exist. A write is on the disk when it
 * returns, so a power failure does not restore a used refresh token. Only the owner can read a file that it creates, if
 * the file system supports owners. SQLite keeps two more files next to it, with the suffixes `-wal` and `-shm`.
 *
 * **Gotchas**
 *
 * The file must not be on a network file system. Some versions of Node print an `ExperimentalWarning` for `node:sqlite`.
 *
 * **Example** (Records in a file)
 *
 * ```ts
 * import { NodeRecordStore } from "@discord-oauth2/platform-node"
 *
 * // Provide it to AccessTokenStore.layerEncrypted or to AccessTokenStore.layer.
 * const records = NodeRecordStore.layerSqlite({ filename: "tokens.db" })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerSqlite = (
  options: SqliteOptions
): Layer.Layer<RecordStore, AccessTokenStoreError | DiscordConfigurationError> =>
  SqlRecordStore.layer(options).pipe(
    Layer.provide(
      Layer.catch(
        NodeSqliteClient.layer(options),
        (error) => Layer.effectContext(new AccessTokenStoreError({ operation: "open", cause: error.reason.cause }))
      )
    )
  )
