/**
 * The refresh, which must not lose a token: Discord's refresh tokens work once.
 *
 * **Details**
 *
 * Callers of one process that need a user's token at the same time share one refresh, and none of them can interrupt it.
 * It takes the store's lock for that user, reads the record again and uses a newer one without any request; it asks once,
 * and writes the new pair before anyone sees it. A dead grant removes the record only where it is still the one that was
 * refused; any other failure leaves the token as it is, and the next attempt waits for `cooldown`. Before it asks, it marks
 * the record. The next process after a crash knows that a response may be lost: it tries the old refresh token
 * once, and if Discord rejects it, `InvalidRefreshToken` has the reason `outcome-unknown`. A pair that cannot be
 * written stays in memory, is handed out in `TokenNotPersisted`, and is written as soon as that can be done.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Random from "effect/Random"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Deadline from "../api/Deadline.ts"
import * as DiscordError from "../errors/DiscordError.ts"
import { monotonicMillis } from "../internal/monotonicMillis.ts"
import type { AccessToken } from "../models/AccessToken.ts"
import { OAuth2Client } from "../oauth2/OAuth2Client.ts"
import type { Key, StoredToken } from "./AccessTokenStore.ts"
import { AccessTokenStore, withLock } from "./AccessTokenStore.ts"
import { refresh } from "./internal/refresh.ts"
import * as RefreshFailure from "./internal/refreshFailure.ts"
import * as RefreshRuns from "./internal/refreshRuns.ts"
import * as RefreshWrite from "./internal/refreshWrite.ts"
import * as RefreshEvent from "./RefreshEvent.ts"

/**
 * When a token is refreshed, and when not.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * How long before its expiry a token is refreshed in the background, while callers keep the old one. Each process
   * takes off up to a half by chance, so that they do not all begin together.
   *
   * @default 5 minutes
   */
  readonly early?: Duration.Input | undefined

  /**
   * How long after a failure that passes the next refresh of that user waits; calls fail with the same error meanwhile.
   *
   * @default 5 seconds
   */
  readonly cooldown?: Duration.Input | undefined

  /**
   * How long a refresh waits for the user's lock, which another process may hold; then `AccessTokenStoreError` with the
   * reason `locked`. A token that is still valid is served meanwhile.
   *
   * @default 30 seconds
   */
  readonly lockTimeout?: Duration.Input | undefined

  /**
   * How many refreshes of this process run at a time; the others wait for their turn. More than the store can serve
   * within its `lease` would lose their locks. At least 1.
   *
   * @default 50
   */
  readonly concurrency?: number | undefined
}

/**
 * What getting a usable token may fail with.
 *
 * @category errors
 * @since 0.1.0
 */
export type Failure = RefreshFailure.Failure

/**
 * The service of the refresh.
 *
 * @category services
 * @since 0.1.0
 */
export class TokenRefresh extends Context.Service<TokenRefresh, {
  /** What refreshes come to, from the subscription on; who reads too slowly misses all but the latest 1,024. */
  readonly events: Stream.Stream<RefreshEvent.RefreshEvent>

  /**
   * A token in place of one that is refused or past its time: a newer one of the store, or a refreshed one.
   */
  readonly refresh: (key: Key, refused: StoredToken) => Effect.Effect<StoredToken, Failure>

  /**
   * Starts a refresh in the background where the token is about to expire and can be refreshed; `adopt` gets the new one.
   */
  readonly refreshEarly: (
    key: Key,
    stored: StoredToken,
    adopt: (fresh: StoredToken) => Effect.Effect<void>
  ) => Effect.Effect<void>
}>()("@discord-oauth2/core/tokens/TokenRefresh") {}

/** Subscribers that read too slowly miss all but the latest events. */
const capacity = 1024

/** The stream of events, and the function that counts an event, notes it on the refresh's span and publishes it. */
const makeEvents = Effect.gen(function*() {
  const events = yield* Effect.acquireRelease(PubSub.sliding<RefreshEvent.RefreshEvent>(capacity), PubSub.shutdown)
  const emit = Effect.fnUntraced(function*(event: RefreshEvent.RefreshEvent) {
    yield* RefreshEvent.count(event)
    if (event._tag !== "Coalesced") yield* Effect.annotateCurrentSpan("outcome", RefreshEvent.outcome(event))
    yield* PubSub.publish(events, event)
  })
  return { emit, events: Stream.fromPubSub(events) }
})

/** Returns whether the token expires within `early` milliseconds, and can be refreshed. */
const expiresSoon = ({ expires_at, refresh_token }: AccessToken, early: number, wallClock: number) => {
  const left = expires_at.epochMilliseconds - wallClock
  return refresh_token !== undefined && left > 0 && left <= early
}

const isClosing = () =>
  new DiscordError.AccessTokenStoreError({
    operation: "lock",
    reason: "locked",
    cause: new Error("the application is closing")
  })

