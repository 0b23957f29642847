/**
 * The client that derives from the declaration: a function per endpoint, each with the errors of that endpoint alone.
 *
 * **When to use**
 *
 * To call Discord with a token at hand. `DiscordSession` makes the same calls for a signed-in user and keeps the token
 * fresh.
 *
 * @since 0.1.0
 */
import type { Brand } from "effect/Brand"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import type { Simplify } from "effect/Types"
import type { AccessToken } from "./AccessToken.ts"
import { DiscordConfig } from "./DiscordConfig.ts"
import type { BearerToken, BotToken } from "./DiscordEndpoint.ts"
import * as DiscordError from "./DiscordError.ts"
import type { Endpoints } from "./DiscordHttpApi.ts"
import { DiscordHttpApi } from "./DiscordHttpApi.ts"
import { client, type Credentials, CurrentCredentials, none } from "./internal/credentials.ts"
import { type Endpoint, endpoints } from "./internal/endpoints.ts"
import * as transport from "./internal/transport.ts"
import { sanitize } from "./WireError.ts"

/**
 * What a call returns: the decoded value, the response, or both (`raw=True` of discord4py).
 *
 * @category models
 * @since 0.1.0
 */
export type ResponseMode = HttpApiClient.Client.ResponseMode

type Part<S extends Schema.Constraint> = [S["Type"]] extends [never] ? unknown : S["Type"]

type Needs<Endpoint extends HttpApiEndpoint.ConstraintRequest, Middleware> =
  [Extract<HttpApiEndpoint.Middleware<Endpoint>, Middleware>] extends [never] ? false : true

/** A body that is a list has no members of its own; one with files takes them as they are. */
type Body<P> = P extends ReadonlyArray<unknown> ? { readonly payload: P }
  : P extends Brand<HttpApiSchema.MultipartTypeId> ? { readonly [K in Exclude<keyof P, keyof Brand<string>>]: Blob }
  : P

/**
 * The members of an endpoint's path, query and body, side by side, each with Discord's name. A body that is a list is
 * `payload`.
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
 * What a call proves itself with: a user's token, a bot's, or nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type CredentialsOf<Endpoint extends HttpApiEndpoint.ConstraintRequest> =
  & (Needs<Endpoint, BearerToken> extends true ? { readonly accessToken: AccessToken | Redacted.Redacted } : unknown)
  & (Needs<Endpoint, BotToken> extends true ? { readonly botToken: Redacted.Redacted } : unknown)

/**
 * What a call may fail with; `InvalidArgument` where it takes arguments.
 *
 * @category models
 * @since 0.1.0
 */
export type Errors<Endpoint extends HttpApiEndpoint.ConstraintRequest> =
  | HttpApiEndpoint.Errors<Endpoint>
  | DiscordError.UnexpectedStatus
  | DiscordError.CloudflareBlocked
  | DiscordError.TransportError
  | DiscordError.MalformedResponse
  | ([keyof Arguments<Endpoint>] extends [never] ? never : DiscordError.InvalidArgument)

/**
 * One call.
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
 * Every call of the declaration.
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
 * import { DiscordApi } from "@discord-oauth2/core"
 * import { Effect, Redacted } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const discord = yield* DiscordApi.DiscordApi
 *   return yield* discord.getCurrentUser({ accessToken: Redacted.make("6qrZcUqja7812RVdnEKjpzOL4CvHBFG") })
 * })
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class DiscordApi extends Context.Service<DiscordApi, Methods>()("@discord-oauth2/core/DiscordApi") {}

interface FlatRequest extends Readonly<Record<string, unknown>> {
  readonly accessToken?: AccessToken | Redacted.Redacted
  readonly botToken?: Redacted.Redacted
  readonly responseMode?: ResponseMode
}

const toCredentials = ({ credential }: Endpoint, { accessToken, botToken }: FlatRequest): Credentials =>
  botToken !== undefined
    ? { _tag: "Bot", token: botToken }
    : accessToken === undefined
    ? credential === "client" ? client : none
    : "access_token" in accessToken
    ? { _tag: "Bearer", token: accessToken.access_token, refreshable: accessToken.refresh_token !== undefined }
    : { _tag: "Bearer", token: accessToken, refreshable: false }

/** A form takes files alone: anything else is named, and not left out. */
const toFormData = (fields: Readonly<Record<string, unknown>>) => {
  const form = new FormData()
  const entries = Object.entries(fields)
  if (entries.length === 0) return new DiscordError.InvalidArgument({ issue: "Expected a file" })
  for (const [name, value] of entries) {
    if (!(value instanceof Blob)) return new DiscordError.InvalidArgument({ issue: `Expected a Blob at ["${name}"]` })
    form.append(name, value)
  }
  return form
}

