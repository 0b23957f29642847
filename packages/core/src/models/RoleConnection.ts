/**
 * What an application says about a user, for guilds that give roles by it (`role_connections.write` scope).
 *
 * See {@link https://discord.com/developers/docs/resources/user#application-role-connection-object}.
 *
 * **Example** (A level that guilds give roles for)
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
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { text, textOrEmpty } from "./internal/boundedText.ts"
import { MetadataKey } from "./internal/metadataKey.ts"
import { optional } from "./internal/optional.ts"

/**
 * A user's role connection with an application, as Discord answers it.
 *
 * **Details**
 *
 * `metadata` maps the keys of the application's metadata records to values written as strings.
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
 * What an application writes about a user: the body of "Update Current User Application Role Connection".
 *
 * **Details**
 *
 * Discord's limits are checked before anything is sent: `platform_name` at most 50 characters, `platform_username` at
 * most 100, at most 5 entries of metadata with keys of 1 to 50 characters out of `a-z`, `0-9` and `_`, and values of
 * 1 to 100 characters. Members that are left out are cleared by Discord.
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
