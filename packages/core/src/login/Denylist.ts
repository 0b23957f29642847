/**
 * Ids that must not be accepted again: used logins and ended sessions.
 *
 * **Details**
 *
 * Two concepts share the list.
 *
 * - **Replay of a login**: the callback of a login adds the login's id until the login expires (`loginTimeout`, ten
 *   minutes). `add` returns `true` to its first caller only, so the code of a login is exchanged once, even if several
 *   servers receive the same callback.
 * - **End of a session**: a sign-out adds the session's id, or the user's id to end all sessions of the user, for
 *   `idleTimeout`. A session cookie is sealed and is not stored on the server. Without the list, a copy of the cookie
 *   would still be valid after the sign-out.
 *
 * **Gotchas**
 *
 * If no `Denylist` is provided, each `DiscordLogin.layer` has its own in memory: other servers do not know the ids, and a
 * restart forgets them. With several servers provide `RedisDenylist.layer` or `SqlDenylist.layer` to
 * `DiscordLogin.layer`. The compiler does not require it.
 *
 * **Example** (Several servers)
 *
 * ```ts
 * import { DiscordLogin, RedisDenylist } from "@discord-oauth2/core"
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer, Redacted } from "effect"
 *
 * const Login = DiscordLogin.layer({
 *   redirectUri: "https://example.com/auth/discord/callback",
 *   keys: [Redacted.make("32 random bytes, from the environment")]
 * }).pipe(
 *   Layer.provide(RedisDenylist.layer()),
 *   Layer.provide(NodeRedis.layer({ url: "redis://127.0.0.1:6379" }))
 * )
 * ```
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { DenylistError } from "../errors/DiscordError.ts"
import * as Sweeper from "../internal/sweeper.ts"

/**
 * Stores ids that must not be accepted again.
 *
 * @category services
 * @since 0.1.0
 */
export class Denylist extends Context.Service<Denylist, {
  /**
   * Adds an id until the given instant, in one atomic step. Returns `true` to the first caller, and `false` to every
   * further caller until then.
   */
  readonly add: (id: string, until: DateTime.Utc) => Effect.Effect<boolean, DenylistError>

  /** Returns when an id was last added, and `None` if it is not on the list. */
  readonly addedAt: (id: string) => Effect.Effect<Option.Option<DateTime.Utc>, DenylistError>
}>()("@discord-oauth2/core/login/Denylist") {}

/**
 * Creates a denylist in memory.
 *
 * **Details**
 *
 * Expired ids are removed whenever the list has doubled.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeMemory = (): Denylist["Service"] => {
  const entries = new Map<string, { readonly addedAt: number; readonly until: number }>()
  const sweeper = Sweeper.make({
    size: () => entries.size,
    sweep: (now) => {
      for (const [id, { until }] of entries) if (until <= now) entries.delete(id)
    }
  })
  return {
    add: (id, until) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        sweeper.ifDoubled(now)
        const known = entries.get(id)
        entries.set(id, { addedAt: now, until: until.epochMilliseconds })
        return known === undefined || known.until <= now
      }),
    addedAt: (id) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const known = entries.get(id)
        return known === undefined || known.until <= now
          ? Option.none()
          : Option.some(DateTime.makeUnsafe(known.addedAt))
      })
  }
}

/**
 * Creates the layer of a denylist in memory, for the servers of one process.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory: Layer.Layer<Denylist> = Layer.sync(Denylist, makeMemory)
