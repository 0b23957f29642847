/**
 * @since 0.1.0
 */
export * as CachedSession from "./CachedSession.ts"
export * as DiscordSession from "./DiscordSession.ts"
export * as DiscordSessions from "./DiscordSessions.ts"
export * as RetryPolicy from "./RetryPolicy.ts"
