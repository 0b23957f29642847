/**
 * @since 0.1.0
 */
export * as CurrentUser from "./CurrentUser.ts"
export * as Denylist from "./Denylist.ts"
export * as DiscordLogin from "./DiscordLogin.ts"
export * as RedisDenylist from "./RedisDenylist.ts"
export * as SessionCookie from "./SessionCookie.ts"
export * as SqlDenylist from "./SqlDenylist.ts"
