/**
 * The declaration of Discord's HTTP API. The client, the simulator, our OpenAPI document and the reference page are
 * derived from it.
 *
 * **Details**
 *
 * The identifier of an endpoint is the title of its section in Discord's documentation, in camelCase. The names in paths,
 * queries and bodies are Discord's own.
 *
 * @see https://discord.com/developers/docs/reference
 * @since 0.1.0
 */
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { HttpErrors } from "./DiscordSecurity.ts"
import { applicationCommands } from "./internal/groups/applicationCommands.ts"
import { applications } from "./internal/groups/applications.ts"
import { guilds } from "./internal/groups/guilds.ts"
import { lobbies } from "./internal/groups/lobbies.ts"
import { monetization } from "./internal/groups/monetization.ts"
import { oauth2 } from "./internal/groups/oauth2.ts"
import { users } from "./internal/groups/users.ts"

/**
 * The declaration, as an `HttpApi`.
 *
 * @category endpoints
 * @since 0.1.0
 */
export class DiscordHttpApi extends HttpApi.make("discord")
  .add(oauth2, users, guilds, applications, applicationCommands, monetization, lobbies)
  .middleware(HttpErrors)
  .annotateMerge(OpenApi.annotations({
    title: "Discord OAuth2",
    version: "10",
    description: "The part of Discord's HTTP API that an OAuth2 application calls.",
    servers: [{ url: "https://discord.com/api/v10" }]
  }))
{}

/**
 * The groups of the declaration.
 *
 * @category endpoints
 * @since 0.1.0
 */
export type Groups = typeof DiscordHttpApi extends HttpApi.HttpApi<infer _Id, infer G> ? G : never

/**
 * The endpoints of the declaration.
 *
 * @category endpoints
 * @since 0.1.0
 */
export type Endpoints = HttpApiGroup.Endpoints<Groups>

/**
 * Our OpenAPI document.
 *
 * **Example** (The calls of one path)
 *
 * ```ts
 * import { DiscordHttpApi } from "@discord-oauth2/core/api"
 *
 * Object.keys(DiscordHttpApi.openApi().paths["/users/@me/guilds"] ?? {}) // => ["get"]
 * ```
 *
 * @category endpoints
 * @since 0.1.0
 */
export const openApi = (): OpenApi.OpenAPISpec => OpenApi.fromApi(DiscordHttpApi)
