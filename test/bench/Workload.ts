/**
 * What is measured: three calls, the bytes that answer them, and the check that a caller really got them.
 */
import { strictEqual } from "node:assert"
import { authorizationInfo } from "../fixtures/oauth2.ts"
import { partialGuild, user } from "../fixtures/user.ts"

/** The calls, by their title in Discord's documentation. */
export const operations = ["getCurrentUser", "getCurrentUserGuilds", "refresh"] as const

export type Operation = typeof operations[number]

export const descriptions: Readonly<Record<Operation, string>> = {
  getCurrentUser: "Get Current User",
  getCurrentUserGuilds: "Get Current User Guilds, 200 guilds",
  refresh: "Refresh of an access token"
}

export const clientId = authorizationInfo.application.id
export const clientSecret = "a client secret, with characters that must be encoded: +/="
export const accessToken = "6qrZcUqja7812RVdnEKjpzOL4CvHBFG"
export const refreshToken = "D43f5y0ahjqew82jZ4NViEr2YafMKhue"

const guilds = Array.from({ length: 200 }, (_, index) => ({
  ...partialGuild,
  id: String(80351110224678912n + BigInt(index)),
  name: `${partialGuild.name} ${index}`,
  owner: index === 0
}))

const newToken = {
  access_token: "zMndOe7jFLXGawdlxMOdNvXjjOce5X",
  token_type: "Bearer",
  expires_in: 604800,
  refresh_token: "mgp8qnvBwJcmadwgCYKyYD5CAzGAX4",
  scope: "identify guilds"
}

const prefix = "rotating-"

export const isRotating = (secret: string): boolean => secret.startsWith(prefix)

/** A pair of which each refresh gives another, for a store in which tokens change. */
export const rotating = (n: number) => ({
  ...newToken,
  access_token: `${prefix}access-${n}-zMndOe7jFLXGawdl`,
  refresh_token: `${prefix}refresh-${n}-mgp8qnvBwJcmadwg`
})

/** The answers by method and path, without the version, which one of the contenders leaves out. */
export const answers: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["GET /users/@me", user],
  ["GET /users/@me/guilds", guilds],
  ["GET /oauth2/@me", { ...authorizationInfo, scopes: ["identify", "guilds"], user }],
  ["POST /oauth2/token", newToken]
])

export const expectUser = (id: unknown): void => strictEqual(id, user.id)

export const expectGuilds = (got: ReadonlyArray<{ readonly id: unknown }>): void => {
  strictEqual(got.length, 200)
  strictEqual(got[199]?.id, guilds[199]?.id)
}

export const expectToken = (token: unknown): void => strictEqual(token, newToken.access_token)

export interface User {
  readonly id: string
}

export type Guilds = ReadonlyArray<{ readonly id: string }>

export interface Token {
  readonly access_token: string
}

/** RFC 6749 section 2.3.1. */
export const basic = `Basic ${
  Buffer.from(`${clientId}:${new URLSearchParams([["", clientSecret]]).toString().slice(1)}`).toString("base64")
}`
