/**
 * @since 0.1.0
 */
export * as DiscordSession from "./DiscordSession.ts"
export * as DiscordSessions from "./DiscordSessions.ts"
export * as RefreshPolicy from "./RefreshPolicy.ts"
export * as SharedReads from "./SharedReads.ts"
