/**
 * Several applications in one process, over one store, one HTTP client and one `effect/crypto`.
 *
 * **When to use**
 *
 * In a service that signs users in to several Discord applications, such as those of its customers. For one application,
 * use `Discord.layer`.
 *
 * **Details**
 *
 * Each application has its own configuration, `OAuth2Client`, `TokenRefresh` and `DiscordSessions`. An application is
 * built at its first use, and closed when it has not been used for `idleTimeToLive`. Before it closes, it finishes the
 * refreshes that were sent. The store has a record for each application and user: a user of two applications has two
 * records, and signing out of one application does not affect the other.
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
 * The services of one application.
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
 * The errors of an application that cannot be built: it is unknown, or its options are invalid or cannot be loaded.
 *
 * @category errors
 * @since 0.1.0
 */
export type Failure = DiscordConfigurationError | UnknownClient

/**
 * How applications are configured, and how long they are kept.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options<out R = never> {
  /**
   * Loads the options of an application. It fails with `UnknownClient` if there is no such application, and with
   * `DiscordConfigurationError` if the options cannot be loaded, such as when a database is down. A failure is not cached.
   */
  readonly config: (
    clientId: ApplicationId
  ) => Effect.Effect<Omit<DiscordConfig.Options, "clientId">, Failure, R>

  /** How tokens are refreshed, in every application. */
  readonly refresh?: TokenRefresh.Options | undefined

  /**
   * The middleware of all applications' requests. They share it because Discord counts invalid requests by IP address.
   *
   * @default Limits.layerMemory()
   */
  readonly middleware?: Layer.Layer<RequestMiddleware, never, R> | undefined

  /**
   * How long an unused application is kept.
   *
   * @default 10 minutes
   */
  readonly idleTimeToLive?: Duration.Input | undefined
}

/**
 * Builds applications when they are first used.
 *
 * @category services
 * @since 0.1.0
 */
export class DiscordApplications extends Context.Service<DiscordApplications, {
  /** Returns the layer of an application. The application is kept at least as long as the layer is in use. */
  readonly get: (clientId: ApplicationId) => Layer.Layer<Services, Failure>

  /**
   * Discards an application, such as after its client secret was changed. The next use builds it again. Effects that use
   * it now continue with the old one.
   */
  readonly invalidate: (clientId: ApplicationId) => Effect.Effect<void>
}>()("@discord-oauth2/core/DiscordApplications") {}

/**
 * Returns the layer of an application, for `Effect.provide`.
 *
 * **Gotchas**
 *
 * Use a session only in the effect that the application is provided to. A session that is kept longer still works, but an
 * application that closes does not wait for its refreshes. Keep the user's id, and get a new session from
 * `DiscordSessions`.
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
 * Builds the service over the store, the HTTP client and `effect/crypto` of the context.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*<R>(
  options: Options<R>
): Effect.fn.Return<DiscordApplications["Service"], never, R | Shared | Scope.Scope> {
  // An application is built in the fiber of its first user, whose services may be other ones.
  const shared = Layer.succeedContext(yield* Effect.context<R | Shared>())
  const middleware = Layer.succeedContext(yield* Layer.build(options.middleware ?? Limits.layerMemory()))

  const applications: LayerMap.LayerMap<ApplicationId, Services, Failure> = yield* LayerMap.make(
    (clientId: ApplicationId) => {
      const config = options.config(clientId).pipe(
        Effect.flatMap((given) => DiscordConfig.make({ ...given, clientId })),
        // Otherwise the map would keep the failure as long as an application.
        Effect.onError(() => applications.invalidate(clientId))
      )
      // Fresh, because the map builds equal layers once: all applications would share the first one's client.
      return Layer.fresh(
        Discord.layer({ refresh: options.refresh, middleware }).pipe(
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
 * Creates the layer of the service over the store, the HTTP client and `effect/crypto` of the context.
 *
 * **Details**
 *
 * When the layer closes, all applications close, after the refreshes that were sent.
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
