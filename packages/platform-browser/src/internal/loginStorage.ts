/** What a login keeps in `sessionStorage`: the pending logins of the tab, and the id of its signed-in user. */
import { AccessTokenStoreError } from "@discord-oauth2/core/errors/DiscordError"
import { UserId } from "@discord-oauth2/core/models/Snowflake"
import * as PendingAuthorization from "@discord-oauth2/core/oauth2/PendingAuthorization"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

type Pending = PendingAuthorization.PendingAuthorization

export interface LoginStorage {
  /** Stores a pending login until its callback, and removes those that have expired. */
  readonly keep: (pending: Pending) => Effect.Effect<void, AccessTokenStoreError>
  /** Removes and returns the pending login with this `state`. */
  readonly take: (state: string) => Effect.Effect<Option.Option<Pending>, AccessTokenStoreError>
  /** The user who signed in last in this tab. */
  readonly userId: Effect.Effect<Option.Option<UserId>, AccessTokenStoreError>
  readonly setUserId: (userId: UserId) => Effect.Effect<void, AccessTokenStoreError>
  readonly removeUserId: Effect.Effect<void, AccessTokenStoreError>
}

const PendingJson = Schema.fromJsonString(PendingAuthorization.PendingAuthorization)
const encodePending = Schema.encodeSync(PendingJson)
const decodePending = Schema.decodeOption(PendingJson)
const decodeUserId = Schema.decodeOption(UserId)

const keysOf = (storage: Storage) => Array.from({ length: storage.length }, (_, index) => storage.key(index))

export const make = (sessionStorage: () => Storage, clientId: string): LoginStorage => {
  const userKey = `discord-oauth2:user:${clientId}`
  const pendingPrefix = `discord-oauth2:pending:${clientId}:`

  const use = <A>(operation: string, f: (storage: Storage) => A) =>
    Effect.try({
      try: () => f(sessionStorage()),
      catch: (cause) => new AccessTokenStoreError({ operation, cause })
    })

  const removeExpired = (storage: Storage, now: DateTime.Utc) => {
    for (const key of keysOf(storage)) {
      if (key?.startsWith(pendingPrefix) !== true) continue
      const pending = decodePending(storage.getItem(key) ?? "")
      if (Option.isNone(pending) || PendingAuthorization.isExpired(pending.value, now)) storage.removeItem(key)
    }
  }

  return {
    keep: (pending) =>
      Effect.flatMap(DateTime.now, (now) =>
        use("start", (storage) => {
          removeExpired(storage, now)
          storage.setItem(pendingPrefix + Redacted.value(pending.state), encodePending(pending))
        })),
    take: (state) =>
      use("complete", (storage) => {
        const text = storage.getItem(pendingPrefix + state)
        storage.removeItem(pendingPrefix + state)
        return text === null ? Option.none() : decodePending(text)
      }),
    userId: Effect.map(
      use("current", (storage) => storage.getItem(userKey)),
      (text) => Option.flatMap(Option.fromNullOr(text), decodeUserId)
    ),
    setUserId: (userId) => use("complete", (storage) => storage.setItem(userKey, userId)),
    removeUserId: use("current", (storage) => storage.removeItem(userKey))
  }
}
