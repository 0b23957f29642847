/**
 * A role connection: what an application says about a user, so that guilds can give roles (`role_connections.write`
 * scope).
 *
 * **Example** (A level in a game)
 *
 * ```ts
 * import type { DiscordSession } from "@discord-oauth2/core"
 *
 * const link = (session: DiscordSession.DiscordSession, name: string, level: number) =>
 *   session.updateCurrentUserApplicationRoleConnection({
 *     platform_name: "Dungeon of Doom",
 *     platform_username: name,
 *     metadata: { level: String(level) }
 *   })
 * ```
 *
 * @see https://discord.com/developers/docs/resources/user#application-role-connection-object
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { text, textOrEmpty } from "./internal/boundedText.ts"
import { MetadataKey } from "./internal/metadataKey.ts"
import { optional } from "./internal/optional.ts"

/**
 * A user's role connection with an application, in a response.
 *
 * **Details**
 *
 * `metadata` maps the keys of the application's metadata records to values, which are strings.
 *
 * @category schemas
 * @since 0.1.0
 */
export const RoleConnection = Schema.Struct({
  platform_name: Schema.optionalKey(Schema.NullOr(Schema.String)),
  platform_username: Schema.optionalKey(Schema.NullOr(Schema.String)),
  metadata: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface RoleConnection extends Schema.Schema.Type<typeof RoleConnection> {}

/**
 * The body of "Update Current User Application Role Connection".
 *
 * **Details**
 *
 * Discord's limits are checked before the request is sent:
 *
 * - `platform_name` has at most 50 characters, and `platform_username` at most 100.
 * - `metadata` has at most 5 entries. A key has 1 to 50 characters out of `a-z`, `0-9` and `_`, a value 1 to 100
 *   characters.
 *
 * Discord clears each member that is absent.
 *
 * @category schemas
 * @since 0.1.0
 */
export const UpdateRoleConnection = Schema.Struct({
  platform_name: optional(textOrEmpty(50)),
  platform_username: optional(textOrEmpty(100)),
  metadata: optional(
    Schema.Record(Schema.String, text(100)).check(Schema.isPropertyNames(MetadataKey), Schema.isMaxProperties(5))
  )
})

/**
 * @category models
 * @since 0.1.0
 */
export interface UpdateRoleConnection extends Schema.Schema.Type<typeof UpdateRoleConnection> {}
