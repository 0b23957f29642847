/** The grant and the protected resource requests of oauth4webapi, by `fetch`. */
import * as oauth from "oauth4webapi"
import { type Contender, fromCalls } from "../Contender.ts"
import type { Guilds, User } from "../Workload.ts"
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
  const server: oauth.AuthorizationServer = {
    issuer: "https://discord.com",
    token_endpoint: `${origin}/api/v10/oauth2/token`
  }
  const client: oauth.Client = { client_id: clientId }
  const authentication = oauth.ClientSecretBasic(clientSecret)
  const insecure = { [oauth.allowInsecureRequests]: true }

  const get = async <A>(path: string): Promise<A> => {
    const url = new URL(`${origin}/api/v10${path}`)
    const response = await oauth.protectedResourceRequest(accessToken, "GET", url, undefined, undefined, insecure)
    return await response.json()
  }

  return fromCalls({
    getCurrentUser: async () => expectUser((await get<User>("/users/@me")).id),
    getCurrentUserGuilds: async () => expectGuilds(await get<Guilds>("/users/@me/guilds")),
    refresh: async () => {
      const response = await oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, insecure)
      const token = await oauth.processRefreshTokenResponse(server, client, response)
      expectToken(token.access_token)
    }
  })
}
