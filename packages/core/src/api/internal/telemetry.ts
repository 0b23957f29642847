/** Makes the span and measures the duration of each call of one endpoint, as `RequestTelemetry` describes. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { DiscordConfig } from "../DiscordConfig.ts"
import type { DiscordOperation } from "../DiscordOperation.ts"
import type { Reply } from "../RequestMiddleware.ts"
import { duration } from "../RequestTelemetry.ts"

const tagOf = (error: unknown): string =>
  Predicate.hasProperty(error, "_tag") && typeof error._tag === "string" ? error._tag : "_OTHER"

const failureOf = (cause: Cause.Cause<unknown>): string =>
  Cause.hasInterruptsOnly(cause)
    ? "interrupted"
    : Option.match(Cause.findErrorOption(cause), { onNone: () => "_OTHER", onSome: tagOf })

const attributesOf = (apiUrl: string, method: string, template: string) => {
  const { hostname, port, protocol } = new URL(apiUrl)
  return {
    "http.request.method": method,
    "url.template": template,
    "server.address": hostname,
    "server.port": port !== "" ? port : protocol === "http:" ? "80" : "443"
  }
}

/** The histogram for each outcome. It is made once, because making its attributes costs more than an update. */
const durations = (attributes: Readonly<Record<string, string>>) => {
  const made = new Map<string, Metric.Histogram<number>>()
  return (status: number | undefined, error: string | undefined) => {
    const key = `${status} ${error}`
    const known = made.get(key)
    if (known !== undefined) return known
    const histogram = Metric.withAttributes(duration, {
      ...attributes,
      ...(status !== undefined && { "http.response.status_code": String(status) }),
      ...(error !== undefined && { "error.type": error })
    })
    made.set(key, histogram)
    return histogram
  }
}

export const make = ({ apiUrl }: DiscordConfig["Service"], { identifier, method, path }: DiscordOperation) => {
  const template = path.replaceAll(/:(\w+)/g, "{$1}")
  const attributes = attributesOf(apiUrl, method, template)
  const span = {
    kind: "client" as const,
    attributes: { ...attributes, "server.port": Number(attributes["server.port"]), "discord.endpoint": identifier }
  }
  const durationOf = durations(attributes)
  const outcomeOf = (exit: Exit.Exit<Reply, unknown>) =>
    Exit.isSuccess(exit)
      ? durationOf(exit.value.status, exit.value.error === undefined ? undefined : tagOf(exit.value.error))
      : durationOf(undefined, failureOf(exit.cause))

  return {
    /** Measures one request. */
    measured: <A extends Reply, E, R>(request: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.flatMap(
        Clock.monotonicTimeNanos,
        (start) =>
          Effect.onExit(request, (exit) =>
            Effect.flatMap(Clock.monotonicTimeNanos, (end) =>
              Metric.update(outcomeOf(exit), Number(end - start) / 1e9)))
      ),

    /** Makes the span of one call. */
    traced: <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      Effect.tapCause(call, (cause) => Effect.annotateCurrentSpan("error.type", failureOf(cause))).pipe(
        Effect.withSpan(`${method} ${template}`, span, { captureStackTrace: false })
      ),

    /** Adds the status of the response to the span. */
    answered: ({ status }: Reply): Effect.Effect<void> =>
      Effect.annotateCurrentSpan("http.response.status_code", status)
  }
}
