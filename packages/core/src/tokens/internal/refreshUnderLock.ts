/** One refresh, step by step, by whoever holds the user's lock: no other spends this refresh token meanwhile. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as DiscordError from "../../errors/DiscordError.ts"
import { type AccessToken, withDataOf } from "../../models/AccessToken.ts"
import type { OAuth2Client, RefreshFailure } from "../../oauth2/OAuth2Client.ts"
import { type AccessTokenStore, type Content, type Key, keyToString, type StoredToken } from "../AccessTokenStore.ts"
import * as RefreshEvent from "../RefreshEvent.ts"

/** What a refresh under the lock may fail with. */
export type Failure =
  | RefreshFailure
  | DiscordError.NotSignedIn
  | DiscordError.TokenNotPersisted
  | DiscordError.AccessTokenStoreError

/** What the steps work with. */
export interface Parts {
  readonly store: AccessTokenStore["Service"]
  readonly client: Pick<OAuth2Client["Service"], "refresh" | "revoke">
  readonly emit: (event: RefreshEvent.RefreshEvent) => Effect.Effect<void>
}

/** A write is repeated where a request must not be: 5 times within about 1.5 seconds. */
const writes = Schedule.exponential("50 millis").pipe(Schedule.upTo({ times: 5 }))

const pollInterval = Duration.millis(200)

const millisToNanos = (millis: number) => BigInt(Math.ceil(millis)) * 1_000_000n

/** Whether two records hold the same token; what is beside it, and so the generation, may differ. */
export const isSame = (a: AccessToken, b: AccessToken): boolean =>
  Redacted.value(a.access_token) === Redacted.value(b.access_token) && secretOf(a) === secretOf(b)

const secretOf = ({ refresh_token }: AccessToken) => refresh_token && Redacted.value(refresh_token)

/** What says that Discord has not touched the grant. After any other failure it may have, and the answer been lost. */
const leavesGrant = (error: Failure) =>
  error._tag === "DiscordTransportError" || error._tag === "RateLimited" || error._tag === "CloudflareBlocked" ||
  error._tag === "InvalidRequestLimit" ||
  error._tag === "InvalidClient" || error._tag === "InvalidOAuth2Request" || error._tag === "InvalidScope" ||
  error._tag === "UnsupportedGrantType" || error._tag === "DiscordForbidden" || error._tag === "DiscordNotFound"

type Lock = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | DiscordError.AccessTokenStoreError, R>

interface Unwritten {
  readonly key: Key
  readonly replaces: AccessToken
  readonly pair: AccessToken
}

type WriteFailure = DiscordError.NotSignedIn | DiscordError.AccessTokenStoreError

