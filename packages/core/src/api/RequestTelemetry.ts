/**
 * What is told of each request to Discord, in the names of OpenTelemetry's HTTP conventions: a client span and a duration.
 *
 * **Details**
 *
 * The span is called by method and template, such as `GET /users/@me/guilds`. Its attributes are `http.request.method`,
 * `url.template`, `server.address`, `server.port`, `http.response.status_code`, `error.type` (the tag of the error) and
 * `discord.endpoint`, the name of the call. It covers the call as a whole: what it waits for its rate limit, the request
 * and the decoding. The histogram `http.client.request.duration` has the request alone, and the same attributes.
 *
 * Neither holds an address with its parameters, a header or a body.
 *
 * **Example** (The slowest of all requests, in seconds)
 *
 * ```ts
 * import { RequestTelemetry } from "@discord-oauth2/core/api"
 * import { Effect, Metric } from "effect"
 *
 * const slowest = Effect.map(
 *   Metric.value(
 *     Metric.withAttributes(RequestTelemetry.duration, {
 *       "http.request.method": "GET",
 *       "url.template": "/users/@me",
 *       "server.address": "discord.com",
 *       "server.port": "443",
 *       "http.response.status_code": "200"
 *     })
 *   ),
 *   ({ max }) => max
 * )
 * ```
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { DiscordConfig } from "./DiscordConfig.ts"
import type { Endpoint } from "./internal/endpoints.ts"
import type { Answer } from "./RequestMiddleware.ts"

/**
 * How long requests take, in seconds, from the first byte sent to the last byte read.
 *
 * @category metrics
 * @since 0.1.0
 */
export const duration: Metric.Histogram<number> = Metric.histogram("http.client.request.duration", {
  description: "Duration of HTTP client requests.",
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  attributes: { unit: "s" }
})

const tagOf = (error: unknown): string =>
  Predicate.hasProperty(error, "_tag") && typeof error._tag === "string" ? error._tag : "_OTHER"

const failureOf = (cause: Cause.Cause<unknown>): string =>
  Cause.hasInterruptsOnly(cause)
    ? "interrupted"
    : Option.match(Cause.findErrorOption(cause), { onNone: () => "_OTHER", onSome: tagOf })

/**
 * What is told of the requests of one endpoint; `DiscordClient` uses it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = ({ apiUrl }: DiscordConfig["Service"], { identifier, method, path }: Endpoint) => {
  const { hostname, port, protocol } = new URL(apiUrl)
  const template = path.replaceAll(/:(\w+)/g, "{$1}")
  const attributes = {
    "http.request.method": method,
    "url.template": template,
    "server.address": hostname,
    "server.port": port !== "" ? port : protocol === "http:" ? "80" : "443"
  }
  const span = {
    kind: "client" as const,
    attributes: { ...attributes, "server.port": Number(attributes["server.port"]), "discord.endpoint": identifier }
  }

  /** By outcome: a status alone, or with what it means, or a failure without one. */
  const durations = new Map<string, Metric.Histogram<number>>()
  const durationOf = (status: number | undefined, error: string | undefined) => {
    const key = `${status} ${error}`
    const known = durations.get(key)
    if (known !== undefined) return known
    const made = Metric.withAttributes(duration, {
      ...attributes,
      ...(status !== undefined && { "http.response.status_code": String(status) }),
      ...(error !== undefined && { "error.type": error })
    })
    durations.set(key, made)
    return made
  }

  const outcomeOf = (exit: Exit.Exit<Answer, unknown>) =>
    Exit.isSuccess(exit)
      ? durationOf(exit.value.status, exit.value.error === undefined ? undefined : tagOf(exit.value.error))
      : durationOf(undefined, failureOf(exit.cause))

  return {
    /** Measures one request. */
    measured: <A extends Answer, E, R>(request: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.flatMap(
        Clock.monotonicTimeNanos,
        (start) =>
          Effect.onExit(request, (exit) =>
            Effect.flatMap(Clock.monotonicTimeNanos, (end) =>
              Metric.update(outcomeOf(exit), Number(end - start) / 1e9)))
      ),

    /** The span of one call. */
    traced: <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.tapCause(call, (cause) => Effect.annotateCurrentSpan("error.type", failureOf(cause))).pipe(
        Effect.withSpan(`${method} ${template}`, span, { captureStackTrace: false })
      ),

    /** Tells the span of an answer. */
    answered: ({ status }: Answer): Effect.Effect<void> =>
      Effect.annotateCurrentSpan("http.response.status_code", status)
  }
}
