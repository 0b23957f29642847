/**
 * An application that users authorize.
 *
 * **Example** (The application of a token)
 *
 * ```ts
 * import { type DiscordSession } from "@discord-oauth2/core"
 * import { Application } from "@discord-oauth2/core/models"
 * import { Effect, Option } from "effect"
 *
 * const about = Effect.fn(function*(session: DiscordSession.DiscordSession) {
 *   const { application } = yield* session.getCurrentAuthorizationInformation()
 *   return {
 *     name: application.name,
 *     icon: Option.getOrUndefined(Application.iconUrl(application, { size: 128 }))
 *   }
 * })
 * ```
 *
 * @see https://discord.com/developers/docs/resources/application#application-object
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Cdn from "./Cdn.ts"
import { AuthorizedGuild } from "./Guild.ts"
import { namesOf } from "./internal/flags.ts"
import { openEnum } from "./internal/openEnum.ts"
import { OAuth2Scope } from "./OAuth2Scope.ts"
import { Permissions } from "./Permissions.ts"
import * as Snowflake from "./Snowflake.ts"
import { PartialUser } from "./User.ts"

/**
 * The scopes and permissions of the install link of an application.
 *
 * @category schemas
 * @since 0.1.0
 */
export const InstallParams = Schema.Struct({
  scopes: Schema.Array(OAuth2Scope),
  permissions: Permissions
})

/**
 * @category models
 * @since 0.1.0
 */
export interface InstallParams extends Schema.Schema.Type<typeof InstallParams> {}

/**
 * How an application is installed in one installation context.
 *
 * @category schemas
 * @since 0.1.0
 */
