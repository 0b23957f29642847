/**
 * Stores tokens in one SQLite file on Node, without a server.
 *
 * @since 0.1.0
 */
import type { AccessTokenStoreError, DiscordConfigurationError } from "@discord-oauth2/core/errors/DiscordError"
import * as AccessTokenStore from "@discord-oauth2/core/tokens/AccessTokenStore"
import * as Layer from "effect/Layer"
import * as NodeRecordStore from "./NodeRecordStore.ts"

/**
 * Creates a layer that stores tokens in one SQLite file, which any number of processes on one machine can share.
 *
 * **Gotchas**
 *
 * The file contains tokens as plain text. Only its owner can read it. To encrypt the tokens, provide
 * `NodeRecordStore.layerSqlite` to `AccessTokenStore.layerEncrypted`.
 *
 * **Example** (An application whose users stay signed in)
 *
 * ```ts
 * import { NodeAccessTokenStore, NodeDiscord } from "@discord-oauth2/platform-node"
 *
 * const layer = NodeDiscord.layerConfig({
 *   store: NodeAccessTokenStore.layerSqlite({ filename: "tokens.db" })
 * })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerSqlite = (
  options: NodeRecordStore.SqliteOptions
): Layer.Layer<AccessTokenStore.AccessTokenStore, AccessTokenStoreError | DiscordConfigurationError> =>
  Layer.provide(AccessTokenStore.layer, NodeRecordStore.layerSqlite(options))
