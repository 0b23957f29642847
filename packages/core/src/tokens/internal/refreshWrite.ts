/**
 * Stores the token that a refresh returned, over the token that it replaces.
 *
 * A token that cannot be stored exists in the memory of this process only: it is kept, and written later.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { type AccessTokenStoreError, NotSignedIn, TokenNotPersisted } from "../../errors/DiscordError.ts"
import { type AccessToken, withDataOf } from "../../models/AccessToken.ts"
import type { OAuth2Client } from "../../oauth2/OAuth2Client.ts"
import { type AccessTokenStore, type Key, keyToString, type StoredToken } from "../AccessTokenStore.ts"
import * as RefreshEvent from "../RefreshEvent.ts"
import { isSameToken } from "./isSameToken.ts"

/** A token that could not be stored, and the token that it replaces. */
export interface Unwritten {
  readonly key: Key
  readonly replaces: AccessToken
  readonly fresh: AccessToken
}

/** What the steps of a refresh work with. */
export interface Parts {
  readonly store: AccessTokenStore["Service"]
  readonly client: Pick<OAuth2Client["Service"], "refresh" | "revoke">
  readonly emit: (event: RefreshEvent.RefreshEvent) => Effect.Effect<void>
  /** By key: the tokens that are being stored, or could not be. */
  readonly unwritten: Map<string, Unwritten>
}

/** A write is repeated where a request must not be: 5 times within about 1.5 seconds. */
const retries = Schedule.exponential("50 millis").pipe(Schedule.upTo({ times: 5 }))

/** Uses the token that another process, or a sign-in, has stored. */
export const adopt = ({ emit }: Parts, key: Key, newer: StoredToken): Effect.Effect<StoredToken> =>
  Effect.as(emit(RefreshEvent.Adopted({ key })), newer)

/** Revokes the new token of a user who signed out during the refresh. */
const revokeAfterSignOut = ({ client, emit }: Parts, key: Key, fresh: AccessToken): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.exit(client.revoke(fresh)),
    (revoked) => emit(RefreshEvent.SignedOut({ key, isRevoked: Exit.isSuccess(revoked) }))
  )

/**
 * Writes the new token over the one that it replaces. The application's data stay as they are in the store, even when
 * they changed during the refresh. When the record holds another token, that token is used; when the record is gone, the
 * user has signed out.
 */
const write: (
  parts: Parts,
  key: Key,
  stored: StoredToken,
  fresh: AccessToken
) => Effect.Effect<StoredToken, NotSignedIn | AccessTokenStoreError> = Effect.fnUntraced(
  function*(parts, key, stored, fresh) {
    const { store } = parts
    const written = yield* store.replace(key, stored.generation, { token: withDataOf(fresh, stored.token) })
    if (Option.isSome(written)) return written.value
    const found = yield* store.get(key)
    if (Option.isNone(found)) {
      yield* revokeAfterSignOut(parts, key, fresh)
      return yield* new NotSignedIn({ userId: key.userId })
    }
    const { token } = found.value
    if (isSameToken(token, stored.token)) return yield* write(parts, key, found.value, fresh)
    // A write that was reported as failed may have succeeded.
    return isSameToken(token, fresh) ? found.value : yield* adopt(parts, key, found.value)
  }
)

/** The reason for which the token is not stored; `None` when it is, or when the user has signed out. */
const writeFailure = (
  exit: Exit.Exit<StoredToken, NotSignedIn | AccessTokenStoreError>
): Option.Option<unknown> => {
  if (Exit.isSuccess(exit)) return Option.none()
  const failure = Exit.findErrorOption(exit)
  if (Option.isNone(failure)) return Option.some(Cause.squash(exit.cause))
  return failure.value._tag === "NotSignedIn" ? Option.none() : Option.some(failure.value.cause)
}

