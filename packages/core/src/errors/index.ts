/**
 * @since 0.1.0
 */
export * as DiscordError from "./DiscordError.ts"