export const make = ({ client, emit, store }: Parts) => {
  /** By user: a pair that could not be written, and the token that it replaces. */
  const unwritten = new Map<string, Unwritten>()

  const adopt = (key: Key, newer: StoredToken) => Effect.as(emit(RefreshEvent.Adopted({ key })), newer)

  /** The user signed out while Discord answered: the fresh pair must not outlive that. */
  const signedOut = (key: Key, pair: AccessToken) =>
    Effect.flatMap(
      Effect.exit(client.revoke(pair)),
      (revoked) => emit(RefreshEvent.SignedOut({ key, isRevoked: Exit.isSuccess(revoked) }))
    )

  /** Puts the new pair in the place of the token it replaces: only what is beside that may have changed. */
  const write: (
    key: Key,
    stored: StoredToken,
    pair: AccessToken
  ) => Effect.Effect<StoredToken, WriteFailure> = Effect.fnUntraced(function*(key, stored, pair) {
    const written = yield* store.replace(key, stored.generation, { token: withDataOf(pair, stored.token) })
    if (Option.isSome(written)) return written.value
    const found = yield* store.get(key)
    if (Option.isSome(found)) {
      const { token } = found.value
      if (isSame(token, stored.token)) return yield* write(key, found.value, pair)
      // A write that was reported as failed may have happened all the same.
      return isSame(token, pair) ? found.value : yield* adopt(key, found.value)
    }
    yield* signedOut(key, pair)
    return yield* new DiscordError.NotSignedIn({ userId: key.userId })
  })

  const persist = Effect.fnUntraced(function*(key: Key, stored: StoredToken, pair: AccessToken) {
    const id = keyToString(key)
    const isLate = unwritten.has(id)
    unwritten.set(id, { key, replaces: stored.token, pair })
    const exit = yield* Effect.exit(
      Effect.retry(write(key, stored, pair), {
        schedule: writes,
        while: ({ _tag }) => _tag === "AccessTokenStoreError"
      })
    )
    const failure = Exit.findErrorOption(exit)
    if (Exit.isFailure(exit) && !Option.exists(failure, ({ _tag }) => _tag === "NotSignedIn")) {
      const cause = Option.match(failure, { onNone: () => Cause.squash(exit.cause), onSome: ({ cause }) => cause })
      const error = new DiscordError.TokenNotPersisted({ token: pair, ...(cause !== undefined && { cause }) })
      if (!isLate) yield* emit(RefreshEvent.NotPersisted({ key, error }))
      return yield* error
    }
    const isFirst = unwritten.delete(id)
    const written = yield* Effect.catchTag(exit, "AccessTokenStoreError", Effect.die)
    if (isFirst && isSame(written.token, pair)) {
      yield* emit(isLate ? RefreshEvent.Persisted({ key }) : RefreshEvent.Refreshed({ key }))
    }
    return written
  })

  /** Removes the dead token, whatever was written beside it meanwhile; a newer one stays, and is given. */
  const bury: (
    key: Key,
    dead: StoredToken
  ) => Effect.Effect<Option.Option<StoredToken>, DiscordError.AccessTokenStoreError> = Effect.fnUntraced(
    function*(key, dead) {
      if (yield* store.removeGeneration(key, dead.generation)) return Option.none()
      const found = yield* store.get(key)
      return Option.isSome(found) && isSame(found.value.token, dead.token) ? yield* bury(key, found.value) : found
    }
  )

  /** Says in the record that its refresh token is about to be sent; `None` where the record is another by now. */
  const mark = (key: Key, { generation, token }: StoredToken) =>
    Effect.flatMap(DateTime.now, (sentAt) => store.replace(key, generation, { token, sentAt }))

  /** Changes what the record says of the request, as long as it holds this token. */
  const note: (
    key: Key,
    stored: StoredToken,
    rest: Omit<Content, "token">
  ) => Effect.Effect<void, DiscordError.AccessTokenStoreError> = Effect.fnUntraced(function*(key, stored, rest) {
    const written = yield* store.replace(key, stored.generation, { token: stored.token, ...rest })
    if (Option.isSome(written)) return
    const found = yield* store.get(key)
    if (Option.isSome(found) && isSame(found.value.token, stored.token)) yield* note(key, found.value, rest)
  })

  const exchange = Effect.fnUntraced(function*(key: Key, marked: StoredToken, isFirst: boolean) {
    const newer = Effect.map(store.get(key), Option.filter(({ token }) => !isSame(token, marked.token)))
    return yield* client.refresh(marked.token).pipe(
      Effect.flatMap((pair) => persist(key, marked, pair)),
      Effect.catchTags({
        InvalidRefreshToken: Effect.fnUntraced(function*({ description, reason }) {
          const found = yield* bury(key, marked)
          if (Option.isSome(found)) return yield* adopt(key, found.value)
          const error = new DiscordError.InvalidRefreshToken({
            reason: isFirst ? reason : "outcome-unknown",
            ...(description !== undefined && { description })
          })
          yield* emit(RefreshEvent.Dead({ key, error }))
          return yield* error
        }),
        RefreshOutcomeUnknown: Effect.fnUntraced(function*(error) {
          const found = yield* newer
          if (Option.isSome(found)) return yield* adopt(key, found.value)
          yield* emit(RefreshEvent.OutcomeUnknown({ key, error }))
          return yield* error
        })
      }),
      // What could not be stored is on its way still; what passes is over, and nobody needs to wait for it.
      Effect.tapError((error) =>
        error._tag === "TokenNotPersisted" || error._tag === "InvalidRefreshToken" || error._tag === "NotSignedIn"
          ? Effect.void
          : Effect.ignore(note(
            key,
            marked,
            isFirst && leavesGrant(error) ? {} : { ...(marked.sentAt && { sentAt: marked.sentAt }), isLost: true }
          ))
      )
    )
  })

  /** Whoever has lost its lock may be slow, and not dead: its answer is waited for as long as it may come. */
  const awaitAnswer = Effect.fnUntraced(function*(key: Key, stored: StoredToken, sentAt: DateTime.Utc) {
    const grace = Duration.toMillis(store.grace)
    const age = (yield* Clock.currentTimeMillis) - sentAt.epochMilliseconds
    const end = (yield* Clock.monotonicTimeNanos) + millisToNanos(Math.min(Math.max(grace - age, 0), grace))
    let isMissing = true
    while (isMissing && (yield* Clock.monotonicTimeNanos) < end) {
      yield* Effect.sleep(pollInterval)
      const found = yield* store.get(key)
      isMissing = Option.isSome(found) && found.value.isLost !== true && found.value.sentAt !== undefined &&
        isSame(found.value.token, stored.token)
    }
  })

  /** What the store holds by now, and whether that can be used in place of the refused token. */
  const look = Effect.fnUntraced(function*(key: Key, refused: AccessToken) {
    const found = yield* store.get(key)
    if (Option.isNone(found)) return yield* new DiscordError.NotSignedIn({ userId: key.userId })
    const now = yield* Clock.currentTimeMillis
    const isNewer = !isSame(found.value.token, refused) && found.value.token.expires_at.epochMilliseconds > now
    if (isNewer) yield* emit(RefreshEvent.Adopted({ key }))
    return { stored: found.value, isNewer }
  })

  /** Reads again, uses a newer token without any request, writes what could not be written, or asks Discord once. */
  const underLock: (
    key: Key,
    refused: AccessToken,
    hasWaited?: boolean
  ) => Effect.Effect<StoredToken, Failure> = Effect.fnUntraced(
    function*(key, refused, hasWaited = false) {
      const { isNewer, stored } = yield* look(key, refused)
      if (isNewer) return stored
      const kept = unwritten.get(keyToString(key))
      if (kept !== undefined && isSame(kept.replaces, stored.token)) return yield* persist(key, stored, kept.pair)
      if (stored.token.refresh_token === undefined) return yield* new DiscordError.AccessTokenNotRefreshable()
      if (!hasWaited && stored.sentAt !== undefined && stored.isLost !== true) {
        yield* awaitAnswer(key, stored, stored.sentAt)
        return yield* underLock(key, refused, true)
      }
      const marked = yield* mark(key, stored)
      return Option.isNone(marked)
        ? yield* underLock(key, refused)
        : yield* exchange(key, marked.value, stored.sentAt === undefined)
    }
  )

  /** A newer token is had without the lock, and most who come late find one. */
  const refresh = (key: Key, refused: AccessToken, lock: Lock) =>
    Effect.flatMap(
      look(key, refused),
      ({ isNewer, stored }) => isNewer ? Effect.succeed(stored) : lock(underLock(key, refused))
    )

  /** Writes a pair that could not be written, where the record still holds the token that it replaces. */
  const settle = Effect.fnUntraced(function*(key: Key) {
    const id = keyToString(key)
    const kept = unwritten.get(id)
    if (kept === undefined) return
    const found = yield* store.get(key)
    if (Option.isSome(found) && isSame(found.value.token, kept.replaces)) {
      yield* persist(key, found.value, kept.pair)
    } else if (unwritten.delete(id) && Option.isNone(found)) yield* signedOut(key, kept.pair)
  }, (effect) => Effect.ignore(effect))

  const kept: ReadonlyMap<string, Unwritten> = unwritten
  return { refresh, settle, unwritten: kept }
}
