/** Makes the client's function for one endpoint: arguments, middleware, request, response, span. */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import { InvalidCallArgument } from "../../errors/DiscordError.ts"
import * as Deadline from "../Deadline.ts"
import type { DiscordConfig } from "../DiscordConfig.ts"
import { CurrentUserId, type Service } from "../RequestMiddleware.ts"
import { type FlatRequest, majorParametersOf, split, toCredentials } from "./callArguments.ts"
import { type Credentials, CurrentCredentials } from "./credentials.ts"
import type { Endpoint } from "./endpoints.ts"
import { timedOut, toTransportError } from "./failures.ts"
import { decode, read, type ReadReply } from "./response.ts"
import { toSubject } from "./subject.ts"
import * as Telemetry from "./telemetry.ts"

/** The function of `HttpApiClient` for an endpoint, in its response-only mode. */
type Send = (request: unknown) => Effect.Effect<HttpClientResponse, unknown>

export interface Caller {
  readonly config: DiscordConfig["Service"]
  readonly middleware: Service
  /** The functions of `HttpApiClient` by group. */
  readonly groups: object
}

/* Reflection forgets the types that `Methods` computes from the same declaration. */
const sendOf = ({ groups }: Caller, { group, identifier }: Endpoint): Send =>
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the shape of `HttpApiClient`
  (groups as Readonly<Record<string, Readonly<Record<string, Send>>>>)[group]?.[identifier] ??
    (() => Effect.die(`the client has no ${group}.${identifier}`))

/** The error of a request without a response. */
const toUnanswered = (error: unknown) =>
  Schema.isSchemaError(error)
    ? new InvalidCallArgument({ issue: error.message })
    : HttpClientError.isHttpClientError(error)
    ? toTransportError(error)
    : error

/**
 * Discord is a third party and gets no trace headers. The HTTP client makes no span, because `traced` makes one.
 * Redirects are never followed, whichever HTTP client is in use (S26).
 */
const requestContext = Context.empty().pipe(
  Context.add(HttpClient.TracerDisabledWhen, () => true),
  Context.add(HttpClient.TracerPropagationEnabled, false),
  Context.add(FetchHttpClient.RequestInit, { redirect: "manual" })
)

/** Ends a request at the caller's deadline or after the call's own timeout, whichever is earlier. */
const timed = (timeout: Duration.Duration) => <A, E>(request: Effect.Effect<A, E>) =>
  Effect.flatMap(Deadline.remaining, (left) => {
    const isDeadline = Duration.isLessThan(left, timeout)
    const duration = isDeadline ? left : timeout
    return isDeadline && Duration.isZero(left)
      ? Effect.fail(Deadline.exceeded)
      : Effect.timeoutOrElse(request, { duration, orElse: () => Effect.fail(timedOut("response", duration)) })
  })

/** Sends one request and reads its response. */
const makeRequest = (
  caller: Caller,
  endpoint: Endpoint,
  measured: ReturnType<typeof Telemetry.make>["measured"]
) => {
  const { bodyTimeout, maxBodyBytes: maxBytes, timeout } = caller.config
  const send = sendOf(caller, endpoint)
  const bodyTimedOut = { duration: bodyTimeout, orElse: () => Effect.fail(timedOut("whole body", bodyTimeout)) }
  return (parts: unknown, credentials: Credentials, isRaw: boolean) =>
    Effect.flatMap(
      Effect.mapError(send(parts), toUnanswered),
      (response) => Effect.timeoutOrElse(read(endpoint, response, { credentials, isRaw, maxBytes }), bodyTimedOut)
    ).pipe(
      timed(timeout),
      measured,
      Effect.provideContext(Context.add(requestContext, CurrentCredentials, credentials))
    )
}

/** The value that the response mode asks for. */
const toValue =
  (endpoint: Endpoint, mode: FlatRequest["responseMode"]) =>
  ({ body, error, response }: ReadReply): Effect.Effect<unknown, unknown> =>
    error !== undefined
      ? Effect.fail(error)
      : mode === "response-only"
      ? Effect.succeed(response)
      : mode === "decoded-and-response"
      ? Effect.map(decode(endpoint, response.status, body), (value) => [value, response])
      : decode(endpoint, response.status, body)

export const makeCall = (caller: Caller) => (endpoint: Endpoint) => {
  const telemetry = Telemetry.make(caller.config, endpoint)
  const sendRequest = makeRequest(caller, endpoint, telemetry.measured)
  return (request: FlatRequest = {}): Effect.Effect<unknown, unknown> => {
    const { responseMode } = request
    const credentials = toCredentials(endpoint, request)
    const limited = (parts: unknown) =>
      Effect.flatMap(CurrentUserId, (userId) =>
        caller.middleware({
          endpoint: endpoint.identifier,
          clientId: caller.config.clientId,
          subject: toSubject(credentials, userId),
          majorParameters: majorParametersOf(endpoint, request)
        }, sendRequest(parts, credentials, responseMode === "response-only")))
    const reply = Effect.flatMap(split(endpoint, request), limited)
    const value = toValue(endpoint, responseMode)
    // A span costs as much as everything else here, so it is made only where a tracer keeps it.
    return Effect.flatMap(References.TracerEnabled, (enabled) =>
      enabled
        ? telemetry.traced(Effect.flatMap(Effect.tap(reply, telemetry.answered), value))
        : Effect.flatMap(reply, value))
  }
}
