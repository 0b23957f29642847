/**
 * Discord's OAuth2 scopes.
 *
 * A scope is a string. An editor completes the documented scopes, and {@link info} describes each. A scope that Discord
 * adds later also decodes and keeps its value. In requests and responses a list of scopes is one string, separated by
 * spaces.
 *
 * @see https://discord.com/developers/docs/topics/oauth2#shared-resources-oauth2-scopes
 * @see https://discord.com/developers/docs/discord-social-sdk/core-concepts/oauth2-scopes
 * @since 0.1.0
 */
import { dual } from "effect/Function"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Struct from "effect/Struct"
import { openEnum } from "./internal/openEnum.ts"

/**
 * A grant: a way to get a token.
 *
 * @category models
 * @since 0.1.0
 */
export type Grant = "authorization_code" | "implicit" | "client_credentials" | "device_code"

/**
 * The description and the restrictions of a scope.
 *
 * **Details**
 *
 * - `description`: what an application can do with the scope.
 * - `requiresApproval`: only approved partners get the scope. A request without approval fails.
 * - `grants`: the grants that can request the scope.
 * - `pkce`: whether Discord accepts the scope together with PKCE.
 *
 * @category models
 * @since 0.1.0
 */
export interface Info {
  readonly description: string
  readonly requiresApproval: boolean
  readonly grants: ReadonlyArray<Grant>
  readonly pkce: boolean
}

const scope = (description: string, restrictions?: Partial<Omit<Info, "description">>): Info => ({
  description,
  requiresApproval: false,
  grants: ["authorization_code", "implicit", "client_credentials", "device_code"],
  pkce: true,
  ...restrictions
})

const partner = (description: string): Info => scope(description, { requiresApproval: true })

/**
 * The scopes that Discord documents, with the description and the restrictions of each.
 *
 * **Gotchas**
 *
 * - Only the client credentials grant gives `applications.commands.update`.
 * - Only the authorization code grant without PKCE gives `role_connections.write`. With PKCE or the implicit grant
 *   Discord responds `invalid_scope`.
 *
 * @category constants
 * @since 0.1.0
 */
export const info = {
  "activities.invites.write": partner("Send activity invites for the user."),
  "activities.read": partner("Read what the user plays now and played recently."),
  "activities.write": partner("Change the user's activity."),
  "applications.builds.read": scope("Read the builds of the user's applications."),
  "applications.builds.upload": partner("Upload and change builds of the user's applications."),
  "applications.commands": scope("Add the application's commands to a guild or a user."),
  "applications.commands.permissions.update": scope(
    "Change who may use the application's commands in guilds that the user manages."
  ),
  "applications.commands.update": scope("Change the application's own commands with a bearer token.", {
    grants: ["client_credentials"]
  }),
  "applications.entitlements": scope("Read the entitlements of the user's applications."),
  "applications.store.update": scope("Read and change store data of the user's applications, such as SKUs."),
  "bot": scope("Add the application's bot to a guild that the user selects."),
  "connections": scope("Read the accounts at other services that the user has connected."),
  "dm_channels.read": partner("See the user's direct messages and group direct messages."),
  "email": scope("Read the user's email address."),
  "gdm.join": scope("Add the user to a group direct message."),
  "guilds": scope("List the guilds of the user."),
  "guilds.join": scope("Add the user to a guild that the application's bot is in."),
  "guilds.members.read": scope("Read the user's membership in a guild."),
  "identify": scope("Read the user's account, without the email address."),
  "identify.premium": partner("Read which Nitro subscription the user has."),
  "messages.read": scope("Read messages of all channels through the local RPC server."),
  "openid": scope("Receive an OpenID Connect id_token with the user's id and basic profile."),
  "relationships.read": partner("Read the user's friends, pending requests and blocked users."),
  "role_connections.write": scope("Change the user's role connection and its metadata for the application.", {
    grants: ["authorization_code"],
    pkce: false
  }),
  "rpc": partner("Control the user's local Discord client."),
  "rpc.activities.write": partner("Change the user's activity through the local RPC server."),
  "rpc.notifications.read": partner("Receive the user's notifications through the local RPC server."),
  "rpc.screenshare.read": partner("Read the state of the user's screen share through the local RPC server."),
  "rpc.screenshare.write": partner("Change the settings of the user's screen share through the local RPC server."),
  "rpc.video.read": partner("Read the state of the user's video through the local RPC server."),
  "rpc.video.write": partner("Change the user's video settings through the local RPC server."),
  "rpc.voice.read": partner("Read the user's voice settings and voice events through the local RPC server."),
  "rpc.voice.write": partner("Change the user's voice settings through the local RPC server."),
  "sdk.social_layer": scope(
    "Use the communication features of the Social SDK, such as lobbies and messages; includes sdk.social_layer_presence."
  ),
  "sdk.social_layer_presence": scope("Use the presence features of the Social SDK, such as friends and rich presence."),
  "voice": partner("Connect to voice for the user and see who is there."),
  "webhook.incoming": scope("Create a webhook in a channel that the user selects; the token response contains it.", {
    grants: ["authorization_code"]
  })
} as const satisfies Record<string, Info>

/**
 * A scope that Discord documents.
 *
 * @category models
 * @since 0.1.0
 */
export type Known = keyof typeof info

/**
 * The scopes that Discord documents, in alphabetical order.
 *
 * @category constants
 * @since 0.1.0
 */
export const known: ReadonlyArray<Known> = Struct.keys(info)

