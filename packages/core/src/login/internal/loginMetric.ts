/** The counter of finished logins. */
import type * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

export const metric: Metric.Counter<number> = Metric.counter("discord_oauth2.login", {
  description: "Finished logins with Discord, by outcome",
  incremental: true
})

/** Counts one login: `outcome` is `signed_in` or the tag of an error. */
export const count = (outcome: string): Effect.Effect<void> =>
  Metric.update(Metric.withAttributes(metric, { outcome }), 1)
