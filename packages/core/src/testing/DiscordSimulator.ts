/**
 * A Discord for tests and demos. It has users, guilds and an application, a consent page, grants, scopes, rate limits and
 * faults. It implements every endpoint of the declaration that the client is derived from, and stores what requests change:
 * commands, lobbies, entitlements and group DMs.
 *
 * **When to use**
 *
 * Use it in memory (`layerTest`, or `layerHttpClient`) to test an application without a socket. Use it over HTTP (`routes`)
 * to sign in with a browser.
 *
 * **Details**
 *
 * It takes the time from `Clock`, so a test expires a code with `TestClock`. Its behaviour follows Discord's documentation,
 * its OpenAPI document and its issue tracker.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Aead from "effect/crypto/Aead"
import * as Digest from "effect/crypto/Digest"
import * as Kdf from "effect/crypto/Kdf"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type { DiscordClient } from "../api/DiscordClient.ts"
import * as DiscordConfig from "../api/DiscordConfig.ts"
import * as Discord from "../Discord.ts"
import type { DiscordConfigurationError } from "../errors/DiscordError.ts"
import type { User } from "../models/User.ts"
import type { OAuth2Client } from "../oauth2/OAuth2Client.ts"
import type { DiscordSessions } from "../session/DiscordSessions.ts"
import * as AccessTokenStore from "../tokens/AccessTokenStore.ts"
import type { TokenRefresh } from "../tokens/TokenRefresh.ts"
import type { Fault } from "./Fault.ts"
import * as authorizations from "./internal/authorizations.ts"
import * as faults from "./internal/faults.ts"
import * as grantControls from "./internal/grantControls.ts"
import * as pages from "./internal/pages.ts"
import * as populate from "./internal/populate.ts"
import * as rateLimit from "./internal/rateLimit.ts"
import * as server from "./internal/server.ts"
import type { Simulation } from "./internal/simulation.ts"
import * as worlds from "./internal/world.ts"
import * as worldControls from "./internal/worldControls.ts"
import { ConnectionDropped } from "./SimulatorError.ts"
import type { Application, LoggedRequest } from "./World.ts"

/**
 * The options of a simulator.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The application. Most tests set its `redirectUris`. */
  readonly application?: Partial<Application> | undefined

  /** The first user, who owns the application. */
  readonly user?: Partial<User> | undefined

  /**
   * The URL of Discord: the issuer of callbacks, and the origin that `layerConfig` uses.
   *
   * @default "https://discord.com"
   */
  readonly issuer?: string | undefined

  /**
   * The rate limit of a user for a route.
   *
   * @default 1000 requests in 10 seconds
   */
  readonly rateLimit?: { readonly limit: number; readonly window: Duration.Input } | undefined

  /**
   * The number of guilds that a user can be in.
   *
   * @default 100
   */
  readonly guildLimit?: number | undefined

  /**
   * The status of the response to a token that lacks a scope: 403 with code 50026, or 401 with code 40001. Discord sends
   * both.
   *
   * @default 403
   */
  readonly missingScope?: 401 | 403 | undefined
}

/**
 * The options of `authorize`: what the user of the simulated browser decides.
 *
 * @category options
 * @since 0.1.0
 */
export interface AuthorizeOptions extends grantControls.AuthorizeOptions {}

/**
 * What a test can do with the simulator.
 *
 * **Gotchas**
 *
 * A method that names something unknown dies: it is a mistake in the test.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service extends worldControls.WorldControls, grantControls.GrantControls {
  /** The default application. `layerConfig` has its credentials. */
  readonly application: Application

  /** Makes the next matching requests fail. Faults that were added before come first. */
  readonly fail: (fault: Fault) => Effect.Effect<void>

  /** Removes the faults that have not happened. */
  readonly clearFaults: Effect.Effect<void>

  /** The requests to the API, in order. It keeps the last 10,000. */
  readonly requests: Effect.Effect<ReadonlyArray<LoggedRequest>>

  readonly clearRequests: Effect.Effect<void>

  /** Responds to one request, whatever its host. It serves the simulator where `routes` does not fit. */
  readonly handle: (
    request: HttpServerRequest.HttpServerRequest
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, ConnectionDropped>

  /** The options of a `DiscordConfig` for the default application, at the issuer's origin or another one. */
  readonly config: (origin?: string) => DiscordConfig.Options
}

