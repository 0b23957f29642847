/**
 * Every operation of the declaration as data: its method, its path, and the credential and scope that it needs.
 *
 * **When to use**
 *
 * To build something that treats all operations alike, such as a proxy, a table of the API, or a wrapper around a
 * session. To call Discord, use `DiscordClient` or a `DiscordSession`.
 *
 * @see https://discord.com/developers/docs/reference
 * @since 0.1.0
 */
import type * as OAuth2Scope from "../models/OAuth2Scope.ts"
import * as annotations from "./internal/groups/annotations.ts"
import { reflected } from "./internal/reflection.ts"

/**
 * One operation of Discord's HTTP API.
 *
 * @category models
 * @since 0.1.0
 */
export interface DiscordOperation {
  /** The name of the operation and of the client's function, such as `getCurrentUserGuilds`. */
  readonly identifier: string

  /** The group of the declaration that the operation is in, such as `users`. */
  readonly group: string

  /** The HTTP method, such as `GET`. */
  readonly method: string

  /** The path under the API's URL, such as `/guilds/:guild_id/channels`. */
  readonly path: string

  /** The names of the parameters in the path, such as `guild_id`. */
  readonly pathParameters: ReadonlySet<string>

  /** What the request authenticates with: a user's access token, a bot's token, the application's id and secret, or nothing. */
  readonly credential: "bearer" | "bot" | "client" | "none"

  /** The scope that the user's access token needs, and `null` where every access token is enough or none is sent. */
  readonly scope: OAuth2Scope.OAuth2Scope | null
}

/**
 * All operations, in the order of the declaration.
 *
 * **Example** (The reads that need the scope `guilds`)
 *
 * ```ts
 * import { DiscordOperation } from "@discord-oauth2/core/api"
 *
 * DiscordOperation.all
 *   .filter(({ method, scope }) => method === "GET" && scope === "guilds")
 *   .map(({ identifier }) => identifier) // => ["getCurrentUserGuilds"]
 * ```
 *
 * @category endpoints
 * @since 0.1.0
 */
export const all: ReadonlyArray<DiscordOperation> = reflected.map(({ operation }) => operation)

/**
 * The scope that each call with a user's access token needs, by the identifier of the operation.
 *
 * **Details**
 *
 * `null` means that every access token is enough. `addGuildMember` and `groupDmAddRecipient` are sent with a bot's token;
 * their scope is that of the user's access token in the body.
 *
 * **Example** (The scopes to ask for)
 *
 * ```ts
 * import { DiscordOperation } from "@discord-oauth2/core/api"
 *
 * DiscordOperation.requiredScopes.getCurrentUserGuilds // => "guilds"
 * DiscordOperation.requiredScopes.addGuildMember // => "guilds.join"
 * ```
 *
 * @category endpoints
 * @since 0.1.0
 */
export const requiredScopes: typeof annotations.requiredScopes = annotations.requiredScopes

/**
 * The annotation of an endpoint that has its scope, for an implementation of the declaration.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const RequiredScope: typeof annotations.RequiredScope = annotations.RequiredScope