/** Takes a flat argument apart: what the path names, and the rest. */
const split = ({ multipart, pathNames, rest }: Endpoint, request: FlatRequest) => {
  const { accessToken: _a, botToken: _b, responseMode: _r, ...fields } = request
  const params: Record<string, unknown> = {}
  const others: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) (pathNames.has(name) ? params : others)[name] = value
  }
  const body = multipart ? toFormData(others) : Array.isArray(others.payload) ? others.payload : others
  return body instanceof DiscordError.InvalidArgument
    ? Effect.fail(body)
    : Effect.succeed({ params, [rest]: body, responseMode: "response-only" })
}

/** An endpoint's function of `HttpApiClient`, in its response-only mode. */
type Send = (request: unknown) => Effect.Effect<HttpClientResponse, unknown>

/** What fails before there is an answer. */
const toUnanswered = (error: unknown) =>
  Schema.isSchemaError(error)
    ? new DiscordError.InvalidArgument({ issue: error.message })
    : HttpClientError.isHttpClientError(error)
    ? transport.toTransportError(error)
    : error

/** Reads a declared answer. A schema's message names what was expected and where, and never a value. */
const decode = ({ decodeSuccess }: Endpoint, response: HttpClientResponse, maxBytes: number) => {
  const { status } = response
  const decodeBody = decodeSuccess.get(status)
  return decodeBody === undefined
    ? Effect.fail(new DiscordError.MalformedResponse({ status, issue: "Expected a declared status" }))
    : Effect.flatMap(transport.readText(response, maxBytes), (body) =>
      Effect.mapError(
        decodeBody(body),
        (error) => new DiscordError.MalformedResponse({ status, issue: sanitize(error.message) })
      ))
}

/* Reflection forgets the types that `Methods` computes from the same declaration: these two say them again. */
const sender = (groups: object, { group, identifier }: Endpoint): Send =>
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the shape of `HttpApiClient`
  (groups as Readonly<Record<string, Readonly<Record<string, Send>>>>)[group]?.[identifier] ??
    (() => Effect.die(`the client has no ${group}.${identifier}`))

// oxlint-disable-next-line typescript/consistent-type-assertions -- built from the declaration that `Methods` reads
const toMethods = (methods: object) => methods as Methods

/**
 * Derives the client from the declaration.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Methods, never, DiscordConfig | HttpClient.HttpClient> = Effect.gen(function*() {
  const config = yield* DiscordConfig
  const httpClient = HttpClient.mapRequestEffect(yield* HttpClient.HttpClient, transport.authorize(config))
  const groups = yield* HttpApiClient.makeWith(DiscordHttpApi, { httpClient, baseUrl: config.apiUrl })

  // Discord is a third party: it gets no trace headers, and a span of the client would show what ours does already.
  // Redirects are never followed, whichever client is in use (S26).
  const shared = Context.empty().pipe(
    Context.add(HttpClient.TracerDisabledWhen, () => true),
    Context.add(HttpClient.TracerPropagationEnabled, false),
    Context.add(FetchHttpClient.RequestInit, { redirect: "manual" })
  )

  const call = (endpoint: Endpoint) => {
    const send = sender(groups, endpoint)
    const name = `Discord.${endpoint.identifier}`
    const attributes = { "http.request.method": endpoint.method, "http.route": endpoint.path }
    const traced = Effect.withSpan(name, { kind: "client", attributes }, { captureStackTrace: false })
    return (request: FlatRequest = {}) => {
      const { responseMode } = request
      const credentials = toCredentials(endpoint, request)
      const answer = Effect.flatMap(
        Effect.mapError(Effect.flatMap(split(endpoint, request), send), toUnanswered),
        (response): Effect.Effect<unknown, unknown> =>
          response.status < 200 || response.status >= 300
            ? transport.refuse(endpoint, response, credentials, config.maxBodyBytes)
            : responseMode === "response-only"
            ? Effect.succeed(response)
            : responseMode === "decoded-and-response"
            ? Effect.map(decode(endpoint, response, config.maxBodyBytes), (value) => [value, response])
            : decode(endpoint, response, config.maxBodyBytes)
      ).pipe(
        Effect.timeoutOrElse({
          duration: config.timeout,
          orElse: () => Effect.fail(transport.timedOut(config.timeout))
        }),
        Effect.provideContext(Context.add(shared, CurrentCredentials, credentials))
      )
      // A span is made only where one is kept: it costs as much as everything else here.
      return Effect.flatMap(References.TracerEnabled, (enabled) => enabled ? traced(answer) : answer)
    }
  }
  return toMethods(Object.fromEntries(endpoints.map((endpoint) => [endpoint.identifier, call(endpoint)])))
})

/**
 * The derived client on the current `HttpClient`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<DiscordApi, never, DiscordConfig | HttpClient.HttpClient> = Layer.effect(
  DiscordApi,
  make
)