/**
 * Simulates Discord.
 *
 * **Example** (A login from start to end, without a socket)
 *
 * ```ts
 * import { OAuth2Client } from "@discord-oauth2/core"
 * import { DiscordSimulator } from "@discord-oauth2/core/testing"
 * import { Effect } from "effect"
 *
 * const login = Effect.gen(function*() {
 *   const discord = yield* DiscordSimulator.DiscordSimulator
 *   const oauth = yield* OAuth2Client.OAuth2Client
 *   const started = yield* oauth.authorize({
 *     scopes: ["identify"],
 *     redirectUri: discord.application.redirectUris[0]!
 *   })
 *   const callback = yield* discord.authorize(started.url)
 *   return yield* oauth.exchange(started, callback)
 * }).pipe(Effect.provide(DiscordSimulator.layerTest()))
 * ```
 *
 * @category services
 * @since 0.1.0
 */
export class DiscordSimulator extends Context.Service<DiscordSimulator, Service>()(
  "@discord-oauth2/core/testing/DiscordSimulator"
) {}

/**
 * Makes a simulator with one user. The user has guilds and connections, and owns the application.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function*(options: Options = {}) {
  const world = worlds.make()
  const issuer = options.issuer ?? "https://discord.com"
  const limit = options.rateLimit ?? { limit: 1000, window: "10 seconds" }
  const application = populate.populate(world, yield* Clock.currentTimeMillis, options)
  const simulation: Simulation = {
    world,
    authorizations: yield* authorizations.make(world),
    faults: faults.make(),
    limiter: rateLimit.make({
      limit: limit.limit,
      windowMillis: Duration.toMillis(Duration.fromInputUnsafe(limit.window))
    }),
    issuer,
    guildLimit: options.guildLimit ?? 100,
    missingScope: options.missingScope ?? 403
  }
  const log: Array<LoggedRequest> = []
  const api = yield* server.make(simulation, log)
  const page = pages.make(simulation)

  return DiscordSimulator.of({
    application,
    ...worldControls.make(world, application),
    ...grantControls.make(simulation, application),
    fail: (fault) => Effect.sync(() => simulation.faults.add(fault)),
    clearFaults: Effect.sync(() => simulation.faults.clear()),
    requests: Effect.sync(() => log.slice()),
    clearRequests: Effect.sync(() => void log.splice(0)),
    handle: (request) => {
      const requested = request.originalUrl
      const url = new URL(URL.canParse(requested, issuer) ? requested : "/", issuer)
      return url.pathname === "/api" || url.pathname.startsWith("/api/") ? api(request, url) : page(request, url)
    },
    config: (origin = issuer) => ({
      clientId: application.clientId,
      clientSecret: application.public ? undefined : application.clientSecret,
      apiUrl: `${origin.replace(/\/$/, "")}/api/v10`,
      authorizeUrl: `${origin.replace(/\/$/, "")}/oauth2/authorize`,
      issuer
    })
  })
})

/**
 * Creates a simulator in memory.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<DiscordSimulator> =>
  Layer.effect(DiscordSimulator, make(options)).pipe(
    Layer.provide([SecureRandom.layerWebCrypto, Digest.layerWebCrypto])
  )

/** An error with the code that a platform's HTTP client finds. */
const broken = (code: "ECONNREFUSED" | "ECONNRESET") => Object.assign(new Error(code), { code })

