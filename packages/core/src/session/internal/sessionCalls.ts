/** The calls of a session, from the declaration: each one's scope, and how it is sent for the session's user. */
import * as Effect from "effect/Effect"
import type { DiscordClient } from "../../api/DiscordClient.ts"
import * as DiscordOperation from "../../api/DiscordOperation.ts"
import type * as DiscordError from "../../errors/DiscordError.ts"
import type { AccessToken } from "../../models/AccessToken.ts"
import type { Key } from "../../tokens/AccessTokenStore.ts"
import type { Options } from "./callWithToken.ts"

export type Request = Readonly<Record<string, unknown>>

export interface SessionCall extends Options {
  readonly identifier: string
  readonly isRead: boolean
  /** Adds what the session knows about its user and application to the arguments of the caller. */
  readonly toRequest: (request: Request, key: Key, accessToken: AccessToken) => Request
}

/** A `PUT` or `DELETE` may be repeated as a read may (RFC 9110 section 9.2.2). */
const isIdempotent = ({ method }: DiscordOperation.DiscordOperation) => method !== "POST" && method !== "PATCH"

/** Arguments of a call with the user's token. `application_id` is the session's own unless the caller has another. */
const ofBearer = ({ pathParameters }: DiscordOperation.DiscordOperation): SessionCall["toRequest"] =>
  pathParameters.has("application_id")
    ? (request, { clientId }, accessToken) => ({
      ...request,
      application_id: request.application_id ?? clientId,
      accessToken
    })
    : (request, _key, accessToken) => ({ ...request, accessToken })

/** Arguments of a call with the bot's token, which carries the user's token in its body. */
const ofBot: SessionCall["toRequest"] = (request, { userId }, { access_token }) => ({
  ...request,
  user_id: userId,
  access_token
})

/** All calls with a user's token, in the Authorization header or in the body. */
export const sessionCalls: ReadonlyArray<SessionCall> = DiscordOperation.all
  .filter(({ credential, scope }) => credential === "bearer" || (credential === "bot" && scope !== null))
  .map((operation) => ({
    identifier: operation.identifier,
    scope: operation.scope,
    idempotent: isIdempotent(operation),
    isRead: operation.method === "GET",
    toRequest: operation.credential === "bearer" ? ofBearer(operation) : ofBot
  }))

type Send = (request: Request) => Effect.Effect<unknown, DiscordError.DiscordError>

/** The function of the derived client. Reflection forgets the types that `Methods` computes from the same declaration. */
export const sender = (client: DiscordClient["Service"], { identifier }: SessionCall): Send => {
  const methods: object = client
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the shape of the derived client
  return (methods as Readonly<Record<string, Send>>)[identifier] ??
    (() => Effect.die(`the client has no ${identifier}`))
}
