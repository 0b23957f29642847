/**
 * The refresh, which must not lose a token: Discord's refresh tokens work once.
 *
 * **Details**
 *
 * Callers of one process that need a user's token at the same time share one refresh, and none of them can interrupt it.
 * It takes the store's lock for that user, reads the record again and uses a newer one without any request; it asks once,
 * and writes the new pair before anyone sees it. A dead grant removes the record only where it is still the one that was
 * refused; any other failure leaves the token as it is, and the next attempt waits for `cooldown`. Before it asks, it says
 * so in the record, so that whoever comes after a crash knows that an answer may be lost: the old refresh token is then
 * tried once, and where Discord refuses it, `InvalidRefreshToken` has the reason `outcome-unknown`. A pair that cannot be
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
import * as Schedule from "effect/Schedule"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Deadline from "../api/Deadline.ts"
import * as DiscordError from "../errors/DiscordError.ts"
import type { AccessToken } from "../models/AccessToken.ts"
import { OAuth2Client } from "../oauth2/OAuth2Client.ts"
import type { Key, StoredToken } from "./AccessTokenStore.ts"
import { AccessTokenStore, keyToString, withLock } from "./AccessTokenStore.ts"
import * as RefreshUnderLock from "./internal/refreshUnderLock.ts"
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
export type Failure = RefreshUnderLock.Failure

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

interface Run {
  readonly refused: AccessToken
  readonly outcome: Deferred.Deferred<StoredToken, Failure>
  callers: number
  /** While it runs `undefined`; afterwards, where its outcome stays for a while, the monotonic time until which it does. */
  until: bigint | undefined
}

/** What leaves the grant as it was, so that a later attempt may succeed. */
const passes = (error: Failure) =>
  DiscordError.isHttpError(error) || error._tag === "DiscordTransportError" || error._tag === "AccessTokenStoreError" ||
  error._tag === "InvalidClient" || error._tag === "RefreshOutcomeUnknown"

/** What no event has told yet. */
const isTransient = (error: Failure): error is Exclude<Failure, { _tag: "NotSignedIn" | "TokenNotPersisted" }> =>
  error._tag !== "RefreshOutcomeUnknown" && passes(error)

/** How often a pair that could not be written is tried again. */
const writesLater = Schedule.spaced("1 second")

const isClosing = () =>
  new DiscordError.AccessTokenStoreError({
    operation: "lock",
    reason: "locked",
    cause: new Error("the application is closing")
  })

const noStack = { captureStackTrace: false }

