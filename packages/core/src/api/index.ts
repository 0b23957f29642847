/**
 * @since 0.1.0
 */
export * as Deadline from "./Deadline.ts"
export * as DiscordClient from "./DiscordClient.ts"
export * as DiscordConfig from "./DiscordConfig.ts"
export * as DiscordHttpApi from "./DiscordHttpApi.ts"
export * as DiscordOperation from "./DiscordOperation.ts"
export * as DiscordSecurity from "./DiscordSecurity.ts"
export * as Redaction from "./Redaction.ts"
export * as RequestMiddleware from "./RequestMiddleware.ts"
export * as RequestTelemetry from "./RequestTelemetry.ts"
export * as ResponseBody from "./ResponseBody.ts"
