/**
 * Who may use an application's commands in a guild, and where.
 *
 * See {@link https://discord.com/developers/docs/interactions/application-commands#permissions}.
 *
 * **Example** (A command for the moderators alone)
 *
 * ```ts
 * import { type DiscordSession, type Snowflake } from "@discord-oauth2/core"
 * import { CommandPermissions } from "@discord-oauth2/core/models"
 *
 * const onlyFor = (
 *   session: DiscordSession.DiscordSession,
 *   guildId: Snowflake.GuildId,
 *   commandId: Snowflake.CommandId,
 *   moderators: Snowflake.RoleId
 * ) =>
 *   session.editApplicationCommandPermissions({
 *     guild_id: guildId,
 *     command_id: commandId,
 *     permissions: [
 *       CommandPermissions.role(CommandPermissions.everyone(guildId), false),
 *       CommandPermissions.role(moderators)
 *     ]
 *   })
 * ```
 *
 * @since 0.1.0
 */
import * as Brand from "effect/Brand"
import * as Schema from "effect/Schema"
import * as Snowflake from "./Snowflake.ts"

/**
 * The values of `type` that Discord documents: whom or what a permission is about.
 *
 * @category constants
 * @since 0.1.0
 */
export const PermissionType = { Role: 1, User: 2, Channel: 3 } as const

/**
 * One permission: a role, user or channel, and whether the command is allowed there.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ApplicationCommandPermission = Schema.Struct({
  id: Snowflake.Snowflake,
  type: Schema.Int,
  permission: Schema.Boolean
})

/**
 * @category models
 * @since 0.1.0
 */
export interface ApplicationCommandPermission extends Schema.Schema.Type<typeof ApplicationCommandPermission> {}

/**
 * The permissions of a command in a guild, or of all commands of the application there where `id` is the
 * application's.
 *
 * @category schemas
 * @since 0.1.0
 */
export const GuildApplicationCommandPermissions = Schema.Struct({
  id: Snowflake.Snowflake,
  application_id: Snowflake.ApplicationId,
  guild_id: Snowflake.GuildId,
  permissions: Schema.Array(ApplicationCommandPermission)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface GuildApplicationCommandPermissions
  extends Schema.Schema.Type<typeof GuildApplicationCommandPermissions>
{}

const uncheckedRole = Brand.nominal<Snowflake.RoleId>()
const uncheckedChannel = Brand.nominal<Snowflake.ChannelId>()

/**
 * The id that stands for all members of a guild: the guild's own, as that of its `@everyone` role.
 *
 * @category constants
 * @since 0.1.0
 */
export const everyone = (guildId: Snowflake.GuildId): Snowflake.RoleId => uncheckedRole(guildId)

/**
 * The id that stands for all channels of a guild: the guild's, less one.
 *
 * @category constants
 * @since 0.1.0
 */
export const allChannels = (guildId: Snowflake.GuildId): Snowflake.ChannelId =>
  uncheckedChannel(String(BigInt.asUintN(64, BigInt(guildId) - 1n)))

/**
 * Allows or, with `false`, forbids the command to a role.
 *
 * @category constructors
 * @since 0.1.0
 */
export const role = (id: Snowflake.RoleId, permission = true): ApplicationCommandPermission => ({
  id,
  type: PermissionType.Role,
  permission
})

/**
 * Allows or, with `false`, forbids the command to a user.
 *
 * @category constructors
 * @since 0.1.0
 */
export const user = (id: Snowflake.UserId, permission = true): ApplicationCommandPermission => ({
  id,
  type: PermissionType.User,
  permission
})

/**
 * Allows or, with `false`, forbids the command in a channel.
 *
 * @category constructors
 * @since 0.1.0
 */
export const channel = (id: Snowflake.ChannelId, permission = true): ApplicationCommandPermission => ({
  id,
  type: PermissionType.Channel,
  permission
})