/**
 * Builds the refresh over a store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(options?: Options) {
  const store = yield* AccessTokenStore
  const client = yield* OAuth2Client
  const scope = yield* Effect.scope
  // Drawn once: a jitter of each call would leave busy processes where they were, together.
  const jitter = 0.5 + (yield* Random.next) / 2
  const early = Duration.toMillis(Duration.fromInputUnsafe(options?.early ?? "5 minutes")) * jitter
  const cooldown = Duration.fromInputUnsafe(options?.cooldown ?? "5 seconds")
  const lockTimeout = Duration.fromInputUnsafe(options?.lockTimeout ?? "30 seconds")

  const events = yield* Effect.acquireRelease(PubSub.sliding<RefreshEvent.RefreshEvent>(1024), PubSub.shutdown)
  const emit = Effect.fnUntraced(function*(event: RefreshEvent.RefreshEvent) {
    yield* RefreshEvent.count(event)
    if (event._tag !== "Coalesced") yield* Effect.annotateCurrentSpan("outcome", RefreshEvent.outcome(event))
    yield* PubSub.publish(events, event)
  })
  const closing = yield* Deferred.make<never, DiscordError.AccessTokenStoreError>()
  const lock = (key: Key) => Effect.raceFirst(store.lock(key), Deferred.await(closing))
  // A lock is a lease, which must outlast what its holder still has to do. With thousands of them the store would be too
  // slow to renew them in time, and another process would send the same refresh token again.
  const atOnce = yield* Semaphore.make(Math.max(1, options?.concurrency ?? 50))
  const { refresh, settle, unwritten } = RefreshUnderLock.make({ store, client, emit })

  /** By user: the refreshes that run, and the failures that wait. */
  const runs = new Map<string, ReadonlyArray<Run>>()
  const remove = (id: string, run: Run) => {
    const rest = runs.get(id)?.filter((other) => other !== run) ?? []
    if (rest.length === 0) runs.delete(id)
    else runs.set(id, rest)
  }
  /** One whose time is over makes room for another. */
  const find = (id: string, token: AccessToken, now: bigint) => {
    const run = runs.get(id)?.find(({ refused }) => RefreshUnderLock.isSame(refused, token))
    if (run?.until === undefined || run.until > now) return run
    remove(id, run)
    return undefined
  }

  /** A token that comes expired (F19) is used all the same, and not refreshed again for a while: that would be a storm. */
  const settleOnExpired = (key: Key, fresh: StoredToken, now: bigint) =>
    Effect.map(Clock.currentTimeMillis, (wallClock) => {
      if (fresh.token.expires_at.epochMilliseconds > wallClock) return
      const id = keyToString(key)
      const outcome = Deferred.makeUnsafe<StoredToken, Failure>()
      Deferred.doneUnsafe(outcome, Exit.succeed(fresh))
      const run: Run = { refused: fresh.token, outcome, callers: 1, until: now + Duration.toNanosUnsafe(cooldown) }
      runs.set(id, [...runs.get(id) ?? [], run])
    })

  /** Failures that nobody asks about again would stay; the map is swept whenever it has doubled. */
  let sweepAt = 1000
  const sweep = (now: bigint) => {
    if (runs.size < sweepAt) return
    for (const [id, all] of runs) {
      for (const run of all) if (run.until !== undefined && run.until <= now) remove(id, run)
    }
    sweepAt = Math.max(1000, runs.size * 2)
  }

  /**
   * A pair that could not be written is tried again whether anyone asks for it or not. It takes no lock: another process
   * that holds it and tries the old refresh token finds the new pair in time.
   */
  const writing = new Set<string>()
  const writeLater = (key: Key) =>
    Effect.suspend(() => {
      const id = keyToString(key)
      if (writing.has(id)) return Effect.void
      writing.add(id)
      return Effect.repeat(settle(key), { schedule: writesLater, while: () => unwritten.has(id) }).pipe(
        Effect.onExit(() => Effect.sync(() => writing.delete(id))),
        Effect.forkIn(scope),
        Effect.asVoid
      )
    })

  // A fiber of its own: whoever waits may be interrupted, the refresh may not.
  const fork = (key: Key, run: Run) =>
    refresh(key, run.refused, withLock({ lock }, key, { atMost: lockTimeout })).pipe(
      Semaphore.withPermit(atOnce),
      Effect.onExit(Effect.fnUntraced(function*(exit) {
        const now = yield* Clock.monotonicTimeNanos
        const failure = Option.getOrUndefined(Exit.findErrorOption(exit))
        if (failure !== undefined && passes(failure)) run.until = now + Duration.toNanosUnsafe(cooldown)
        else remove(keyToString(key), run)
        if (Exit.isSuccess(exit)) yield* settleOnExpired(key, exit.value, now)
        if (failure !== undefined && isTransient(failure)) yield* emit(RefreshEvent.Transient({ key, error: failure }))
        if (failure?._tag === "TokenNotPersisted") yield* writeLater(key)
        if (run.callers > 1) yield* emit(RefreshEvent.Coalesced({ key, callers: run.callers - 1 }))
        yield* Deferred.done(run.outcome, exit)
      })),
      Effect.withSpan("TokenRefresh", undefined, noStack),
      // Whoever asked first has a deadline of its own; the others may have more time.
      Deadline.without,
      Effect.forkDetach
    )

  /** Joins the refresh that runs, or starts one; nothing happens between the look and the start. */
  const join = (key: Key, refused: AccessToken, now: bigint): Effect.Effect<Run> =>
    Effect.uninterruptible(Effect.suspend(() => {
      const id = keyToString(key)
      const known = find(id, refused, now)
      if (known !== undefined) {
        if (known.until === undefined) known.callers += 1
        return Effect.succeed(known)
      }
      sweep(now)
      const run: Run = { refused, outcome: Deferred.makeUnsafe(), callers: 1, until: undefined }
      runs.set(id, [...runs.get(id) ?? [], run])
      return Effect.as(fork(key, run), run)
    }))

  // Whoever closes the scope waits for what is on its way, for its answer exists once, and for what is to be written.
  // Nobody waits for a lock then: without it nothing was sent.
  yield* Effect.addFinalizer(() =>
    Deferred.fail(closing, isClosing()).pipe(
      Effect.andThen(
        Effect.forEach(Array.from(runs.values()).flat(), ({ outcome }) => Effect.exit(Deferred.await(outcome)), {
          concurrency: "unbounded",
          discard: true
        })
      ),
      Effect.andThen(
        Effect.suspend(() =>
          Effect.forEach(unwritten.values(), ({ key }) => settle(key), { concurrency: "unbounded", discard: true })
        )
      ),
      Effect.andThen(Effect.suspend(() =>
        unwritten.size === 0
          ? Effect.void
          : Effect.logError(`${unwritten.size} refreshed tokens could not be stored, and are lost with this process`)
      ))
    )
  )

  return TokenRefresh.of({
    events: Stream.fromPubSub(events),
    refresh: (key, { token }) =>
      Effect.flatMap(
        Clock.monotonicTimeNanos,
        (now) => Effect.flatMap(join(key, token, now), ({ outcome }) => Deferred.await(outcome))
      ),
    refreshEarly: (key, { token }, adopt) => {
      if (token.refresh_token === undefined) return Effect.void
      return Effect.flatMap(Clock.currentTimeMillis, (wallClock) => {
        const left = token.expires_at.epochMilliseconds - wallClock
        if (left <= 0 || left > early) return Effect.void
        return Effect.flatMap(Clock.monotonicTimeNanos, (now) =>
          find(keyToString(key), token, now) === undefined
            ? Effect.flatMap(join(key, token, now), ({ outcome }) =>
              Deferred.await(outcome).pipe(Effect.flatMap(adopt), Effect.ignore, Effect.forkDetach, Effect.asVoid))
            : Effect.void)
      })
    }
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
