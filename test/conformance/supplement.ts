/**
 * What Discord's OpenAPI document says and the npm package `discord-api-spec` does not carry.
 *
 * The package has the document's paths as TypeScript types, which have no bounds, and its components as zod schemas
 * without the keywords below. The rows are copied from Discord's document of July 2026
 * (https://github.com/discord/discord-api-spec, `specs/openapi.json`, MIT), for the operations that this library
 * declares. A row that names no place of the package's document fails a test, so a row cannot outlive its member.
 */
import type { JsonSchema } from "./JsonSchema.ts"

/**
 * Keywords by place: the name of a component, or an operation and the part of it, then the path of the member. Each
 * keyword is added to the alternatives of the type that it is for.
 */
export const keywords: ReadonlyArray<readonly [place: RegExp, JsonSchema]> = [
  // Bounds of query parameters.
  [/^get \/users\/@me\/guilds query\.limit$/, { minimum: 1, maximum: 200 }],
  [/^get \/lobbies\/\{lobby_id\}\/messages query\.limit$/, { minimum: 1, maximum: 200 }],
  [/^get \/applications\/\{application_id\}\/entitlements query\.limit$/, { minimum: 1, maximum: 100 }],
  [/^get \/skus\/\{sku_id\}\/subscriptions query\.limit$/, { minimum: 1, maximum: 100 }],
  [/^get \/(?:users\/@me\/)?applications\/\{application_id\}\/entitlements query\.sku_ids$/, {
    maxItems: 100,
    uniqueItems: true
  }],

  // Bounds of bodies that the document writes inside the operation.
  [/^put \/channels\/\{channel_id\}\/recipients\/\{user_id\} body\.(?:access_token|nick)$/, { maxLength: 152133 }],
  [/^put \/applications\/\{application_id\}\/role-connections\/metadata body$/, { maxItems: 5 }],
  [/^put \/applications\/\{application_id\}\/(?:guilds\/\{guild_id\}\/)?commands body$/, { maxItems: 130 }],
  [/^put .*\/commands\/\{command_id\}\/permissions body\.permissions$/, { maxItems: 100 }],
  [/^put \/lobbies body\.idle_timeout_seconds$/, { minimum: 5, maximum: 604800 }],
  [/^put \/lobbies body\.(?:lobby|member)_metadata$/, { maxProperties: 25 }],
  [/^put \/lobbies body\.(?:lobby|member)_metadata\.\*$/, { maxLength: 1024 }],
  [/^put \/lobbies body\.secret$/, { maxLength: 250 }],

  // How many members an object may have.
  [/^ApplicationCommand\w*(?:Option|Choice|Request|Partial)\.(?:name|description)_localizations$/, {
    maxProperties: 34
  }],
  [/^ApplicationRoleConnectionsMetadataItemRequest\.(?:name|description)_localizations$/, { maxProperties: 1521 }],
  [/^UpdateApplicationUserRoleConnectionRequest\.metadata$/, { maxProperties: 5 }],

  // Lists without a repeated item.
  [/^ApplicationCommand(?:CreateRequest|UpdateRequest|PatchRequestPartial|Response)\.(?:contexts|integration_types)$/, {
    uniqueItems: true
  }],
  [/^ApplicationCommandChannelOption(?:Response)?\.channel_types$/, { uniqueItems: true }],
  [/^ApplicationOAuth2InstallParamsResponse\.scopes$/, { uniqueItems: true }],
  [/^(?:Private)?ApplicationResponse\.tags$/, { uniqueItems: true }],
  [/^PrivateApplicationResponse\.event_webhooks_types$/, { uniqueItems: true }],
  [/^OAuth2GetAuthorizationResponse\.scopes$/, { uniqueItems: true }],
  [/^MyGuildResponse\.features$/, { uniqueItems: true }],
  [/^(?:(?:Private)?GuildMemberResponse|BotAddGuildMemberRequest)\.roles$/, { uniqueItems: true }],
  [/^SubscriptionResponse\.(?:renewal_sku|sku|entitlement)_ids$/, { uniqueItems: true }],
  [/^MessageAllowedMentionsRequest\.(?:parse|users|roles)$/, { uniqueItems: true }],

  // Fractions: the package writes every number that is no `int32` as a number, the document an integer.
  [/^ApplicationCommandNumberOption(?:Response)?\.(?:min|max)_value$/, { type: "number" }],
  [/^ApplicationCommandOptionNumberChoice(?:Response)?\.value$/, { type: "number" }],
  [/^(?:Message)?Attachment(?:Response|Request)\.duration_secs$/, { type: "number" }],
  [/^RatelimitedResponse\.retry_after$/, { type: "number" }],

  // An id, by the name of the format.
  [/^SnowflakeType$/, { format: "snowflake" }]
]

/** The content types of a request body, where they are not `application/json` alone. */
export const contentTypes: Readonly<Record<string, ReadonlyArray<string>>> = {
  "post /applications/{application_id}/attachment": ["multipart/form-data"],
  "post /lobbies/{lobby_id}/messages": [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data"
  ]
}

/** The headers that every response has. */
export const responseHeaders: ReadonlyArray<string> = [
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "X-RateLimit-Reset-After",
  "X-RateLimit-Bucket"
]
