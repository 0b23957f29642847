/** A login, its callback, a token response, and one request of each grant, for the tests of the OAuth2 grants. */
import { OAuth2Client, type PendingAuthorization } from "@discord-oauth2/core"
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stub from "./StubDiscord.ts"

export const redirectUri = "https://app.example/auth/callback"
export const scopes = ["identify", "guilds"] as const
export const issuer = "https://discord.com"

/** The body of a token response. */
export const grant = {
  access_token: "planted-access",
  token_type: "Bearer",
  expires_in: 604_800,
  refresh_token: "planted-refresh",
  scope: "identify guilds"
}

export const responding = (answer: Stub.Answer) => () => Effect.succeed(answer)

export type Login = PendingAuthorization.PendingAuthorization

/** The URL of a successful callback, with these parameters replaced. A list repeats its parameter. */
export const callbackOf = (
  login: Login,
  parameters: Readonly<Record<string, string | ReadonlyArray<string>>> = {}
) => {
  const url = new URL(login.redirect_uri)
  const all = { state: Redacted.value(login.state), iss: issuer, code: "planted-code", ...parameters }
  for (const [name, value] of Object.entries(all)) {
    for (const each of typeof value === "string" ? [value] : value) url.searchParams.append(name, each)
  }
  return url
}

/** A callback without some of its parameters. */
export const without = (url: URL, ...names: ReadonlyArray<string>) => {
  for (const name of names) url.searchParams.delete(name)
  return url
}

/** The tag of a failure, or "success". */
export const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.match(effect, { onFailure: ({ _tag }): string => _tag, onSuccess: () => "success" })

export const verifierOf = ({ code_verifier }: Login) =>
  code_verifier === undefined ? assert.fail("a login without PKCE") : Redacted.value(code_verifier)

export const queryOf = ({ url }: OAuth2Client.StartedAuthorization<string>) => new URL(url).searchParams

/** A request of a grant, or of the revocation. */
export type Request = Effect.Effect<unknown, { readonly _tag: string }, OAuth2Client.OAuth2Client>

export const exchangeCode = Effect.flatMap(
  OAuth2Client.OAuth2Client,
  (oauth) =>
    oauth.exchangeCode({
      code: Redacted.make("planted-code"),
      redirectUri,
      codeVerifier: Redacted.make("v".repeat(43))
    })
)

/** A whole login: it starts, its callback arrives, and the code is exchanged. */
export const exchange = Effect.gen(function*() {
  const oauth = yield* OAuth2Client.OAuth2Client
  const login = yield* oauth.authorize({ scopes, redirectUri })
  return yield* oauth.exchange(login, callbackOf(login))
})

export const refresh = Effect.flatMap(OAuth2Client.OAuth2Client, (oauth) => oauth.refresh(Stub.token()))

export const clientCredentials = Effect.flatMap(
  OAuth2Client.OAuth2Client,
  (oauth) => oauth.clientCredentials({ scopes })
)

export const revoke = Effect.flatMap(OAuth2Client.OAuth2Client, (oauth) => oauth.revoke(Stub.token()))
