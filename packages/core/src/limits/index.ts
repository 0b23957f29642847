/**
 * @since 0.1.0
 */
export * as InvalidRequestLimit from "./InvalidRequestLimit.ts"
export * as RateLimit from "./RateLimit.ts"
export * as RedisRequestLimitStore from "./RedisRequestLimitStore.ts"
export * as RequestLimits from "./RequestLimits.ts"
export * as RequestLimitStore from "./RequestLimitStore.ts"
