/**
 * Changes a record as long as it holds the same token, and waits for the process whose mark it has.
 *
 * The mark (`sentAt`) says that the record's refresh token was sent and that the response is not known. Another process
 * may change the application's data in the record at any time, which gives it a new generation: these functions read the
 * record again then, and try once more.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AccessTokenStoreError } from "../../errors/DiscordError.ts"
import { monotonicMillis } from "../../internal/monotonicMillis.ts"
import type { AccessTokenStore, Content, Key, StoredToken } from "../AccessTokenStore.ts"
import { isSameToken } from "./isSameToken.ts"

type Store = AccessTokenStore["Service"]

/** How often a waiting process reads the record again. */
const pollInterval = Duration.millis(200)

/**
 * Writes into the record that its refresh token is about to be sent. Returns `None`, and writes nothing, when the record
 * has another generation or is gone.
 */
export const mark = (
  store: Store,
  key: Key,
  { generation, token }: StoredToken
): Effect.Effect<Option.Option<StoredToken>, AccessTokenStoreError> =>
  Effect.flatMap(DateTime.now, (sentAt) => store.replace(key, generation, { token, sentAt }))

/** Changes the mark of the record, as long as it holds this token. */
export const updateMark: (
  store: Store,
  key: Key,
  stored: StoredToken,
  mark: Omit<Content, "token">
) => Effect.Effect<void, AccessTokenStoreError> = Effect.fnUntraced(function*(store, key, stored, mark) {
  const written = yield* store.replace(key, stored.generation, { token: stored.token, ...mark })
  if (Option.isSome(written)) return
  const found = yield* store.get(key)
  if (Option.isSome(found) && isSameToken(found.value.token, stored.token)) {
    yield* updateMark(store, key, found.value, mark)
  }
})

/** Removes the record, as long as it holds this token. Returns the record of another token, which stays. */
export const removeIfUnchanged: (
  store: Store,
  key: Key,
  stored: StoredToken
) => Effect.Effect<Option.Option<StoredToken>, AccessTokenStoreError> = Effect.fnUntraced(
  function*(store, key, stored) {
    if (yield* store.removeGeneration(key, stored.generation)) return Option.none()
    const found = yield* store.get(key)
    return Option.isSome(found) && isSameToken(found.value.token, stored.token)
      ? yield* removeIfUnchanged(store, key, found.value)
      : found
  }
)

/** Returns whether the process that marked the record may still store its response. */
const isAwaited = (found: Option.Option<StoredToken>, stored: StoredToken): boolean =>
  Option.isSome(found) && found.value.sentAt !== undefined && found.value.isLost !== true &&
  isSameToken(found.value.token, stored.token)

/**
 * Waits until the process that sent the token at `sentAt` has stored its response, at most until the mark is as old as
 * the store's `grace`. That process has lost its lock, but it may be slow rather than dead.
 *
 * A mark from a clock that is ahead delays no longer than `grace`.
 */
export const awaitSender = Effect.fnUntraced(function*(
  store: Store,
  key: Key,
  stored: StoredToken,
  sentAt: DateTime.Utc
): Effect.fn.Return<void, AccessTokenStoreError> {
  const grace = Duration.toMillis(store.grace)
  const age = (yield* Clock.currentTimeMillis) - sentAt.epochMilliseconds
  const end = (yield* monotonicMillis) + Math.ceil(Math.min(Math.max(grace - age, 0), grace))
  while ((yield* monotonicMillis) < end) {
    yield* Effect.sleep(pollInterval)
    if (!isAwaited(yield* store.get(key), stored)) return
  }
})
