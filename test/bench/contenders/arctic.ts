/**
 * arctic's refresh; it has no calls of the API, which its users make with `fetch`.
 *
 * Its `Discord` provider hard-codes Discord's address and passes everything on to arctic's `OAuth2Client`. That is what
 * runs here, with the address of the server of this benchmark.
 */
import { OAuth2Client } from "arctic"
import { type Contender, fromCalls } from "../Contender.ts"
import { clientId, clientSecret, expectToken, refreshToken } from "../Workload.ts"
import { makeCalls } from "./fetch.ts"

export const make = (origin: string): Contender => {
  const client = new OAuth2Client(clientId, clientSecret, null)
  return fromCalls({
    ...makeCalls(origin),
    refresh: async () => {
      const tokens = await client.refreshAccessToken(`${origin}/api/oauth2/token`, refreshToken, [])
      expectToken(tokens.accessToken())
    }
  })
}
