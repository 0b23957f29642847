/** Plays the token endpoint, revocation, and what a token or its user is. */
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
import * as authorizations from "../authorizations.ts"
import { botApplication, currentUser } from "../credentials.ts"
import { CurrentExchange } from "../exchange.ts"
import * as grants from "../grants.ts"
import { publicKey } from "../publicKey.ts"
import type { Request } from "../request.ts"
import type { Simulation } from "../simulation.ts"
import { publicUser } from "../visibleUser.ts"

/** Returns the application that the middleware authenticated. */
const client = Effect.flatMap(CurrentExchange, (exchange) =>
  exchange.client === undefined
    ? Effect.fail(new DiscordError.InvalidClient({}))
    : Effect.succeed(exchange.client))

/** Returns the claims about a user: the profile with `identify`, the email with `email`. */
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

const exchangeToken = Effect.fnUntraced(function*({ authorizations }: Simulation, request: Request<"exchangeToken">) {
  const application = yield* client
  switch (request.grant_type) {
    case "authorization_code":
      return yield* grants.exchange(authorizations, application, {
        code: Redacted.value(request.code),
        redirectUri: request.redirect_uri,
        codeVerifier: request.code_verifier === undefined ? undefined : Redacted.value(request.code_verifier)
      })
    case "refresh_token":
      return yield* grants.refresh(authorizations, application, Redacted.value(request.refresh_token))
    case "client_credentials":
      return yield* grants.clientCredentials(authorizations, application, OAuth2Scope.fromString(request.scope))
  }
})

export const layer = (simulation: Simulation) =>
  HttpApiBuilder.group(DiscordHttpApi, "oauth2", (handlers) =>
    handlers
      .handle("exchangeToken", ({ payload }) => exchangeToken(simulation, payload))
      .handle("revokeToken", ({ payload }) =>
        Effect.map(
          client,
          ({ clientId }) =>
            authorizations.revokeToken(simulation.authorizations, clientId, Redacted.value(payload.token))
        ))
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
      .handle(
        "getUserInfo",
        () => Effect.map(currentUser(simulation), ({ issued, user }) => toUserInfo(user, issued.scopes))
      )
      .handle("getPublicKeys", () => Effect.succeed({ keys: [publicKey] }))
      .handle(
        "getCurrentBotApplicationInformation",
        () =>
          Effect.map(
            botApplication(simulation),
            (application) => applications.toPrivateModel(simulation.world, application)
          )
      ))
