/**
 * A Discord for tests and demos: users, guilds and an application, a consent page, grants, scopes, limits and faults. It
 * plays every endpoint of the declaration that the client derives from, so the two cannot drift apart: commands, lobbies,
 * entitlements and group DMs are kept, too.
 *
 * **When to use**
 *
 * In memory (`layerHttpClient`, or all at once `layerTest`) to test an application without a socket; over HTTP (`routes`)
 * to sign in to it with a browser.
 *
 * **Details**
 *
 * Time is the `Clock`'s: with `TestClock` a code expires when a test says so. What it promises was read in Discord's
 * documentation, its OpenAPI document and its issue tracker.
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
import * as AccessToken from "../models/AccessToken.ts"
import type { Connection } from "../models/Connection.ts"
import type { Entitlement } from "../models/Entitlement.ts"
import type { GuildMember } from "../models/GuildMember.ts"
import type { Lobby, LobbyMember } from "../models/Lobby.ts"
import type * as OAuth2Scope from "../models/OAuth2Scope.ts"
import type * as Permissions from "../models/Permissions.ts"
import type { ChannelId, GuildId, LobbyId, UserId } from "../models/Snowflake.ts"
import type { Subscription } from "../models/Subscription.ts"
import type { User } from "../models/User.ts"
import type { OAuth2Client } from "../oauth2/OAuth2Client.ts"
import type { DiscordSessions } from "../session/DiscordSessions.ts"
import * as AccessTokenStore from "../tokens/AccessTokenStore.ts"
import type { TokenRefresh } from "../tokens/TokenRefresh.ts"
import type { Fault } from "./Fault.ts"
import * as consents from "./internal/consent.ts"
import * as faults from "./internal/faults.ts"
import * as grants from "./internal/grants.ts"
import * as lobbies from "./internal/lobbies.ts"
import * as monetization from "./internal/monetization.ts"
import * as pages from "./internal/pages.ts"
import * as populate from "./internal/populate.ts"
import * as rateLimit from "./internal/rateLimit.ts"
import * as server from "./internal/server.ts"
import type { Simulation } from "./internal/simulation.ts"
import * as worlds from "./internal/world.ts"
import { ConnectionDropped, SimulatorError } from "./SimulatorError.ts"
import type { Application, GroupDm, Guild, LoggedRequest } from "./World.ts"

/**
 * How the simulated Discord differs from the default one.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The application; `redirectUris` are the part that tests set most. */
  readonly application?: Partial<Application> | undefined

  /** The user that exists from the start, who owns the application. */
  readonly user?: Partial<User> | undefined

  /**
   * Discord's own address: the issuer of callbacks, and where `layerConfig` points.
   *
   * @default "https://discord.com"
   */
  readonly issuer?: string | undefined

  /**
   * The limit of each user and route of the API.
   *
   * @default 1000 requests in 10 seconds
   */
  readonly rateLimit?: { readonly limit: number; readonly window: Duration.Input } | undefined

  /**
   * In how many guilds a user can be.
   *
   * @default 100
   */
  readonly guildLimit?: number | undefined

  /**
   * The status of the answer to a token that lacks a scope: 403 with code 50026, or 401 with code 40001. Discord gives
   * both.
   *
   * @default 403
   */
  readonly missingScope?: 401 | 403 | undefined
}

/**
 * How the browser that the simulator plays decides.
 *
 * @category options
 * @since 0.1.0
 */
export interface AuthorizeOptions {
  /** @default the first user */
  readonly userId?: UserId | undefined

  /** @default "approve" */
  readonly decision?: "approve" | "deny" | undefined

  /**
   * With the scopes `bot` and `webhook.incoming`: where to.
   *
   * @default the guild of the request, or else the first that the user may manage
   */
  readonly guildId?: GuildId | undefined

  /**
   * With the scope `webhook.incoming`: the channel.
   *
   * @default the guild's first
   */
  readonly channelId?: ChannelId | undefined
}

/**
 * Something by itself or by its id.
 *
 * @category models
 * @since 0.1.0
 */
export type Ref<Id extends string> = Id | { readonly id: Id }

