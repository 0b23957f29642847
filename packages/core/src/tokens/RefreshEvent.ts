/**
 * What a refresh came to, as events and as a metric: what an application watches to know that its users stay signed in.
 *
 * **Details**
 *
 * `TokenRefresh.events` streams them as they happen, and the counter `metric` counts them by their `outcome`. The span of
 * each refresh, `TokenRefresh`, has the same `outcome` as an attribute. No event shows a secret.
 *
 * **Example** (A log line for each user who has to sign in again)
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
 * What happened to one user's token.
 *
 * **Details**
 *
 * - `Refreshed`: Discord gave a new pair, and it is stored.
 * - `Coalesced`: so many callers more waited for a refresh than the one that started it.
 * - `Adopted`: another process, or a sign-in, had stored a newer token; no request was sent, or its answer not needed.
 * - `Transient`: the refresh failed, and may succeed later; nothing is lost.
 * - `OutcomeUnknown`: the request was sent and its answer is lost. The next attempt tells.
 * - `Dead`: Discord refused the refresh token. Its record is removed, and the user has to sign in again.
 * - `NotPersisted`: the new pair could not be stored; it is kept in memory, and written as soon as that can be done.
 * - `Persisted`: such a pair is stored now.
 * - `SignedOut`: the user signed out meanwhile. The new pair was not stored; `isRevoked` tells whether Discord took it
 *   back.
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
 * Whether an event is one of a kind.
 *
 * @category guards
 * @since 0.1.0
 */
export const is = events.$is

/**
 * A function of the event, kind by kind.
 *
 * @category combinators
 * @since 0.1.0
 */
export const match = events.$match

/**
 * One of each kind.
 *
 * @category constructors
 * @since 0.1.0
 */
export const { Adopted, Coalesced, Dead, NotPersisted, OutcomeUnknown, Persisted, Refreshed, SignedOut, Transient } =
  events

/**
 * The counter of the events, with the attribute `outcome`: `refreshed`, `coalesced` (the callers), `adopted`,
 * `transient`, `outcome_unknown`, `dead`, `not_persisted`, `persisted` and `signed_out`.
 *
 * @category metrics
 * @since 0.1.0
 */
export const metric: Metric.Counter<number> = Metric.counter("discord_oauth2.token_refresh", {
  description: "What refreshes of users' tokens came to",
  incremental: true
})

/**
 * The attribute `outcome` of an event.
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
