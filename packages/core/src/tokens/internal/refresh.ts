/**
 * Refreshes one user's token, in the order of the steps of `docs/tokens.md`.
 *
 * Only one process holds the user's lock, so no other sends this refresh token meanwhile.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import {
  AccessTokenNotRefreshable,
  type AccessTokenStoreError,
  InvalidRefreshToken,
  NotSignedIn,
  type RefreshOutcomeUnknown
} from "../../errors/DiscordError.ts"
import type { AccessToken } from "../../models/AccessToken.ts"
import { type Content, type Key, keyToString, type StoredToken } from "../AccessTokenStore.ts"
import * as RefreshEvent from "../RefreshEvent.ts"
import { isSameToken } from "./isSameToken.ts"
import { type Failure, leavesTokenUnused, settlesMark } from "./refreshFailure.ts"
import * as RefreshMark from "./refreshMark.ts"
import { adopt, type Parts, persist } from "./refreshWrite.ts"

/** Runs an effect while this process holds the user's lock. */
export type Lock = <A, E, R>(
  effect: Effect.Effect<A, E, R>
) => Effect.Effect<A, E | AccessTokenStoreError, R>

/** Step 1: takes the lock, unless the store holds a newer token already. */
export const refresh = (
  parts: Parts,
  key: Key,
  refused: AccessToken,
  lock: Lock
): Effect.Effect<StoredToken, Failure> =>
  Effect.flatMap(
    readLatest(parts, key, refused),
    ({ isNewer, stored }) => isNewer ? Effect.succeed(stored) : lock(refreshUnderLock(parts, key, refused))
  )

/** Step 2: reads the record, and tells whether its token can be used in place of the refused one. */
const readLatest = Effect.fnUntraced(function*({ emit, store }: Parts, key: Key, refused: AccessToken) {
  const found = yield* store.get(key)
  if (Option.isNone(found)) return yield* new NotSignedIn({ userId: key.userId })
  const { token } = found.value
  const isNewer = !isSameToken(token, refused) &&
    token.expires_at.epochMilliseconds > (yield* Clock.currentTimeMillis)
  if (isNewer) yield* emit(RefreshEvent.Adopted({ key }))
  return { stored: found.value, isNewer }
})

/** Steps 2 to 4: uses what is there already, waits for a process that may be slow, marks the record, and sends. */
const refreshUnderLock: (
  parts: Parts,
  key: Key,
  refused: AccessToken,
  hasWaited?: boolean
) => Effect.Effect<StoredToken, Failure> = Effect.fnUntraced(
  function*(parts, key, refused, hasWaited = false) {
    const { isNewer, stored } = yield* readLatest(parts, key, refused)
    if (isNewer) return stored
    const kept = parts.unwritten.get(keyToString(key))
    if (kept !== undefined && isSameToken(kept.replaces, stored.token)) {
      return yield* persist(parts, key, stored, kept.fresh)
    }
    if (stored.token.refresh_token === undefined) return yield* new AccessTokenNotRefreshable()
    if (!hasWaited && stored.sentAt !== undefined && stored.isLost !== true) {
      yield* RefreshMark.awaitSender(parts.store, key, stored, stored.sentAt)
      return yield* refreshUnderLock(parts, key, refused, true)
    }
    const marked = yield* RefreshMark.mark(parts.store, key, stored)
    return Option.isNone(marked)
      ? yield* refreshUnderLock(parts, key, refused)
      : yield* send(parts, key, marked.value, stored.sentAt === undefined)
  }
)

/** Steps 4 and 5: sends the refresh token once, and stores the new token before anyone sees it. */
const send = (parts: Parts, key: Key, marked: StoredToken, isFirst: boolean) =>
  parts.client.refresh(marked.token).pipe(
    Effect.flatMap((fresh) => persist(parts, key, marked, fresh)),
    Effect.catchTags({
      InvalidRefreshToken: (error) => removeDeadGrant(parts, key, marked, isFirst, error),
      RefreshOutcomeUnknown: (error) => reportUnknownOutcome(parts, key, marked, error)
    }),
    // A token that could not be stored keeps its mark until it is. Otherwise nobody needs to wait for this process.
    Effect.tapError((error) =>
      settlesMark(error)
        ? Effect.void
        : Effect.ignore(
          RefreshMark.updateMark(parts.store, key, marked, markAfter(error, marked, isFirst))
        )
    )
  )

/** Step 6: removes the record of a token that Discord rejects, unless it holds another token by now. */
const removeDeadGrant = Effect.fnUntraced(function*(
  parts: Parts,
  key: Key,
  marked: StoredToken,
  isFirst: boolean,
  { description, reason }: InvalidRefreshToken
) {
  const found = yield* RefreshMark.removeIfUnchanged(parts.store, key, marked)
  if (Option.isSome(found)) return yield* adopt(parts, key, found.value)
  const error = new InvalidRefreshToken({
    reason: isFirst ? reason : "outcome-unknown",
    ...(description !== undefined && { description })
  })
  yield* parts.emit(RefreshEvent.Dead({ key, error }))
  return yield* error
})

/** Step 7: keeps the token when the response is lost, unless the record holds another token by now. */
const reportUnknownOutcome = Effect.fnUntraced(function*(
  parts: Parts,
  key: Key,
  marked: StoredToken,
  error: RefreshOutcomeUnknown
) {
  const found = yield* parts.store.get(key)
  if (Option.isSome(found) && !isSameToken(found.value.token, marked.token)) {
    return yield* adopt(parts, key, found.value)
  }
  yield* parts.emit(RefreshEvent.OutcomeUnknown({ key, error }))
  return yield* error
})

/** Step 7: no mark when the refresh token is certainly unused; otherwise a mark whose response is known to be lost. */
const markAfter = (error: Failure, { sentAt }: StoredToken, isFirst: boolean): Omit<Content, "token"> =>
  isFirst && leavesTokenUnused(error) ? {} : { ...(sentAt && { sentAt }), isLost: true }
