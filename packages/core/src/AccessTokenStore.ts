/**
 * Where signed-in users' tokens are kept, one record a user and application.
 *
 * **Details**
 *
 * A record has a generation that grows with every write. A refresh writes only over the generation it started from, and
 * a dead grant is removed only where it is still the one that was refused: what another fiber or process wrote meanwhile
 * is never lost.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as RcMap from "effect/RcMap"
import * as Semaphore from "effect/Semaphore"
import type { AccessToken } from "./AccessToken.ts"
import type { AccessTokenStoreError } from "./DiscordError.ts"
import type { ApplicationId, UserId } from "./Snowflake.ts"

/**
 * Whose token it is, and which application's.
 *
 * @category models
 * @since 0.1.0
 */
export interface Key {
  readonly clientId: ApplicationId
  readonly userId: UserId
}

/**
 * A stored token and its generation.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredToken {
  readonly token: AccessToken
  readonly generation: number
}

/**
 * The store.
 *
 * **Example** (A store over another that notes each sign-in)
 *
 * ```ts
 * import { AccessTokenStore } from "@discord-oauth2/core"
 * import { Effect, Layer } from "effect"
 *
 * const layer = Layer.effect(
 *   AccessTokenStore.AccessTokenStore,
 *   Effect.map(AccessTokenStore.AccessTokenStore, (store) => ({
 *     ...store,
 *     put: (key, token) => Effect.tap(store.put(key, token), Effect.log(`${key.userId} has signed in`))
 *   }))
 * ).pipe(Layer.provide(AccessTokenStore.layerMemory))
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class AccessTokenStore extends Context.Service<AccessTokenStore, {
  /** The user's token, if there is one. */
  readonly get: (key: Key) => Effect.Effect<Option.Option<StoredToken>, AccessTokenStoreError>

  /** Writes the token of a sign-in over whatever is there. */
  readonly put: (key: Key, token: AccessToken) => Effect.Effect<StoredToken, AccessTokenStoreError>

  /** Writes a token over one generation alone; `None`, and nothing written, where the record is another or gone. */
  readonly replace: (
    key: Key,
    generation: number,
    token: AccessToken
  ) => Effect.Effect<Option.Option<StoredToken>, AccessTokenStoreError>

  /** Removes the user's token. */
  readonly remove: (key: Key) => Effect.Effect<void, AccessTokenStoreError>

  /** Removes one generation alone, and tells whether it was there. */
  readonly removeGeneration: (key: Key, generation: number) => Effect.Effect<boolean, AccessTokenStoreError>

  /** Runs an effect while no other holds the user's lock, in whatever process shares the store. */
  readonly withLock: (
    key: Key
  ) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | AccessTokenStoreError, R>
}>()("@discord-oauth2/core/AccessTokenStore") {}

/**
 * A key as one string.
 *
 * @category getters
 * @since 0.1.0
 */
export const keyToString = (key: Key): string => `${key.clientId}:${key.userId}`

/**
 * Tokens in the memory of this process: for tests, and for applications whose users may sign in again after a restart.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory: Layer.Layer<AccessTokenStore> = Layer.effect(
  AccessTokenStore,
  Effect.gen(function*() {
    const records = new Map<string, StoredToken>()
    // Generations are drawn from one counter, so that a record that was removed and written again is another one.
    let generation = 0
    const write = (id: string, token: AccessToken): StoredToken => {
      const stored = { token, generation: ++generation }
      records.set(id, stored)
      return stored
    }
    const locks = yield* RcMap.make({ lookup: (_: string) => Semaphore.make(1) })
    return AccessTokenStore.of({
      get: (key) => Effect.sync(() => Option.fromUndefinedOr(records.get(keyToString(key)))),
      put: (key, token) => Effect.sync(() => write(keyToString(key), token)),
      replace: (key, generation, token) =>
        Effect.sync(() => {
          const id = keyToString(key)
          return records.get(id)?.generation === generation ? Option.some(write(id, token)) : Option.none()
        }),
      remove: (key) => Effect.sync(() => void records.delete(keyToString(key))),
      removeGeneration: (key, generation) =>
        Effect.sync(() => {
          const id = keyToString(key)
          return records.get(id)?.generation === generation && records.delete(id)
        }),
      withLock: (key) => (effect) =>
        Effect.scoped(
          Effect.flatMap(RcMap.get(locks, keyToString(key)), (lock) => Semaphore.withPermit(lock, effect))
        )
    })
  })
)
