/** Checks credentials, limits and bodies before a handler runs. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { HttpApiSchemaError } from "effect/http-api/HttpApiError"
import { RouteContext } from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { unhandled } from "effect/Types"
import { RequiredScope } from "../../api/DiscordOperation.ts"
import { BearerToken, BotToken, ClientAuthentication, Credential, HttpErrors } from "../../api/DiscordSecurity.ts"
import * as DiscordError from "../../errors/DiscordError.ts"
import type { Application } from "../World.ts"
import * as answers from "./answers.ts"
import * as authorizations from "./authorizations.ts"
import { findBot } from "./credentials.ts"
import type { Exchange } from "./exchange.ts"
import { CurrentExchange } from "./exchange.ts"
import * as faults from "./faults.ts"
import type { Simulation } from "./simulation.ts"
import * as validation from "./validation.ts"

const isTokenEndpoint = (endpoint: HttpApiEndpoint.Top) => endpoint.path.startsWith("/oauth2/token")

const grantTypes = new Set(["authorization_code", "refresh_token", "client_credentials"])

/** Returns the token endpoint's response to a form that is not valid for any grant. */
const refuseForm = (endpoint: HttpApiEndpoint.Top, { form, grantType }: Exchange) => {
  if (endpoint.identifier === "exchangeToken" && !grantTypes.has(grantType ?? "")) {
    return answers.oauth2Error("unsupported_grant_type")
  }
  const required = endpoint.identifier === "revokeToken"
    ? ["token"]
    : grantType === "authorization_code"
    ? ["code", "redirect_uri"]
    : grantType === "refresh_token"
    ? ["refresh_token"]
    : ["scope"]
  const missing = required.find((name) => (form.get(name) ?? "") === "")
  return answers.oauth2Error("invalid_request", missing === undefined ? undefined : `Missing "${missing}" in request.`)
}

const subject = (simulation: Simulation, authorization: string | undefined) => {
  const token = /^Bearer +(.+)$/i.exec(authorization ?? "")?.[1]
  return token === undefined
    ? Effect.succeed(authorization ?? "address")
    : Effect.map(authorizations.find(simulation.authorizations, token), (issued) => issued?.userId ?? "address")
}

/** Each channel, guild and webhook has its own rate limit. */
const major = Effect.map(RouteContext, ({ params }) => params.guild_id ?? params.channel_id ?? "")

const limit = Effect.fnUntraced(function*(simulation: Simulation, endpoint: HttpApiEndpoint.Top, exchange: Exchange) {
  // The token endpoint sends no rate-limit headers.
  if (isTokenEndpoint(endpoint)) return undefined
  const { headers } = yield* HttpServerRequest
  const taken = simulation.limiter(
    yield* subject(simulation, headers.authorization),
    endpoint.identifier,
    yield* major,
    yield* Clock.currentTimeMillis
  )
  exchange.headers = taken.headers
  return taken.allowed
    ? undefined
    : answers.rateLimited({ retryAfter: taken.retryAfter, global: false, scope: "user" })
})

const layerHttpErrors = (simulation: Simulation) =>
  Layer.succeed(HttpErrors, (httpEffect, { endpoint }) =>
    Effect.gen(function*() {
      const exchange = yield* CurrentExchange
      exchange.endpoint = endpoint.identifier
      exchange.fault = simulation.faults.take(endpoint.identifier, exchange.grantType)
      const instead = exchange.fault === undefined ? undefined : faults.instead(exchange.fault)
      if (instead !== undefined) return instead
      const limited = yield* limit(simulation, endpoint, exchange)
      if (limited !== undefined) return limited
      if (isTokenEndpoint(endpoint) && !exchange.isForm) {
        return endpoint.identifier === "exchangeToken"
          ? answers.oauth2Error("unsupported_grant_type")
          : refuseForm(endpoint, exchange)
      }
      const response = yield* Effect.catch(httpEffect, (error): Effect.Effect<
        HttpServerResponse.HttpServerResponse,
        unhandled | DiscordError.DiscordBadRequest
      > =>
        !HttpApiSchemaError.is(error)
          ? Effect.fail(error)
          : error.kind === "Body" || error.kind === "ResponseHeaders"
          ? Effect.die(error.cause)
          : isTokenEndpoint(endpoint)
          ? Effect.succeed(refuseForm(endpoint, exchange))
          : Effect.fail(validation.fromSchemaError(error.cause)))
      return response.status === 415
        ? yield* validation.invalidFormBody([{
          path: [],
          message: "Expected \"Content-Type\" header to be one of {'application/json'}."
        }])
        : response
    }))

