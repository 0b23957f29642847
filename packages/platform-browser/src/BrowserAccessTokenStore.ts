/**
 * Tokens in the browser's storage, one JSON value a user, so that a pair is never written by halves.
 *
 * **Gotchas**
 *
 * Whatever script runs on the page can read the storage. `BrowserDiscord.layer` keeps tokens in memory; this store is
 * for applications that want their users to stay signed in over a reload, and have a Content Security Policy.
 *
 * @since 0.1.0
 */
import * as AccessToken from "@discord-oauth2/core/AccessToken"
import * as AccessTokenStore from "@discord-oauth2/core/AccessTokenStore"
import { AccessTokenStoreError } from "@discord-oauth2/core/DiscordError"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as RcMap from "effect/RcMap"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as BrowserStorage from "./BrowserStorage.ts"
import { withWebLock } from "./internal/webLock.ts"

/**
 * Which storage, and how long to wait for it.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The storage, asked for at every use. */
  readonly storage: () => Storage

  /**
   * How long to wait for a lock that another tab holds; then `AccessTokenStoreError`.
   *
   * @default 1 minute
   */
  readonly lockTimeout?: Duration.Input | undefined
}

const Stored = Schema.fromJsonString(Schema.Struct({
  version: Schema.Literal(1),
  generation: Schema.Int,
  token: AccessToken.AccessToken
}))

const decode = Schema.decodeOption(Stored)
const encode = Schema.encodeSync(Stored)

/** A record that is there and cannot be read. What is wrong with it stays unsaid, for it may quote the token. */
const corrupt = "corrupt"

type Read = AccessTokenStore.StoredToken | undefined | typeof corrupt

const idOf = (key: AccessTokenStore.Key) => `discord-oauth2:token:${AccessTokenStore.keyToString(key)}`

const read = (storage: Storage, key: AccessTokenStore.Key): Read => {
  const text = storage.getItem(idOf(key))
  return text === null ? undefined : Option.getOrElse(decode(text), () => corrupt)
}

/**
 * The store over any `Storage`.
 *
 * **Details**
 *
 * A record that cannot be read fails every call with `AccessTokenStoreError` and stays as it is, until the user signs in
 * again (`put`) or out (`remove`). What the storage throws (no room left, site data blocked) is the error's `cause`.
 * The lock is a Web Lock, which every tab of the origin respects, and where there are none a lock of this page.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(options: Options) {
  const locks = yield* BrowserStorage.Locks
  const lockTimeout = Duration.fromInputUnsafe(options.lockTimeout ?? "1 minute")
  const semaphores = yield* RcMap.make({ lookup: (_: string) => Semaphore.make(1) })
  let latest = 0

  /** One turn of the event loop, so that nothing comes between the reading and the writing. */
  const operate = <A>(
    operation: string,
    f: (storage: Storage, now: number) => A | typeof corrupt
  ): Effect.Effect<A, AccessTokenStoreError> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.flatMap(
        Effect.try({
          try: () => f(options.storage(), now),
          catch: (cause) => new AccessTokenStoreError({ operation, cause })
        }),
        (result) =>
          result === corrupt
            ? Effect.fail(
              new AccessTokenStoreError({ operation, cause: new Error("the record is corrupt or of another version") })
            )
            : Effect.succeed(result)
      ))

  /** Generations follow the clock, so that a record that was removed and written again is another one. */
  const write = (
    storage: Storage,
    now: number,
    key: AccessTokenStore.Key,
    before: Read,
    token: AccessToken.AccessToken
  ): AccessTokenStore.StoredToken => {
    const previous = before === undefined || before === corrupt ? 0 : before.generation
    const generation = Math.max(now, latest + 1, previous + 1)
    storage.setItem(idOf(key), encode({ version: 1, generation, token }))
    latest = generation
    return { token, generation }
  }

  return AccessTokenStore.AccessTokenStore.of({
    get: (key) => Effect.map(operate("get", (storage) => read(storage, key)), Option.fromUndefinedOr),
    put: (key, token) => operate("put", (storage, now) => write(storage, now, key, read(storage, key), token)),
    replace: (key, generation, token) =>
      operate("replace", (storage, now) => {
        const before = read(storage, key)
        if (before === corrupt) return corrupt
        return before?.generation === generation
          ? Option.some(write(storage, now, key, before, token))
          : Option.none()
      }),
    remove: (key) => operate("remove", (storage) => storage.removeItem(idOf(key))),
    removeGeneration: (key, generation) =>
      operate("removeGeneration", (storage) => {
        const before = read(storage, key)
        if (before === corrupt) return corrupt
        if (before?.generation !== generation) return false
        storage.removeItem(idOf(key))
        return true
      }),
    withLock: (key) =>
      locks === undefined
        ? (effect) =>
          Effect.scoped(
            Effect.flatMap(RcMap.get(semaphores, idOf(key)), (semaphore) => Semaphore.withPermit(semaphore, effect))
          )
        : withWebLock(locks, idOf(key), lockTimeout)
  })
})

/**
 * The store over any `Storage`.
 *
 * **Gotchas**
 *
 * `localStorage` outlives the tab and the browser, and shares the user's tokens with every tab of the origin: whatever
 * script gets onto the page once has them for weeks. Nothing here chooses it for you.
 *
 * **Example** (Users who stay signed in over a restart of the browser)
 *
 * ```ts
 * import { BrowserAccessTokenStore, BrowserDiscord } from "@discord-oauth2/platform-browser"
 * import { Layer } from "effect"
 *
 * const layer = BrowserDiscord.layerWithStore({ clientId: "157730590492196864" }).pipe(
 *   Layer.provideMerge(BrowserAccessTokenStore.layer({ storage: () => globalThis.localStorage }))
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<AccessTokenStore.AccessTokenStore> =>
  Layer.effect(AccessTokenStore.AccessTokenStore, make(options))

/**
 * The store over `sessionStorage`: a user stays signed in over a reload of the tab, and no longer than the tab.
 *
 * **Gotchas**
 *
 * A tab that the user duplicates starts with a copy. Discord's refresh tokens work once, so after the first of the two
 * has refreshed its own, the other's user has to sign in again.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerSessionStorage: Layer.Layer<AccessTokenStore.AccessTokenStore> = Layer.effect(
  AccessTokenStore.AccessTokenStore,
  Effect.flatMap(BrowserStorage.SessionStorage, (storage) => make({ storage }))
)
