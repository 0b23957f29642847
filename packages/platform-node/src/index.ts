/**
 * @since 0.1.0
 */
export * as NodeAccessTokenStore from "./NodeAccessTokenStore.ts"
export * as NodeDiscord from "./NodeDiscord.ts"
export * as NodeRecordStore from "./NodeRecordStore.ts"
export * as NodeSqliteClient from "./NodeSqliteClient.ts"
