/**
 * Ids that are good no more: logins whose callback came, sessions that were signed out of.
 *
 * **Details**
 *
 * `DiscordLogin` spends each login here, so that of two callbacks one is exchanged, and `SessionCookie` the sessions that
 * have ended, so that a copy of their cookie opens nothing. An id is kept until nothing could bring it back any more: ten
 * minutes for a login, `idleTimeout` for a session.
 *
 * **Gotchas**
 *
 * Where no `Denylist` are provided, each `DiscordLogin.layer` keeps its own in memory: another server does not know them,
 * and a restart forgets them. With several servers provide `RedisDenylist.layer` or `SqlDenylist.layer` to
 * `DiscordLogin.layer`; the compiler does not ask for it.
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
 * Where spent ids are kept.
 *
 * @category services
 * @since 0.1.0
 */
export class Denylist extends Context.Service<Denylist, {
  /**
   * Spends an id, in one step that nobody can come between: `true` for its first caller, `false` for every other until
   * the given moment.
   */
  readonly spend: (id: string, until: DateTime.Utc) => Effect.Effect<boolean, DenylistError>

  /** When an id was spent last: `None` where it is still good. */
  readonly spentAt: (id: string) => Effect.Effect<Option.Option<DateTime.Utc>, DenylistError>
}>()("@discord-oauth2/core/login/Denylist") {}

/**
 * Makes a memory of spent ids.
 *
 * **Details**
 *
 * Ids whose time is up are removed whenever their number has doubled.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeMemory = (): Denylist["Service"] => {
  const spent = new Map<string, { readonly at: number; readonly until: number }>()
  const sweeper = Sweeper.make({
    size: () => spent.size,
    sweep: (now) => {
      for (const [id, { until }] of spent) if (until <= now) spent.delete(id)
    }
  })
  return {
    spend: (id, until) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        sweeper.ifDoubled(now)
        const known = spent.get(id)
        spent.set(id, { at: now, until: until.epochMilliseconds })
        return known === undefined || known.until <= now
      }),
    spentAt: (id) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const known = spent.get(id)
        return known === undefined || known.until <= now ? Option.none() : Option.some(DateTime.makeUnsafe(known.at))
      })
  }
}

/**
 * The current service, or a memory of its own where none is provided.
 *
 * @category constructors
 * @since 0.1.0
 */
export const orMemory: Effect.Effect<Denylist["Service"]> = Effect.map(
  Effect.serviceOption(Denylist),
  Option.getOrElse(makeMemory)
)

/**
 * A memory that several servers of one process can share.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory: Layer.Layer<Denylist> = Layer.sync(Denylist, makeMemory)
