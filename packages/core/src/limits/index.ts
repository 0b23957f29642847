/**
 * @since 0.1.0
 */
export * as InvalidRequestLimiter from "./InvalidRequestLimiter.ts"
export * as Limits from "./Limits.ts"
export * as LimitStore from "./LimitStore.ts"
export * as RateLimiter from "./RateLimiter.ts"
export * as RedisLimitStore from "./RedisLimitStore.ts"
