/** The least that does: `request` of undici and `JSON.parse`. */
import { Agent, request } from "undici"
import { type Contender, fromCalls } from "../Contender.ts"
import type { Guilds, Token, User } from "../Workload.ts"
import { accessToken, basic, expectGuilds, expectToken, expectUser, refreshToken } from "../Workload.ts"

export const make = (origin: string): Contender => {
  const dispatcher = new Agent()

  const get = async <A>(path: string): Promise<A> => {
    const { body } = await request(`${origin}/api/v10${path}`, {
      dispatcher,
      headers: { authorization: `Bearer ${accessToken}` }
    })
    return JSON.parse(await body.text())
  }

  const refresh = async (): Promise<Token> => {
    const { body } = await request(`${origin}/api/v10/oauth2/token`, {
      dispatcher,
      method: "POST",
      headers: { authorization: basic, "content-type": "application/x-www-form-urlencoded" },
      body: `grant_type=refresh_token&refresh_token=${encodeURIComponent(refreshToken)}`
    })
    return JSON.parse(await body.text())
  }

  return fromCalls({
    getCurrentUser: async () => expectUser((await get<User>("/users/@me")).id),
    getCurrentUserGuilds: async () => expectGuilds(await get<Guilds>("/users/@me/guilds")),
    refresh: async () => expectToken((await refresh()).access_token)
  })
}
