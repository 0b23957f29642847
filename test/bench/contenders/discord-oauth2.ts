/**
 * The npm package `discord-oauth2`. It sends one request at a time to a route, whatever the user.
 *
 * It hard-codes Discord's host; the `agent` of its options makes the connections, here to the server of this benchmark
 * and without TLS, as everybody's.
 */
import DiscordOAuth2 from "discord-oauth2"
import { Agent } from "node:https"
import { connect } from "node:net"
import type { Duplex } from "node:stream"
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

class PlainAgent extends Agent {
  readonly target: URL

  constructor(target: URL) {
    super({ keepAlive: true })
    this.target = target
  }

  override createConnection(): Duplex {
    return connect({ host: this.target.hostname, port: Number(this.target.port), noDelay: true })
  }
}

export const make = (origin: string): Contender => {
  // The package's types leave `agent` out.
  const options = { clientId, clientSecret, agent: new PlainAgent(new URL(origin)) }
  const client = new DiscordOAuth2(options)
  return fromCalls({
    getCurrentUser: async () => expectUser((await client.getUser(accessToken)).id),
    getCurrentUserGuilds: async () => expectGuilds(await client.getUserGuilds(accessToken)),
    refresh: async () => {
      const token = await client.tokenRequest({ grantType: "refresh_token", refreshToken, scope: "identify guilds" })
      expectToken(token.access_token)
    }
  })
}
