/**
 * @since 0.1.0
 */
export * as AccessTokenStore from "./AccessTokenStore.ts"
export * as Discord4py from "./Discord4py.ts"
export * as KeyValueRecordStore from "./KeyValueRecordStore.ts"
export * as RecordStore from "./RecordStore.ts"
export * as RedisRecordStore from "./RedisRecordStore.ts"
export * as RefreshEvent from "./RefreshEvent.ts"
export * as SqlRecordStore from "./SqlRecordStore.ts"
export * as TokenRefresh from "./TokenRefresh.ts"
