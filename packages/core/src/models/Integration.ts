/**
 * A link between a guild and an account or an application at another service, such as a Twitch channel whose
 * subscribers get a role.
 *
 * @see https://discord.com/developers/docs/resources/guild#integration-object
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { openEnum } from "./internal/openEnum.ts"
import { OAuth2Scope } from "./OAuth2Scope.ts"
import * as Snowflake from "./Snowflake.ts"
import { Timestamp } from "./Timestamp.ts"
import { PartialUser } from "./User.ts"

/**
 * The type of an integration. An editor completes the documented values.
 *
 * @category schemas
 * @since 0.1.0
 */
export const IntegrationType = openEnum(["discord", "twitch", "youtube", "guild_subscription"])

/**
 * @category models
 * @since 0.1.0
 */
export type IntegrationType = typeof IntegrationType.Type

/**
 * The account that a guild is linked with. Its id is that of the other service, not a snowflake.
 *
 * @see https://discord.com/developers/docs/resources/guild#integration-account-object
 * @category schemas
 * @since 0.1.0
 */
export const IntegrationAccount = Schema.Struct({
  id: Schema.String,
  name: Schema.NullOr(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface IntegrationAccount extends Schema.Schema.Type<typeof IntegrationAccount> {}

/**
 * The application of an integration of type `discord`.
 *
 * @see https://discord.com/developers/docs/resources/guild#integration-application-object
 *
 * **Details**
 *
 * `flags` holds the application's public flags as a number. `flags_new` holds them as a decimal string, which can hold more
 * than 53 flags.
 *
 * @category schemas
 * @since 0.1.0
 */
export const IntegrationApplication = Schema.Struct({
  id: Snowflake.ApplicationId,
  name: Schema.String,
  icon: Schema.NullOr(Schema.String),
  description: Schema.String,
  type: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  cover_image: Schema.optionalKey(Schema.String),
  primary_sku_id: Schema.optionalKey(Snowflake.SkuId),
  flags: Schema.optionalKey(Schema.Int),
  flags_new: Schema.optionalKey(Schema.String),
  bot: Schema.optionalKey(PartialUser)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface IntegrationApplication extends Schema.Schema.Type<typeof IntegrationApplication> {}

/**
 * The guild of an integration, in a user's connections.
 *
 * @category schemas
 * @since 0.1.0
 */
export const IntegrationGuild = Schema.Struct({
  id: Snowflake.GuildId,
  name: Schema.String,
  icon: Schema.NullOr(Schema.String)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface IntegrationGuild extends Schema.Schema.Type<typeof IntegrationGuild> {}

/**
 * The values of `expire_behavior` that Discord documents: what happens to a member whose subscription ends.
 *
 * @see https://discord.com/developers/docs/resources/guild#integration-object-integration-expire-behaviors
 * @category constants
 * @since 0.1.0
 */
export const ExpireBehavior = { RemoveRole: 0, Kick: 1 } as const

/**
 * An integration. In a user's connections it has fewer members.
 *
 * **Details**
 *
 * `expire_grace_period` is in days. Optional members are absent in a user's connections or for the integration of a bot.
 *
 * **Gotchas**
 *
 * `id` is not always a snowflake.
 *
 * **Example** (The names of the guilds that a linked account belongs to)
 *
 * ```ts
 * import type { Connection } from "@discord-oauth2/core"
 *
 * const guildsOf = (connection: Connection.Connection) =>
 *   (connection.integrations ?? []).flatMap(({ guild }) => guild === undefined ? [] : [guild.name])
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const Integration = Schema.Struct({
  id: Schema.String,
  type: IntegrationType,
  account: IntegrationAccount,
  name: Schema.optionalKey(Schema.NullOr(Schema.String)),
  guild: Schema.optionalKey(IntegrationGuild),
  enabled: Schema.optionalKey(Schema.Boolean),
  syncing: Schema.optionalKey(Schema.Boolean),
  role_id: Schema.optionalKey(Schema.NullOr(Snowflake.RoleId)),
  enable_emoticons: Schema.optionalKey(Schema.Boolean),
  expire_behavior: Schema.optionalKey(Schema.Int),
  expire_grace_period: Schema.optionalKey(Schema.Int),
  user: Schema.optionalKey(PartialUser),
  synced_at: Schema.optionalKey(Timestamp),
  subscriber_count: Schema.optionalKey(Schema.Int),
  revoked: Schema.optionalKey(Schema.Boolean),
  application: Schema.optionalKey(IntegrationApplication),
  scopes: Schema.optionalKey(Schema.Array(OAuth2Scope))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Integration extends Schema.Schema.Type<typeof Integration> {}
