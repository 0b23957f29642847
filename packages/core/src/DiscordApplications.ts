/**
 * Several applications in one process, over one store, one HTTP client and one `effect/crypto`.
 *
 * **When to use**
 *
 * Where a service signs users in to applications of many customers, or of its own. One application needs `Discord.layer`
 * alone.
 *
 * **Details**
 *
 * Each application has a configuration, grants, a refresh and sessions of its own. It is built when it is first asked
 * for, once however many ask at the same time, and let go when nobody has used it for a while. What is let go first
 * finishes the refreshes that are on their way. Records are kept by application and user, so a user of two applications
 * has two of them, and signing out of one does not touch the other.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { Digest } from "effect/crypto/Digest"
import type { SecureRandom } from "effect/crypto/SecureRandom"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as LayerMap from "effect/LayerMap"
import type * as Scope from "effect/Scope"
import type { DiscordClient } from "./api/DiscordClient.ts"
import * as DiscordConfig from "./api/DiscordConfig.ts"
import type { RequestMiddleware } from "./api/RequestMiddleware.ts"
import * as Discord from "./Discord.ts"
import type { DiscordConfigurationError, UnknownClient } from "./errors/DiscordError.ts"
import * as Limits from "./limits/Limits.ts"
import type { ApplicationId } from "./models/Snowflake.ts"
import type { OAuth2Client } from "./oauth2/OAuth2Client.ts"
import type { DiscordSessions } from "./session/DiscordSessions.ts"
import type { AccessTokenStore } from "./tokens/AccessTokenStore.ts"
import type * as TokenRefresh from "./tokens/TokenRefresh.ts"

/**
 * What each application has of its own.
 *
 * @category models
 * @since 0.1.0
 */
export type Services =
  | DiscordClient
  | DiscordConfig.DiscordConfig
  | DiscordSessions
  | OAuth2Client
  | TokenRefresh.TokenRefresh

/**
 * Why there is no such application: nobody knows it, or its options are wrong or cannot be had.
 *
 * @category errors
 * @since 0.1.0
 */
export type Failure = DiscordConfigurationError | UnknownClient

/**
 * Where the applications come from, and how long they stay.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options<out R = never> {
  /**
   * The options of one application. It fails with `UnknownClient` where there is no such application, and with
   * `DiscordConfigurationError` where they cannot be had, as from a database that is down. A failure is not remembered: whoever
   * asks next asks again.
   */
  readonly config: (
    clientId: ApplicationId
  ) => Effect.Effect<Omit<DiscordConfig.Options, "clientId">, Failure, R>

  /** When tokens are refreshed, in every application. */
  readonly refresh?: TokenRefresh.Options | undefined

  /**
   * What stands before the requests of all applications: they share an address, and so the limit of invalid requests.
   *
   * @default Limits.layerMemory()
   */
  readonly guard?: Layer.Layer<RequestMiddleware, never, R> | undefined

  /**
   * How long an application stays that nobody uses.
   *
   * @default 10 minutes
   */
  readonly idleTimeToLive?: Duration.Input | undefined
}

/**
 * The service of the applications.
 *
 * @category services
 * @since 0.1.0
 */
export class DiscordApplications extends Context.Service<DiscordApplications, {
  /** One application, which stays as long as what it is provided to runs. */
  readonly get: (clientId: ApplicationId) => Layer.Layer<Services, Failure>

  /**
   * Lets an application be built anew for whoever asks next, as after its client secret was changed. Who uses it now goes
   * on with the old one.
   */
  readonly invalidate: (clientId: ApplicationId) => Effect.Effect<void>
}>()("@discord-oauth2/core/DiscordApplications") {}

/**
 * One application, for `Effect.provide`.
 *
 * **Gotchas**
 *
 * Sessions belong to the effect that the application is provided to. One that is kept longer still works, but nobody
 * waits for its refreshes when the application is let go: keep the user's id, and ask `DiscordSessions` again.
 *
 * **Example** (The name of a user of any application)
 *
 * ```ts
 * import { DiscordApplications, DiscordSessions, type Snowflake, User } from "@discord-oauth2/core"
 * import { Effect } from "effect"
 *
 * const nameOf = Effect.fn(function*(userId: Snowflake.UserId) {
 *   const sessions = yield* DiscordSessions.DiscordSessions
 *   const session = yield* sessions.get(userId)
 *   return User.displayName(yield* session.getCurrentUser())
 * })
 *
 * const nameIn = (clientId: Snowflake.ApplicationId, userId: Snowflake.UserId) =>
 *   Effect.provide(nameOf(userId), DiscordApplications.get(clientId))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const get = (clientId: ApplicationId): Layer.Layer<Services, Failure, DiscordApplications> =>
  Layer.unwrap(Effect.map(DiscordApplications, (applications) => applications.get(clientId)))

type Shared = AccessTokenStore | HttpClient | SecureRandom | Digest

/**
 * Builds the applications over what they share.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*<R>(
  options: Options<R>
): Effect.fn.Return<DiscordApplications["Service"], never, R | Shared | Scope.Scope> {
  // Whoever asks first runs the build with the services around them, which may be others: these are the ones that count.
  const shared = Layer.succeedContext(yield* Effect.context<R | Shared>())
  const guard = Layer.succeedContext(yield* Layer.build(options.guard ?? Limits.layerMemory()))

  const applications: LayerMap.LayerMap<ApplicationId, Services, Failure> = yield* LayerMap.make(
    (clientId: ApplicationId) => {
      const config = options.config(clientId).pipe(
        Effect.flatMap((given) => DiscordConfig.make({ ...given, clientId })),
        // The map would keep the failure as long as an application.
        Effect.onError(() => applications.invalidate(clientId))
      )
      // Fresh, for the map shares what is built from the same layer: the next application would have the first one's client.
      return Layer.fresh(
        Discord.layer({ refresh: options.refresh, guard }).pipe(
          Layer.provideMerge(Layer.effect(DiscordConfig.DiscordConfig, config)),
          Layer.provide(shared)
        )
      )
    },
    { idleTimeToLive: options.idleTimeToLive ?? "10 minutes" }
  )

  return DiscordApplications.of({
    get: (clientId) => applications.get(clientId),
    invalidate: (clientId) => applications.invalidate(clientId)
  })
})

/**
 * The applications over the current store, client and crypto.
 *
 * **Details**
 *
 * When the layer closes, all applications do, after the refreshes that are on their way.
 *
 * **Example** (Applications of a table)
 *
 * ```ts
 * import { DiscordApplications, DiscordError } from "@discord-oauth2/core"
 * import { Effect, Redacted } from "effect"
 * import { SqlClient } from "effect/sql"
 *
 * const layer = DiscordApplications.layer({
 *   config: Effect.fnUntraced(function*(clientId) {
 *     const sql = yield* SqlClient.SqlClient
 *     const [row] = yield* sql<{ readonly secret: string }>`SELECT secret FROM applications WHERE id = ${clientId}`
 *     if (row === undefined) return yield* new DiscordError.UnknownClient({ clientId })
 *     return { clientSecret: Redacted.make(row.secret) }
 *   }, Effect.catchTag("SqlError", () =>
 *     Effect.fail(new DiscordError.DiscordConfigurationError({ description: "The table of applications cannot be read." })))),
 *   idleTimeToLive: "1 hour"
 * })
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <R = never>(options: Options<R>): Layer.Layer<DiscordApplications, never, R | Shared> =>
  Layer.effect(DiscordApplications, make(options))
