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
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { type AccessToken, withDataOf } from "./AccessToken.ts"
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
   * Starts a refresh in the background where the token is about to expire and can be refreshed; `adopt` gets the new one.
   */
  readonly refreshEarly: (
    key: Key,
    stored: StoredToken,
    adopt: (fresh: StoredToken) => Effect.Effect<void>
  ) => Effect.Effect<void>
}>()("@discord-oauth2/core/TokenRefresh") {}

interface Running {
  readonly outcome: Deferred.Deferred<StoredToken, Failure>
  /** While it runs `undefined`; after a failure that passes, the moment from which another may start. */
  until: number | undefined
}

/** A write is repeated where a request must not be: 5 times within about 1.5 seconds. */
const writes = Schedule.exponential("50 millis").pipe(Schedule.upTo({ times: 5 }))

const noStack = { captureStackTrace: false }

/** Whether two records hold the same token; what is beside it, and so the generation, may differ. */
const isSame = (a: AccessToken, b: AccessToken) =>
  Redacted.value(a.access_token) === Redacted.value(b.access_token) && secretOf(a) === secretOf(b)

const secretOf = ({ refresh_token }: AccessToken) => refresh_token && Redacted.value(refresh_token)

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
  /** By user: a pair that could not be written, and the token that it replaces. */
  const unwritten = new Map<string, { readonly replaces: AccessToken; readonly pair: AccessToken }>()
  /** By user: the token whose refresh was sent without an answer. */
  const unanswered = new Map<string, AccessToken>()

  /**
   * Puts the new pair in the place of the token it replaces, whatever generation that has by now: only what is beside
   * the token may have changed.
   */
  const write: (
    key: Key,
    stored: StoredToken,
    pair: AccessToken
  ) => Effect.Effect<StoredToken, DiscordError.NotSignedIn | DiscordError.AccessTokenStoreError> = Effect.fnUntraced(
    function*(key, stored, pair) {
      const written = yield* store.replace(key, stored.generation, withDataOf(pair, stored.token))
      if (Option.isSome(written)) return written.value
      const current = yield* store.get(key)
      if (Option.isSome(current)) {
        return isSame(current.value.token, stored.token) ? yield* write(key, current.value, pair) : current.value
      }
      // The user signed out while Discord answered: the fresh pair must not outlive that.
      yield* Effect.ignore(client.revoke(pair))
      return yield* new DiscordError.NotSignedIn({ userId: key.userId })
    }
  )

  const persist = Effect.fnUntraced(function*(key: Key, stored: StoredToken, pair: AccessToken) {
    const id = keyToString(key)
    unwritten.set(id, { replaces: stored.token, pair })
    const failed = (error: DiscordError.NotSignedIn | DiscordError.AccessTokenStoreError) =>
      error._tag === "AccessTokenStoreError"
    const written = yield* Effect.retry(write(key, stored, pair), { schedule: writes, while: failed }).pipe(
      Effect.catchTag(
        "AccessTokenStoreError",
        ({ cause }) =>
          Effect.fail(new DiscordError.TokenNotPersisted({ token: pair, ...(cause !== undefined && { cause }) }))
      ),
      Effect.tapError((error) =>
        Effect.sync(() => {
          if (error._tag === "NotSignedIn") unwritten.delete(id)
        })
      )
    )
    unwritten.delete(id)
    return written
  })

  /** Nobody else spends this refresh token: the lock is held, and the record was read again. */
  const exchange = Effect.fnUntraced(function*(key: Key, stored: StoredToken) {
    const id = keyToString(key)
    const other = Effect.map(store.get(key), Option.filter((current) => !isSame(current.token, stored.token)))
    return yield* client.refresh(stored.token).pipe(
      Effect.flatMap((pair) => {
        unanswered.delete(id)
        return persist(key, stored, pair)
      }),
      Effect.catchTag("InvalidRefreshToken", (error) =>
        Effect.flatMap(other, (newer) => {
          const sent = unanswered.get(id)
          unanswered.delete(id)
          if (Option.isSome(newer)) return Effect.succeed(newer.value)
          const dead = new DiscordError.InvalidRefreshToken({
            reason: sent !== undefined && isSame(sent, stored.token) ? "outcome unknown" : error.reason,
            ...(error.description !== undefined && { description: error.description })
          })
          return Effect.andThen(store.removeGeneration(key, stored.generation), Effect.fail(dead))
        })),
      Effect.catchTag("RefreshOutcomeUnknown", (error) =>
        Effect.flatMap(other, (newer) => {
          if (Option.isSome(newer)) return Effect.succeed(newer.value)
          unanswered.set(id, stored.token)
          return Effect.fail(error)
        }))
    )
  })

  const underLock = Effect.fnUntraced(function*(key: Key, refused: StoredToken) {
    const found = yield* store.get(key)
    if (Option.isNone(found)) return yield* new DiscordError.NotSignedIn({ userId: key.userId })
    const stored = found.value
    if (!isSame(stored.token, refused.token)) {
      const now = yield* Clock.currentTimeMillis
      if (stored.token.expires_at.epochMilliseconds > now) return stored
    }
    const kept = unwritten.get(keyToString(key))
    return yield* (kept !== undefined && isSame(kept.replaces, stored.token)
      ? persist(key, stored, kept.pair)
      : exchange(key, stored))
  })

  const idOf = (key: Key, stored: StoredToken) => `${keyToString(key)}:${stored.generation}`

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
    refreshEarly: (key, stored, adopt) => {
      const { expires_at, refresh_token } = stored.token
      if (refresh_token === undefined) return Effect.void
      return Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const left = expires_at.epochMilliseconds - now
        if (left <= 0 || left > early || running.has(idOf(key, stored))) return Effect.void
        return Effect.flatMap(Random.next, (random) =>
          left > early * (0.5 + random / 2)
            ? Effect.void
            : Effect.flatMap(join(key, stored, now), ({ outcome }) =>
              Deferred.await(outcome).pipe(Effect.flatMap(adopt), Effect.ignore, Effect.forkDetach, Effect.asVoid)))
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
