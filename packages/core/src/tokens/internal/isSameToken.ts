/** Compares tokens by their secrets. */
import * as Redacted from "effect/Redacted"
import type { AccessToken } from "../../models/AccessToken.ts"

const refreshTokenOf = ({ refresh_token }: AccessToken) => refresh_token && Redacted.value(refresh_token)

/** Returns whether both hold the same access token and refresh token. Their data, scopes and expiry may differ. */
export const isSameToken = (a: AccessToken, b: AccessToken): boolean =>
  Redacted.value(a.access_token) === Redacted.value(b.access_token) && refreshTokenOf(a) === refreshTokenOf(b)
