import * as Clock from "effect/Clock"
import type * as Digest from "effect/crypto/Digest"
import type * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as DiscordError from "../../errors/DiscordError.ts"
import type { AccessTokenResponse } from "../../models/AccessToken.ts"
import * as OAuth2Scope from "../../models/OAuth2Scope.ts"
import * as Pkce from "../../oauth2/Pkce.ts"
import type { Application } from "../World.ts"
import type { World } from "./world.ts"

/** Discord's access tokens live 604,800 seconds, its codes 100. */
export const accessTokenLifetime = 604_800
const codeLifetime = 100

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

/** What a token answer carries beside the tokens. */
interface Beside {
  readonly guild?: unknown
  readonly webhook?: Schema.Json
}

interface Code extends Omit<Issued, "authorization">, Beside {
  readonly redirectUri: string | undefined
  readonly codeChallenge: string | undefined
}

export type Grants = Effect.Success<ReturnType<typeof make>>

const invalidCode = () => new DiscordError.InvalidGrant({ description: "Invalid \"code\" in request." })

export const make = Effect.fnUntraced(function*(world: World) {
  const crypto = yield* Effect.context<SecureRandom.SecureRandom | Digest.Digest>()
  const authorizations = new Map<string, Authorization>()
  const codes = new Map<string, Code>()
  const accessTokens = new Map<string, Issued>()
  const refreshTokens = new Map<string, Issued>()
  /** What a user is granted instead of what was asked for. */
  const granted = new Map<string, ReadonlyArray<OAuth2Scope.OAuth2Scope>>()

  const makeSecret = Effect.provideContext(Pkce.makeSecret, crypto)
  const secret = Effect.map(makeSecret, Redacted.value)

  const key = (clientId: string, userId: string) => `${clientId}:${userId}`

  const consent = (clientId: string, userId: string, scopes: ReadonlyArray<string>): Authorization => {
    const known = authorizations.get(key(clientId, userId)) ?? { clientId, userId, scopes: new Set() }
    for (const scope of scopes) known.scopes.add(scope)
    authorizations.set(key(clientId, userId), known)
    return known
  }

  const issue = Effect.fnUntraced(function*(
    options: Pick<Issued, "clientId" | "userId" | "scopes"> & Beside & { readonly refreshable: boolean }
  ): Effect.fn.Return<AccessTokenResponse> {
    const { clientId, guild, refreshable, scopes, userId, webhook } = options
    const now = yield* Clock.currentTimeMillis
    const issued: Issued = {
      authorization: consent(clientId, userId, scopes),
      clientId,
      userId,
      scopes,
      expiresAt: now + accessTokenLifetime * 1000
    }
    const accessToken = yield* secret
    accessTokens.set(accessToken, issued)
    const refreshToken = refreshable ? yield* secret : undefined
    if (refreshToken !== undefined) refreshTokens.set(refreshToken, issued)
    return {
      access_token: Redacted.make(accessToken),
      token_type: "Bearer",
      expires_in: accessTokenLifetime,
      scope: OAuth2Scope.toString(scopes),
      ...(refreshToken !== undefined && { refresh_token: Redacted.make(refreshToken) }),
      ...(guild !== undefined && { guild }),
      ...(webhook !== undefined && { webhook: Redacted.make(webhook) })
    }
  })

  const isLive = ({ authorization }: Issued) =>
    authorizations.get(key(authorization.clientId, authorization.userId)) === authorization

  const revoke = (matches: (issued: Issued) => boolean) => {
    for (const issued of [...accessTokens.values(), ...refreshTokens.values()]) {
      if (matches(issued)) authorizations.delete(key(issued.clientId, issued.userId))
    }
    for (const tokens of [accessTokens, refreshTokens]) {
      for (const [token, issued] of tokens) if (!isLive(issued)) tokens.delete(token)
    }
  }

  return {
    /** A secret of 256 random bits. */
    secret: makeSecret,

    issue,

    /** Whether a user allowed all of these scopes before. */
    hasConsented: (clientId: string, userId: string, scopes: ReadonlyArray<string>): boolean => {
      const known = authorizations.get(key(clientId, userId))
      return known !== undefined && scopes.every((scope) => known.scopes.has(scope))
    },

    issueCode: Effect.fnUntraced(function*(options: Omit<Code, "expiresAt">): Effect.fn.Return<string> {
      const code = yield* secret
      consent(options.clientId, options.userId, options.scopes)
      codes.set(code, { ...options, expiresAt: (yield* Clock.currentTimeMillis) + codeLifetime * 1000 })
      return code
    }),

    exchange: Effect.fnUntraced(function*(
      application: Application,
      request: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string | undefined }
    ): Effect.fn.Return<AccessTokenResponse, DiscordError.InvalidGrant | DiscordError.InvalidOAuth2Request> {
      const code = codes.get(request.code)
      if (code === undefined || code.clientId !== application.clientId) return yield* invalidCode()
      codes.delete(request.code)
      if (code.expiresAt <= (yield* Clock.currentTimeMillis)) return yield* invalidCode()
      if (code.redirectUri !== request.redirectUri) {
        return yield* new DiscordError.InvalidOAuth2Request({ description: "Invalid \"redirect_uri\" in request." })
      }
      if (code.codeChallenge !== undefined) {
        if (request.codeVerifier === undefined) {
          return yield* new DiscordError.InvalidOAuth2Request({ description: "Missing \"code_verifier\" in request." })
        }
        const challenge = yield* Effect.provideContext(Pkce.challenge(Redacted.make(request.codeVerifier)), crypto)
        if (challenge !== code.codeChallenge) {
          return yield* new DiscordError.InvalidOAuth2Request({ description: "Invalid \"code_verifier\" in request." })
        }
      }
      return yield* issue({ ...code, scopes: granted.get(code.userId) ?? code.scopes, refreshable: true })
    }),

    refresh: Effect.fnUntraced(function*(
      application: Application,
      refreshToken: string
    ): Effect.fn.Return<AccessTokenResponse, DiscordError.InvalidGrant> {
      const issued = refreshTokens.get(refreshToken)
      if (issued === undefined || issued.clientId !== application.clientId) {
        return yield* new DiscordError.InvalidGrant({ description: "Invalid \"refresh_token\" in request." })
      }
      refreshTokens.delete(refreshToken)
      return yield* issue({
        clientId: issued.clientId,
        userId: issued.userId,
        scopes: granted.get(issued.userId) ?? issued.scopes,
        refreshable: true
      })
    }),

    clientCredentials: Effect.fnUntraced(function*(
      application: Application,
      scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>
    ): Effect.fn.Return<AccessTokenResponse, DiscordError.InvalidScope> {
      const grant = "client_credentials"
      const refused = OAuth2Scope.refused(scopes, { grant, pkce: false, team: application.team })
      const granted = scopes.every((scope) => isGranted(application, scope, grant))
      if (scopes.length === 0 || refused.length > 0 || !granted) {
        return yield* new DiscordError.InvalidScope({
          description: "The requested scope is invalid, unknown, or malformed."
        })
      }
      return yield* issue({ clientId: application.clientId, userId: application.ownerId, scopes, refreshable: false })
    }),

    /** What an access token stands for, unless it is unknown, revoked or past its time. */
    find: (accessToken: string): Effect.Effect<Issued | undefined> =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const issued = accessTokens.get(accessToken)
        if (issued !== undefined && issued.expiresAt <= now) accessTokens.delete(accessToken)
        return issued !== undefined && issued.expiresAt > now && world.users.has(issued.userId) ? issued : undefined
      }),

    /** Revokes the whole authorization that a token of either kind belongs to. */
    revokeToken: (application: Application, token: string): void => {
      const found = accessTokens.get(token) ?? refreshTokens.get(token)
      if (found?.clientId === application.clientId) revoke((issued) => issued.authorization === found.authorization)
    },

    revokeUser: (userId: string | undefined): void => {
      for (const [code, issued] of codes) if (userId === undefined || issued.userId === userId) codes.delete(code)
      revoke((issued) => userId === undefined || issued.userId === userId)
      for (const [id, known] of authorizations) {
        if (userId === undefined || known.userId === userId) authorizations.delete(id)
      }
    },

    grantScopes: (userId: string, scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>): void => {
      granted.set(userId, scopes)
    },

    expire: (userId: string | undefined): void => {
      for (const [token, issued] of accessTokens) {
        if (userId === undefined || issued.userId === userId) accessTokens.delete(token)
      }
    }
  }
})

/** Whether an application may ask for a scope in a grant. */
export const isGranted = (application: Application, scope: string, grant: OAuth2Scope.Grant): boolean => {
  if (!OAuth2Scope.isKnown(scope)) return false
  const { grants, requiresApproval }: OAuth2Scope.Info = OAuth2Scope.info[scope]
  return grants.includes(grant) && (!requiresApproval || application.approvedScopes.includes(scope))
}
