/**
 * Refreshes users' tokens without losing one, although a refresh token of Discord works only once.
 *
 * **Details**
 *
 * Concurrent callers of one process that need the token of the same user share one refresh. Interrupting a caller does
 * not interrupt the refresh. A refresh:
 *
 * 1. takes the user's lock of the store;
 * 2. reads the record again, and uses a newer token without a request;
 * 3. marks the record as sent, so that another process knows after a crash that the response may be lost;
 * 4. sends the refresh token once;
 * 5. stores the new pair before it returns it.
 *
 * If Discord rejects the refresh token, the record is removed, unless it has changed. After any other failure the token
 * stays as it is, and the next attempt waits for `cooldown`.
 *
 * If the response may be lost, the old refresh token is tried once more. If Discord rejects it then,
 * `InvalidRefreshToken` has the reason `outcome-unknown`. A pair that cannot be stored stays in memory. Callers get it in
 * `TokenNotPersisted`, and the write is retried.
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
 * Options of the refresh.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * How long before its expiry a token is refreshed in the background, while callers keep the old one. Each process
   * reduces it by a random part of up to a half, so that processes do not all start at the same time.
   *
   * @default 5 minutes
   */
  readonly early?: Duration.Input | undefined

  /**
   * How long the next refresh of a user waits after a transient failure. Until then calls fail with the same error.
   *
   * @default 5 seconds
   */
  readonly cooldown?: Duration.Input | undefined

  /**
   * How long a refresh waits for the user's lock, which another process may hold. Then it fails with
   * `AccessTokenStoreError` and the reason `locked`. While it waits, callers get a token that is still valid.
   *
   * @default 30 seconds
   */
  readonly lockTimeout?: Duration.Input | undefined

  /**
   * How many refreshes run at the same time in this process, at least 1. The others wait. With more than the store can
   * serve within its `lease`, refreshes would lose their locks.
   *
   * @default 50
   */
  readonly concurrency?: number | undefined
}

/**
 * The errors of getting a usable token.
 *
 * @category errors
 * @since 0.1.0
 */
export type Failure = RefreshFailure.Failure

/**
 * Refreshes the tokens of users.
 *
 * @category services
 * @since 0.1.0
 */
export class TokenRefresh extends Context.Service<TokenRefresh, {
  /** Streams the outcomes of refreshes from the subscription on. A slow subscriber gets only the latest 1,024. */
  readonly events: Stream.Stream<RefreshEvent.RefreshEvent>

  /**
   * Returns a token that replaces a rejected or expired one: a newer token of the store, or a refreshed one.
   */
  readonly refresh: (key: Key, refused: StoredToken) => Effect.Effect<StoredToken, Failure>

  /**
   * Starts a refresh in the background if the token expires soon and can be refreshed. Passes the new token to `adopt`.
   */
  readonly refreshEarly: (
    key: Key,
    stored: StoredToken,
    adopt: (fresh: StoredToken) => Effect.Effect<void>
  ) => Effect.Effect<void>
}>()("@discord-oauth2/core/tokens/TokenRefresh") {}

/** A slow subscriber gets only this many of the latest events. */
const capacity = 1024

/** Creates the stream of events, and the function that counts an event, adds it to the span and publishes it. */
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

/** Resolves the options. Reduces `early` by a random part of up to a half, once for each process. */
const resolve = (options: Options = {}) =>
  Effect.map(Random.next, (random) => ({
    early: Duration.toMillis(Duration.fromInputUnsafe(options.early ?? "5 minutes")) * (0.5 + random / 2),
    cooldown: Duration.fromInputUnsafe(options.cooldown ?? "5 seconds"),
    lockTimeout: Duration.fromInputUnsafe(options.lockTimeout ?? "30 seconds"),
    concurrency: Math.max(1, options.concurrency ?? 50)
  }))

/**
 * Waits for the requests that were sent, because Discord sends a new pair only once. Then writes the pairs that could not
 * be written. It does not wait for locks: a refresh without its lock has sent nothing.
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
 * Makes the service for the current store.
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
  // A process with thousands of locks renews them too late. Another process would take one and send the same token.
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

  // Runs in its own fiber, without the deadline of the first caller: an interrupted caller must not interrupt it.
  const start = (run: RefreshRuns.Run) =>
    refresh(parts, run.key, run.refused, withLock(locks, run.key, { atMost: lockTimeout })).pipe(
      Semaphore.withPermit(permits),
      Effect.onExit((exit) => end(run, exit)),
      Effect.withSpan("TokenRefresh", undefined, noStack),
      Deadline.without,
      Effect.forkDetach
    )

  /** Joins the running refresh of the token, or starts one. */
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
 * Creates a layer that refreshes the tokens of the current store.
 *
 * **Example** (Refresh an hour early, and wait longer after a failure)
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
