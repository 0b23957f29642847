/**
 * Reports the outcomes of refreshes, as events and as a metric. They show whether users stay signed in.
 *
 * **Details**
 *
 * `TokenRefresh.events` streams the events, and the counter `metric` counts them by `outcome`. The span of each refresh,
 * `TokenRefresh`, has the attribute `outcome` too. Printing an event shows no secret.
 *
 * **Example** (Log each user who has to sign in again)
 *
 * ```ts
 * import { TokenRefresh } from "@discord-oauth2/core"
 * import { RefreshEvent } from "@discord-oauth2/core/tokens"
 * import { Effect, Stream } from "effect"
 *
 * const watch = Effect.flatMap(TokenRefresh.TokenRefresh, ({ events }) =>
 *   Stream.runForEach(
 *     Stream.filter(events, RefreshEvent.is("Dead")),
 *     ({ error, key }) => Effect.logInfo(`${key.userId} has to sign in again: ${error.reason}`)
 *   ))
 * ```
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as DiscordError from "../errors/DiscordError.ts"
import type { RefreshFailure } from "../oauth2/OAuth2Client.ts"
import type { Key } from "./RecordStore.ts"

interface Of {
  readonly key: Key
}

/**
 * An outcome of a refresh, or of a later write, for one user.
 *
 * **Details**
 *
 * - `Refreshed`: Discord issued a new pair of tokens, and the store has it.
 * - `Coalesced`: `callers` is the number of callers that shared a refresh that another caller had started.
 * - `Adopted`: another process or a sign-in stored a newer token, which is used. No request was sent, or its response was
 *   not needed.
 * - `Transient`: the refresh failed and may succeed later. No token is lost.
 * - `OutcomeUnknown`: the request was sent and the response is lost. The next attempt finds out whether the refresh token
 *   still works.
 * - `Dead`: Discord rejected the refresh token. The user has to sign in again.
 * - `NotPersisted`: the new pair could not be stored. It is kept in memory, and the write is retried.
 * - `Persisted`: a pair that could not be stored before is stored now.
 * - `SignedOut`: the user signed out during the refresh. The new pair was not stored. `isRevoked` says whether it was
 *   revoked at Discord.
 *
 * @category models
 * @since 0.1.0
 */
export type RefreshEvent = Data.TaggedEnum<{
  Refreshed: Of
  Coalesced: Of & { readonly callers: number }
  Adopted: Of
  Transient: Of & { readonly error: RefreshFailure | DiscordError.AccessTokenStoreError }
  OutcomeUnknown: Of & { readonly error: DiscordError.RefreshOutcomeUnknown }
  Dead: Of & { readonly error: DiscordError.InvalidRefreshToken }
  NotPersisted: Of & { readonly error: DiscordError.TokenNotPersisted }
  Persisted: Of
  SignedOut: Of & { readonly isRevoked: boolean }
}>

const events = Data.taggedEnum<RefreshEvent>()

/**
 * Returns whether an event has a tag.
 *
 * @category guards
 * @since 0.1.0
 */
export const is = events.$is

/**
 * Handles each event by its tag.
 *
 * @category combinators
 * @since 0.1.0
 */
export const match = events.$match

/**
 * Creates the events.
 *
 * @category constructors
 * @since 0.1.0
 */
export const { Adopted, Coalesced, Dead, NotPersisted, OutcomeUnknown, Persisted, Refreshed, SignedOut, Transient } =
  events

/**
 * Counts events, with the attribute `outcome`: `refreshed`, `coalesced`, `adopted`, `transient`, `outcome_unknown`,
 * `dead`, `not_persisted`, `persisted` or `signed_out`. `coalesced` counts the callers.
 *
 * @category metrics
 * @since 0.1.0
 */
export const metric: Metric.Counter<number> = Metric.counter("discord_oauth2.token_refresh", {
  description: "Outcomes of token refreshes",
  incremental: true
})

/**
 * Returns the attribute `outcome` of an event.
 *
 * @category getters
 * @since 0.1.0
 */
export const outcome = ({ _tag }: RefreshEvent): string =>
  _tag.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase()

/**
 * Counts an event.
 *
 * @category metrics
 * @since 0.1.0
 */
export const count = (event: RefreshEvent): Effect.Effect<void> =>
  Metric.update(
    Metric.withAttributes(metric, { outcome: outcome(event) }),
    event._tag === "Coalesced" ? event.callers : 1
  )
