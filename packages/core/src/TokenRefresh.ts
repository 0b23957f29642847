/**
 * The refresh, which must not lose a token: Discord's refresh tokens work once.
 *
 * **Details**
 *
 * Callers of one process that need a user's token at the same time share one refresh, and none of them can interrupt it.
 * It takes the store's lock for that user, reads the record again and uses a newer one without any request; it asks once,
 * and writes the new pair before anyone sees it. A dead grant removes the record only where it is still the one that was
 * refused; any other failure leaves it as it is, and the next attempt waits for `cooldown`. A pair that cannot be written
 * stays in memory, is written with the next attempt, and is handed out in `TokenNotPersisted`.
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
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { Key, StoredToken } from "./AccessTokenStore.ts"
import { AccessTokenStore, keyToString } from "./AccessTokenStore.ts"
import * as DiscordError from "./DiscordError.ts"
import { OAuth2Client, type RefreshFailure } from "./OAuth2Client.ts"

/**
 * When a token is refreshed, and when not.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /**
   * How long before its expiry a token is refreshed in the background, while callers keep the old one. A jitter of up
   * to a half keeps processes apart.
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
}

/**
 * What getting a usable token may fail with.
 *
 * @category errors
 * @since 0.1.0
 */
export type Failure =
  | RefreshFailure
  | DiscordError.NotSignedIn
  | DiscordError.TokenNotPersisted
  | DiscordError.AccessTokenStoreError

/**
 * The service of the refresh.
 *
 * @category services
 * @since 0.1.0
 */
export class TokenRefresh extends Context.Service<TokenRefresh, {
  /**
   * A token in place of one that is refused or past its time: a newer one of the store, or a refreshed one.
   */
  readonly refresh: (key: Key, refused: StoredToken) => Effect.Effect<StoredToken, Failure>

  /**
   * Starts a refresh in the background where the token is about to expire and can be refreshed.
   */
  readonly refreshEarly: (key: Key, stored: StoredToken) => Effect.Effect<void>
}>()("@discord-oauth2/core/TokenRefresh") {}

interface Running {
  readonly outcome: Deferred.Deferred<StoredToken, Failure>
  /** While it runs `undefined`; after a failure that passes, the moment from which another may start. */
  until: number | undefined
}

/** A write is repeated where a request must not be: 5 times within about 1.5 seconds. */
const writes = Schedule.exponential("50 millis").pipe(Schedule.upTo({ times: 5 }))

const noStack = { captureStackTrace: false }

/** What leaves the grant as it was, so that a later attempt may succeed. */
const passes = (error: Failure) =>
  DiscordError.isHttpError(error) || error._tag === "TransportError" || error._tag === "AccessTokenStoreError" ||
  error._tag === "InvalidClient" || error._tag === "RefreshOutcomeUnknown"

