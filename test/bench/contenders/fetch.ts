/** Node's own `fetch` and `Response.json`. */
import { type Calls, type Contender, fromCalls } from "../Contender.ts"
import type { Guilds, Token, User } from "../Workload.ts"
import { accessToken, basic, expectGuilds, expectToken, expectUser, refreshToken } from "../Workload.ts"

export const makeCalls = (origin: string): Calls => {
  const get = async <A>(path: string): Promise<A> => {
    const response = await fetch(`${origin}/api/v10${path}`, { headers: { authorization: `Bearer ${accessToken}` } })
    return await response.json()
  }

  const refresh = async (): Promise<Token> => {
    const response = await fetch(`${origin}/api/v10/oauth2/token`, {
      method: "POST",
      headers: { authorization: basic },
      body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken })
    })
    return await response.json()
  }

  return {
    getCurrentUser: async () => expectUser((await get<User>("/users/@me")).id),
    getCurrentUserGuilds: async () => expectGuilds(await get<Guilds>("/users/@me/guilds")),
    refresh: async () => expectToken((await refresh()).access_token)
  }
}

export const make = (origin: string): Contender => fromCalls(makeCalls(origin))
