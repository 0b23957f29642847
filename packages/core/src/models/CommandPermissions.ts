/**
 * The permissions of an application's commands in a guild: which roles and users may use them, in which channels.
 *
 * **Example** (A command for moderators only)
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
 * @see https://discord.com/developers/docs/interactions/application-commands#permissions
 * @since 0.1.0
 */
import * as Brand from "effect/Brand"
import * as Schema from "effect/Schema"
import * as Snowflake from "./Snowflake.ts"

/**
 * The values of `type` that Discord documents: whether a permission applies to a role, a user or a channel.
 *
 * @category constants
 * @since 0.1.0
 */
export const PermissionType = { Role: 1, User: 2, Channel: 3 } as const

/**
 * One permission: the id of a role, user or channel, and whether the command is allowed.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-permissions-object-application-command-permissions-structure
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
 * The permissions of a command in a guild. When `id` is the id of the application, they apply to all its commands.
 *
 * @see https://discord.com/developers/docs/interactions/application-commands#application-command-permissions-object-guild-application-command-permissions-structure
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
 * Returns the id for all members of a guild: the id of its `@everyone` role, which is the id of the guild.
 *
 * @category constants
 * @since 0.1.0
 */
export const everyone = (guildId: Snowflake.GuildId): Snowflake.RoleId => uncheckedRole(guildId)

/**
 * Returns the id for all channels of a guild: the id of the guild minus 1.
 *
 * @category constants
 * @since 0.1.0
 */
export const allChannels = (guildId: Snowflake.GuildId): Snowflake.ChannelId =>
  uncheckedChannel(String(BigInt.asUintN(64, BigInt(guildId) - 1n)))

/**
 * Creates a permission that allows the command for a role, or denies it when `permission` is `false`.
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
 * Creates a permission that allows the command for a user, or denies it when `permission` is `false`.
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
 * Creates a permission that allows the command in a channel, or denies it when `permission` is `false`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const channel = (id: Snowflake.ChannelId, permission = true): ApplicationCommandPermission => ({
  id,
  type: PermissionType.Channel,
  permission
})
