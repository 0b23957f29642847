/**
 * `@discordjs/core` over `@discordjs/rest`, with the bearer prefix, and its own limit of 50 requests a second lifted.
 *
 * A `REST` holds one token and sends one request at a time to a route, so each lane, as each user would, has its own.
 */
import { API } from "@discordjs/core/http-only"
import { REST } from "@discordjs/rest"
import { type Contender, fromCalls } from "../Contender.ts"
import {
  accessToken,
  clientId,
  clientSecret,
  expectGuilds,
  expectToken,
  expectUser,
  refreshToken
} from "../Workload.ts"

export const make = (origin: string): Contender => {
  const lanes: Array<API> = []
  const api = (lane: number) =>
    lanes[lane] ??= new API(
      new REST({
        version: "10",
        api: `${origin}/api`,
        authPrefix: "Bearer",
        globalRequestsPerSecond: Number.POSITIVE_INFINITY
      }).setToken(accessToken)
    )

  return fromCalls({
    getCurrentUser: async (lane) => expectUser((await api(lane).users.getCurrent()).id),
    getCurrentUserGuilds: async (lane) => expectGuilds(await api(lane).users.getGuilds()),
    refresh: async (lane) => {
      const token = await api(lane).oauth2.refreshToken({
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: "refresh_token",
        refresh_token: refreshToken
      })
      expectToken(token.access_token)
    }
  })
}