/**
 * The service.
 *
 * **Details**
 *
 * Naming someone or something that does not exist is a mistake of the test, so it is a defect.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /** The application whose credentials `layerConfig` hands out. */
  readonly application: Application

  /** Adds an application beside it, by default of the first user. */
  readonly addApplication: (application?: Partial<Application>) => Effect.Effect<Application>

  readonly addUser: (user?: Partial<User>) => Effect.Effect<User>

  /** Changes a user, as in their settings. */
  readonly updateUser: (user: Ref<UserId>, change: Partial<User>) => Effect.Effect<User>

  /** Adds a guild; its owner, by default the first user, is a member. */
  readonly addGuild: (guild?: Partial<Guild>) => Effect.Effect<Guild>

  readonly addMember: (
    guild: Ref<GuildId>,
    user: Ref<UserId>,
    member?: Partial<GuildMember>
  ) => Effect.Effect<GuildMember>

  /** Removes a member, as when they leave. */
  readonly removeMember: (guild: Ref<GuildId>, user: Ref<UserId>) => Effect.Effect<void>

  /** Bans a user, member or not. */
  readonly ban: (guild: Ref<GuildId>, user: Ref<UserId>) => Effect.Effect<void>

  /**
   * Lets the default application's bot into a guild, as an authorization with the scope `bot` does.
   *
   * `permissions` are by default those that adding a member with all of its options takes.
   */
  readonly addBot: (guild: Ref<GuildId>, permissions?: Permissions.Permissions) => Effect.Effect<void>

  readonly addConnection: (user: Ref<UserId>, connection?: Partial<Connection>) => Effect.Effect<Connection>

  /**
   * Adds an entitlement: what a user or a guild has bought, or was given.
   *
   * By default it is a subscription to the default application, of the first user, from now on. One with `consumed` is of
   * a consumable SKU; one with neither `starts_at` nor `ends_at` is a test entitlement, which can be deleted.
   */
  readonly addEntitlement: (entitlement?: Partial<Entitlement>) => Effect.Effect<Entitlement>

  /** Adds a subscription, by default an active one of the first user, for 30 days from now on. */
  readonly addSubscription: (subscription?: Partial<Subscription>) => Effect.Effect<Subscription>

  /**
   * Adds a group DM that the default application manages, by default of the first user. A user who is added to it with an
   * access token becomes one of its recipients.
   */
  readonly addGroupDm: (
    options?: { readonly owner?: Ref<UserId> | undefined; readonly name?: string | null | undefined }
  ) => Effect.Effect<GroupDm>

  /**
   * Adds a lobby as the default application's server does, with a bot's token: it has no secret to join it with, and its
   * members may link a channel where their flags say so.
   */
  readonly addLobby: (lobby?: Pick<Partial<Lobby>, "metadata" | "members" | "flags">) => Effect.Effect<Lobby>

  /**
   * Adds a member to a lobby or changes one, as the application's server does: `flags` (`CAN_LINK_LOBBY`),
   * `additional_name` and `metadata`.
   */
  readonly setLobbyMember: (
    lobby: Ref<LobbyId>,
    user: Ref<UserId>,
    change?: Partial<Omit<LobbyMember, "id">>
  ) => Effect.Effect<Lobby>

  /** Everyone, in the order in which they came. */
  readonly users: Effect.Effect<ReadonlyArray<User>>

  /** The guilds, in the order in which they came. */
  readonly guilds: Effect.Effect<ReadonlyArray<Guild>>

  /** The group DMs, with their recipients. */
  readonly groupDms: Effect.Effect<ReadonlyArray<GroupDm>>

  /** The lobbies that are open: one that is empty for longer than its idle timeout is gone. */
  readonly lobbies: Effect.Effect<ReadonlyArray<Lobby>>

  /**
   * Plays the browser: opens an authorization URL as a user, decides, and returns the callback URL. Where Discord would
   * show an error page instead, `SimulatorError` says what is on it.
   */
  readonly authorize: (url: string, options?: AuthorizeOptions) => Effect.Effect<string, SimulatorError>

  /** A token and its refresh token, past the consent page; by default of the first user. */
  readonly issueToken: <const Scope extends OAuth2Scope.OAuth2Scope>(options: {
    readonly userId?: UserId | undefined
    readonly scopes: ReadonlyArray<Scope>
  }) => Effect.Effect<AccessToken.AccessToken<Scope>>

  /** Makes the access tokens of a user, or of everyone, answer 401 from now on. Their refresh tokens still work. */
  readonly expireAccessTokens: (userId?: UserId) => Effect.Effect<void>

  /** Takes back what a user, or everyone, allowed: access and refresh tokens are refused from now on. */
  readonly revokeAuthorizations: (userId?: UserId) => Effect.Effect<void>

  /**
   * Grants a user these scopes from now on, whatever is asked for: fewer, or more, as a refresh at Discord has done
   * (#3180).
   */
  readonly grantScopes: (user: Ref<UserId>, scopes: ReadonlyArray<OAuth2Scope.OAuth2Scope>) => Effect.Effect<void>

  /** Lets the next matching requests meet a fault, after those of earlier faults. */
  readonly fail: (fault: Fault) => Effect.Effect<void>

  /** Takes back the faults that are still waiting. */
  readonly clearFaults: Effect.Effect<void>

  /** What was asked of the API, in order; of more than 10,000 requests the last. */
  readonly requests: Effect.Effect<ReadonlyArray<LoggedRequest>>

  readonly clearRequests: Effect.Effect<void>

  /** Answers one request, to whatever host: for who serves the simulator in another way than `routes` does. */
  readonly handle: (
    request: HttpServerRequest.HttpServerRequest
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, ConnectionDropped>

  /** The options of a `DiscordConfig` for the default application, at an address other than the issuer's if given. */
  readonly config: (origin?: string) => DiscordConfig.Options
}

