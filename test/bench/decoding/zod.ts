/** The same models in zod: the same members, each as optional, as nullable and as strict as ours. */
import * as z from "zod"
import { afterParse } from "./Decoder.ts"
import { isSnowflake, permissions, timestamp } from "./formats.ts"

const Snowflake = z.string().refine(isSnowflake)
const Permissions = z.string().regex(permissions)
const Timestamp = z.string().regex(timestamp)

const PartialGuild = z.object({
  id: Snowflake,
  name: z.string(),
  icon: z.nullable(z.string()),
  banner: z.nullable(z.string()),
  owner: z.boolean(),
  permissions: Permissions,
  features: z.array(z.string()),
  approximate_member_count: z.exactOptional(z.nullable(z.int())),
  approximate_presence_count: z.exactOptional(z.nullable(z.int()))
})

const AvatarDecorationData = z.object({ asset: z.string(), sku_id: z.nullable(Snowflake) })

const Nameplate = z.object({
  sku_id: z.nullable(Snowflake),
  asset: z.string(),
  label: z.string(),
  palette: z.string()
})

const PrimaryGuild = z.object({
  identity_guild_id: z.nullable(Snowflake),
  identity_enabled: z.nullable(z.boolean()),
  tag: z.nullable(z.string()),
  badge: z.nullable(z.string())
})

const PartialUser = z.object({
  id: Snowflake,
  username: z.string(),
  discriminator: z.exactOptional(z.string()),
  global_name: z.exactOptional(z.nullable(z.string())),
  avatar: z.exactOptional(z.nullable(z.string())),
  bot: z.exactOptional(z.boolean()),
  system: z.exactOptional(z.boolean()),
  mfa_enabled: z.exactOptional(z.boolean()),
  banner: z.exactOptional(z.nullable(z.string())),
  accent_color: z.exactOptional(z.nullable(z.int())),
  locale: z.exactOptional(z.string()),
  verified: z.exactOptional(z.boolean()),
  email: z.exactOptional(z.nullable(z.string())),
  flags: z.exactOptional(z.int()),
  premium_type: z.exactOptional(z.int()),
  public_flags: z.exactOptional(z.int()),
  avatar_decoration_data: z.exactOptional(z.nullable(AvatarDecorationData)),
  collectibles: z.exactOptional(z.nullable(z.object({ nameplate: z.exactOptional(z.nullable(Nameplate)) }))),
  primary_guild: z.exactOptional(z.nullable(PrimaryGuild))
})

const IntegrationApplication = z.object({
  id: Snowflake,
  name: z.string(),
  icon: z.nullable(z.string()),
  description: z.string(),
  type: z.exactOptional(z.nullable(z.int())),
  cover_image: z.exactOptional(z.string()),
  primary_sku_id: z.exactOptional(Snowflake),
  flags: z.exactOptional(z.int()),
  flags_new: z.exactOptional(z.string()),
  bot: z.exactOptional(PartialUser)
})

const Integration = z.object({
  id: z.string(),
  type: z.string(),
  account: z.object({ id: z.string(), name: z.nullable(z.string()) }),
  name: z.exactOptional(z.nullable(z.string())),
  guild: z.exactOptional(z.object({ id: Snowflake, name: z.string(), icon: z.nullable(z.string()) })),
  enabled: z.exactOptional(z.boolean()),
  syncing: z.exactOptional(z.boolean()),
  role_id: z.exactOptional(z.nullable(Snowflake)),
  enable_emoticons: z.exactOptional(z.boolean()),
  expire_behavior: z.exactOptional(z.int()),
  expire_grace_period: z.exactOptional(z.int()),
  user: z.exactOptional(PartialUser),
  synced_at: z.exactOptional(Timestamp),
  subscriber_count: z.exactOptional(z.int()),
  revoked: z.exactOptional(z.boolean()),
  application: z.exactOptional(IntegrationApplication),
  scopes: z.exactOptional(z.array(z.string()))
})

const Connection = z.object({
  id: z.string(),
  name: z.nullable(z.string()),
  type: z.string(),
  revoked: z.exactOptional(z.boolean()),
  integrations: z.exactOptional(z.array(Integration)),
  verified: z.boolean(),
  friend_sync: z.boolean(),
  show_activity: z.boolean(),
  two_way_link: z.boolean(),
  visibility: z.int()
})

const GuildApplicationCommandPermissions = z.object({
  id: Snowflake,
  application_id: Snowflake,
  guild_id: Snowflake,
  permissions: z.array(z.object({ id: Snowflake, type: z.int(), permission: z.boolean() }))
})

const Guilds = z.array(PartialGuild)
const Connections = z.array(Connection)
const CommandPermissions = z.array(GuildApplicationCommandPermissions)

export const decoder = afterParse({
  guilds: (json) => Guilds.parse(json),
  connections: (json) => Connections.parse(json),
  commandPermissions: (json) => CommandPermissions.parse(json)
})
