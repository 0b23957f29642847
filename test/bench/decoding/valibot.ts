/** The same models in valibot: the same members, each as optional, as nullable and as strict as ours. */
import * as v from "valibot"
import { afterParse } from "./Decoder.ts"
import { isSnowflake, permissions, timestamp } from "./formats.ts"

const Int = v.pipe(v.number(), v.safeInteger())
const Snowflake = v.pipe(v.string(), v.check(isSnowflake))
const Permissions = v.pipe(v.string(), v.regex(permissions))
const Timestamp = v.pipe(v.string(), v.regex(timestamp))

const PartialGuild = v.object({
  id: Snowflake,
  name: v.string(),
  icon: v.nullable(v.string()),
  banner: v.nullable(v.string()),
  owner: v.boolean(),
  permissions: Permissions,
  features: v.array(v.string()),
  approximate_member_count: v.exactOptional(v.nullable(Int)),
  approximate_presence_count: v.exactOptional(v.nullable(Int))
})

const AvatarDecorationData = v.object({ asset: v.string(), sku_id: v.nullable(Snowflake) })

const Nameplate = v.object({
  sku_id: v.nullable(Snowflake),
  asset: v.string(),
  label: v.string(),
  palette: v.string()
})

const PrimaryGuild = v.object({
  identity_guild_id: v.nullable(Snowflake),
  identity_enabled: v.nullable(v.boolean()),
  tag: v.nullable(v.string()),
  badge: v.nullable(v.string())
})

const PartialUser = v.object({
  id: Snowflake,
  username: v.string(),
  discriminator: v.exactOptional(v.string()),
  global_name: v.exactOptional(v.nullable(v.string())),
  avatar: v.exactOptional(v.nullable(v.string())),
  bot: v.exactOptional(v.boolean()),
  system: v.exactOptional(v.boolean()),
  mfa_enabled: v.exactOptional(v.boolean()),
  banner: v.exactOptional(v.nullable(v.string())),
  accent_color: v.exactOptional(v.nullable(Int)),
  locale: v.exactOptional(v.string()),
  verified: v.exactOptional(v.boolean()),
  email: v.exactOptional(v.nullable(v.string())),
  flags: v.exactOptional(Int),
  premium_type: v.exactOptional(Int),
  public_flags: v.exactOptional(Int),
  avatar_decoration_data: v.exactOptional(v.nullable(AvatarDecorationData)),
  collectibles: v.exactOptional(v.nullable(v.object({ nameplate: v.exactOptional(v.nullable(Nameplate)) }))),
  primary_guild: v.exactOptional(v.nullable(PrimaryGuild))
})

const IntegrationApplication = v.object({
  id: Snowflake,
  name: v.string(),
  icon: v.nullable(v.string()),
  description: v.string(),
  type: v.exactOptional(v.nullable(Int)),
  cover_image: v.exactOptional(v.string()),
  primary_sku_id: v.exactOptional(Snowflake),
  flags: v.exactOptional(Int),
  flags_new: v.exactOptional(v.string()),
  bot: v.exactOptional(PartialUser)
})

const Integration = v.object({
  id: v.string(),
  type: v.string(),
  account: v.object({ id: v.string(), name: v.nullable(v.string()) }),
  name: v.exactOptional(v.nullable(v.string())),
  guild: v.exactOptional(v.object({ id: Snowflake, name: v.string(), icon: v.nullable(v.string()) })),
  enabled: v.exactOptional(v.boolean()),
  syncing: v.exactOptional(v.boolean()),
  role_id: v.exactOptional(v.nullable(Snowflake)),
  enable_emoticons: v.exactOptional(v.boolean()),
  expire_behavior: v.exactOptional(Int),
  expire_grace_period: v.exactOptional(Int),
  user: v.exactOptional(PartialUser),
  synced_at: v.exactOptional(Timestamp),
  subscriber_count: v.exactOptional(Int),
  revoked: v.exactOptional(v.boolean()),
  application: v.exactOptional(IntegrationApplication),
  scopes: v.exactOptional(v.array(v.string()))
})

const Connection = v.object({
  id: v.string(),
  name: v.nullable(v.string()),
  type: v.string(),
  revoked: v.exactOptional(v.boolean()),
  integrations: v.exactOptional(v.array(Integration)),
  verified: v.boolean(),
  friend_sync: v.boolean(),
  show_activity: v.boolean(),
  two_way_link: v.boolean(),
  visibility: Int
})

const GuildApplicationCommandPermissions = v.object({
  id: Snowflake,
  application_id: Snowflake,
  guild_id: Snowflake,
  permissions: v.array(v.object({ id: Snowflake, type: Int, permission: v.boolean() }))
})

const Guilds = v.array(PartialGuild)
const Connections = v.array(Connection)
const CommandPermissions = v.array(GuildApplicationCommandPermissions)

export const decoder = afterParse({
  guilds: (json) => v.parse(Guilds, json),
  connections: (json) => v.parse(Connections, json),
  commandPermissions: (json) => v.parse(CommandPermissions, json)
})
