/**
 * The span and the metric of each request to Discord, in the names of OpenTelemetry's HTTP conventions.
 *
 * **Details**
 *
 * The span has the method and the path template as its name, such as `GET /users/@me/guilds`. It covers the whole call:
 * the wait for the rate limit, the request, and the decoding. Its attributes are `http.request.method`, `url.template`,
 * `server.address`, `server.port`, `http.response.status_code`, `error.type` (the tag of the error) and
 * `discord.endpoint` (the identifier of the operation).
 *
 * The histogram `http.client.request.duration` measures the request alone and has the same attributes, except
 * `discord.endpoint`.
 *
 * Neither contains a URL with its parameters, a header or a body.
 *
 * **Example** (The duration of the slowest request, in seconds)
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
import * as Metric from "effect/Metric"

/**
 * The duration of requests in seconds, from the first byte sent to the last byte read.
 *
 * @category metrics
 * @since 0.1.0
 */
export const duration: Metric.Histogram<number> = Metric.histogram("http.client.request.duration", {
  description: "Duration of HTTP client requests.",
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  attributes: { unit: "s" }
})
