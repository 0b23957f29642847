import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Redacted from "effect/Redacted"
import type * as ApplicationModel from "../../Application.ts"
import { Credential } from "../../DiscordEndpoint.ts"
import * as DiscordError from "../../DiscordError.ts"
import { DiscordHttpApi } from "../../DiscordHttpApi.ts"
import * as OAuth2Scope from "../../OAuth2Scope.ts"
import * as Timestamp from "../../Timestamp.ts"
import type { User } from "../../User.ts"
import type { Application } from "../World.ts"
import { CurrentExchange } from "./exchange.ts"
import type { Issued } from "./grants.ts"
import type { Simulation } from "./simulation.ts"

/** What the access token of the running request stands for. */
export const current = (simulation: Simulation): Effect.Effect<Issued, DiscordError.AccessTokenExpired, Credential> =>
  Effect.gen(function*() {
    const issued = yield* simulation.grants.find(Redacted.value(yield* Credential))
    return issued ?? (yield* new DiscordError.AccessTokenExpired({ refreshable: true }))
  })

/** The application that the middleware recognised. */
const client = Effect.flatMap(CurrentExchange, (exchange) =>
  exchange.client === undefined
    ? Effect.fail(new DiscordError.InvalidClient({}))
    : Effect.succeed(exchange.client))

const toModel = (application: Application): ApplicationModel.Application => ({
  id: application.clientId,
  name: application.name,
  icon: null,
  description: application.description,
  type: null,
  bot_public: true,
  bot_require_code_grant: false,
  hook: true,
  verify_key: "0000000000000000000000000000000000000000000000000000000000000000",
  flags: 0,
  flags_new: "0"
})

/** The user as one with these scopes may see them. */
export const visible = (user: User, scopes: ReadonlyArray<string>): User => {
  const { email: _, verified: __, ...rest } = user
  return scopes.includes("email") ? user : rest
}

/** The user as others see them. */
export const publicUser = (user: User): User => ({
  id: user.id,
  username: user.username,
  discriminator: user.discriminator,
  global_name: user.global_name,
  avatar: user.avatar,
  banner: user.banner ?? null,
  accent_color: user.accent_color ?? null,
  public_flags: user.public_flags ?? 0,
  flags: user.flags ?? 0,
  avatar_decoration_data: user.avatar_decoration_data ?? null,
  collectibles: user.collectibles ?? null,
  primary_guild: user.primary_guild ?? null
})

export const layer = (simulation: Simulation) =>
  HttpApiBuilder.group(DiscordHttpApi, "oauth2", (handlers) =>
    handlers
      .handle("exchangeToken", ({ payload }) =>
        Effect.gen(function*() {
          const application = yield* client
          switch (payload.grant_type) {
            case "authorization_code":
              return yield* simulation.grants.exchange(application, {
                code: Redacted.value(payload.code),
                redirectUri: payload.redirect_uri,
                codeVerifier: payload.code_verifier === undefined ? undefined : Redacted.value(payload.code_verifier)
              })
            case "refresh_token":
              return yield* simulation.grants.refresh(application, Redacted.value(payload.refresh_token))
            case "client_credentials":
              return yield* simulation.grants.clientCredentials(application, OAuth2Scope.fromString(payload.scope))
          }
        }))
      .handle("revokeToken", ({ payload }) =>
        Effect.map(client, (application) => simulation.grants.revokeToken(application, Redacted.value(payload.token))))
      .handle("getCurrentAuthorizationInformation", () =>
        Effect.gen(function*() {
          const issued = yield* current(simulation)
          const application = simulation.world.applications.get(issued.clientId)
          const user = simulation.world.users.get(issued.userId)
          if (application === undefined || user === undefined) {
            return yield* new DiscordError.AccessTokenExpired({ refreshable: true })
          }
          return {
            application: toModel(application),
            scopes: issued.scopes,
            expires: Timestamp.fromDateTime(DateTime.makeUnsafe(issued.expiresAt)),
            ...(issued.scopes.includes("identify") && { user: publicUser(user) })
          }
        })))