/**
 * Builds the refresh over a store.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(options?: Options) {
  const store = yield* AccessTokenStore
  const client = yield* OAuth2Client
  const early = Duration.toMillis(Duration.fromInputUnsafe(options?.early ?? "5 minutes"))
  const cooldown = Duration.toMillis(Duration.fromInputUnsafe(options?.cooldown ?? "5 seconds"))

  const running = new Map<string, Running>()
  /** Pairs that could not be written, by the record they replace. */
  const unwritten = new Map<string, StoredToken["token"]>()
  /** Records whose refresh was sent without an answer. */
  const unanswered = new Set<string>()
  const idOf = (key: Key, stored: StoredToken) => `${keyToString(key)}:${stored.generation}`

  const write = Effect.fnUntraced(function*(key: Key, stored: StoredToken, token: StoredToken["token"]) {
    const id = idOf(key, stored)
    unwritten.set(id, token)
    const written = yield* Effect.mapError(
      Effect.retry(store.replace(key, stored.generation, token), writes),
      ({ cause }) => new DiscordError.TokenNotPersisted({ token, ...(cause !== undefined && { cause }) })
    )
    unwritten.delete(id)
    if (Option.isSome(written)) return written.value
    const current = yield* store.get(key)
    if (Option.isSome(current)) return current.value
    // The user signed out while Discord answered: the fresh pair must not outlive that.
    yield* Effect.ignore(client.revoke(token))
    return yield* new DiscordError.NotSignedIn({ userId: key.userId })
  })

  /** Nobody can have spent this record's refresh token but we: the lock is held, and it was read again. */
  const exchange = Effect.fnUntraced(function*(key: Key, stored: StoredToken) {
    const id = idOf(key, stored)
    const newer = Effect.map(store.get(key), Option.filter((current) => current.generation !== stored.generation))
    return yield* client.refresh(stored.token).pipe(
      Effect.flatMap((token) => {
        unanswered.delete(id)
        return write(key, stored, token)
      }),
      Effect.catchTag("InvalidRefreshToken", (error) =>
        Effect.flatMap(newer, (other) => {
          if (Option.isSome(other)) return Effect.succeed(other.value)
          const reason = unanswered.delete(id) ? "outcome unknown" : error.reason
          const dead = new DiscordError.InvalidRefreshToken({
            reason,
            ...(error.description !== undefined && { description: error.description })
          })
          return Effect.andThen(store.removeGeneration(key, stored.generation), Effect.fail(dead))
        })),
      Effect.catchTag("RefreshOutcomeUnknown", (error) =>
        Effect.flatMap(newer, (other) => {
          if (Option.isSome(other)) return Effect.succeed(other.value)
          unanswered.add(id)
          return Effect.fail(error)
        }))
    )
  })

  const underLock = Effect.fnUntraced(function*(key: Key, refused: StoredToken) {
    const stored = yield* store.get(key)
    if (Option.isNone(stored)) return yield* new DiscordError.NotSignedIn({ userId: key.userId })
    if (stored.value.generation !== refused.generation) return stored.value
    const pair = unwritten.get(idOf(key, stored.value))
    return yield* (pair === undefined ? exchange(key, stored.value) : write(key, stored.value, pair))
  })

  // A fiber of its own: whoever waits may be interrupted, the refresh may not.
  const fork = (key: Key, refused: StoredToken, id: string, run: Running) =>
    store.withLock(key)(underLock(key, refused)).pipe(
      Effect.withSpan("TokenRefresh", undefined, noStack),
      Effect.onExit((exit) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const failure = Exit.findErrorOption(exit)
          if (Option.isSome(failure) && passes(failure.value)) run.until = now + cooldown
          else running.delete(id)
          return Deferred.done(run.outcome, exit)
        })
      ),
      Effect.forkDetach
    )

  /** Failures that nobody asks about again would stay; the map is swept when it has grown. */
  const sweep = (now: number) => {
    if (running.size < 1000) return
    for (const [id, { until }] of running) if (until !== undefined && until <= now) running.delete(id)
  }

  /** Joins the refresh that runs, or starts one; nothing happens between the look and the start. */
  const join = (key: Key, refused: StoredToken, now: number): Effect.Effect<Running> =>
    Effect.uninterruptible(Effect.suspend(() => {
      const id = idOf(key, refused)
      const known = running.get(id)
      if (known !== undefined && (known.until === undefined || known.until > now)) return Effect.succeed(known)
      sweep(now)
      const run: Running = { outcome: Deferred.makeUnsafe(), until: undefined }
      running.set(id, run)
      return Effect.as(fork(key, refused, id, run), run)
    }))

  // Whoever closes the scope waits for what is on its way: its answer exists once.
  yield* Effect.addFinalizer(() =>
    Effect.forEach(Array.from(running.values()), ({ outcome }) => Effect.exit(Deferred.await(outcome)), {
      concurrency: "unbounded",
      discard: true
    })
  )

  return TokenRefresh.of({
    refresh: (key, refused) =>
      Effect.flatMap(
        Clock.currentTimeMillis,
        (now) => Effect.flatMap(join(key, refused, now), ({ outcome }) => Deferred.await(outcome))
      ),
    refreshEarly: (key, stored) => {
      const { expires_at, refresh_token } = stored.token
      if (refresh_token === undefined) return Effect.void
      return Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const left = expires_at.epochMilliseconds - now
        if (left <= 0 || left > early || running.has(idOf(key, stored))) return Effect.void
        return Effect.flatMap(Random.next, (random) =>
          left > early * (0.5 + random / 2)
            ? Effect.void
            : Effect.asVoid(join(key, stored, now)))
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
 * const layer = Discord.layer({ early: "1 hour", cooldown: "30 seconds" })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<TokenRefresh, never, AccessTokenStore | OAuth2Client> =>
  Layer.effect(TokenRefresh, make(options))
