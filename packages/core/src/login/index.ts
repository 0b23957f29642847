/**
 * @since 0.1.0
 */
export * as CurrentUser from "./CurrentUser.ts"
export * as DiscordLogin from "./DiscordLogin.ts"
export * as RedisSpentIds from "./RedisSpentIds.ts"
export * as SessionCookie from "./SessionCookie.ts"
export * as SpentIds from "./SpentIds.ts"
export * as SqlSpentIds from "./SqlSpentIds.ts"
