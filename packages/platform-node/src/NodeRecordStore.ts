/**
 * Where records are kept on Node without a server: in one SQLite file.
 *
 * @since 0.1.0
 */
import { AccessTokenStoreError, type DiscordConfigurationError } from "@discord-oauth2/core/errors/DiscordError"
import type { RecordStore } from "@discord-oauth2/core/tokens/RecordStore"
import * as SqlRecordStore from "@discord-oauth2/core/tokens/SqlRecordStore"
import * as Layer from "effect/Layer"
import * as NodeSqliteClient from "./NodeSqliteClient.ts"

/**
 * The file, and what can be set of the tables in it.
 *
 * @category options
 * @since 0.1.0
 */
export interface SqliteOptions extends NodeSqliteClient.Options, SqlRecordStore.Options {}

/**
 * Records in one file, which any number of processes on one machine can share.
 *
 * **Details**
 *
 * The file and its tables are made where there are none; its folder must be there. What is written has reached the disk,
 * so a power cut does not bring back a refresh token that is spent. A file that is made here can be read by its owner
 * alone, where the file system knows of owners. Beside it lie two more, whose names end in `-wal` and `-shm`, and belong
 * to it.
 *
 * **Gotchas**
 *
 * Not for network file systems. Some versions of Node print an `ExperimentalWarning` for `node:sqlite`.
 *
 * **Example** (Sealed, in a file)
 *
 * ```ts
 * import { NodeRecordStore } from "@discord-oauth2/platform-node"
 *
 * // AccessTokenStore.layerEncrypted takes it, and so does AccessTokenStore.layer.
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
