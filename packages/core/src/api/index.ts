/**
 * @since 0.1.0
 */
export * as Deadline from "./Deadline.ts"
export * as DiscordApi from "./DiscordApi.ts"
export * as DiscordConfig from "./DiscordConfig.ts"
export * as DiscordEndpoint from "./DiscordEndpoint.ts"
export * as DiscordHttpApi from "./DiscordHttpApi.ts"
export * as Redaction from "./Redaction.ts"
export * as RequestGuard from "./RequestGuard.ts"
export * as RequestTelemetry from "./RequestTelemetry.ts"
export * as WireError from "./WireError.ts"
