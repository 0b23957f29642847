import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Redacted from "effect/Redacted"
import { DiscordHttpApi } from "../../../api/DiscordHttpApi.ts"
import * as DiscordError from "../../../errors/DiscordError.ts"
import * as OAuth2Scope from "../../../models/OAuth2Scope.ts"
import * as Timestamp from "../../../models/Timestamp.ts"
import type { User } from "../../../models/User.ts"
import * as Users from "../../../models/User.ts"
import type { UserInfo } from "../../../models/UserInfo.ts"
import * as applications from "../applications.ts"
import { botApplication, currentUser } from "../credentials.ts"
import { CurrentExchange } from "../exchange.ts"
import { publicKey } from "../publicKey.ts"
import type { Simulation } from "../simulation.ts"
import { publicUser } from "../visibleUser.ts"

/** The application that the middleware recognised. */
const client = Effect.flatMap(CurrentExchange, (exchange) =>
  exchange.client === undefined
    ? Effect.fail(new DiscordError.InvalidClient({}))
    : Effect.succeed(exchange.client))

/** What OpenID Connect says of a user: the profile with `identify`, the address with `email`. */
const toUserInfo = (user: User, scopes: ReadonlyArray<string>): UserInfo => ({
  sub: user.id,
  ...(scopes.includes("identify") && {
    preferred_username: user.username,
    nickname: user.global_name,
    picture: Users.avatarUrl(user),
    ...(user.locale !== undefined && { locale: user.locale })
  }),
  ...(scopes.includes("email") && { email: user.email ?? null, email_verified: user.verified ?? false })
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
          const { issued, user } = yield* currentUser(simulation)
          const application = simulation.world.applications.get(issued.clientId)
          if (application === undefined) {
            return yield* new DiscordError.AccessTokenExpired({ refreshable: true })
          }
          return {
            application: applications.toModel(application),
            scopes: issued.scopes,
            expires: Timestamp.fromDateTime(DateTime.makeUnsafe(issued.expiresAt)),
            ...(issued.scopes.includes("identify") && { user: publicUser(user) })
          }
        }))
      .handle("getUserInfo", () =>
        Effect.map(currentUser(simulation), ({ issued, user }) =>
          toUserInfo(user, issued.scopes)))
      .handle("getPublicKeys", () =>
        Effect.succeed({ keys: [publicKey] }))
      .handle("getCurrentBotApplicationInformation", () =>
        Effect.map(botApplication(simulation), (application) =>
          applications.toPrivateModel(simulation.world, application))))