const layerBearerToken = (simulation: Simulation) =>
  Layer.succeed(BearerToken, {
    OAuth2: (httpEffect, { credential, endpoint }) =>
      Effect.gen(function*() {
        const issued = yield* authorizations.find(simulation.authorizations, Redacted.value(credential))
        if (issued === undefined) return yield* new DiscordError.AccessTokenExpired({ refreshable: true })
        const scope = Context.getOrUndefined(endpoint.annotations, RequiredScope) ?? undefined
        if (scope !== undefined && !issued.scopes.includes(scope)) {
          return simulation.missingScope === 401
            ? answers.error(401, "Unauthorized", 40001)
            : yield* new DiscordError.MissingScope({ required: [scope], granted: issued.scopes })
        }
        return yield* Effect.provideService(httpEffect, Credential, credential)
      })
  })

const layerBotToken = (simulation: Simulation) =>
  Layer.succeed(BotToken, {
    BotToken: (httpEffect, { credential }) =>
      findBot(simulation, credential) === undefined
        ? Effect.fail(new DiscordError.InvalidBotToken())
        : Effect.provideService(httpEffect, Credential, credential)
  })

/** RFC 6749 section 2.3.1: both parts are form-encoded. */
const formDecode = (text: string) => new URLSearchParams(`v=${text}`).get("v") ?? ""

const basic = (authorization: string): { readonly id: string; readonly secret: string } | undefined => {
  const encoded = /^Basic +(.+)$/i.exec(authorization)?.[1]
  const decoded = encoded === undefined ? undefined : Result.getOrUndefined(Base64.decodeString(encoded))
  const separator = decoded?.indexOf(":") ?? -1
  return decoded === undefined || separator < 0
    ? undefined
    : { id: formDecode(decoded.slice(0, separator)), secret: formDecode(decoded.slice(separator + 1)) }
}

/** Authenticates the application. A public one may omit its secret; a wrong secret is always rejected. */
const authenticate = (
  simulation: Simulation,
  exchange: Exchange,
  authorization: string | undefined
): Application | undefined => {
  const { form, grantType } = exchange
  const inForm = form.get("client_secret") ?? undefined
  // S23: one authentication method per request.
  if (authorization !== undefined && inForm !== undefined) return undefined
  const credentials = authorization === undefined
    ? { id: form.get("client_id") ?? "", secret: inForm }
    : basic(authorization)
  const application = simulation.world.applications.get(credentials?.id ?? "")
  if (application === undefined || credentials === undefined) return undefined
  return credentials.secret === undefined
    ? application.public && grantType !== "client_credentials" ? application : undefined
    : credentials.secret === Redacted.value(application.clientSecret)
    ? application
    : undefined
}

const layerClientAuthentication = (simulation: Simulation) =>
  Layer.succeed(ClientAuthentication, (httpEffect) =>
    Effect.gen(function*() {
      const exchange = yield* CurrentExchange
      const { headers } = yield* HttpServerRequest
      exchange.client = authenticate(simulation, exchange, headers.authorization)
      return exchange.client === undefined
        ? yield* new DiscordError.InvalidClient({})
        : HttpServerResponse.setHeader(yield* httpEffect, "cache-control", "no-store")
    }))

/** Implements the declaration's middleware on the server. */
export const layer = (simulation: Simulation) =>
  Layer.mergeAll(
    layerHttpErrors(simulation),
    layerBearerToken(simulation),
    layerBotToken(simulation),
    layerClientAuthentication(simulation)
  )