export const IntegrationTypeConfiguration = Schema.Struct({
  oauth2_install_params: Schema.optionalKey(InstallParams)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface IntegrationTypeConfiguration extends Schema.Schema.Type<typeof IntegrationTypeConfiguration> {}

/**
 * A member of the team that owns an application. `membership_state` is 1 (invited) or 2 (accepted).
 *
 * @category schemas
 * @since 0.1.0
 */
export const TeamMember = Schema.Struct({
  user: PartialUser,
  team_id: Snowflake.TeamId,
  membership_state: Schema.Int,
  role: Schema.optionalKey(openEnum(["admin", "developer", "read_only"])),
  permissions: Schema.optionalKey(Schema.Array(Schema.String))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface TeamMember extends Schema.Schema.Type<typeof TeamMember> {}

/**
 * The team that owns an application.
 *
 * @see https://discord.com/developers/docs/topics/teams#data-models-team-object
 * @category schemas
 * @since 0.1.0
 */
export const Team = Schema.Struct({
  id: Snowflake.TeamId,
  icon: Schema.NullOr(Schema.String),
  name: Schema.String,
  owner_user_id: Snowflake.UserId,
  members: Schema.Array(TeamMember)
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Team extends Schema.Schema.Type<typeof Team> {}

/**
 * An application.
 *
 * **Details**
 *
 * The response of "Get Current Authorization Information" has only the members that everyone may see. An application
 * gets all members of itself. Discord's OpenAPI document has `vibegrations_project_id` without a description.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Application = Schema.Struct({
  id: Snowflake.ApplicationId,
  name: Schema.String,
  icon: Schema.NullOr(Schema.String),
  description: Schema.String,
  verify_key: Schema.String,
  type: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  hook: Schema.optionalKey(Schema.Boolean),
  bot_public: Schema.optionalKey(Schema.Boolean),
  bot_require_code_grant: Schema.optionalKey(Schema.Boolean),
  cover_image: Schema.optionalKey(Schema.String),
  primary_sku_id: Schema.optionalKey(Snowflake.SkuId),
  slug: Schema.optionalKey(Schema.String),
  vibegrations_project_id: Schema.optionalKey(Snowflake.Snowflake),
  bot: Schema.optionalKey(PartialUser),
  owner: Schema.optionalKey(PartialUser),
  team: Schema.optionalKey(Schema.NullOr(Team)),
  guild_id: Schema.optionalKey(Snowflake.GuildId),
  guild: Schema.optionalKey(AuthorizedGuild),
  rpc_origins: Schema.optionalKey(Schema.Array(Schema.String)),
  terms_of_service_url: Schema.optionalKey(Schema.String),
  privacy_policy_url: Schema.optionalKey(Schema.String),
  custom_install_url: Schema.optionalKey(Schema.String),
  install_params: Schema.optionalKey(InstallParams),
  integration_types_config: Schema.optionalKey(Schema.Record(Schema.String, IntegrationTypeConfiguration)),
  flags: Schema.optionalKey(Schema.Int),
  flags_new: Schema.optionalKey(Schema.String),
  max_participants: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  tags: Schema.optionalKey(Schema.Array(Schema.String)),
  redirect_uris: Schema.optionalKey(Schema.Array(Schema.String)),
  interactions_endpoint_url: Schema.optionalKey(Schema.NullOr(Schema.String)),
  role_connections_verification_url: Schema.optionalKey(Schema.NullOr(Schema.String)),
  event_webhooks_url: Schema.optionalKey(Schema.NullOr(Schema.String)),
  event_webhooks_status: Schema.optionalKey(Schema.Int),
  event_webhooks_types: Schema.optionalKey(Schema.Array(Schema.String)),
  explicit_content_filter: Schema.optionalKey(Schema.Int),
  approximate_guild_count: Schema.optionalKey(Schema.Int),
  approximate_user_install_count: Schema.optionalKey(Schema.Int),
  approximate_user_authorization_count: Schema.optionalKey(Schema.Int),
  eligible_oauth2_scopes: Schema.optionalKey(Schema.Array(OAuth2Scope))
})

/**
 * @category models
 * @since 0.1.0
 */
export interface Application extends Schema.Schema.Type<typeof Application> {}

/**
 * The bit of each public flag of an application that Discord documents.
 *
 * @see https://discord.com/developers/docs/resources/application#application-object-application-flags
 * @category constants
 * @since 0.1.0
 */
export const Flag = {
  APPLICATION_AUTO_MODERATION_RULE_CREATE_BADGE: 1 << 6,
  GATEWAY_PRESENCE: 1 << 12,
  GATEWAY_PRESENCE_LIMITED: 1 << 13,
  GATEWAY_GUILD_MEMBERS: 1 << 14,
  GATEWAY_GUILD_MEMBERS_LIMITED: 1 << 15,
  VERIFICATION_PENDING_GUILD_LIMIT: 1 << 16,
  EMBEDDED: 1 << 17,
  GATEWAY_MESSAGE_CONTENT: 1 << 18,
  GATEWAY_MESSAGE_CONTENT_LIMITED: 1 << 19,
  APPLICATION_COMMAND_BADGE: 1 << 23
} as const

/**
 * The name of a public flag of an application.
 *
 * @category models
 * @since 0.1.0
 */
export type FlagName = keyof typeof Flag

const flagNames = namesOf<FlagName>(Flag)

/**
 * Returns the names of the application's public flags. Ignores bits without a name.
 *
 * @category getters
 * @since 0.1.0
 */
export const flags = (self: Application): ReadonlyArray<FlagName> => flagNames(self.flags)

/**
 * Returns the instant at which the application was created, from its id.
 *
 * @category getters
 * @since 0.1.0
 */
export const createdAt = (self: Application): DateTime.Utc => Snowflake.timestamp(self.id)

/**
 * Returns the URL of the icon, or none when the application has no icon.
 *
 * @category images
 * @since 0.1.0
 */
export const iconUrl = (self: Application, options?: Cdn.StaticOptions): Option.Option<string> =>
  self.icon === null ? Option.none() : Option.some(Cdn.applicationIcon(self.id, self.icon, options))

/**
 * Returns the URL of the cover image for rich presence invites, or none when the application has no cover image.
 *
 * @category images
 * @since 0.1.0
 */
export const coverUrl = (self: Application, options?: Cdn.StaticOptions): Option.Option<string> =>
  self.cover_image === undefined
    ? Option.none()
    : Option.some(Cdn.applicationCover(self.id, self.cover_image, options))