/**
 * A simulated Discord.
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

const idOf = <Id extends string>(self: Ref<Id>): Id => typeof self === "string" ? self : self.id

const mistake = (description: string) => Effect.die(new SimulatorError({ description }))

const found = <A>(map: ReadonlyMap<string, A>, kind: string, id: string | undefined): Effect.Effect<A> => {
  const value = id === undefined ? map.values().next().value : map.get(id)
  return value === undefined
    ? mistake(`There is no ${kind} ${id ?? "at all"} in the simulator.`)
    : Effect.succeed(value)
}

/**
 * Makes a simulator with one user, who has guilds and connections and owns the application.
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
    grants: yield* grants.make(world),
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
    addApplication: (options) =>
      Effect.map(
        found(world.users, "user", options?.ownerId),
        ({ id }) => worlds.addApplication(world, { ...options, ownerId: id })
      ),
    addUser: (user) => Effect.sync(() => worlds.addUser(world, user)),
    updateUser: (user, change) =>
      Effect.map(found(world.users, "user", idOf(user)), (known) => worlds.addUser(world, { ...known, ...change })),
    addGuild: (options) =>
      Effect.gen(function*() {
        const owner = yield* found(world.users, "user", options?.owner_id)
        const guild = worlds.addGuild(world, { ...options, owner_id: owner.id })
        worlds.addMember(world, yield* Clock.currentTimeMillis, guild.id, owner)
        return guild
      }),
    addMember: (guild, user, member) =>
      Effect.gen(function*() {
        const { id } = yield* found(world.guilds, "guild", idOf(guild))
        const joining = yield* found(world.users, "user", idOf(user))
        return worlds.addMember(world, yield* Clock.currentTimeMillis, id, joining, member)
      }),
    removeMember: (guild, user) => Effect.sync(() => void world.members.get(idOf(guild))?.delete(idOf(user))),
    ban: (guild, user) =>
      Effect.map(found(world.guilds, "guild", idOf(guild)), ({ id }) => {
        world.members.get(id)?.delete(idOf(user))
        world.bans.set(id, new Set([...world.bans.get(id) ?? [], idOf(user)]))
      }),
    addBot: (guild, permissions) =>
      Effect.map(found(world.guilds, "guild", idOf(guild)), ({ id }) => {
        worlds.within(world.bots, id).set(application.clientId, permissions ?? populate.botPermissions)
      }),
    addConnection: (user, connection) =>
      Effect.map(found(world.users, "user", idOf(user)), ({ id }) => worlds.addConnection(world, id, connection)),
    addEntitlement: (options) =>
      Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        const { id } = yield* found(world.users, "user", undefined)
        const application_id = application.clientId
        return monetization.addEntitlement(world, now, { user_id: id, application_id, ...options })
      }),
    addSubscription: (options) =>
      Effect.gen(function*() {
        const { id } = yield* found(world.users, "user", options?.user_id)
        return monetization.addSubscription(world, yield* Clock.currentTimeMillis, { ...options, user_id: id })
      }),
    addGroupDm: ({ name = null, owner } = {}) =>
      Effect.map(
        found(world.users, "user", owner === undefined ? undefined : idOf(owner)),
        ({ id }) =>
          worlds.addGroupDm(world, { name, application_id: application.clientId, owner_id: id, recipients: [id] })
      ),
    addLobby: (options) =>
      Effect.map(
        Clock.currentTimeMillis,
        (now) => lobbies.toModel(world, lobbies.add(world, now, { applicationId: application.clientId, ...options }))
      ),
    setLobbyMember: (lobby, user, change) =>
      Effect.gen(function*() {
        const known = yield* found(world.lobbies, "lobby", idOf(lobby))
        const { id } = yield* found(world.users, "user", idOf(user))
        return lobbies.toModel(world, lobbies.setMember(world, known, id, change ?? {}))
      }),
    users: Effect.sync(() => Array.from(world.users.values())),
    guilds: Effect.sync(() => Array.from(world.guilds.values())),
    groupDms: Effect.sync(() => Array.from(world.groupDms.values())),
    lobbies: Effect.map(
      Clock.currentTimeMillis,
      (now) => lobbies.open(world, now).map((lobby) => lobbies.toModel(world, lobby))
    ),
    authorize: Effect.fn("DiscordSimulator.authorize")(function*(url, options = {}) {
      if (!URL.canParse(url) || !new URL(url).pathname.endsWith("/oauth2/authorize")) {
        return yield* new SimulatorError({ description: "This is not the address of the consent page." })
      }
      const reading = consents.read(simulation, new URL(url).searchParams)
      if (reading._tag === "Refused") return yield* new SimulatorError({ description: reading.description })
      if (reading._tag === "Callback") return reading.url
      const user = yield* found(world.users, "user", options.userId)
      return options.decision === "deny" && !consents.isSettled(simulation, reading.consent, user)
        ? consents.deny(simulation, reading.consent)
        : yield* consents.approve(simulation, reading.consent, user, options)
    }),
    issueToken: Effect.fn("DiscordSimulator.issueToken")(
      function*<Scope extends OAuth2Scope.OAuth2Scope>(options: {
        readonly userId?: UserId | undefined
        readonly scopes: ReadonlyArray<Scope>
      }) {
        const user = yield* found(world.users, "user", options.userId)
        const response = yield* simulation.grants.issue({
          clientId: application.clientId,
          userId: user.id,
          scopes: options.scopes,
          refreshable: true
        })
        return { ...(yield* AccessToken.fromResponse(response)), scopes: options.scopes }
      }
    ),
    expireAccessTokens: (userId) => Effect.sync(() => simulation.grants.expire(userId)),
    revokeAuthorizations: (userId) => Effect.sync(() => simulation.grants.revokeUser(userId)),
    fail: (fault) => Effect.sync(() => simulation.faults.add(fault)),
    clearFaults: Effect.sync(() => simulation.faults.clear()),
    grantScopes: (user, scopes) =>
      Effect.map(found(world.users, "user", idOf(user)), ({ id }) => simulation.grants.grantScopes(id, scopes)),
    requests: Effect.sync(() => log.slice()),
    clearRequests: Effect.sync(() => void log.splice(0)),
    handle: (request) => {
      const address = request.originalUrl
      const url = new URL(URL.canParse(address, issuer) ? address : "/", issuer)
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
 * The simulator in memory.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: Options): Layer.Layer<DiscordSimulator> =>
  Layer.effect(DiscordSimulator, make(options)).pipe(
    Layer.provide([SecureRandom.layerWebCrypto, Digest.layerWebCrypto])
  )

/** A failure with the code that a platform's client would find under it. */
const broken = (code: "ECONNREFUSED" | "ECONNRESET") => Object.assign(new Error(code), { code })

