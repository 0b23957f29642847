/** Makes the sessions of one application, over the services of the context. */
import * as Effect from "effect/Effect"
import { DiscordClient } from "../../api/DiscordClient.ts"
import { OAuth2Client } from "../../oauth2/OAuth2Client.ts"
import { AccessTokenStore, type Key, type StoredToken } from "../../tokens/AccessTokenStore.ts"
import { TokenRefresh } from "../../tokens/TokenRefresh.ts"
import type { DiscordSession } from "../DiscordSession.ts"
import * as RejectedTokens from "./rejectedTokens.ts"
import { type Services, Session, toDiscordSession } from "./session.ts"

export const makeFactory = Effect.gen(function*() {
  const services: Services = {
    store: yield* AccessTokenStore,
    tokens: yield* TokenRefresh,
    client: yield* OAuth2Client,
    api: yield* DiscordClient,
    rejected: RejectedTokens.make()
  }
  return (key: Key, stored: StoredToken): DiscordSession => toDiscordSession(new Session({ services, key, stored }))
})
