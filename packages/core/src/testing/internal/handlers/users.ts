/** Plays the current user, guilds, connections and role connections. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { DiscordHttpApi } from "../../../api/DiscordHttpApi.ts"
import type { RoleConnection } from "../../../models/RoleConnection.ts"
import { current, currentOf, currentUser } from "../credentials.ts"
import { entitlementsOf } from "../monetization.ts"
import { page } from "../paging.ts"
import { missingAccess, unknownGuild } from "../refusals.ts"
import type { Simulation } from "../simulation.ts"
import { publicUser, visible } from "../visibleUser.ts"
import * as worlds from "../world.ts"

/** Discord has one role connection for a user and an application. A token sees only its own application's. */
const roleConnectionKey = Effect.fnUntraced(function*(simulation: Simulation, applicationId: string) {
  const issued = yield* current(simulation)
  return issued.clientId === applicationId ? `${applicationId}:${issued.userId}` : yield* missingAccess()
})

const noRoleConnection: RoleConnection = { platform_username: null, metadata: {} }

export const layer = (simulation: Simulation) =>
  HttpApiBuilder.group(DiscordHttpApi, "users", (handlers) =>
    handlers
      .handle(
        "getCurrentUser",
        () => Effect.map(currentUser(simulation), ({ issued, user }) => visible(user, issued.scopes))
      )
      .handle("getCurrentUserGuilds", ({ query: { after, before, limit = 200, with_counts = false } }) =>
        Effect.map(current(simulation), ({ userId }) => {
          const guilds = page(worlds.guildsOf(simulation.world, userId), { after, before, limit })
          return guilds.map((guild) => worlds.toPartialGuild(simulation.world, guild, userId, with_counts))
        }))
      .handle("getCurrentUserGuildMember", ({ params }) =>
        Effect.gen(function*() {
          const { userId } = yield* current(simulation)
          const member = simulation.world.members.get(params.guild_id)?.get(userId)
          if (member === undefined) {
            return yield* unknownGuild()
          }
          const { permissions: _, ...rest } = member
          return rest.user === undefined ? rest : { ...rest, user: publicUser(rest.user) }
        }))
      .handle("getCurrentUserConnections", () =>
        Effect.map(current(simulation), ({ userId }) =>
          simulation.world.connections.get(userId) ?? []))
      .handle("getCurrentUserApplicationRoleConnection", ({ params }) =>
        Effect.map(roleConnectionKey(simulation, params.application_id), (key) =>
          simulation.world.roleConnections.get(key) ?? noRoleConnection))
      .handle("updateCurrentUserApplicationRoleConnection", ({ params, payload }) =>
        Effect.map(roleConnectionKey(simulation, params.application_id), (key) => {
          const connection: RoleConnection = {
            ...(typeof payload.platform_name === "string" && { platform_name: payload.platform_name }),
            platform_username: payload.platform_username ?? null,
            metadata: payload.metadata ?? {}
          }
          simulation.world.roleConnections.set(key, connection)
          return connection
        }))
      .handle("deleteCurrentUserApplicationRoleConnection", ({ params }) =>
        Effect.map(roleConnectionKey(simulation, params.application_id), (key) => {
          simulation.world.roleConnections.delete(key)
        }))
      .handle("getCurrentUserApplicationEntitlements", ({ params, query }) =>
        Effect.map(currentOf(simulation, params.application_id), ({ userId }) =>
          entitlementsOf(simulation.world, {
            applicationId: params.application_id,
            user_id: userId,
            sku_ids: query.sku_ids,
            exclude_deleted: true,
            exclude_consumed: query.exclude_consumed ?? false
          }))))
