/** Stores what users allowed, and the codes and tokens that were issued for it. */
import * as Clock from "effect/Clock"
import type * as Digest from "effect/crypto/Digest"
import type * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type { AccessTokenResponse } from "../../models/AccessToken.ts"
import * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import * as Pkce from "../../oauth2/Pkce.ts"
import type { World } from "./world.ts"

/** How long Discord's access tokens live, in seconds. */
export const accessTokenLifetime = 604_800

/** How long Discord's authorization codes live, in seconds. */
export const codeLifetime = 100

/** What one user allowed one application. */
interface Authorization {
  readonly clientId: string
  readonly userId: string
  readonly scopes: Set<string>
}

/** What a token was issued with. */
export interface Issued {
  readonly authorization: Authorization
  readonly clientId: string
  readonly userId: string
  readonly scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Members of a token response that only some scopes bring. */
interface Extras {
  readonly guild?: unknown
  readonly webhook?: Schema.Json
}

/** What an authorization code was issued with. */
export interface Code extends Omit<Issued, "authorization">, Extras {
  readonly redirectUri: string | undefined
  readonly codeChallenge: string | undefined
}

export interface Authorizations {
  readonly world: World
  readonly byUser: Map<string, Authorization>
  readonly codes: Map<string, Code>
  readonly accessTokens: Map<string, Issued>
  readonly refreshTokens: Map<string, Issued>
  /** The scopes that a user is granted, whatever was asked for. */
  readonly grantedScopes: Map<string, ReadonlyArray<OAuth2Scope.OAuth2Scope>>
  /** Makes a secret of 256 random bits. */
  readonly secret: Effect.Effect<Redacted.Redacted>
  /** Computes the S256 challenge of a PKCE verifier. */
  readonly challenge: (verifier: string) => Effect.Effect<string>
}

export const make = Effect.fnUntraced(function*(world: World) {
  const crypto = yield* Effect.context<SecureRandom.SecureRandom | Digest.Digest>()
  const self: Authorizations = {
    world,
    byUser: new Map(),
    codes: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    grantedScopes: new Map(),
    secret: Effect.provideContext(Pkce.makeSecret, crypto),
    challenge: (verifier) => Effect.provideContext(Pkce.challenge(Redacted.make(verifier)), crypto)
  }
  return self
})

const keyOf = (clientId: string, userId: string) => `${clientId}:${userId}`

/** Adds scopes to what a user allowed an application. */
export const allow = (
  { byUser }: Authorizations,
  clientId: string,
  userId: string,
  scopes: ReadonlyArray<string>
): Authorization => {
  const known = byUser.get(keyOf(clientId, userId)) ?? { clientId, userId, scopes: new Set() }
  for (const scope of scopes) known.scopes.add(scope)
  byUser.set(keyOf(clientId, userId), known)
  return known
}

/** Returns whether a user allowed an application all of these scopes. */
export const isAllowed = (
  { byUser }: Authorizations,
  clientId: string,
  userId: string,
  scopes: ReadonlyArray<string>
): boolean => {
  const known = byUser.get(keyOf(clientId, userId))
  return known !== undefined && scopes.every((scope) => known.scopes.has(scope))
}

/** Issues an access token, with a refresh token where the grant has one. */
export const issue = Effect.fnUntraced(function*(
  self: Authorizations,
  options: Pick<Issued, "clientId" | "userId" | "scopes"> & Extras & { readonly refreshable: boolean }
): Effect.fn.Return<AccessTokenResponse> {
  const { clientId, guild, refreshable, scopes, userId, webhook } = options
  const issued: Issued = {
    authorization: allow(self, clientId, userId, scopes),
    clientId,
    userId,
    scopes,
    expiresAt: (yield* Clock.currentTimeMillis) + accessTokenLifetime * 1000
  }
  const accessToken = yield* self.secret
  self.accessTokens.set(Redacted.value(accessToken), issued)
  const refreshToken = refreshable ? yield* self.secret : undefined
  if (refreshToken !== undefined) self.refreshTokens.set(Redacted.value(refreshToken), issued)
  return {
    access_token: accessToken,
    token_type: "Bearer",
    expires_in: accessTokenLifetime,
    scope: OAuth2Scope.toString(scopes),
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(guild !== undefined && { guild }),
    ...(webhook !== undefined && { webhook: Redacted.make(webhook) })
  }
})

/** Issues an authorization code. */
export const issueCode = Effect.fnUntraced(function*(
  self: Authorizations,
  options: Omit<Code, "expiresAt">
): Effect.fn.Return<string> {
  const code = Redacted.value(yield* self.secret)
  allow(self, options.clientId, options.userId, options.scopes)
  self.codes.set(code, { ...options, expiresAt: (yield* Clock.currentTimeMillis) + codeLifetime * 1000 })
  return code
})

/** Returns what an access token was issued with, unless it is unknown, revoked or expired. */
export const find = (
  { accessTokens, world }: Authorizations,
  accessToken: string
): Effect.Effect<Issued | undefined> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const issued = accessTokens.get(accessToken)
    if (issued !== undefined && issued.expiresAt <= now) accessTokens.delete(accessToken)
    return issued !== undefined && issued.expiresAt > now && world.users.has(issued.userId) ? issued : undefined
  })

/** Ends the authorizations of the matching tokens, and with each of them all of its tokens. */
const revoke = ({ accessTokens, byUser, refreshTokens }: Authorizations, matches: (issued: Issued) => boolean) => {
  for (const issued of [...accessTokens.values(), ...refreshTokens.values()]) {
    if (matches(issued)) byUser.delete(keyOf(issued.clientId, issued.userId))
  }
  const isLive = ({ authorization }: Issued) =>
    byUser.get(keyOf(authorization.clientId, authorization.userId)) === authorization
  for (const tokens of [accessTokens, refreshTokens]) {
    for (const [token, issued] of tokens) if (!isLive(issued)) tokens.delete(token)
  }
}

/** Revokes the whole authorization that an access or refresh token of the application belongs to. */
export const revokeToken = (self: Authorizations, clientId: string, token: string): void => {
  const found = self.accessTokens.get(token) ?? self.refreshTokens.get(token)
  if (found?.clientId === clientId) revoke(self, (issued) => issued.authorization === found.authorization)
}

/** Revokes all that a user, or everyone, allowed. */
export const revokeUser = (self: Authorizations, userId: string | undefined): void => {
  const isOf = (other: { readonly userId: string }) => userId === undefined || other.userId === userId
  for (const [code, issued] of self.codes) if (isOf(issued)) self.codes.delete(code)
  revoke(self, isOf)
  for (const [id, known] of self.byUser) if (isOf(known)) self.byUser.delete(id)
}

/** Expires the access tokens of a user, or of everyone. Their refresh tokens still work. */
export const expire = ({ accessTokens }: Authorizations, userId: string | undefined): void => {
  for (const [token, issued] of accessTokens) {
    if (userId === undefined || issued.userId === userId) accessTokens.delete(token)
  }
}
