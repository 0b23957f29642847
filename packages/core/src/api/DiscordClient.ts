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
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hash from "effect/Hash"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import type { Simplify } from "effect/Types"
import * as DiscordError from "../errors/DiscordError.ts"
import { sanitize } from "../internal/sanitize.ts"
import type { AccessToken } from "../models/AccessToken.ts"
import * as Deadline from "./Deadline.ts"
import { DiscordConfig } from "./DiscordConfig.ts"
import type { Endpoints } from "./DiscordHttpApi.ts"
import { DiscordHttpApi } from "./DiscordHttpApi.ts"
import type { BearerToken, BotToken } from "./DiscordSecurity.ts"
import { client, type Credentials, CurrentCredentials, none } from "./internal/credentials.ts"
import { type Endpoint, endpoints } from "./internal/endpoints.ts"
import { timedOut, toTransportError } from "./internal/failures.ts"
import * as transport from "./internal/transport.ts"
import { type Answer, CurrentUserId, RequestMiddleware } from "./RequestMiddleware.ts"
import * as RequestTelemetry from "./RequestTelemetry.ts"
import { readText } from "./ResponseBody.ts"

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
 * What a call may fail with; `InvalidCallArgument` where it takes arguments.
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
  if (entries.length === 0) return new DiscordError.InvalidCallArgument({ issue: "Expected a file" })
  for (const [name, value] of entries) {
    if (!(value instanceof Blob)) {
      return new DiscordError.InvalidCallArgument({ issue: `Expected a Blob at ["${name}"]` })
    }
    form.append(name, value)
  }
  return form
}

/** Takes a flat argument apart: what the path names, and the rest. */
const split = ({ multipart, pathParameters, rest }: Endpoint, request: FlatRequest) => {
  const { accessToken: _a, botToken: _b, responseMode: _r, ...fields } = request
  const params: Record<string, unknown> = {}
  const others: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) (pathParameters.has(name) ? params : others)[name] = value
  }
  const body = multipart ? toFormData(others) : Array.isArray(others.payload) ? others.payload : others
  return body instanceof DiscordError.InvalidCallArgument
    ? Effect.fail(body)
    : Effect.succeed({ params, [rest]: body, responseMode: "response-only" })
}

/** An endpoint's function of `HttpApiClient`, in its response-only mode. */
type Send = (request: unknown) => Effect.Effect<HttpClientResponse, unknown>

/** What fails before there is an answer. */
const toUnanswered = (error: unknown) =>
  Schema.isSchemaError(error)
    ? new DiscordError.InvalidCallArgument({ issue: error.message })
    : HttpClientError.isHttpClientError(error)
    ? toTransportError(error)
    : error

/** Reads a declared answer. A schema's message names what was expected and where, and never a value. */
const decode = ({ credential, decodeSuccess }: Endpoint, status: number, body: string) => {
  // A pair of tokens that comes with another good status than 200 is a pair of tokens.
  const decodeBody = decodeSuccess.get(status) ?? (credential === "client" ? decodeSuccess.get(200) : undefined)
  return decodeBody === undefined
    ? Effect.fail(new DiscordError.MalformedResponse({ status, issue: "Expected a declared status" }))
    : Effect.mapError(
      decodeBody(body),
      (error) => new DiscordError.MalformedResponse({ status, issue: sanitize(error.message) })
    )
}

/** Arguments are checked when they are encoded, after this: no more is kept of one than an id has. */
const toId = (argument: unknown) => typeof argument === "string" ? argument.slice(0, 20) : ""

/** Whom Discord counts the request for. A token is told from another, and not told. */
const toSubject = (credentials: Credentials, userId: string | undefined) => {
  switch (credentials._tag) {
    case "Bearer":
      return userId === undefined ? `token:${hash(credentials.token)}` : `user:${userId}`
    case "Bot":
      return `bot:${hash(credentials.token)}`
    case "Client":
      return "client"
    case "None":
      return "address"
  }
}

const hash = (token: Redacted.Redacted) => (Hash.string(Redacted.value(token)) >>> 0).toString(36)

