/**
 * The client that is derived from the declaration. It has one function per endpoint, whose type has only the errors of
 * that endpoint.
 *
 * **When to use**
 *
 * With a token at hand. `DiscordSession` makes the same calls for a signed-in user and keeps the token fresh.
 *
 * @since 0.1.0
 */
import type { Brand } from "effect/Brand"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import type { Simplify } from "effect/Types"
import type * as DiscordError from "../errors/DiscordError.ts"
import type { AccessToken } from "../models/AccessToken.ts"
import { DiscordConfig } from "./DiscordConfig.ts"
import type { Endpoints } from "./DiscordHttpApi.ts"
import { DiscordHttpApi } from "./DiscordHttpApi.ts"
import type { BearerToken, BotToken } from "./DiscordSecurity.ts"
import { makeCall } from "./internal/call.ts"
import { endpoints } from "./internal/endpoints.ts"
import { withCredentials } from "./internal/withCredentials.ts"
import { RequestMiddleware } from "./RequestMiddleware.ts"

/**
 * What a call returns: the decoded value, the response, or both. It replaces `raw=True` of discord4py.
 *
 * @category models
 * @since 0.1.0
 */
export type ResponseMode = HttpApiClient.Client.ResponseMode

type Part<S extends Schema.Constraint> = [S["Type"]] extends [never] ? unknown : S["Type"]

type Needs<Endpoint extends HttpApiEndpoint.ConstraintRequest, Middleware> =
  [Extract<HttpApiEndpoint.Middleware<Endpoint>, Middleware>] extends [never] ? false : true

/** A list has no names, so it becomes the member `payload`. Files are passed as `Blob`s. */
type Body<P> = P extends ReadonlyArray<unknown> ? { readonly payload: P }
  : P extends Brand<HttpApiSchema.MultipartTypeId> ? { readonly [K in Exclude<keyof P, keyof Brand<string>>]: Blob }
  : P

/**
 * The members of an endpoint's path, query and body in one object, each with Discord's name. A body that is a list is
 * the member `payload`.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields<Endpoint extends HttpApiEndpoint.ConstraintRequest> = Endpoint["~Payload"]["Type"] extends infer P
  ? P extends unknown ? Simplify<Part<Endpoint["~Params"]> & Part<Endpoint["~Query"]> & Body<P>> : never
  : never

type WithoutPayload<Endpoint extends HttpApiEndpoint.ConstraintRequest> = Simplify<
  Part<Endpoint["~Params"]> & Part<Endpoint["~Query"]>
>

/**
 * The argument of a call, without its credentials.
 *
 * @category models
 * @since 0.1.0
 */
export type Arguments<Endpoint extends HttpApiEndpoint.ConstraintRequest> = [Endpoint["~Payload"]["Type"]] extends
  [never] ? WithoutPayload<Endpoint> : Fields<Endpoint>

/**
 * The credential that a call takes: a user's access token, a bot's token, or none.
 *
 * @category models
 * @since 0.1.0
 */
export type CredentialsOf<Endpoint extends HttpApiEndpoint.ConstraintRequest> =
  & (Needs<Endpoint, BearerToken> extends true ? { readonly accessToken: AccessToken | Redacted.Redacted } : unknown)
  & (Needs<Endpoint, BotToken> extends true ? { readonly botToken: Redacted.Redacted } : unknown)

/**
 * The errors of a call, with `InvalidCallArgument` only where it takes arguments.
 *
 * @category models
 * @since 0.1.0
 */
export type Errors<Endpoint extends HttpApiEndpoint.ConstraintRequest> =
  | HttpApiEndpoint.Errors<Endpoint>
  | DiscordError.UnexpectedStatus
  | DiscordError.InvalidRequestLimit
  | DiscordError.CloudflareBlocked
  | DiscordError.DiscordTransportError
  | DiscordError.MalformedResponse
  | ([keyof Arguments<Endpoint>] extends [never] ? never : DiscordError.InvalidCallArgument)

/**
 * The function of one endpoint.
 *
 * @category models
 * @since 0.1.0
 */
export type Method<Endpoint extends HttpApiEndpoint.ConstraintRequest> = <Mode extends ResponseMode = "decoded-only">(
  request: Simplify<Arguments<Endpoint> & CredentialsOf<Endpoint>> & { readonly responseMode?: Mode | undefined }
) => Effect.Effect<
  HttpApiClient.Client.Response<HttpApiClient.SuccessType<Endpoint["~Success"]>, Mode>,
  Errors<Endpoint>
>

/**
 * The functions of all endpoints, by the identifier of the endpoint.
 *
 * @category models
 * @since 0.1.0
 */
export type Methods = {
  readonly [E in Extract<Endpoints, HttpApiEndpoint.ConstraintRequest> as E["identifier"]]: Method<E>
}

/**
 * The derived client.
 *
 * **Example** (One call with a token at hand)
 *
 * ```ts
 * import { DiscordClient } from "@discord-oauth2/core"
 * import { Effect, Redacted } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const discord = yield* DiscordClient.DiscordClient
 *   return yield* discord.getCurrentUser({ accessToken: Redacted.make("6qrZcUqja7812RVdnEKjpzOL4CvHBFG") })
 * })
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class DiscordClient
  extends Context.Service<DiscordClient, Methods>()("@discord-oauth2/core/api/DiscordClient")
{}

// oxlint-disable-next-line typescript/consistent-type-assertions -- built from the declaration that `Methods` reads
const toMethods = (methods: object) => methods as Methods

/**
 * Derives the client from the declaration.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Methods, never, DiscordConfig | HttpClient.HttpClient | RequestMiddleware> = Effect
  .gen(
    function*() {
      const config = yield* DiscordConfig
      const middleware = yield* RequestMiddleware
      const httpClient = HttpClient.mapRequestEffect(yield* HttpClient.HttpClient, withCredentials(config))
      const groups = yield* HttpApiClient.makeWith(DiscordHttpApi, { httpClient, baseUrl: config.apiUrl })
      const call = makeCall({ config, middleware, groups })
      return toMethods(Object.fromEntries(endpoints.map((endpoint) => [endpoint.identifier, call(endpoint)])))
    }
  )

/**
 * The derived client, on the `HttpClient` of the context.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<DiscordClient, never, DiscordConfig | HttpClient.HttpClient | RequestMiddleware> = Layer
  .effect(DiscordClient, make)