/**
 * Any scope. An editor completes the documented ones.
 *
 * @category schemas
 * @since 0.1.0
 */
export const OAuth2Scope = openEnum(known)

/**
 * @category models
 * @since 0.1.0
 */
export type OAuth2Scope = typeof OAuth2Scope.Type

/**
 * Checks whether Discord documents the scope.
 *
 * @category guards
 * @since 0.1.0
 */
export const isKnown = (self: string): self is Known => Object.hasOwn(info, self)

/**
 * Splits a string of scopes separated by spaces. Removes repetitions and keeps the order.
 *
 * **Example** (The scopes of a token response)
 *
 * ```ts
 * import { OAuth2Scope } from "@discord-oauth2/core"
 *
 * OAuth2Scope.fromString("identify guilds") // => ["identify", "guilds"]
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const fromString = (text: string): ReadonlyArray<OAuth2Scope> =>
  Array.from(new Set(text.split(" ").filter((name) => name !== "")))

/**
 * Joins scopes to one string, separated by spaces (RFC 6749 section 3.3). Removes repetitions.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toString = (scopes: Iterable<OAuth2Scope>): string => Array.from(new Set(scopes)).join(" ")

/**
 * The codec of the `scope` parameter of a request and the `scope` member of a token response.
 *
 * @category schemas
 * @since 0.1.0
 */
export const OAuth2Scopes = Schema.String.pipe(
  Schema.decodeTo(
    Schema.Array(OAuth2Scope),
    SchemaTransformation.transform({ decode: fromString, encode: toString })
  )
)

/**
 * Checks whether a list of scopes contains a scope.
 *
 * **Details**
 *
 * The comparison is exact, as Discord's is: `identify.premium` does not include `identify`.
 *
 * @category predicates
 * @since 0.1.0
 */
export const includes: {
  (scope: OAuth2Scope): (self: Iterable<OAuth2Scope>) => boolean
  (self: Iterable<OAuth2Scope>, scope: OAuth2Scope): boolean
} = dual(2, (self: Iterable<OAuth2Scope>, scope: OAuth2Scope): boolean => {
  for (const each of self) {
    if (each === scope) return true
  }
  return false
})

/**
 * Returns the scopes of `self` that are not in `that`, without repetitions.
 *
 * **Example** (The scopes that were requested and not granted)
 *
 * ```ts
 * import { OAuth2Scope } from "@discord-oauth2/core"
 *
 * OAuth2Scope.difference(["identify", "email"], ["identify"]) // => ["email"]
 * ```
 *
 * @category combinators
 * @since 0.1.0
 */
export const difference: {
  <A extends OAuth2Scope>(that: Iterable<OAuth2Scope>): (self: Iterable<A>) => ReadonlyArray<A>
  <A extends OAuth2Scope>(self: Iterable<A>, that: Iterable<OAuth2Scope>): ReadonlyArray<A>
} = dual(2, <A extends OAuth2Scope>(self: Iterable<A>, that: Iterable<OAuth2Scope>): ReadonlyArray<A> => {
  const excluded = new Set<OAuth2Scope>(that)
  return Array.from(new Set(self)).filter((each) => !excluded.has(each))
})

/**
 * Checks whether two lists contain the same scopes, in any order and with any repetitions (S28 in docs/checklist.md).
 *
 * @category predicates
 * @since 0.1.0
 */
export const equals: {
  (that: Iterable<OAuth2Scope>): (self: Iterable<OAuth2Scope>) => boolean
  (self: Iterable<OAuth2Scope>, that: Iterable<OAuth2Scope>): boolean
} = dual(2, (self: Iterable<OAuth2Scope>, that: Iterable<OAuth2Scope>): boolean => {
  const left = new Set(self)
  const right = new Set(that)
  return left.size === right.size && Array.from(left).every((each) => right.has(each))
})

/**
 * How scopes are requested: the grant, whether it uses PKCE, and whether a team owns the application (default:
 * `false`).
 *
 * @category models
 * @since 0.1.0
 */
export interface ScopeRequest {
  readonly grant: Grant
  readonly pkce: boolean
  readonly team?: boolean
}

const ofTeams: ReadonlyArray<OAuth2Scope> = ["identify", "applications.commands.update"] satisfies ReadonlyArray<Known>

/**
 * Returns the scopes that Discord rejects with the grant, or with PKCE.
 *
 * **Details**
 *
 * With `team`, the client credentials grant gives only `identify` and `applications.commands.update`.
 *
 * **Example** (A linked role needs a login without PKCE)
 *
 * ```ts
 * import { OAuth2Scope } from "@discord-oauth2/core"
 *
 * const scopes = ["identify", "role_connections.write"]
 * OAuth2Scope.rejected(scopes, { grant: "authorization_code", pkce: true }) // => ["role_connections.write"]
 * OAuth2Scope.rejected(scopes, { grant: "authorization_code", pkce: false }) // => []
 * ```
 *
 * @see https://discord.com/developers/docs/topics/oauth2#client-credentials-grant
 * @category combinators
 * @since 0.1.0
 */
export const rejected = <Scope extends OAuth2Scope>(
  scopes: ReadonlyArray<Scope>,
  request: ScopeRequest
): ReadonlyArray<Scope> =>
  scopes.filter((scope) => {
    if (request.team === true && request.grant === "client_credentials" && !ofTeams.includes(scope)) return true
    if (!isKnown(scope)) return false
    const { grants, pkce }: Info = info[scope]
    return !grants.includes(request.grant) || (request.pkce && !pkce)
  })