interface Reply extends Answer {
  readonly response: HttpClientResponse
  readonly body: string
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
export const make: Effect.Effect<Methods, never, DiscordConfig | HttpClient.HttpClient | RequestMiddleware> = Effect
  .gen(
    function*() {
      const config = yield* DiscordConfig
      const guard = yield* RequestMiddleware
      const httpClient = HttpClient.mapRequestEffect(yield* HttpClient.HttpClient, transport.authorize(config))
      const groups = yield* HttpApiClient.makeWith(DiscordHttpApi, { httpClient, baseUrl: config.apiUrl })

      // Discord is a third party: it gets no trace headers, and a span of the client would show what ours does already.
      // Redirects are never followed, whichever client is in use (S26).
      const shared = Context.empty().pipe(
        Context.add(HttpClient.TracerDisabledWhen, () => true),
        Context.add(HttpClient.TracerPropagationEnabled, false),
        Context.add(FetchHttpClient.RequestInit, { redirect: "manual" })
      )

      /** The body of a good answer, and what another one means; one that is too long is an answer all the same. */
      const read = (endpoint: Endpoint, response: HttpClientResponse, credentials: Credentials, isRaw: boolean) => {
        const { headers, status } = response
        const reply = (body: string, error: unknown): Reply => ({ status, headers, response, body, error })
        if (status < 200 || status >= 300) {
          return Effect.map(
            transport.readRefusal(endpoint, response, credentials, config.maxBodyBytes),
            (error) => reply("", error)
          )
        }
        return isRaw
          ? Effect.succeed(reply("", undefined))
          : readText(response, config.maxBodyBytes).pipe(
            Effect.map((body) => reply(body, undefined)),
            Effect.catchTag("MalformedResponse", (error) => Effect.succeed(reply("", error)))
          )
      }

      /** No longer than the call may take, nor than its caller has time. */
      const timed = <A, E>(effect: Effect.Effect<A, E>) =>
        Effect.flatMap(Deadline.remaining, (left) => {
          const isDeadline = Duration.isLessThan(left, config.timeout)
          const duration = isDeadline ? left : config.timeout
          return isDeadline && Duration.isZero(left)
            ? Effect.fail(Deadline.exceeded)
            : Effect.timeoutOrElse(effect, {
              duration,
              orElse: () => Effect.fail(timedOut("answer", duration))
            })
        })

      const call = (endpoint: Endpoint) => {
        const send = sender(groups, endpoint)
        const telemetry = RequestTelemetry.make(config, endpoint)
        const bodyTimedOut = {
          duration: config.bodyTimeout,
          orElse: () => Effect.fail(timedOut("whole body", config.bodyTimeout))
        }
        return (request: FlatRequest = {}) => {
          const { responseMode } = request
          const isRaw = responseMode === "response-only"
          const credentials = toCredentials(endpoint, request)
          const asked = (parts: unknown) =>
            Effect.flatMap(
              Effect.mapError(send(parts), toUnanswered),
              (response) => Effect.timeoutOrElse(read(endpoint, response, credentials, isRaw), bodyTimedOut)
            ).pipe(
              timed,
              telemetry.measured,
              Effect.provideContext(Context.add(shared, CurrentCredentials, credentials))
            )
          const guarded = (parts: unknown) =>
            Effect.flatMap(CurrentUserId, (userId) =>
              guard({
                endpoint: endpoint.identifier,
                clientId: config.clientId,
                subject: toSubject(credentials, userId),
                majorParameters: endpoint.majorParameters.map((name) => toId(request[name])).join("/")
              }, asked(parts)))
          const toValue = ({ body, error, response }: Reply): Effect.Effect<unknown, unknown> =>
            error !== undefined
              ? Effect.fail(error)
              : isRaw
              ? Effect.succeed(response)
              : responseMode === "decoded-and-response"
              ? Effect.map(decode(endpoint, response.status, body), (value) => [value, response])
              : decode(endpoint, response.status, body)
          const reply = Effect.flatMap(split(endpoint, request), guarded)
          // A span is made only where one is kept: it costs as much as everything else here.
          return Effect.flatMap(References.TracerEnabled, (enabled) =>
            enabled
              ? telemetry.traced(Effect.flatMap(Effect.tap(reply, telemetry.answered), toValue))
              : Effect.flatMap(reply, toValue))
        }
      }
      return toMethods(Object.fromEntries(endpoints.map((endpoint) => [endpoint.identifier, call(endpoint)])))
    }
  )

/**
 * The derived client on the current `HttpClient`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<DiscordClient, never, DiscordConfig | HttpClient.HttpClient | RequestMiddleware> = Layer
  .effect(
    DiscordClient,
    make
  )
