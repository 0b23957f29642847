/**
 * What most tests of the simulated API start with.
 */
import { DiscordClient, type DiscordError } from "@discord-oauth2/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { simulator } from "./raw.ts"

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