/**
 * Stores the new token, and repeats the write when the store fails. Fails with `TokenNotPersisted` when no write
 * succeeds; the token then stays in `unwritten`.
 */
export const persist = Effect.fnUntraced(function*(
  parts: Parts,
  key: Key,
  stored: StoredToken,
  fresh: AccessToken
): Effect.fn.Return<StoredToken, NotSignedIn | TokenNotPersisted> {
  const { emit, unwritten } = parts
  const id = keyToString(key)
  const isLate = unwritten.has(id)
  unwritten.set(id, { key, replaces: stored.token, fresh })
  const exit = yield* Effect.exit(
    Effect.retry(write(parts, key, stored, fresh), {
      schedule: retries,
      while: ({ _tag }) => _tag === "AccessTokenStoreError"
    })
  )
  const failure = writeFailure(exit)
  if (Option.isSome(failure)) {
    const cause = failure.value
    const error = new TokenNotPersisted({ token: fresh, ...(cause !== undefined && { cause }) })
    if (!isLate) yield* emit(RefreshEvent.NotPersisted({ key, error }))
    return yield* error
  }
  // `retryWrite` takes no lock: it may have stored the token meanwhile, and reported it.
  const isFirst = unwritten.delete(id)
  const written = yield* Effect.catchTag(exit, "AccessTokenStoreError", Effect.die)
  if (isFirst && isSameToken(written.token, fresh)) {
    yield* emit(isLate ? RefreshEvent.Persisted({ key }) : RefreshEvent.Refreshed({ key }))
  }
  return written
})

/**
 * Writes the token that could not be stored, when the record still holds the token that it replaces. Revokes it when the
 * user has signed out. Drops it when the record holds another token.
 */
export const retryWrite = Effect.fnUntraced(function*(parts: Parts, key: Key) {
  const id = keyToString(key)
  const kept = parts.unwritten.get(id)
  if (kept === undefined) return
  const found = yield* parts.store.get(key)
  if (Option.isSome(found) && isSameToken(found.value.token, kept.replaces)) {
    yield* persist(parts, key, found.value, kept.fresh)
  } else if (parts.unwritten.delete(id) && Option.isNone(found)) {
    yield* revokeAfterSignOut(parts, key, kept.fresh)
  }
}, (effect) => Effect.ignore(effect))

/** How often a token that could not be stored is tried again. */
const retriesLater = Schedule.spaced("1 second")

/**
 * Makes a function that starts a fiber, at most one per user, which writes the user's token as soon as the store accepts
 * it, whether anyone asks for the token or not.
 *
 * The fiber takes no lock: a process that holds the lock and sends the old refresh token finds the new token in time.
 */
export const makeRetrier = (parts: Parts): Effect.Effect<(key: Key) => Effect.Effect<void>, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const retrying = new Set<string>()
    return (key) =>
      Effect.suspend(() => {
        const id = keyToString(key)
        if (retrying.has(id)) return Effect.void
        retrying.add(id)
        return Effect.repeat(retryWrite(parts, key), {
          schedule: retriesLater,
          while: () => parts.unwritten.has(id)
        }).pipe(
          Effect.onExit(() => Effect.sync(() => retrying.delete(id))),
          Effect.forkIn(scope),
          Effect.asVoid
        )
      })
  })

/** Tries once more to store all tokens that could not be stored, and logs how many are lost when the process ends. */
export const retryAllAtClose = (parts: Parts): Effect.Effect<void> =>
  Effect.suspend(() =>
    Effect.forEach(Array.from(parts.unwritten.values()), ({ key }) => retryWrite(parts, key), {
      concurrency: "unbounded",
      discard: true
    })
  ).pipe(
    Effect.andThen(Effect.suspend(() =>
      parts.unwritten.size === 0
        ? Effect.void
        : Effect.logError(
          `${parts.unwritten.size} refreshed tokens could not be stored and are lost when this process ends: ` +
            "these users have to sign in again"
        )
    ))
  )