/**
 * Provides an `HttpClient` whose requests go to the simulator, whatever their host. It opens no socket.
 *
 * **Details**
 *
 * A dropped connection fails with a transport error whose cause has the code `ECONNREFUSED` or `ECONNRESET`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerHttpClient: Layer.Layer<HttpClient.HttpClient, never, DiscordSimulator> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    DiscordSimulator,
    ({ handle }) =>
      HttpClient.make((request) =>
        handle(HttpServerRequest.fromClientRequest(request)).pipe(
          Effect.map((response) => HttpServerResponse.toClientResponse(response, { request })),
          Effect.mapError(({ sent }) =>
            new HttpClientError.HttpClientError({
              reason: new HttpClientError.TransportError({
                request,
                cause: broken(sent ? "ECONNRESET" : "ECONNREFUSED")
              })
            })
          )
        )
      )
  )
)

/**
 * Provides the credentials of the default application, and the URLs of the simulator at the origin where `routes` are
 * served. Without an origin, the URLs are at the issuer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfigAt = (
  origin?: string
): Layer.Layer<DiscordConfig.DiscordConfig, DiscordConfigurationError, DiscordSimulator> =>
  Layer.effect(
    DiscordConfig.DiscordConfig,
    Effect.flatMap(DiscordSimulator, ({ config }) => DiscordConfig.make(config(origin)))
  )

/**
 * Provides the credentials of the default application, and Discord's URLs.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<DiscordConfig.DiscordConfig, DiscordConfigurationError, DiscordSimulator> =
  layerConfigAt()

/**
 * Provides what a test of an application needs: the simulator, all services of `Discord.layer` on it, a token store in
 * memory and WebCrypto.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerTest = (
  options?: Options & Discord.Options
): Layer.Layer<
  | DiscordClient
  | OAuth2Client
  | TokenRefresh
  | DiscordSessions
  | DiscordSimulator
  | DiscordConfig.DiscordConfig
  | AccessTokenStore.AccessTokenStore
  | HttpClient.HttpClient
  | Aead.Aead
  | Digest.Digest
  | Kdf.Kdf
  | SecureRandom.SecureRandom
> =>
  Discord.layer(options).pipe(
    Layer.provideMerge(Layer.mergeAll(
      AccessTokenStore.layerMemory,
      layerCrypto,
      layerHttpClient,
      Layer.orDie(layerConfig)
    )),
    Layer.provideMerge(layer(options))
  )

/** The services of `effect/crypto` that `DiscordLogin` needs. */
const layerCrypto = Layer.mergeAll(
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto,
  Kdf.layerWebCrypto
)

/** Destroys the socket where the server shows it (Node). Elsewhere the response breaks off in its body. */
const breakConnection = (request: HttpServerRequest.HttpServerRequest) =>
  Effect.suspend(() => {
    const source = request.source
    if (
      Predicate.hasProperty(source, "socket") && Predicate.hasProperty(source.socket, "destroy") &&
      Predicate.isFunction(source.socket.destroy)
    ) {
      source.socket.destroy()
      return Effect.never
    }
    return Effect.succeed(HttpServerResponse.stream(Stream.fail(new ConnectionDropped({ sent: true }))))
  })

/**
 * Serves the simulator over HTTP: the API under `/api/v10`, the consent page at `/oauth2/authorize` and the CDN's images at
 * `/avatars`, `/banners`, `/icons` and `/embed/avatars`.
 *
 * **Gotchas**
 *
 * A server cannot refuse a connection that it has accepted. So both `DropBefore` and `DropAfter` destroy the socket on Node,
 * and break the response off in its body elsewhere.
 *
 * @category layers
 * @since 0.1.0
 */
export const routes: Layer.Layer<never, never, HttpRouter.HttpRouter | DiscordSimulator> = HttpRouter.use(
  Effect.fnUntraced(function*(router) {
    const { handle } = yield* DiscordSimulator
    const handler = (request: HttpServerRequest.HttpServerRequest) =>
      Effect.catchTag(handle(request), "ConnectionDropped", () => breakConnection(request))
    for (const path of ["/api/*", "/oauth2/*", "/avatars/*", "/banners/*", "/icons/*", "/embed/*"] as const) {
      yield* router.add("*", path, handler)
    }
  })
)
