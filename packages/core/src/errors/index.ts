/**
 * @since 0.1.0
 */
export * as DiscordError from "./DiscordError.ts"
export * as JsonError from "./JsonError.ts"
