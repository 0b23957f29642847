/**
 * @since 0.1.0
 */
export * as NodeDiscord from "./NodeDiscord.ts"