/** Reads the options, and takes off up to a half of `early`: once per process, so that processes get out of step. */
const resolve = (options: Options = {}) =>
  Effect.map(Random.next, (random) => ({
    early: Duration.toMillis(Duration.fromInputUnsafe(options.early ?? "5 minutes")) * (0.5 + random / 2),
    cooldown: Duration.fromInputUnsafe(options.cooldown ?? "5 seconds"),
    lockTimeout: Duration.fromInputUnsafe(options.lockTimeout ?? "30 seconds"),
    concurrency: Math.max(1, options.concurrency ?? 50)
  }))

/**
 * Waits for the requests that were sent, because their responses exist once, and writes what could not be written. It
 * does not wait for locks: without its lock a refresh has sent nothing.
 */
const close = (
  closing: Deferred.Deferred<never, DiscordError.AccessTokenStoreError>,
  runs: RefreshRuns.RefreshRuns,
  parts: RefreshWrite.Parts
) =>
  Effect.andThen(
    Deferred.fail(closing, isClosing()),
    Effect.forEach(runs.all(), ({ outcome }) => Effect.exit(Deferred.await(outcome)), {
      concurrency: "unbounded",
      discard: true
    })
  ).pipe(Effect.andThen(RefreshWrite.retryAllAtClose(parts)))

const noStack = { captureStackTrace: false }

/**
 * Makes the service over the current store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(options?: Options) {
  const { concurrency, cooldown, early, lockTimeout } = yield* resolve(options)
  const store = yield* AccessTokenStore
  const client = yield* OAuth2Client
  const { emit, events } = yield* makeEvents
  const parts: RefreshWrite.Parts = { store, client, emit, unwritten: new Map() }
  const runs = RefreshRuns.make(cooldown)
  const retryWrite = yield* RefreshWrite.makeRetrier(parts)
  const closing = yield* Deferred.make<never, DiscordError.AccessTokenStoreError>()
  const locks = { lock: (key: Key) => Effect.raceFirst(store.lock(key), Deferred.await(closing)) }
  // A process with thousands of locks renews them too late: another would take one, and send the same refresh token.
  const permits = yield* Semaphore.make(concurrency)

  const end = Effect.fnUntraced(function*(run: RefreshRuns.Run, exit: Exit.Exit<StoredToken, Failure>) {
    const { key, outcome } = run
    runs.end(run, exit, yield* monotonicMillis, yield* Clock.currentTimeMillis)
    const error = Option.getOrUndefined(Exit.findErrorOption(exit))
    if (error !== undefined && RefreshFailure.isTransient(error)) yield* emit(RefreshEvent.Transient({ key, error }))
    if (error?._tag === "TokenNotPersisted") yield* retryWrite(key)
    if (run.callers > 1) yield* emit(RefreshEvent.Coalesced({ key, callers: run.callers - 1 }))
    yield* Deferred.done(outcome, exit)
  })

  // In a fiber of its own, without the first caller's deadline: a caller may be interrupted, the refresh may not.
  const start = (run: RefreshRuns.Run) =>
    refresh(parts, run.key, run.refused, withLock(locks, run.key, { atMost: lockTimeout })).pipe(
      Semaphore.withPermit(permits),
      Effect.onExit((exit) => end(run, exit)),
      Effect.withSpan("TokenRefresh", undefined, noStack),
      Deadline.without,
      Effect.forkDetach
    )

  /** Joins the refresh of the token, or starts one. */
  const join = (key: Key, token: AccessToken): Effect.Effect<RefreshRuns.Run> =>
    Effect.uninterruptible(Effect.flatMap(monotonicMillis, (now) => {
      const { isNew, run } = runs.join(key, token, now)
      return isNew ? Effect.as(start(run), run) : Effect.succeed(run)
    }))

  const refreshEarly: TokenRefresh["Service"]["refreshEarly"] = (key, { token }, adopt) =>
    Effect.flatMap(monotonicMillis, (now) =>
      runs.has(key, token, now)
        ? Effect.void
        : Effect.flatMap(join(key, token), ({ outcome }) =>
          Deferred.await(outcome).pipe(Effect.flatMap(adopt), Effect.ignore, Effect.forkDetach, Effect.asVoid)))

  yield* Effect.addFinalizer(() => close(closing, runs, parts))
  return TokenRefresh.of({
    events,
    refresh: (key, { token }) => Effect.flatMap(join(key, token), ({ outcome }) => Deferred.await(outcome)),
    refreshEarly: (key, stored, adopt) =>
      Effect.flatMap(
        Clock.currentTimeMillis,
        (wallClock) => expiresSoon(stored.token, early, wallClock) ? refreshEarly(key, stored, adopt) : Effect.void
      )
  })
})

/**
 * The refresh over the current store.
 *
 * **Example** (An hour ahead, and slower after a failure)
 *
 * ```ts
 * import { Discord } from "@discord-oauth2/core"
 *
 * const layer = Discord.layer({ refresh: { early: "1 hour", cooldown: "30 seconds" } })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<TokenRefresh, never, AccessTokenStore | OAuth2Client> =>
  Layer.effect(TokenRefresh, make(options))