/**
 * An `HttpClient` that is answered by the simulator, whatever the host: no socket, no port.
 *
 * **Details**
 *
 * A dropped connection is a `DiscordTransportError` whose cause has the code `ECONNREFUSED` or `ECONNRESET`.
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
 * The simulated application's credentials and Discord's addresses, at an address of your own if given: where `routes`
 * are served.
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
 * The simulated application's credentials and Discord's addresses.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<DiscordConfig.DiscordConfig, DiscordConfigurationError, DiscordSimulator> =
  layerConfigAt()

/**
 * All that a test of an application needs: the simulator, the client on it, the store in memory and WebCrypto.
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

/** What an application with `DiscordLogin` needs of `effect/crypto`. */
const layerCrypto = Layer.mergeAll(
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto,
  Kdf.layerWebCrypto
)

/** Node's server says where the socket is; where it is out of reach the answer breaks off in its body. */
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
 * The simulator over HTTP: the API under `/api/v10`, the consent page at `/oauth2/authorize` and the CDN's images at
 * `/avatars`, `/banners`, `/icons` and `/embed/avatars`.
 *
 * **Gotchas**
 *
 * A connection that is already accepted cannot be refused: over HTTP both `DropBefore` and `DropAfter` destroy the socket
 * where the server shows it (Node), and elsewhere break the answer off in its body.
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
