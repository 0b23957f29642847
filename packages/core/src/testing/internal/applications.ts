/** Turns an application of the world into Discord's models of it. */
import * as Brand from "effect/Brand"
import type * as ApplicationModel from "../../models/Application.ts"
import type * as Snowflake from "../../models/Snowflake.ts"
import type { PartialUser } from "../../models/User.ts"
import type { Application } from "../World.ts"
import { publicUser } from "./visibleUser.ts"
import * as worlds from "./world.ts"

const teamId = Brand.nominal<Snowflake.TeamId>()

/** Returns the model that an application's users see. */
export const toModel = (application: Application): ApplicationModel.Application => ({
  id: application.clientId,
  name: application.name,
  icon: null,
  description: application.description,
  type: null,
  bot_public: true,
  bot_require_code_grant: false,
  hook: true,
  verify_key: "0000000000000000000000000000000000000000000000000000000000000000",
  flags: 0,
  flags_new: "0"
})

const botUser = (application: Application): PartialUser => ({
  id: worlds.userId(application.clientId),
  username: application.name,
  discriminator: "0000",
  global_name: null,
  avatar: null,
  bot: true,
  public_flags: 0,
  flags: 0,
  primary_guild: null
})

const toTeam = (application: Application, owner: PartialUser): ApplicationModel.Team => {
  const id = teamId(application.clientId)
  return {
    id,
    icon: null,
    name: application.name,
    owner_user_id: owner.id,
    members: [{ user: owner, team_id: id, membership_state: 2, role: "admin", permissions: ["*"] }]
  }
}

/** Returns the model that an application's own bot sees. */
export const toPrivateModel = (world: worlds.World, application: Application): ApplicationModel.Application => {
  const known = world.users.get(application.ownerId)
  const owner = known === undefined ? undefined : publicUser(known)
  return {
    ...toModel(application),
    bot: botUser(application),
    ...(owner !== undefined && { owner }),
    team: application.team && owner !== undefined ? toTeam(application, owner) : null,
    redirect_uris: application.redirectUris,
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    event_webhooks_url: null,
    event_webhooks_status: 1,
    explicit_content_filter: 0,
    approximate_guild_count: Array.from(world.bots.values()).filter((bots) => bots.has(application.clientId)).length,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    eligible_oauth2_scopes: ["applications.commands", "bot", "email", "identify", ...application.approvedScopes]
  }
}
