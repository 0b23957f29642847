/**
 * What most tests of the simulated API start with.
 */
import { DiscordClient, type DiscordError, OAuth2Client } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { parameters, simulator, token } from "./raw.ts"

/** The first user's token with these scopes. */
export const withToken = (scopes: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const discord = yield* simulator
    const api = yield* DiscordClient.DiscordClient
    const accessToken = yield* discord.issueToken({ scopes })
    const bearer = { headers: { authorization: `Bearer ${Redacted.value(accessToken.access_token)}` } }
    const [user] = yield* discord.users
    return { discord, api, accessToken, bearer, user: user! }
  })

/** The tag of a refusal, with Discord's status and code where there are some. */
export const refusal = <A>(effect: Effect.Effect<A, DiscordError.DiscordError>) =>
  Effect.map(
    Effect.flip(effect),
    (error): ReadonlyArray<string | number> => "code" in error ? [error._tag, error.status, error.code] : [error._tag]
  )

/** A login that the user has approved: its callback and code. */
export const login = (scopes: ReadonlyArray<string> = ["identify"]) =>
  Effect.gen(function*() {
    const discord = yield* simulator
    const oauth = yield* OAuth2Client.OAuth2Client
    const started = yield* oauth.authorize({ scopes, redirectUri: discord.application.redirectUris[0]! })
    const callback = yield* discord.authorize(started.url)
    return { discord, oauth, started, callback, code: parameters(callback).code! }
  })

/** Sends the code of a login to the token endpoint, with other fields or without some. */
export const exchange = (overrides: Readonly<Record<string, string>>, drop: ReadonlyArray<string> = []) =>
  Effect.gen(function*() {
    const { code, discord, started } = yield* login()
    const fields: Record<string, string> = {
      grant_type: "authorization_code",
      code,
      redirect_uri: started.redirect_uri,
      code_verifier: Redacted.value(started.code_verifier!),
      ...overrides
    }
    for (const name of drop) delete fields[name]
    return { code, fields, discord, answer: yield* token(discord.application, fields) }
  })
